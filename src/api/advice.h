/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How memory could be added so that leaves are not in the way of its removal. */
#ifndef HR_API_ADVICE_H
#define HR_API_ADVICE_H

#include <hotremove/hotremove.h>

/*
 * Find advice for the range of @answer, whose reasons are complete; see struct hr_advice. The time
 * it takes is bounded like that of the answer. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_advice_find(struct hr_kernel *kernel, const struct hr_answer *answer,
				struct hr_advice *ret);

#endif
