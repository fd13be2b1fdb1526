/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open /proc/kcore, or explain why that is not possible. */
#ifndef HR_KCORE_OPEN_H
#define HR_KCORE_OPEN_H

#include <hotremove/hotremove.h>
#include <stdbool.h>

/*
 * Open a live core at @path. The error says why this failed: no such file, no permission, a
 * container that hides it, kernel lockdown.
 */
struct hr_error *hr_kcore_open(const char *path, int *ret_fd);

/*
 * Is the ELF core @fd that of the running kernel? It is if it is in procfs, unless it is the file
 * at @vmcore, usually /proc/vmcore: the memory of a kernel that crashed. Whichever procfs the files
 * are in, they have the same numbers.
 */
bool hr_kcore_is_live(int fd, const char *vmcore);

#endif
