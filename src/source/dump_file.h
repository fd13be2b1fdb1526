/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open the file of a dump. */
#ifndef HR_DUMP_FILE_H
#define HR_DUMP_FILE_H

#include <hotremove/hotremove.h>

/*
 * Open the regular file at @path; this never waits for another process. *@ret_fd is to be closed if
 * it is not -1, even after an error. Errors, which do not name it: HR_ERROR_OS if it cannot be
 * opened, HR_ERROR_INPUT if it is a directory, a device, or something that can be read only once,
 * such as standard input ("-").
 */
struct hr_error *hr_dump_file_open(const char *path, int *ret_fd);

#endif
