/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols of the running kernel, where its memory does not lead to them. */
#ifndef HR_PROC_KALLSYMS_H
#define HR_PROC_KALLSYMS_H

#include "kernel/kallsyms.h"

#define HR_PROC_KALLSYMS "/proc/kallsyms"

/*
 * Look for the @count symbols in @fd, which is /proc/kallsyms and stays open. Kernels before 6.1
 * need it: their VMCOREINFO does not lead to the tables. An address of 0 means that the kernel
 * hides it. Error HR_ERROR_OS: the file cannot be read.
 */
struct hr_error *hr_proc_kallsyms_find(int fd, struct hr_symbol *symbols, size_t count);

#endif
