/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text of page tables in place of a kernel's memory. */
#ifndef HR_PTDUMP_KERNEL_H
#define HR_PTDUMP_KERNEL_H

#include <hotremove/hotremove.h>

#include "kernel/layout.h"
#include "ptdump/ptdump_tables.h"

enum {
	HR_PTDUMP_WARNINGS = 6
};

/* What the text and the user say, and what was assumed for the rest. */
struct hr_ptdump_note {
	struct hr_overrides overrides; /* for hr_layout_init() */
	/*
	 * False: not given, and assumed to be 0, or by the note of a kernel whose notes do not tell
	 * where the linear map begins (HR_LINEAR_END_BEFORE_OFFSET).
	 */
	bool has_phys_offset;
	/* A static sentence for each assumption, NULL after the last. */
	const char *warnings[HR_PTDUMP_WARNINGS];
};

/*
 * Complete *@note, the user's VMCOREINFO or NULL, with what @ptdump reveals and with usual values,
 * so that it is sufficient for hr_layout_init(). Values in @overrides and in the note take
 * precedence. Errors as in hr_ptdump_deduce(), and for invalid numbers in the note.
 */
struct hr_error *hr_ptdump_make_note(const struct hr_ptdump *ptdump,
				     const struct hr_overrides *overrides,
				     struct hr_vmcoreinfo **note, struct hr_ptdump_note *ret);

/*
 * Create the tables that @ptdump describes in a kernel of @layout, and remove from @layout what a
 * text does not have: sections, the kernel's name. @ptdump and @layout must outlive *@ret. Errors:
 * HR_ERROR_INPUT if no kernel has such a PHYS_OFFSET, and as in hr_ptdump_tables_create().
 */
struct hr_error *hr_ptdump_place(const struct hr_ptdump *ptdump, struct hr_layout *layout,
				 struct hr_ptdump_tables **ret);

/*
 * The VAs of the first and the last byte that @ptdump maps in the linear map of @layout. Returns
 * false if there is nothing.
 */
bool hr_ptdump_mapped(const struct hr_ptdump *ptdump, const struct hr_layout *layout,
		      uint64_t *ret_va, uint64_t *ret_last);

#endif
