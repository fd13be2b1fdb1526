/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which physical addresses a report may show. */
#ifndef HR_LEAF_PA_H
#define HR_LEAF_PA_H

#include <hotremove/hotremove.h>

/* Is the physical address of @leaf of @map known? That of predicted struct pages is not. */
static inline bool hr_leaf_has_pa(const struct hr_kernel *kernel, enum hr_map map,
				  const struct hr_leaf *leaf)
{
	return hr_kernel_has_pa(kernel, map) && !(leaf->pa & HR_PA_PREDICTED);
}

#endif
