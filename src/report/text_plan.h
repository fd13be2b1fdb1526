/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_TEXT_PLAN_H
#define HR_TEXT_PLAN_H

#include <hotremove/hotremove.h>

/* Print the teardown of the range of @answer, which must have a plan. */
void hr_text_plan(const struct hr_kernel *kernel, const struct hr_answer *answer);

#endif
