/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a check of a range goes by. */
#ifndef HR_CHECK_H
#define HR_CHECK_H

#include "base/range.h"
#include "check/reason.h"
#include "kernel/layout.h"
#include "kernel/section.h"
#include "walk/walker.h"

struct hr_check {
	const struct hr_layout *layout;
	struct hr_walker *walker;
	struct hr_sections *sections; /* NULL: nothing can be told by mem_section */
	const char *no_sections;      /* why not, as a clause; NULL: its place is not known */
	uint64_t memory_block_size;   /* bytes */
	uint32_t ignored;	      /* bit (1 << code): leave this code out of the verdict */
	/* Why this kernel cannot remove memory at all, as a sentence; NULL if it can. */
	const char *no_hotremove;
	/* Why nothing is known of the kernel's own check, where a verdict must not do without. */
	const char *guard_unproven;
	/* Each memory block is removed by a call of its own, and must not be split. */
	bool by_block;
};

#endif
