/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a file that its headers promise. A file without them is not a dump. */
#ifndef HR_FILE_PART_H
#define HR_FILE_PART_H

#include <hotremove/hotremove.h>
#include <stddef.h>
#include <stdint.h>

/* Like hr_pread_all(), but if the file ends before the part does, the error is HR_ERROR_INPUT. */
struct hr_error *hr_file_part_read(int fd, void *buffer, size_t len, uint64_t offset);

/*
 * Do the @size bytes at @offset lie in a file of @file_size bytes? If not, error HR_ERROR_INPUT,
 * whose message has @what, a subject and its verb: "a note extends".
 */
struct hr_error *hr_file_part_check(uint64_t file_size, const char *what, uint64_t offset,
				    uint64_t size);

#endif
