// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/root_table.h"

#include "arch/descriptor.h"
#include "walk/lookup.h"

/*
 * The bit that the kernel sets in all entries that it may write. Both this and AP[2] count, because
 * this bit alone means something else with permission indirection (pgtable-prot.h, 5.7 to 7.3).
 */
#define DESC_WRITE HR_DESC_DBM

enum hr_tristate hr_root_table_is_writable(const struct hr_layout *layout, struct hr_walker *walker)
{
	uint64_t va = layout->swapper_pa + layout->kimage_voffset;
	struct hr_lookup found;
	uint64_t desc;

	if (!layout->has_kimage_voffset)
		return HR_UNKNOWN;
	hr_walk_lookup(walker, va, &found);
	if (found.state != HR_MAP_MAPPED || !found.leaf.valid ||
	    found.leaf.pa + (va - found.leaf.va) != layout->swapper_pa)
		return HR_UNKNOWN;
	desc = found.path[found.leaf.level + 1];
	if (!(desc & HR_DESC_READ_ONLY) == !(desc & DESC_WRITE))
		return HR_UNKNOWN;
	return (desc & DESC_WRITE) ? HR_YES : HR_NO;
}
