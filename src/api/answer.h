/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers for ranges, as the library itself asks for them. */
#ifndef HR_ANSWER_H
#define HR_ANSWER_H

#include <hotremove/hotremove.h>

static inline void hr_cleanup_answer(struct hr_answer **answer)
{
	hr_answer_destroy(*answer);
}

/* The same as hr_kernel_ask(), for any range that is not empty. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_answer_create(struct hr_kernel *kernel, const struct hr_pa_range *range,
				  enum hr_depth depth, struct hr_answer **ret);

#endif
