/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a kernel's types (BTF) are: in sysfs, between two symbols, or somewhere in its image. */
#ifndef HR_BTF_SOURCE_H
#define HR_BTF_SOURCE_H

#include <hotremove/hotremove.h>

#include "base/memory.h"
#include "kernel/layout.h"

struct hr_btf_source {
	const struct hr_layout *layout;
	const struct hr_memory *memory;
	const struct hr_symbol *start, *stop; /* __start_BTF and __stop_BTF */
	/* Reads it into @size bytes at @buffer; returns 0 if there is none. May be NULL. */
	size_t (*read)(void *context, void *buffer, size_t size);
	void *context;
	/*
	 * VA of _stext, behind which it is searched if nothing leads to it; 0: no search. Kernels
	 * up to 6.3 have no symbols of data in kallsyms, unless they are built with all of them.
	 */
	uint64_t text;
};

enum {
	HR_BTF_SEARCH_MAX = 64 << 20 /* bytes of the image that are searched */
};

/*
 * Read the types into @size bytes at @buffer. Returns their length; 0 if they are not found, cannot
 * be read or are larger.
 */
size_t hr_btf_read(const struct hr_btf_source *source, void *buffer, size_t size);

#endif
