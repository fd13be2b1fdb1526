// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/maps.h"

#include "base/names.h"
#include "kernel/address.h"

static const struct hr_names names =
	HR_NAMES([HR_MAP_LINEAR] = "linear", [HR_MAP_VMEMMAP] = "vmemmap");
static const struct hr_names phrases =
	HR_NAMES([HR_MAP_LINEAR] = "linear map", [HR_MAP_VMEMMAP] = "vmemmap");

const char *hr_map_name(enum hr_map map)
{
	return hr_name_of(&names, map);
}

const char *hr_map_phrase(enum hr_map map)
{
	return hr_name_of(&phrases, map);
}

uint64_t hr_map_va(const struct hr_layout *layout, enum hr_map map, uint64_t pa)
{
	if (map == HR_MAP_LINEAR)
		return hr_layout_linear_va(layout, pa);
	return hr_layout_page_va(layout, pa >> layout->geo.page_shift);
}

bool hr_map_range(const struct hr_layout *layout, enum hr_map map, uint64_t pa_start,
		  uint64_t pa_end, uint64_t *ret_va_start, uint64_t *ret_va_end)
{
	uint64_t page = hr_page_size(&layout->geo);

	if (map == HR_MAP_VMEMMAP) {
		*ret_va_start = hr_layout_page_va(layout, pa_start / page);
		*ret_va_end = hr_layout_page_va(layout, (pa_end + page - 1) / page);
		return *ret_va_start >= layout->vmemmap_start && *ret_va_start < *ret_va_end &&
		       *ret_va_end <= layout->vmemmap_end;
	}
	if (!hr_layout_has_linear(layout, pa_start) || !hr_layout_has_linear(layout, pa_end - 1))
		return false;
	*ret_va_start = hr_layout_linear_va(layout, pa_start);
	*ret_va_end = hr_layout_linear_va(layout, pa_end - 1) + 1;
	return *ret_va_start < *ret_va_end;
}

bool hr_map_frees_table(const struct hr_layout *layout, enum hr_map map, int level,
			uint64_t va_start, uint64_t va_last)
{
	uint64_t mask = ~(hr_level_size(&layout->geo, level - 1) - 1);
	bool linear = map == HR_MAP_LINEAR;
	uint64_t floor = linear ? layout->page_offset : layout->vmemmap_start;
	uint64_t ceiling = (linear ? layout->linear_end : layout->vmemmap_end) & mask;

	return (va_start & mask) >= floor && va_last <= ceiling - 1;
}
