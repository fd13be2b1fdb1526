/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What maps one address. Memory that changes is read again until the answer is certain. */
#ifndef HR_LOOKUP_H
#define HR_LOOKUP_H

#include <hotremove/hotremove.h>

#include "walk/walker.h"
#include "walk/why.h"

struct hr_lookup {
	enum hr_map_state state;
	/*
	 * Mapped: the leaf or CONT group around the address. Unmapped, or an unknown entry: the
	 * range of that entry. The size is 0 if a table could not be read.
	 */
	struct hr_leaf leaf;
	/* A table could not be read: the last VA for which it is needed. 0 otherwise. */
	uint64_t missing_last;
	/* An edge at the address splits the leaf or a CONT group around it. */
	bool splits;
	/* It may do so: members of the group around it are unknown. */
	bool may_split;
	/*
	 * The address is in an aligned group of which some members have the CONT bit, but not all.
	 */
	bool in_broken_group;
	struct hr_leaf broken_group;
	uint64_t path[HR_LEVELS_MAX]; /* the descriptors on the path, by level + 1 */
	char why[HR_WHY_SIZE];	      /* unreadable: the reason, as a clause */
};

/*
 * What maps the kernel address @va? Reads at most one table page per level. On live memory, reads
 * until two readings agree, a bounded number of times, and otherwise returns unreadable.
 */
void hr_walk_lookup(struct hr_walker *walker, uint64_t va, struct hr_lookup *ret);

/*
 * Like hr_walk_lookup(), for an edge at @va for which only the memory before it matters. Does not
 * read a table that begins at @va, because nothing in it can extend across the edge. What begins
 * there is returned as unmapped.
 */
void hr_walk_lookup_end(struct hr_walker *walker, uint64_t va, struct hr_lookup *ret);

/*
 * Like hr_walk_lookup(). If @va is mapped, *@ret_last is the last VA up to which it is known that
 * everything from the leaf on is mapped as the leaf is: to the memory that follows, by leaves of
 * the same size. In a dump these are leaves of one table, on live memory it is the leaf alone.
 */
void hr_walk_lookup_on(struct hr_walker *walker, uint64_t va, struct hr_lookup *ret,
		       uint64_t *ret_last);

/*
 * How far edges go on that split nothing and are in no group. @found is what hr_walk_lookup_end()
 * has just found at @va, which is such an edge; @step is the distance of the others. All of them,
 * @va + n * @step, up to the address that is returned (at least @va) are inside of the last table
 * on the way to @va, and for each hr_walk_lookup_end() would find such an edge, too. The
 * descriptors on the way are the same up to that table, whose entries are empty, lead to tables
 * that begin at the edge or later, or are leaves that begin there, all without the CONT bit.
 */
uint64_t hr_walk_edges_on(const struct hr_walker *walker, uint64_t va, uint64_t step,
			  const struct hr_lookup *found);

/*
 * Make the lookups of @look see one state of the tables. In a dump, this just calls @look. On live
 * memory, its lookups read each table only once for all of them, and then the entries that they
 * used are read again. If one has changed, or a table could not be read, @look is called again, up
 * to HR_LIVE_TRIES times. It must begin from scratch each time, and not call hr_walk_range().
 * Returns false if the tables kept changing: the last call then made each lookup by itself.
 */
bool hr_walk_together(struct hr_walker *walker, void (*look)(void *context), void *context);

/*
 * The descriptors on the path to @va, in @path by level + 1, down to @last_level or to the first
 * that is not a table; those after it are 0. Returns false, with the reason in @why, if a table on
 * the path cannot be read. Live memory is handled as in hr_walk_lookup().
 */
bool hr_walk_path(struct hr_walker *walker, uint64_t va, int last_level,
		  uint64_t path[HR_LEVELS_MAX], char why[HR_WHY_SIZE]);

#endif
