/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One edge of memory that is taken away: what the kernel's test says of it, which has bugs, and
 * whether it really splits a leaf. Neighbouring memory blocks share edges, and a large leaf has the
 * edges of many, so the last ones are remembered.
 */
#ifndef HR_GUARD_EDGE_H
#define HR_GUARD_EDGE_H

#include <hotremove/hotremove.h>

#include "kernel/layout.h"
#include "walk/walker.h"

struct hr_guard_edge {
	/*
	 * VA: all edges from first to last (inclusive) are as this one; with a step, those that are
	 * a multiple of it away from first.
	 */
	uint64_t first, last, step;
	/* can_unmap_without_split() (mmu.c, 7.1 on) has an answer: it refuses, or it does not */
	bool is_tested, fails;
	bool is_known, splits; /* it is known whether a leaf is split, and one is */
};

enum {
	HR_GUARD_EDGES = 8 /* both ends of two ranges in both maps */
};

/* The edges found last. Zeros are an empty list. Valid as long as the tables do not change. */
struct hr_guard_edges {
	struct hr_guard_edge list[HR_GUARD_EDGES];
	size_t count; /* found so far */
};

/*
 * Find the edge at @va among @edges or in the tables, and remember it. Edges that are @step apart
 * may be asked for next; 0 if none are. The result is in @edges, and valid until the next call.
 */
const struct hr_guard_edge *hr_guard_edge_find(const struct hr_layout *layout,
					       struct hr_walker *walker, uint64_t va, uint64_t step,
					       struct hr_guard_edges *edges);

#endif
