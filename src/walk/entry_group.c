// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk/entry_group.h"

#include "walk/alike.h"

_Static_assert(HR_DESC_UNKNOWN &HR_DESC_CONT, "an unknown entry may have the CONT bit");

/* Does any entry of @group have the CONT bit, or is any unknown? In most groups, none does. */
static bool has_cont_bit(const struct hr_table_slot *slot, const struct hr_entry_group *group)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < group->entries; i++)
		seen |= slot->desc[group->first + i];
	return le64toh(seen) & HR_DESC_CONT;
}

/* Examine the entries of @group, some of which have the CONT bit or are unknown, one by one. */
static void scan_entries(const struct hr_geometry *geo, int level, const struct hr_table_slot *slot,
			 struct hr_entry_group *group)
{
	uint64_t size = hr_level_size(geo, level);

	for (size_t i = 0; i < group->entries; i++) {
		struct hr_entry entry =
			hr_desc_decode(geo, level, le64toh(slot->desc[group->first + i]));

		group->unknown += entry.kind == HR_ENTRY_UNKNOWN;
		if (entry.kind != HR_ENTRY_LEAF || !entry.cont)
			continue;
		if (!group->members++)
			group->pa = entry.pa - i * size;
		group->contiguous &= entry.pa == group->pa + i * size;
		group->valid &= entry.valid;
	}
	group->contiguous &= !(group->pa & (group->entries * size - 1));
}

void hr_group_scan(const struct hr_geometry *geo, int level, const struct hr_table_slot *slot,
		   size_t index, struct hr_entry_group *ret)
{
	size_t entries = hr_cont_entries(geo, level);
	struct hr_entry entry;

	*ret = (struct hr_entry_group){ .first = index & ~(entries - 1), .entries = entries };
	if (entries == 1)
		return;
	ret->contiguous = ret->valid = true;
	if (!has_cont_bit(slot, ret))
		return;
	if (hr_count_alike(geo, level, slot->desc, ret->first, ret->first + entries - 1) !=
	    entries) {
		scan_entries(geo, level, slot, ret);
		return;
	}
	/* As alike as that, they are one leaf, which begins where it may. */
	entry = hr_desc_decode(geo, level, le64toh(slot->desc[ret->first]));
	ret->members = entries;
	ret->valid = entry.valid;
	ret->pa = entry.pa;
}

struct hr_leaf hr_leaf_of_group(const struct hr_geometry *geo, int level, uint64_t va,
				const struct hr_entry_group *group)
{
	uint64_t size = hr_level_size(geo, level) * group->entries;

	return (struct hr_leaf){
		.level = level,
		.cont = true,
		.valid = group->valid,
		.expected = group->contiguous,
		.va = va & ~(size - 1),
		.pa = group->pa,
		.size = size,
	};
}

struct hr_leaf hr_leaf_of_entry(const struct hr_geometry *geo, int level, uint64_t va,
				const struct hr_entry *entry)
{
	uint64_t size = hr_level_size(geo, level);

	return (struct hr_leaf){
		.level = level,
		.valid = entry->valid,
		.expected = hr_leaf_is_expected(geo, level, entry->cont),
		.va = va & ~(size - 1),
		.pa = entry->pa,
		.size = size,
	};
}
