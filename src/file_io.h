/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading and writing all of a piece of a file, at 64-bit offsets. */
#ifndef HR_FILE_IO_H
#define HR_FILE_IO_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

/*
 * Read @len bytes at @offset of @fd. Error HR_ERROR_UNREADABLE: the file ends before that;
 * HR_ERROR_OS: the read failed.
 */
struct hr_error *hr_pread_all(int fd, void *buffer, size_t len, uint64_t offset);

/* Write @len bytes at @offset of @fd. */
struct hr_error *hr_pwrite_all(int fd, const void *buffer, size_t len, uint64_t offset);

/* The size of the regular file @fd in bytes. Error HR_ERROR_INPUT: it is not a regular file. */
struct hr_error *hr_file_size(int fd, uint64_t *ret);

#endif
