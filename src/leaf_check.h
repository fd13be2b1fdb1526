/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can a physical range be hot-removed without splitting a leaf? The answer is the physical truth,
 * whatever a kernel's own check would say: an edge is unsafe if the leaf or CONT group around it
 * does not begin there, in the linear map or in the vmemmap.
 */
#ifndef HR_LEAF_CHECK_H
#define HR_LEAF_CHECK_H

#include <hotremove/hotremove.h>

#include "check/check.h"
#include "check/guard.h"
#include "map/survey.h"

/*
 * Find the reasons against removing @range (not empty, below the physical address width) that come
 * from the kernel and from the range's edges and sections: whether anything can be removed,
 * alignment, presence, boot memory, the leaf around each edge in both maps, and struct pages beside
 * the range for sections that do not exist. Reads at most one table page per level and edge, and as
 * many for what lies beside the range. On live memory, reads the entries that it used once more,
 * and repeats the whole check edge by edge if something has changed.
 */
void hr_check_edges(const struct hr_check *check, const struct hr_pa_range *range,
		    struct hr_check_result *ret);

/* Add the reasons that hold for all memory of this kernel. */
void hr_check_kernel(const struct hr_check *check, struct hr_check_result *result);

/*
 * Add the reasons that only a walk of the whole range shows: damaged CONT groups and leaves,
 * unreadable tables, and with @check->by_block the first leaf of each map that extends from one
 * memory block into the next.
 */
void hr_check_survey(const struct hr_check *check, const struct hr_survey *survey,
		     struct hr_check_result *result);

/*
 * Add guard-veto if the kernel's own check, @model, refuses a block of the range although nothing
 * would be split. Add unreadable if the check's inputs could not be read, or if the check is
 * unknown and one of the possible checks refuses.
 */
void hr_check_guard(const struct hr_check *check, const struct hr_guard_result *guard,
		    enum hr_guard model, struct hr_check_result *result);

/* The verdict that follows from the reasons in @result. */
enum hr_verdict hr_check_verdict(const struct hr_check *check,
				 const struct hr_check_result *result);

#endif
