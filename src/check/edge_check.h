/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leaves around the edges of a range, in both maps. */
#ifndef HR_EDGE_CHECK_H
#define HR_EDGE_CHECK_H

#include <hotremove/hotremove.h>

#include "check/check.h"

/*
 * Add the reasons from the leaves and CONT groups around the edges of @range, and from its first
 * and last page. Reads at most one table page per level and edge. On live memory, reads the entries
 * that it used once more, and repeats the whole check edge by edge if something has changed.
 */
void hr_check_leaves_at_edges(const struct hr_check *check, const struct hr_pa_range *range,
			      struct hr_check_result *result);

/* Add that @leaf of the linear map is not where @layout puts the memory that it maps. */
void hr_check_report_misplaced(const struct hr_layout *layout, const struct hr_leaf *leaf,
			       struct hr_check_result *result);

#endif
