/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a question about the memory of a machine is based on. */
#ifndef HR_MACHINE_H
#define HR_MACHINE_H

#include "kernel/layout.h"
#include "kernel/section.h"
#include "walk/walker.h"

struct hr_machine {
	const struct hr_layout *layout;
	struct hr_walker *walker;
	/* NULL: mem_section is of no use, and every memory block may exist and be online. */
	struct hr_sections *sections;
	uint64_t block_size; /* bytes of a memory block; a power of two, at least a section */
};

#endif
