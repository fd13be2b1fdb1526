/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of bytes of a kernel's memory outside of tables. What was not put there is not known. */
#ifndef HR_DATA_COPY_H
#define HR_DATA_COPY_H

#include <hotremove/hotremove.h>

struct hr_data_page;

/* Zero is an empty one. */
struct hr_data_copy {
	struct hr_data_page **pages; /* in ascending order */
	size_t count, room;
};

enum {
	HR_DATA_PAGES_MAX = 1 << 15 /* of 4096 bytes */
};

/*
 * Let the @len bytes at the physical address @pa be those at @bytes, or zeros if that is NULL and
 * nothing else is known about them. Errors: HR_ERROR_INPUT beyond the limit; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_data_copy_put(struct hr_data_copy *copy, uint64_t pa, const void *bytes,
				  size_t len);

/* Read the @len bytes at @pa. Returns false if one of them is not known. */
bool hr_data_copy_read(const struct hr_data_copy *copy, uint64_t pa, void *buffer, size_t len);

/* The known bytes from @pa on, at most @len. */
size_t hr_data_copy_known(const struct hr_data_copy *copy, uint64_t pa, size_t len);

void hr_data_copy_release(struct hr_data_copy *copy);

#endif
