/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first and the last leaf of the linear map. */
#ifndef HR_LINEAR_EXTENT_H
#define HR_LINEAR_EXTENT_H

#include <hotremove/hotremove.h>

#include "kernel/layout.h"
#include "walk/walker.h"

struct hr_linear_extent {
	bool known; /* something is mapped, and all tables on the way could be read */
	struct hr_leaf first, last; /* as in the tables; a CONT group counts as one leaf */
};

/*
 * Find the first and the last leaf of the linear map. Reads only the tables around them. On live
 * memory, both are from the same time, or not known.
 */
void hr_linear_extent_find(const struct hr_layout *layout, struct hr_walker *walker,
			   struct hr_linear_extent *ret);

/* Is @leaf of the linear map where PHYS_OFFSET puts it? */
bool hr_linear_leaf_is_in_place(const struct hr_layout *layout, const struct hr_leaf *leaf);

/*
 * The PHYS_OFFSET under which @leaf of the linear map would be in place. This is what the tables
 * say, if they are not damaged.
 */
uint64_t hr_linear_leaf_phys_offset(const struct hr_layout *layout, const struct hr_leaf *leaf);

#endif
