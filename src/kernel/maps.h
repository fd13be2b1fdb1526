/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two maps that go with memory: the linear map, and the vmemmap with its struct pages. */
#ifndef HR_MAPS_H
#define HR_MAPS_H

#include <hotremove/hotremove.h>

#include "kernel/layout.h"

/*
 * The VA range of [@pa_start, @pa_end) in @map, end exclusive. Returns false if there is none,
 * because the linear map cannot hold the range.
 */
bool hr_map_range(const struct hr_layout *layout, enum hr_map map, uint64_t pa_start,
		  uint64_t pa_end, uint64_t *ret_va_start, uint64_t *ret_va_end);

/* The VA in @map that belongs to the physical address @pa: its own, or that of its struct page. */
uint64_t hr_map_va(const struct hr_layout *layout, enum hr_map map, uint64_t pa);

/*
 * Does the kernel free the table of @level that maps [@va_start, @va_last] of what is removed, once
 * it is empty? Only if the region that its parent entry maps lies between the ends of the map
 * (pgtable_range_aligned(), mmu.c, 5.8 to 7.3).
 */
bool hr_map_frees_table(const struct hr_layout *layout, enum hr_map map, int level,
			uint64_t va_start, uint64_t va_last);

/* The name of @map in sentences ("linear map"). */
const char *hr_map_phrase(enum hr_map map);

#endif
