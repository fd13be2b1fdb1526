/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols of the running kernel, for when its memory does not lead to them. */
#ifndef HR_PROC_KALLSYMS_H
#define HR_PROC_KALLSYMS_H

#include <hotremove/hotremove.h>

#define HR_PROC_KALLSYMS "/proc/kallsyms"

/*
 * Look up the @count symbols in @fd, which is /proc/kallsyms and stays open. This is needed for
 * kernels before 6.1, whose VMCOREINFO does not lead to the tables. An address of 0 means that the
 * kernel hides it. Error HR_ERROR_OS: the file cannot be read.
 */
struct hr_error *hr_proc_kallsyms_find(int fd, struct hr_symbol *symbols, size_t count);

#endif
