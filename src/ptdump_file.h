/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a ptdump text from a file, which may be one of debugfs, or from standard input. */
#ifndef HR_PTDUMP_FILE_H
#define HR_PTDUMP_FILE_H

#include "ptdump_parse.h"

/*
 * Parse the file at @path, "-" for standard input. Errors name it: HR_ERROR_OS where it cannot be
 * opened or read, otherwise as hr_ptdump_parser_feed().
 */
struct hr_error *hr_ptdump_read(const char *path, struct hr_ptdump **ret);

#endif
