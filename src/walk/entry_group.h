/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Aligned neighbours in a table, which the CONT bit may make one leaf, and leaves out of entries.
 */
#ifndef HR_ENTRY_GROUP_H
#define HR_ENTRY_GROUP_H

#include "arch/descriptor.h"
#include "walk/leaf.h"
#include "walk/table_cache.h"

/* A group of aligned neighbours and how many of them carry the CONT bit. */
struct hr_entry_group {
	size_t first, entries, members;
	size_t unknown; /* entries of it that nobody knows */
	bool contiguous, valid;
	uint64_t pa; /* of the group, by its first member */
};

/* Look at the aligned group of @level around the entry at @index of the table in @slot. */
void hr_group_scan(const struct hr_geometry *geo, int level, const struct hr_table_slot *slot,
		   size_t index, struct hr_entry_group *ret);

/* Has every entry of @group the CONT bit? */
static inline bool hr_group_is_complete(const struct hr_entry_group *group)
{
	return group->members == group->entries && group->entries > 1;
}

/* Has some entry of @group the CONT bit, and some surely not? */
static inline bool hr_group_is_broken(const struct hr_entry_group *group)
{
	return group->members && group->members + group->unknown < group->entries;
}

/*
 * May the group around what is known be one, for all that is known of it? With a member that is
 * known it is one or several leaves; without one, those that are not known may have the CONT bit
 * and then make it malformed.
 */
static inline bool hr_group_is_open(const struct hr_entry_group *group)
{
	return group->unknown && !hr_group_is_broken(group);
}

/* The leaf that @group, which is a whole one, is at @level around @va. */
struct hr_leaf hr_leaf_of_group(const struct hr_geometry *geo, int level, uint64_t va,
				const struct hr_entry_group *group);

/* Why what hr_entry_is_unsure() is of does not count as a leaf. */
#define HR_WHY_UNKNOWN "nothing is known of the entry there"

/* Is @entry not known, or a part of @group, of which that is not known which leaves it makes? */
static inline bool hr_entry_is_unsure(const struct hr_entry *entry,
				      const struct hr_entry_group *group)
{
	return entry->kind == HR_ENTRY_UNKNOWN ||
	       (entry->kind == HR_ENTRY_LEAF && entry->cont && hr_group_is_open(group));
}

/* What @entry of @level around @va spans by itself. */
struct hr_leaf hr_leaf_of_entry(const struct hr_geometry *geo, int level, uint64_t va,
				const struct hr_entry *entry);

#endif
