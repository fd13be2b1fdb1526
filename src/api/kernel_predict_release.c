// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel_steps.h"

/* The symbols and the build of the kernel in memory prove nothing about another one. */
static void forget_own(struct hr_kernel *kernel)
{
	kernel->features.leaf_check = HR_UNKNOWN;
	kernel->features.hotremove = HR_UNKNOWN;
	kernel->no_hotremove = NULL;
	kernel->guard_unproven = NULL;
}

static void forget_warnings_about_models(struct hr_kernel *kernel)
{
	size_t gone = kernel->model_warning_count;

	for (size_t i = kernel->model_warnings; i + gone < kernel->warning_count; i++)
		kernel->warnings[i] = kernel->warnings[i + gone];
	kernel->warning_count -= gone;
}

struct hr_error *hr_kernel_predict_release(struct hr_kernel *kernel, const char *release)
{
	const struct hr_release version = hr_release_parse(release, NULL);
	enum hr_model_source from;
	struct hr_error *error;

	if (!version.known)
		return hr_error_new(HR_ERROR_USAGE,
				    "'%.64s' is not a release: it begins with MAJOR.MINOR, as "
				    "uname -r prints it",
				    release);
	error = hr_kernel_add_release(kernel, release);
	if (error)
		return error;
	/* The memory that is there was mapped by the kernel that is in it. */
	hr_kernel_mapping(kernel, &from);
	kernel->is_other = true;
	kernel->version = version;
	hr_release_sanitize(kernel->release, sizeof(kernel->release), release);
	forget_own(kernel);
	forget_warnings_about_models(kernel);
	hr_kernel_choose_behaviour(kernel);
	return NULL;
}
