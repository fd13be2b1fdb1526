/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Do two walks of one map show the same leaves? */
#ifndef HR_VERIFY_H
#define HR_VERIFY_H

#include <hotremove/hotremove.h>

#include "map/survey.h"
#include "walk/walker.h"

/* Two walks over the same range of addresses. */
struct hr_verify {
	const struct hr_geometry *geo;
	struct hr_walker *walker;      /* walks the kernel's memory */
	struct hr_walker *text_walker; /* walks what a text describes, with the same geometry */
	uint64_t va_start;
	uint64_t va_last; /* inclusive */
	/*
	 * Called for each difference: leaves in ascending VA order, then groups. An error stops the
	 * comparison.
	 */
	struct hr_error *(*difference)(void *context, const struct hr_difference *difference);
	void *context;
};

/*
 * Compare the two walks leaf by leaf (level, CONT, valid bit), and the malformed CONT groups, of
 * which HR_VERIFY_GROUPS_MAX are kept. *@ret_cut is true if either walk has more; those are not
 * compared. Physical addresses are not compared either. *@ret_leaves is the number of leaves in the
 * first walk. Errors: HR_ERROR_NO_MEMORY, those of hr_parts_add(), and those of
 * @verify->difference.
 */
struct hr_error *hr_verify_map(const struct hr_verify *verify, uint64_t *ret_leaves, bool *ret_cut);

#endif
