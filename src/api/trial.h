/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel beside another one, to try out changes that the other does not get to know. Nothing is
 * ignored in its answers.
 */
#ifndef HR_TRIAL_H
#define HR_TRIAL_H

#include <hotremove/hotremove.h>

#include "api/kernel.h"

/*
 * A kernel that is as @kernel is, which has sections, after all changes that it was told of. It can
 * be asked about ranges, but not be told of changes. @kernel must outlive it, and stay as it is.
 * Errors: HR_ERROR_NO_MEMORY; those of hr_kernel_predict_added() and hr_kernel_predict_removed().
 */
struct hr_error *hr_trial_create(const struct hr_kernel *kernel, struct hr_kernel **ret);
void hr_trial_destroy(struct hr_kernel *trial);

static inline void hr_cleanup_trial(struct hr_kernel **trial)
{
	hr_trial_destroy(*trial);
}

/*
 * Remove the range of @how, which exists, and add it again as @how says, but for its map and
 * layout. *@ret_whole: the neighbours keep all that they have, and all of the range is mapped.
 * Errors: those of hr_prediction_add() and hr_prediction_remove().
 */
struct hr_error *hr_trial_add_again(struct hr_kernel *trial, const struct hr_add *how,
				    bool *ret_whole);

#endif
