/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The array of section roots, if only its address is known. */
#ifndef HR_SECTION_STRIDE_H
#define HR_SECTION_STRIDE_H

#include "base/memory.h"
#include "kernel/layout.h"

/*
 * Find the size of a struct mem_section and the length of the array of @layout, whose address the
 * user gave and whose note has neither. The section that holds swapper_pg_dir decides: it must lead
 * to the vmemmap with one of the two possible sizes, and not with the other. If it does not, or if
 * the length depends on a configuration that nothing tells, has_mem_section becomes false. Only
 * error: HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_section_stride_find(struct hr_layout *layout, const struct hr_memory *memory);

#endif
