// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/altmap.h"

#include "kernel/address.h"
#include "walk/lookup.h"

bool hr_block_has_altmap(const struct hr_layout *layout, struct hr_walker *walker,
			 uint64_t pa_start, bool *ret)
{
	uint64_t va = hr_layout_page_va(layout, pa_start >> layout->geo.page_shift);
	struct hr_lookup found;

	*ret = false;
	if (layout->hides_vmemmap_pa)
		return true;
	hr_walk_lookup(walker, va, &found);
	*ret = found.state == HR_MAP_MAPPED && found.leaf.pa + (va - found.leaf.va) == pa_start;
	return found.state != HR_MAP_UNREADABLE;
}
