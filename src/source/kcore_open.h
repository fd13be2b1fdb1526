/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open /proc/kcore, or explain why that is not possible. */
#ifndef HR_KCORE_OPEN_H
#define HR_KCORE_OPEN_H

#include <hotremove/hotremove.h>

/*
 * Open a live core at @path. The error says why this failed: no such file, no permission, a
 * container that hides it, kernel lockdown.
 */
struct hr_error *hr_kcore_open(const char *path, int *ret_fd);

#endif
