/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups of aligned neighbours in a table, which the CONT bit may turn into one leaf; and leaves
 * made from entries.
 */
#ifndef HR_ENTRY_GROUP_H
#define HR_ENTRY_GROUP_H

#include <hotremove/hotremove.h>

#include "arch/descriptor.h"
#include "walk/table_cache.h"

/* A group of aligned neighbours and how many of them carry the CONT bit. */
struct hr_entry_group {
	size_t first, entries, members;
	size_t unknown; /* entries that are unknown */
	bool contiguous, valid;
	uint64_t pa; /* of the group, derived from its first member */
};

/* Examine the aligned group of @level around the entry at @index of the table in @slot. */
void hr_group_scan(const struct hr_geometry *geo, int level, const struct hr_table_slot *slot,
		   size_t index, struct hr_entry_group *ret);

/* Does every entry of @group have the CONT bit? */
static inline bool hr_group_is_complete(const struct hr_entry_group *group)
{
	return group->members == group->entries && group->entries > 1;
}

/* Does some entry of @group have the CONT bit, and some other entry certainly not? */
static inline bool hr_group_is_broken(const struct hr_entry_group *group)
{
	return group->members && group->members + group->unknown < group->entries;
}

/*
 * May @group be a CONT group, given what is known of it? If a member is known, the group is one
 * leaf or several. If none is, the unknown entries may have the CONT bit and would then make it
 * malformed.
 */
static inline bool hr_group_is_open(const struct hr_entry_group *group)
{
	return group->unknown && !hr_group_is_broken(group);
}

/* The leaf that @group, which is complete, forms at @level around @va. */
struct hr_leaf hr_leaf_of_group(const struct hr_geometry *geo, int level, uint64_t va,
				const struct hr_entry_group *group);

/* Why an entry for which hr_entry_is_unsure() is true does not count as a leaf. */
#define HR_WHY_UNKNOWN "nothing is known of the entry there"

/* Is @entry unknown, or part of a @group for which it is unknown which leaves it forms? */
static inline bool hr_entry_is_unsure(const struct hr_entry *entry,
				      const struct hr_entry_group *group)
{
	return entry->kind == HR_ENTRY_UNKNOWN ||
	       (entry->kind == HR_ENTRY_LEAF && entry->cont && hr_group_is_open(group));
}

/* The leaf that @entry of @level around @va forms by itself. */
struct hr_leaf hr_leaf_of_entry(const struct hr_geometry *geo, int level, uint64_t va,
				const struct hr_entry *entry);

#endif
