/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a file that its headers promise: without them it is not a dump. */
#ifndef HR_FILE_PART_H
#define HR_FILE_PART_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* As hr_pread_all(), but a file that ends before the part does is HR_ERROR_INPUT. */
struct hr_error *hr_file_part_read(int fd, void *buffer, size_t len, uint64_t offset);

/*
 * Do the @size bytes at @offset lie in a file of @file_size bytes? If not, error HR_ERROR_INPUT,
 * which begins with @what, a subject and its verb: "a note reaches".
 */
struct hr_error *hr_file_part_check(uint64_t file_size, const char *what, uint64_t offset,
				    uint64_t size);

#endif
