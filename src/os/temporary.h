/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A temporary file that no other process can find. */
#ifndef HR_TEMPORARY_H
#define HR_TEMPORARY_H

#include <hotremove/hotremove.h>

/*
 * Open a file without a name in $TMPDIR (or /var/tmp, or /tmp) that only this user can read. The
 * error says what its @purpose was: "to sort lines in". Error HR_ERROR_OS: there is no place for
 * one.
 */
struct hr_error *hr_temporary_open(const char *purpose, int *ret_fd);

#endif
