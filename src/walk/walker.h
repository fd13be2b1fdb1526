/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reader of one kernel's tables, which caches tables that it has read. lookup.h queries an
 * address, walk.h a range.
 */
#ifndef HR_WALKER_H
#define HR_WALKER_H

#include <hotremove/hotremove.h>

#include "arch/geometry.h"
#include "base/memory.h"

struct hr_walker;

/*
 * Create a walker of the tables below the root at @root_pa, of geometry @geo, in @memory. @geo and
 * @memory must outlive it. Holds a few pages per level, and batches of tables that are read ahead.
 */
struct hr_error *hr_walker_create(const struct hr_geometry *geo, const struct hr_memory *memory,
				  uint64_t root_pa, struct hr_walker **ret);
void hr_walker_destroy(struct hr_walker *walker);

static inline void hr_cleanup_walker(struct hr_walker **walker)
{
	hr_walker_destroy(*walker);
}

/* Table pages visited since the walker was created, whether or not they had to be read. */
uint64_t hr_walker_visits(const struct hr_walker *walker);

/* Do not count visits made since hr_walker_visits() was @visits: something else bounds them. */
void hr_walker_forget_visits(struct hr_walker *walker, uint64_t visits);

/* The most table pages that one tree in the source can have. */
uint64_t hr_walker_source_pages(const struct hr_walker *walker);

/* Called for each table below the root that a walk reaches; @va is the first byte it maps. */
typedef void hr_table_fn(void *context, uint64_t va);

/* Call @report, before a table is read, in each later hr_walk_range(). */
void hr_walker_report(struct hr_walker *walker, hr_table_fn *report, void *context);

enum {
	HR_VAIN_LOOKS_MAX = 1 << 20
};

/*
 * May a search go on after it has looked somewhere in vain? Up to HR_VAIN_LOOKS_MAX times for all
 * searches with @walker: tables that are shared, or that name tables which the source lacks, have
 * as many places to look at as there are addresses.
 */
bool hr_walker_may_look_on(struct hr_walker *walker);
/* Table pages read since the walker was created. */
uint64_t hr_walker_tables_read(const struct hr_walker *walker);

#endif
