/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memmap_on_memory: memory blocks whose memmap lies in their own first pages. They are added and
 * removed one by one, each by its own call of arch_remove_memory().
 */
#ifndef HR_ALTMAP_H
#define HR_ALTMAP_H

#include "kernel/layout.h"
#include "walk/walker.h"

/*
 * Does the memory block at @pa_start hold its own memmap? It does if the vmemmap maps the block's
 * first struct page to the block's first page. If addresses are hidden, the answer is no. Returns
 * false if a table could not be read; otherwise *@ret is set.
 */
bool hr_block_has_altmap(const struct hr_layout *layout, struct hr_walker *walker,
			 uint64_t pa_start, bool *ret);

#endif
