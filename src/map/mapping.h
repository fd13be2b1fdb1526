/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a kernel maps memory that it adds, as seen in the linear map. */
#ifndef HR_MAP_MAPPING_H
#define HR_MAP_MAPPING_H

#include <hotremove/hotremove.h>

#include "map/machine.h"

/* At most this many memory blocks are looked at. */
enum {
	HR_MAPPING_BLOCKS_MAX = 16,
	HR_MAPPING_BOOT_MAX = 4
};

/*
 * HR_MAPPING_BLOCKS if the linear map has a leaf larger than a page, or a CONT group, where a
 * memory block that was added after boot begins; HR_MAPPING_PAGES if it has none, and all of the
 * first such block is mapped by single pages. A kernel that splits a leaf leaves CONT groups
 * beside the page in question (split_pmd(), mmu.c, 6.18 to 7.3), so a whole block of single pages
 * was not split. Unknown if no such memory can be read.
 */
enum hr_mapping hr_mapping_of_added(const struct hr_machine *machine);

/*
 * The same for boot memory, which map_mem() maps by the settings that arch_add_memory() looks at
 * later (mmu.c, 6.5 to 7.3). HR_MAPPING_BLOCKS if it has a CONT group or a PUD: no kernel makes
 * these where it wants pages, while the image's alias in the linear map has PMDs even then, up to
 * 7.0. HR_MAPPING_PAGES if whole memory blocks are mapped by single pages, and none otherwise. Up
 * to 6.4, crashkernel= has the same effect on boot memory alone. Without sections, as in a text,
 * the first memory that there is counts, whichever it is.
 */
enum hr_mapping hr_mapping_of_boot(const struct hr_machine *machine);

#endif
