// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/stray.h"

#include "check/presence.h"
#include "kernel/address.h"
#include "map/survey.h"
#include "walk/lookup.h"

/* Is there a vmemmap leaf at @va that serves only the section around @pa? */
static bool maps_section_alone(const struct hr_check *check, uint64_t va, uint64_t pa)
{
	const struct hr_layout *layout = check->machine.layout;
	uint64_t section = pa & ~(hr_section_size(layout) - 1), page = hr_page_size(&layout->geo);
	uint64_t start = hr_map_va(layout, HR_MAP_VMEMMAP, section);
	uint64_t end = hr_map_va(layout, HR_MAP_VMEMMAP, section + hr_section_size(layout));
	struct hr_lookup found;

	if (va < hr_layout_vmemmap_used(layout) || va >= layout->vmemmap_end)
		return false;
	hr_walk_lookup(check->machine.walker, va, &found);
	return found.state == HR_MAP_MAPPED &&
	       found.leaf.va >= ((start + page - 1) & ~(page - 1)) &&
	       found.leaf.va + found.leaf.size <= (end & ~(page - 1));
}

bool hr_check_has_stray(const struct hr_check *check, uint64_t pa, enum hr_edge edge)
{
	const struct hr_layout *layout = check->machine.layout;
	uint64_t beside = edge == HR_EDGE_START ? pa - 1 : pa, page = hr_page_size(&layout->geo);
	uint64_t va = hr_map_va(layout, HR_MAP_VMEMMAP, pa);

	if (beside >> layout->pa_bits || hr_section_may_exist(check, beside))
		return false;
	va = edge == HR_EDGE_START ? (va & ~(page - 1)) - 1 : (va + page - 1) & ~(page - 1);
	return maps_section_alone(check, va, beside);
}

void hr_check_strays(const struct hr_check *check, const struct hr_pa_range *range,
		     struct hr_check_result *result)
{
	const uint64_t edges[] = { range->start, range->end };

	for (size_t i = 0; i < 2; i++) {
		enum hr_edge edge = i ? HR_EDGE_END : HR_EDGE_START;

		if (hr_check_has_stray(check, edges[i], edge))
			hr_reason_add(
				result, HR_REASON_UNREADABLE,
				"the vmemmap has struct pages beside the %s edge, where no section "
				"exists: one of its tables is damaged or belongs elsewhere",
				hr_edge_name(edge));
	}
}
