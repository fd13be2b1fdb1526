/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reasons against removal that come from a range's sections: they are from boot, or do not exist.
 */
#ifndef HR_SECTION_CHECK_H
#define HR_SECTION_CHECK_H

#include <hotremove/hotremove.h>

#include "check/check.h"

/* Add the reasons that the sections of @range give. */
void hr_check_sections(const struct hr_check *check, const struct hr_pa_range *range,
		       struct hr_check_result *result);

#endif
