// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line. Input: arguments, one per line. Accepted options obey the limits, and the
 * output repeats overrides as they were given.
 */
#include <string.h>

#include "base/cleanup.h"
#include "cli/parse.h"
#include "fuzz.h"
#include "leaf_check.h"
#include "report/outputs.h"

enum {
	ARGS_MAX = 64
};

static void check_ranges(const struct hr_options *options)
{
	require(options->range_count <= HR_RANGES_MAX, "%zu ranges", options->range_count);
	for (size_t i = 0; i < options->range_count; i++)
		require(options->ranges[i].is_block ||
				options->ranges[i].start <= options->ranges[i].last,
			"range %zu ends before it starts", i);
}

static void check_overrides(const struct hr_options *options)
{
	for (enum hr_override_key key = 0; key < HR_OVERRIDE_COUNT; key++)
		require(!options->overrides.set[key] ||
				hr_override_is_possible(key, options->overrides.value[key]),
			"override %d is not possible", (int)key);
	require(options->echo_count <= HR_ECHO_MAX, "%zu echoes", options->echo_count);
	for (size_t i = 0; i < options->echo_count; i++)
		require(strchr(options->echoes[i], '='), "'%s' is not an override",
			options->echoes[i]);
}

static void check_options(const struct hr_options *options)
{
	check_ranges(options);
	check_overrides(options);
	require(options->ignored < 1u << HR_REASON_COUNT, "reasons that are none are ignored");
	if (options->help || options->usage || options->version)
		return;
	require(options->path_count && options->path_count <= HR_SPLIT_MAX, "%zu files",
		options->path_count);
	require(hr_options_have_query(options) || options->ranges_from, "nothing is asked for");
	require(options->watch <= HR_WATCH_MAX, "%u seconds", options->watch);
	require(options->kind == HR_SOURCE_VMCORE || options->path_count == 1, "two sources");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	char name[] = "hotremove-check", *args[ARGS_MAX + 2] = { name };
	_cleanup_(hr_options_release) struct hr_options options;
	int count = 0;

	while (input.left && count < ARGS_MAX) {
		args[count + 1] = fuzz_take_line(&input);
		count++;
	}
	if (fuzz_succeeded(hr_options_parse(count + 1, args, &hr_outputs, &options)))
		check_options(&options);
	while (count)
		free(args[count--]);
	return 0;
}
