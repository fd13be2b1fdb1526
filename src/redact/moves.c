// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/moves.h"

#include "arch/pointer.h"
#include "kernel/address.h"

struct hr_moves hr_moves_of(const struct hr_layout *layout)
{
	uint64_t used = hr_layout_vmemmap_used(layout);

	return (struct hr_moves){
		.areas = {
			[HR_AREA_LINEAR] = { hr_half_base(&layout->geo), layout->linear_end - 1, 0 },
			[HR_AREA_IMAGE] = { layout->linear_end, used - 1, 0 },
			[HR_AREA_VMEMMAP] = { used, layout->vmemmap_end - 1, 0 },
		},
		.page_size = hr_page_size(&layout->geo),
		.struct_page_size = layout->struct_page_size,
	};
}

void hr_moves_set_linear(struct hr_moves *moves, uint64_t by)
{
	int64_t pages = (int64_t)by / (int64_t)moves->page_size;

	moves->areas[HR_AREA_LINEAR].by = by;
	moves->areas[HR_AREA_VMEMMAP].by = (uint64_t)pages * moves->struct_page_size;
}

enum hr_area_name hr_moves_area(const struct hr_moves *moves, uint64_t va)
{
	enum hr_area_name name = HR_AREA_LINEAR;

	while (name < HR_AREAS && (va < moves->areas[name].first || va > moves->areas[name].last))
		name++;
	return name;
}

bool hr_moves_va(const struct hr_moves *moves, uint64_t va, uint64_t *ret)
{
	enum hr_area_name name = hr_moves_area(moves, va);

	if (name == HR_AREAS)
		return false;
	*ret = va + moves->areas[name].by;
	return hr_moves_area(moves, *ret) == name;
}

uint64_t hr_moves_word(const struct hr_moves *moves, uint64_t word)
{
	uint64_t va = hr_untagged(word), moved;

	if (hr_moves_area(moves, va) == HR_AREAS)
		return word;
	return hr_moves_va(moves, va, &moved) ? word + (moved - va) : 0;
}
