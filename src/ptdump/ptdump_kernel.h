/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text of page tables in the place of a kernel's memory. */
#ifndef HR_PTDUMP_KERNEL_H
#define HR_PTDUMP_KERNEL_H

#include "kernel/layout.h"
#include "ptdump/ptdump_tables.h"

enum {
	HR_PTDUMP_WARNINGS = 6
};

/* What a text and the user tell, and what was assumed for the rest. */
struct hr_ptdump_note {
	struct hr_overrides overrides; /* for hr_layout_init() */
	bool has_phys_offset;	       /* false: nobody tells, and it is taken for 0 */
	/* A sentence, static, for each thing that was assumed, NULL behind the last. */
	const char *warnings[HR_PTDUMP_WARNINGS];
};

/*
 * Complete *@note, the user's VMCOREINFO or NULL, by what @ptdump tells and by what is usual, so
 * that hr_layout_init() can do with it. What @overrides and the note have already is taken as
 * given. Errors as hr_ptdump_deduce(), and those of numbers in the note.
 */
struct hr_error *hr_ptdump_make_note(const struct hr_ptdump *ptdump,
				     const struct hr_overrides *overrides,
				     struct hr_vmcoreinfo **note, struct hr_ptdump_note *ret);

/*
 * Make the tables that @ptdump describes in a kernel of @layout, and take from @layout what a text
 * has no memory for: sections, the kernel's name. Both must outlive *@ret. Errors: HR_ERROR_INPUT
 * where no kernel has such a PHYS_OFFSET, and as hr_ptdump_tables_create().
 */
struct hr_error *hr_ptdump_place(const struct hr_ptdump *ptdump, struct hr_layout *layout,
				 struct hr_ptdump_tables **ret);

/*
 * The VAs of the first and the last byte that @ptdump has mapped in the linear map of @layout;
 * false if there is nothing.
 */
bool hr_ptdump_mapped(const struct hr_ptdump *ptdump, const struct hr_layout *layout,
		      uint64_t *ret_va, uint64_t *ret_last);

#endif
