/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can a physical range be hot-removed without splitting a leaf? The answer is physical truth: an
 * edge is unsafe if the leaf or CONT group around it does not begin there, in the linear map or in
 * the vmemmap, whatever a kernel's own check would say.
 */
#ifndef HR_LEAF_CHECK_H
#define HR_LEAF_CHECK_H

#include "check/check.h"
#include "check/guard.h"
#include "map/survey.h"

/*
 * Find the reasons against removing @range (not empty, below the physical address width) that the
 * kernel and the range's edges and sections give: whether anything can be removed, alignment,
 * presence, boot memory, for each edge in both maps the leaf around it, and struct pages beside the
 * range for sections that do not exist. Reads at most one table page per level and edge, and as
 * many for what lies beside; on live memory the entries that it went by once more, and all of it
 * edge by edge if something has changed.
 */
void hr_check_edges(const struct hr_check *check, const struct hr_pa_range *range,
		    struct hr_check_result *ret);

/* Add the reasons that hold for all memory of this kernel. */
void hr_check_kernel(const struct hr_check *check, struct hr_check_result *result);

/*
 * Add the reasons that only a walk of the whole range shows: CONT groups and leaves inside it
 * that are damaged, tables inside it that cannot be read; with @check->by_block the first leaf of
 * each map that reaches from one memory block into the next.
 */
void hr_check_survey(const struct hr_check *check, const struct hr_survey *survey,
		     struct hr_check_result *result);

/*
 * Add guard-veto if the kernel's own check, @model, refuses a block of the range although nothing
 * would be split, or unreadable if what it goes by could not be read, or if it is not known and one
 * that it may be refuses.
 */
void hr_check_guard(const struct hr_check *check, const struct hr_guard_result *guard,
		    enum hr_guard model, struct hr_check_result *result);

/* The verdict that the reasons in @result amount to. */
enum hr_verdict hr_check_verdict(const struct hr_check *check,
				 const struct hr_check_result *result);

#endif
