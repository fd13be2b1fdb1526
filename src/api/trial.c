// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/trial.h"

#include <stdlib.h>

#include "api/kernel_steps.h"
#include "base/cleanup.h"

/* Take over what does not change. All else belongs to the trial, and is not there yet. */
static struct hr_kernel *new_trial(const struct hr_kernel *kernel)
{
	struct hr_kernel *trial = malloc(sizeof(*trial));

	if (!trial)
		return NULL;
	*trial = *kernel;
	trial->prediction = NULL;
	trial->changes = NULL;
	trial->walker = NULL;
	trial->sections = NULL;
	trial->config.ignored = 0;
	/* What lies in the memory does not come again with it. */
	trial->config.pages = false;
	trial->config.progress = NULL;
	hr_geometry_allow_predicted(&trial->layout.geo);
	return trial;
}

void hr_trial_destroy(struct hr_kernel *trial)
{
	if (!trial)
		return;
	hr_sections_destroy(trial->sections);
	hr_walker_destroy(trial->walker);
	hr_prediction_destroy(trial->prediction);
	free(trial);
}

static struct hr_error *open_sections(const struct hr_kernel *kernel, struct hr_kernel *trial)
{
	struct hr_error *error =
		hr_sections_create(&trial->layout, &trial->memory, &trial->sections);

	if (!error)
		hr_sections_set_flags(trial->sections, hr_sections_flags(kernel->sections));
	return error;
}

struct hr_error *hr_trial_create(const struct hr_kernel *kernel, struct hr_kernel **ret)
{
	_cleanup_(hr_cleanup_trial) struct hr_kernel *trial = new_trial(kernel);
	struct hr_error *error;

	if (!trial)
		return hr_error_no_memory();
	error = open_sections(kernel, trial);
	if (!error)
		error = hr_prediction_create(&trial->layout, &trial->memory, &trial->prediction);
	if (!error)
		error = hr_kernel_repeat_changes(kernel, trial->prediction);
	if (!error)
		error = hr_kernel_look_anew(trial);
	if (!error)
		*ret = hr_take(trial);
	return error;
}

static bool is_torn(const struct hr_torn torn[HR_MAP_COUNT])
{
	uint64_t bytes = 0;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		bytes |= torn[map].below | torn[map].above;
	return bytes;
}

struct hr_error *hr_trial_add_again(struct hr_kernel *trial, const struct hr_add *how,
				    bool *ret_whole)
{
	struct hr_torn torn[HR_MAP_COUNT] = { { 0, 0 } };
	uint64_t left_out = 0;
	struct hr_error *error = hr_prediction_remove(trial->prediction, &how->range, torn);

	if (!error)
		error = hr_prediction_add(trial->prediction, how, &left_out);
	if (!error)
		error = hr_kernel_look_anew(trial);
	*ret_whole = !error && !left_out && !is_torn(torn);
	return error;
}
