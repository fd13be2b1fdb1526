// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/change_list.h"

#include "cli/fields.h"

static struct hr_error *apply_to_memory(struct hr_kernel *kernel,
					const struct hr_range_limits *limits,
					const struct hr_change_spec *spec)
{
	struct hr_added added = {
		.memmap_on_memory = spec->memmap_on_memory,
		.calls = spec->calls,
	};
	struct hr_error *error =
		hr_range_spec_resolve(&spec->range, limits, &added.range.start, &added.range.end);

	if (error)
		return error;
	return spec->kind == HR_PREDICTED_ADDED ? hr_kernel_predict_added(kernel, &added)
						: hr_kernel_predict_removed(kernel, &added.range);
}

static struct hr_error *apply(struct hr_kernel *kernel, const struct hr_range_limits *limits,
			      const struct hr_change_spec *spec)
{
	return spec->kind == HR_PREDICTED_RELEASE ? hr_kernel_predict_release(kernel, spec->release)
						  : apply_to_memory(kernel, limits, spec);
}

static const char *const options_of[] = {
	[HR_PREDICTED_ADDED] = "--if-added",
	[HR_PREDICTED_REMOVED] = "--if-removed",
	[HR_PREDICTED_RELEASE] = "--if-kernel",
};

struct hr_error *hr_changes_apply(const struct hr_session *session)
{
	const struct hr_range_limits limits = hr_session_limits(session);
	const struct hr_options *options = session->options;
	const struct hr_config nameless = { .name = NULL };

	for (size_t i = 0; i < options->change_count; i++) {
		const struct hr_change_spec *spec = &options->changes[i];
		struct hr_error *error = apply(session->kernel, &limits, spec);

		if (error)
			return hr_error_context(hr_fields_error(error, &nameless), "%s",
						options_of[spec->kind]);
	}
	return NULL;
}
