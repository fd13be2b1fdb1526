/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ranges of at least a given size can be removed, and which of them are best. */
#ifndef HR_SUGGEST_H
#define HR_SUGGEST_H

#include <hotremove/hotremove.h>

#include "check/guard.h"
#include "leaf_check.h"
#include "range_plan.h"

struct hr_suggest_query {
	const struct hr_check *check;
	const struct hr_guard_check *guard;
	const struct hr_teardown_form *form; /* with memory blocks of the size in @check */
	uint64_t size;			     /* least number of bytes to remove, not 0 */
	/*
	 * The first existing memory block at or above @start, HR_NO_BLOCK after the last. Sets
	 * *@ret_unread if blocks may be missing, and otherwise leaves it alone.
	 */
	uint64_t (*next_block)(void *context, uint64_t start, bool *ret_unread);
	void *context;
};

/*
 * Find removable ranges of existing memory blocks. Only tight ranges are considered: from an edge
 * where a range can begin to the nearest one at least @query->size away where it can end. They are
 * taken best first, in the order of hr_suggest_sort(), each if it does not overlap one that was
 * already taken. So the first is the best of all. Each block is walked once. Errors:
 * HR_ERROR_NO_MEMORY; HR_ERROR_INPUT beyond HR_SUGGEST_BLOCKS_MAX blocks. Release @ret in any case.
 */
struct hr_error *hr_suggest_find(const struct hr_suggest_query *query, struct hr_suggestions *ret);

/*
 * Sort best first: fewest blocks that the kernel refuses, then fewest TLBIs, then smallest, then
 * lowest.
 */
void hr_suggest_sort(struct hr_suggestions *suggestions);

#endif
