/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory by physical address out of an ELF core: /proc/kcore, kdump's, QEMU's. */
#ifndef HR_KCORE_READER_H
#define HR_KCORE_READER_H

#include "source.h"

/*
 * Open a live core at @path. The error says why one cannot be had: no such file, no permission, a
 * container that hides it, kernel lockdown.
 */
struct hr_error *hr_kcore_open(const char *path, int *ret_fd);

/*
 * Make @source read the ELF core @fd, which is taken over, and give it the note and the size. With
 * @live, the file's size means nothing and its content changes.
 *
 * Where segments overlap, the first PT_LOAD wins: in /proc/kcore and in kdump's cores it is the
 * kernel image, through whose own mapping memory can be read that the linear map has lost (from
 * 7.3 on the linear alias of .data and .bss is invalid and reads as zeros).
 */
struct hr_error *hr_elf_core_attach(int fd, bool live, struct hr_source *source);

#endif
