/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a kernel file, one by one, in memory that does not grow with the file. */
#ifndef HR_LINES_H
#define HR_LINES_H

#include <hotremove/hotremove.h>

/* Takes a line without its end, and may modify it. An error stops the reading. */
typedef struct hr_error *hr_line_fn(void *context, char *line);

/*
 * Pass each complete line of @fd to @fn, from the beginning of the file; @path is for messages.
 * Lines longer than 512 bytes, and an incomplete line at the end, are skipped. Errors: HR_ERROR_OS
 * if @fd is negative or cannot be read, HR_ERROR_NO_MEMORY, errors of @fn.
 */
struct hr_error *hr_lines_read(int fd, const char *path, hr_line_fn *fn, void *context);

#endif
