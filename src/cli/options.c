// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

struct hr_error *hr_options_add_range(struct hr_options *options, const char *text)
{
	struct hr_range_spec *ranges;
	struct hr_error *error;

	if (options->range_count == HR_RANGES_MAX)
		return hr_error_new(HR_ERROR_USAGE, "too many ranges: the limit is %d",
				    HR_RANGES_MAX);
	ranges = reallocarray(options->ranges, options->range_count + 1, sizeof(*ranges));
	if (!ranges)
		return hr_error_no_memory();
	options->ranges = ranges;
	error = hr_range_spec_parse(text, &ranges[options->range_count]);
	if (!error)
		options->range_count++;
	return error;
}

bool hr_options_have_query(const struct hr_options *options)
{
	return options->range_count || options->blocks || options->map || options->suggest ||
	       options->verify_path;
}

bool hr_options_name_running(const struct hr_options *options)
{
	return options->kind == HR_SOURCE_KCORE && !strcmp(options->paths[0], HR_KCORE_USUAL);
}

const char *hr_input_name(const char *path)
{
	return strcmp(path, "-") != 0 ? path : "standard input";
}

static const char *shared_stdin(const struct hr_options *options)
{
	const char *const files[] = { options->ranges_from, options->verify_path,
				      options->kind == HR_SOURCE_PTDUMP ? options->paths[0]
									: NULL };
	size_t count = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		count += files[i] && !strcmp(files[i], "-");
	return count > 1 ? "only one option can read standard input" : NULL;
}

/* The contradiction between options, NULL if there is none. */
static const char *contradiction(const struct hr_options *options)
{
	bool blocks = options->all || options->bytes || options->no_headings || options->columns;

	if (!hr_options_have_query(options) && !options->ranges_from)
		return "there is no query: use --range, --blocks, --map or --suggest";
	if (blocks && !options->blocks)
		return "--all, --bytes, --noheadings and --output need --blocks";
	if (options->verify_path && options->kind == HR_SOURCE_PTDUMP)
		return "--verify-ptdump compares a text with memory: use it with --kcore or "
		       "--vmcore, not with --ptdump";
	if (options->watch && options->kind != HR_SOURCE_KCORE)
		return "--watch needs a running kernel: a dump does not change";
	if (options->watch && options->verify_path && !strcmp(options->verify_path, "-"))
		return "--watch reads the text again in each round: specify a file, not standard "
		       "input";
	if (options->watch && options->output->is_mute)
		return "--watch prints changes, and --quiet prints nothing: use only one of them";
	return shared_stdin(options);
}

struct hr_error *hr_options_check(const struct hr_options *options)
{
	const char *wrong = contradiction(options);

	return wrong ? hr_error_new(HR_ERROR_USAGE, "%s", wrong) : NULL;
}

void hr_options_release(struct hr_options *options)
{
	for (size_t i = 0; i < options->echo_count; i++)
		free(options->echoes[i]);
	free(options->ranges);
}
