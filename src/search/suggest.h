/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ranges of at least a given size can be removed, and which of them best. */
#ifndef HR_SUGGEST_H
#define HR_SUGGEST_H

#include "check/guard.h"
#include "leaf_check.h"
#include "range_plan.h"

enum {
	HR_SUGGEST_BLOCKS_MAX = 1 << 20 /* a machine of more memory blocks is refused */
};

/* A range that can be removed. */
struct hr_suggestion {
	struct hr_pa_range range;
	uint64_t blocks;  /* memory blocks that it consists of */
	uint64_t refused; /* of these, the ones that the kernel would not take offline */
	/*
	 * Instructions of its teardown by this kernel's model, as hr_plan_create() counts them; an
	 * estimate where splits-leaf or unreadable is ignored.
	 */
	uint64_t tlbi;
};

struct hr_suggestions {
	struct hr_suggestion *list; /* best first; no two of them overlap */
	size_t count;
	bool has_largest;	    /* something can be removed, */
	struct hr_pa_range largest; /* and this is most at a time; the lowest of equals */
	bool unread; /* something could not be read for which a range may be missing */
};

struct hr_suggest_query {
	const struct hr_check *check;
	const struct hr_guard_check *guard;
	const struct hr_teardown_form *form; /* of memory blocks as @check has them */
	uint64_t size;			     /* bytes to remove at least, not 0 */
	/*
	 * The first memory block from @start on that exists, HR_NO_BLOCK behind the last;
	 * *@ret_unread is set if blocks may be missing, and else left alone.
	 */
	uint64_t (*next_block)(void *context, uint64_t start, bool *ret_unread);
	void *context;
};

/*
 * Find removable ranges of memory blocks that exist. Those that come into question are tight: from
 * an edge where a range may begin to the nearest at least @query->size away where it may end. They
 * are taken best first, as hr_suggest_sort() has it, each if it does not overlap one that is taken
 * already, so that the first is the best of all. Each block is walked once. Errors:
 * HR_ERROR_NO_MEMORY; HR_ERROR_INPUT beyond HR_SUGGEST_BLOCKS_MAX blocks. Release @ret in any case.
 */
struct hr_error *hr_suggest_find(const struct hr_suggest_query *query, struct hr_suggestions *ret);

/*
 * Best first: the fewest blocks that the kernel refuses, then the fewest TLBIs, then the smallest,
 * then the lowest.
 */
void hr_suggest_sort(struct hr_suggestions *suggestions);

/* Free what @suggestions holds. */
void hr_suggest_release(struct hr_suggestions *suggestions);

#endif
