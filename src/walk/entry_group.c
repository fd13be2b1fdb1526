// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk/entry_group.h"

_Static_assert(HR_DESC_UNKNOWN &HR_DESC_CONT, "an unknown entry may have the CONT bit");

/* Does any entry of @group have the CONT bit, or is any unknown? In most groups, none does. */
static bool has_cont_bit(const struct hr_table_slot *slot, const struct hr_entry_group *group)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < group->entries; i++)
		seen |= slot->desc[group->first + i];
	return le64toh(seen) & HR_DESC_CONT;
}

void hr_group_scan(const struct hr_geometry *geo, int level, const struct hr_table_slot *slot,
		   size_t index, struct hr_entry_group *ret)
{
	size_t entries = hr_cont_entries(geo, level);
	uint64_t size = hr_level_size(geo, level);

	*ret = (struct hr_entry_group){ .first = index & ~(entries - 1), .entries = entries };
	if (entries == 1)
		return;
	ret->contiguous = ret->valid = true;
	if (!has_cont_bit(slot, ret))
		return;
	for (size_t i = 0; i < entries; i++) {
		struct hr_entry entry =
			hr_desc_decode(geo, level, le64toh(slot->desc[ret->first + i]));

		ret->unknown += entry.kind == HR_ENTRY_UNKNOWN;
		if (entry.kind != HR_ENTRY_LEAF || !entry.cont)
			continue;
		if (!ret->members++)
			ret->pa = entry.pa - i * size;
		ret->contiguous &= entry.pa == ret->pa + i * size;
		ret->valid &= entry.valid;
	}
	ret->contiguous &= !(ret->pa & (entries * size - 1));
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
