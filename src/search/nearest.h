/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The removable ranges nearest to one that is not removable: the largest inside it, the smallest
 * around it.
 */
#ifndef HR_NEAREST_H
#define HR_NEAREST_H

#include <hotremove/hotremove.h>

#include "check/guard.h"
#include "leaf_check.h"

/*
 * Find the nearest removable ranges of @range, by the reasons that @check does not ignore. A range
 * is removable if its ends split nothing and each of its memory blocks can be removed, so only
 * blocks and the edges between them are examined, each once. @damaged says that a walk of @range
 * found damage inside it, so that its blocks must be walked one by one.
 */
void hr_nearest_find(const struct hr_check *check, const struct hr_guard_check *guard,
		     const struct hr_pa_range *range, bool damaged, struct hr_nearest *ret);

#endif
