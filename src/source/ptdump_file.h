/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read a ptdump text from a file, which may be in debugfs, or from standard input. */
#ifndef HR_PTDUMP_FILE_H
#define HR_PTDUMP_FILE_H

#include <hotremove/hotremove.h>

/*
 * Open the file at @path, "-" for standard input. Error HR_ERROR_OS, which names it: it cannot be
 * opened.
 */
struct hr_error *hr_ptdump_open(const char *path, int *ret_fd);

/*
 * Parse all of @fd, which stays open and may be read again unless it is a pipe. Errors name it by
 * @path: HR_ERROR_OS if it cannot be read, otherwise as in hr_ptdump_parser_feed().
 */
struct hr_error *hr_ptdump_read(int fd, const char *path, struct hr_ptdump **ret);

#endif
