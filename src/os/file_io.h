/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors, and reading and writing all of a piece of a file at 64-bit offsets. */
#ifndef HR_FILE_IO_H
#define HR_FILE_IO_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Read @len bytes at @offset of @fd. Error HR_ERROR_UNREADABLE: the file ends before that;
 * HR_ERROR_OS: the read failed.
 */
struct hr_error *hr_pread_all(int fd, void *buffer, size_t len, uint64_t offset);

/* Write @len bytes at @offset of @fd. */
struct hr_error *hr_pwrite_all(int fd, const void *buffer, size_t len, uint64_t offset);

/*
 * The first stretch of @fd from @offset up to the exclusive @end that is stored: [*@ret_start,
 * *@ret_stop), or none, and both are @end. What lies in front of it is a hole, which reads as
 * zeros. Where the file system does not tell, all is stored.
 */
void hr_next_stored(int fd, uint64_t offset, uint64_t end, uint64_t *ret_start, uint64_t *ret_stop);

/* The size of the regular file @fd in bytes. Error HR_ERROR_INPUT: it is not a regular file. */
struct hr_error *hr_file_size(int fd, uint64_t *ret);

/*
 * Give @fd, which is consumed, a number above @last, and have it closed on execve(2) if that is
 * another one. -1 with errno if it is -1 or there is no number left.
 */
int hr_fd_above(int fd, int last);

/* The same for a number that is none of a standard stream's. */
int hr_fd_above_standard(int fd);

/* Begin to read @fd anew, where that is possible: a pipe is read once. */
void hr_rewind(int fd);

#endif
