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

/* The name of @map in sentences ("linear map"). */
const char *hr_map_phrase(enum hr_map map);

#endif
