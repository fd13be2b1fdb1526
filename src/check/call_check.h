/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What arch_remove_memory() calls for one memory block each would split. */
#ifndef HR_CALL_CHECK_H
#define HR_CALL_CHECK_H

#include <hotremove/hotremove.h>

#include "check/check.h"
#include "map/survey.h"

/* Add the first leaf of each map that extends from one memory block of @survey into the next. */
void hr_check_calls(const struct hr_check *check, const struct hr_survey *survey,
		    struct hr_check_result *result);

#endif
