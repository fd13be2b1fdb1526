/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Struct pages beside a range, for memory that does not exist. */
#ifndef HR_STRAY_H
#define HR_STRAY_H

#include <hotremove/hotremove.h>

#include "check/check.h"

/*
 * Does the vmemmap have struct pages outside a range, beside its edge at @pa, although the section
 * there is known not to exist? No kernel leaves such struct pages behind. Pages and leaves that
 * also serve another section do not count.
 */
bool hr_check_has_stray(const struct hr_check *check, uint64_t pa, enum hr_edge edge);

/* Add strays at both edges of @range. */
void hr_check_strays(const struct hr_check *check, const struct hr_pa_range *range,
		     struct hr_check_result *result);

#endif
