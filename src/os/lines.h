/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a file of the kernel's, one by one, in memory that does not grow with the file. */
#ifndef HR_LINES_H
#define HR_LINES_H

#include "base/error.h"

/* Takes a line without its end, which it may write to. An error ends the reading. */
typedef struct hr_error *hr_line_fn(void *context, char *line);

/*
 * Show @fn each whole line of @fd from the beginning of the file on; @path is for messages. What is
 * longer than 512 bytes is no line, nor is what the file ends with in the midst of it. Errors:
 * HR_ERROR_OS where @fd is negative or cannot be read, HR_ERROR_NO_MEMORY, those of @fn.
 */
struct hr_error *hr_lines_read(int fd, const char *path, hr_line_fn *fn, void *context);

#endif
