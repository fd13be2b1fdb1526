/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory by physical address from an ELF core: /proc/kcore, or a dump by kdump or QEMU. */
#ifndef HR_KCORE_READER_H
#define HR_KCORE_READER_H

#include <hotremove/hotremove.h>

#include "source/format.h"

/*
 * Make @source read the ELF core @fd, which must outlive it, and set its note and size. With @live,
 * the file's size means nothing and its content changes.
 *
 * The first PT_LOAD of /proc/kcore is the kernel image, whose memory other segments cover too. A
 * page that reads as zeros through one is read through the other, because neither has all of it.
 */
struct hr_error *hr_elf_core_attach(int fd, bool live, struct hr_source *source);

/* The probe of ELF core dumps; see struct hr_format. */
bool hr_elf_core_probe(const void *head, size_t len);
struct hr_error *hr_elf_core_open(const int *fds, size_t count, void *helpers,
				  struct hr_source *source);

#endif
