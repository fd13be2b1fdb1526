/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of an inventory. */
#ifndef HR_INVENTORY_H
#define HR_INVENTORY_H

#include <hotremove/hotremove.h>

#include "map/parts.h"

/* Parts lie at the physical addresses of memory. */
struct hr_inventory {
	uint64_t page_size, struct_page_size; /* bytes */
	struct hr_parts leaves[HR_MAP_COUNT]; /* kinds as in map/leaf_form.h */
	struct hr_parts blocks;		      /* kinds as in api/block_form.h */
	bool lacks_leaves[HR_MAP_COUNT];      /* something could not be read */
	bool lacks_blocks;
};

#endif
