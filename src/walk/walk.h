/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our own walk of swapper_pg_dir: which leaves map a range. It reads whole table pages, follows no
 * pointer out of the tables that it was given, and survives any content: tables that point to
 * themselves, to nowhere, or to data.
 *
 * There are three answers. If a table page cannot be read, the range that it maps is unreadable.
 * The same is true of a page that reads as all zeros below a live parent entry: the kernel frees a
 * table that it has emptied, whereas /proc/kcore returns zeros for pages that it does not show
 * (poisoned, offline, ballooned), and filtered dumps may do so too.
 */
#ifndef HR_WALK_H
#define HR_WALK_H

#include <hotremove/hotremove.h>

#include "base/memory.h"
#include "walk/walker.h"

/* A table below the root whose remaining entries a teardown of the range would all clear. */
struct hr_emptied_table {
	int level;	   /* of the table, not of the entry that points to it */
	uint64_t va_start; /* the part of the walked range that it maps */
	uint64_t va_last;  /* inclusive */
};

struct hr_visitor {
	void *context;
	/* Called for every run in ascending VA order. Runs cover the range without gaps. */
	struct hr_error *(*run)(void *context, const struct hr_run *run);
	/*
	 * May be NULL. Called for an aligned group in which only some members have the CONT bit.
	 * The members follow as single leaves.
	 */
	struct hr_error *(*broken_group)(void *context, const struct hr_leaf *group);
	/*
	 * May be NULL. Called for each table page below the root that is walked, with its physical
	 * address.
	 */
	void (*table)(void *context, uint64_t pa);
	/*
	 * May be NULL. Called for each table that has no entry left after the whole range is
	 * removed, children first. Returns true if the table is freed, so that its parent may
	 * become empty too.
	 */
	bool (*emptied)(void *context, const struct hr_emptied_table *table);
};

/*
 * Report every leaf that maps a byte of [@va_start, @va_last] (inclusive, kernel addresses of one
 * half) to @visitor. Reads each table page once. On live memory, the entry that led to a page is
 * read again after it, and if the entry has changed, so is the page. Returns only errors of the
 * visitor.
 */
struct hr_error *hr_walk_range(struct hr_walker *walker, uint64_t va_start, uint64_t va_last,
			       const struct hr_visitor *visitor);

/*
 * Start a pass: the ranges walked until hr_walk_pass_end() are neighbours, and each is walked at
 * most @times times. So the walks visit each entry of the source's tables at most that often, and
 * once more where two ranges meet. If they visit more, a table is in several places, which is
 * damage, and everything after it is unreadable. Passes cannot be nested.
 */
void hr_walk_pass_begin(struct hr_walker *walker, unsigned int times);
void hr_walk_pass_end(struct hr_walker *walker);

#endif
