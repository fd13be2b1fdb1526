/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a walker; only for the files of this folder. */
#ifndef HR_WALKER_STATE_H
#define HR_WALKER_STATE_H

#include "walk/table_cache.h"
#include "walk/walker.h"

/*
 * Where a lookup in a dump may start: the deepest table of an earlier one. Only if no group of
 * entries above it has the CONT bit, so that nothing there matters to a lookup below it.
 */
struct hr_lookup_start {
	uint64_t first, last; /* VA: what the table maps */
	int level;
	uint64_t tables[HR_LEVELS_MAX]; /* PA: it and those above it, by level + 1 */
	uint64_t path[HR_LEVELS_MAX];	/* the descriptors above it, by level + 1 */
};

enum {
	HR_LOOKUP_STARTS = 2 /* one for each map */
};

struct hr_walker {
	struct hr_table_cache tables;
	uint64_t root_pa;
	hr_table_fn *report; /* NULL: not wanted */
	void *report_context;
	uint64_t entries; /* visited by walks */
	bool in_pass;
	uint64_t entry_limit; /* of the pass; UINT64_MAX without one */
	uint64_t vain_looks;
	struct hr_lookup_start starts[HR_LOOKUP_STARTS];
	size_t start_count, start_next;
};

#endif
