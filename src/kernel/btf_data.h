/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to a kernel's types (BTF): where a member lies, and what a word stands for. */
#ifndef HR_BTF_DATA_H
#define HR_BTF_DATA_H

#include <hotremove/hotremove.h>
#include <stddef.h>

struct btf; /* bpf/btf.h */

/* Larger descriptions are not read. Distribution kernels have 5 to 12 MiB. */
enum {
	HR_BTF_MAX = 32 << 20
};

/*
 * Make the @size bytes of BTF at @data ready for questions; @data is not needed afterwards. Errors:
 * HR_ERROR_UNREADABLE if they are not BTF or are damaged; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_btf_open(const void *data, size_t size, struct btf **ret);

void hr_cleanup_btf(struct btf **btf);

/*
 * The offset in bytes of @member in struct @name, also if it is in an anonymous struct or union in
 * it. Returns false if there is no such member. Of structs of one name, the first that has @size
 * bytes counts; 0: the first.
 */
bool hr_btf_member(const struct btf *btf, const char *name, size_t size, const char *member,
		   size_t *ret);

/* The value of @word in the enum @name. Returns false if there is none. */
bool hr_btf_enumerator(const struct btf *btf, const char *name, const char *word, int64_t *ret);

/* The number of elements of the array @member of struct @name. Returns false if it is not one. */
bool hr_btf_elements(const struct btf *btf, const char *name, const char *member, uint32_t *ret);

#endif
