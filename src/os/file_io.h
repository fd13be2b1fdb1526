/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors, and complete reads and writes of a file at 64-bit offsets. */
#ifndef HR_FILE_IO_H
#define HR_FILE_IO_H

#include <hotremove/hotremove.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Read @len bytes at @offset of @fd. Error HR_ERROR_UNREADABLE: the file ends before that;
 * HR_ERROR_OS: the read failed.
 */
struct hr_error *hr_pread_all(int fd, void *buffer, size_t len, uint64_t offset);

/* Write @len bytes at @offset of @fd. */
struct hr_error *hr_pwrite_all(int fd, const void *buffer, size_t len, uint64_t offset);

/*
 * The first stretch of @fd between @offset and @end (exclusive) that is stored: [*@ret_start,
 * *@ret_stop). If there is none, both are @end. Before it there is a hole, which reads as zeros. If
 * the file system does not say, everything counts as stored.
 */
void hr_next_stored(int fd, uint64_t offset, uint64_t end, uint64_t *ret_start, uint64_t *ret_stop);

/* The size of the regular file @fd in bytes. Error HR_ERROR_INPUT: it is not a regular file. */
struct hr_error *hr_file_size(int fd, uint64_t *ret);

/*
 * Move @fd, which is consumed, to a number above @last, and close it on execve(2) if that is a new
 * number. Returns -1 with errno if @fd is -1 or there is no number left.
 */
int hr_fd_above(int fd, int last);

/* The same, for a number above the standard streams. */
int hr_fd_above_standard(int fd);

/* Start reading @fd from the beginning, if that is possible: a pipe can only be read once. */
void hr_rewind(int fd);

#endif
