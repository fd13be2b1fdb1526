/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BTF as in kernels: many types, including the enum that numbers the flags of sections. */
#ifndef TYPE_DATA_H
#define TYPE_DATA_H

#include <stddef.h>

/* One enumerator; a NULL name ends a list. */
struct type_data_value {
	const char *name;
	long long value;
};

/*
 * BTF with @values as an unnamed enum among other types, or without it if @values is NULL.
 * *@ret_size bytes, which the caller frees.
 */
void *type_data_create(const struct type_data_value *values, size_t *ret_size);

/* The enum up to 7.3, and in its future form without SECTION_MARKED_PRESENT. */
extern const struct type_data_value type_data_marked[], type_data_unmarked[];

#endif
