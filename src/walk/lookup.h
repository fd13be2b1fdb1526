/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What maps one address, read anew until it is sure on memory that changes. */
#ifndef HR_LOOKUP_H
#define HR_LOOKUP_H

#include "walk/leaf.h"
#include "walk/walker.h"

struct hr_lookup {
	enum hr_map_state state;
	/*
	 * Mapped: the leaf or CONT group around the address. Unmapped, or an entry that is not
	 * known: what that entry spans. A size of 0 if a table could not be read.
	 */
	struct hr_leaf leaf;
	/* An edge at the address splits the leaf or a CONT group around it. */
	bool splits;
	/* It may do so: members of the group around it are not known. */
	bool may_split;
	/* The address lies in an aligned group of which some members have the CONT bit, not all. */
	bool in_broken_group;
	struct hr_leaf broken_group;
	uint64_t path[HR_LEVELS_MAX]; /* the descriptors on the way, by level + 1 */
	char why[HR_WHY_SIZE];	      /* unreadable: the reason, as a clause */
};

/*
 * What maps the kernel address @va? Reads at most one table page per level. On live memory it
 * reads until two readings agree, a bounded number of times, and says unreadable otherwise.
 */
void hr_walk_lookup(struct hr_walker *walker, uint64_t va, struct hr_lookup *ret);

/*
 * As hr_walk_lookup(), for an edge at @va of which only matters what lies in front: it reads no
 * table that begins at @va, because nothing in it can reach across. What begins there comes back
 * as unmapped.
 */
void hr_walk_lookup_end(struct hr_walker *walker, uint64_t va, struct hr_lookup *ret);

/*
 * From here on, lookups in live memory read each table once for all of them, and what they answer
 * is not sure before hr_walk_confirm() has read all entries that they went by again, behind the
 * last. If it returns false, which it does not in a dump, some of them have changed, or a table
 * could not be read: the same is to be asked again without hr_walk_hold(). No hr_walk_range() in
 * between.
 */
void hr_walk_hold(struct hr_walker *walker);
bool hr_walk_confirm(struct hr_walker *walker);

/*
 * The descriptors on the way to @va, in @path by level + 1, down to @last_level or to the first
 * that is no table; those behind it are 0. False, with the reason in @why, if a table on the way
 * cannot be read. On live memory as hr_walk_lookup().
 */
bool hr_walk_path(struct hr_walker *walker, uint64_t va, int last_level,
		  uint64_t path[HR_LEVELS_MAX], char why[HR_WHY_SIZE]);

#endif
