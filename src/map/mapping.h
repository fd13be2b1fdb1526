/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a kernel maps memory that it adds, as seen in memory that it has added. */
#ifndef HR_MAP_MAPPING_H
#define HR_MAP_MAPPING_H

#include <hotremove/hotremove.h>

#include "map/machine.h"

/* At most this many memory blocks are looked at. */
enum {
	HR_MAPPING_BLOCKS_MAX = 16
};

/*
 * HR_MAPPING_BLOCKS if the linear map has a leaf larger than a page, or a CONT group, where a
 * memory block that was added after boot begins; HR_MAPPING_PAGES if it has none, and all of the
 * first such block is mapped by single pages. A kernel that splits a leaf leaves CONT groups
 * beside the page in question (split_pmd(), mmu.c, 6.18 to 7.3), so a whole block of single pages
 * was not split. Unknown if no such memory can be read.
 */
enum hr_mapping hr_mapping_of_added(const struct hr_machine *machine);

#endif
