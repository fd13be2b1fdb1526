/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the maps lie by what a kernel's memory shows. Notes from before 5.19 do not say where the
 * vmemmap is: that is a formula, which a vendor may have taken from another release. Before 5.10
 * they do not say either where the linear map is: KASLR changed memstart_addr after the kernel had
 * placed the map by it, and a kernel for 52 bits on a CPU with 48 moved the map and not the value
 * (arch/arm64/mm/init.c, 5.4 to 5.9). Tables and mem_section say both.
 */
#ifndef HR_PLACEMENT_H
#define HR_PLACEMENT_H

#include <hotremove/hotremove.h>

#include "base/memory.h"
#include "kernel/layout.h"
#include "walk/walker.h"

enum hr_place {
	HR_PLACE_STANDS, /* nothing contradicts the layout */
	HR_PLACE_PROVEN, /* the map is elsewhere, and all that is known agrees on where */
	HR_PLACE_OPEN,	 /* the map is elsewhere, but it is not proven where */
};

struct hr_placement {
	enum hr_place linear;
	/* PHYS_OFFSET by both ends of the linear map, unless it stands or they disagree. */
	bool has_phys_offset;
	uint64_t phys_offset;
	enum hr_place vmemmap;
	/* By mem_section, unless it stands; the end is known only if it is proven. */
	uint64_t vmemmap_start, vmemmap_end;
};

/*
 * Compare @layout with the tables and mem_section. A linear map at another place is proven if
 *
 * - both ends of the linear map have the same PHYS_OFFSET, and neither has that of @layout;
 * - by this value, the tables map swapper_pg_dir and the roots of mem_section at their places;
 * - by this value, the section of swapper_pg_dir is from boot and has the vmemmap of @layout, or
 *   one that is proven;
 * - the struct page of swapper_pg_dir is mapped there.
 *
 * A vmemmap at another place is proven if exactly one formula gives the place that mem_section has,
 * the struct page of swapper_pg_dir is mapped there, and it is not where @layout has it. Only a
 * place that is a formula's (vmemmap_is_derived) can be replaced. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_placement_find(const struct hr_layout *layout, struct hr_walker *walker,
				   const struct hr_memory *memory, struct hr_placement *ret);

#endif
