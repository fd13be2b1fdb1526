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
 * From now on, lookups in live memory read each table only once for all of them. Their answers are
 * not certain until hr_walk_confirm() has read all entries that they used again, after the last
 * lookup. It returns false if an entry has changed or a table could not be read, which does not
 * happen in a dump. The caller must then repeat the lookups without hr_walk_hold(). Do not call
 * hr_walk_range() in between.
 */
void hr_walk_hold(struct hr_walker *walker);
bool hr_walk_confirm(struct hr_walker *walker);

/*
 * The descriptors on the path to @va, in @path by level + 1, down to @last_level or to the first
 * that is not a table; those after it are 0. Returns false, with the reason in @why, if a table on
 * the path cannot be read. Live memory is handled as in hr_walk_lookup().
 */
bool hr_walk_path(struct hr_walker *walker, uint64_t va, int last_level,
		  uint64_t path[HR_LEVELS_MAX], char why[HR_WHY_SIZE]);

#endif
