// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option_setters.h"

#include "check/reason.h"
#include "fake.h"

static const struct hr_output forms[] = {
	{ .help = "the usual one" },
	{ .name = "json" },
	{ .name = "quiet" },
	{ .name = "summary", .is_page = true },
};
static const struct hr_output_table outputs = { .rows = forms, .count = COUNT_OF(forms) };

static int set_up(void **state)
{
	struct hr_options *options = test_calloc(1, sizeof(*options));

	options->outputs = &outputs;
	options->output = forms;
	*state = options;
	return 0;
}

static int tear_down(void **state)
{
	hr_options_release(*state);
	test_free(*state);
	return 0;
}

/* A row of the option @name, with what its setter has to know. */
static struct hr_option row(const char *name, size_t member, unsigned int which)
{
	return (struct hr_option){ .name = name, .member = member, .which = which };
}

static void flag_is_set(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option option = row("map", offsetof(struct hr_options, map), 0);

	assert_success(hr_set_flag(options, &option, NULL));
	assert_true(options->map);
	assert_false(options->blocks);
}

static void last_text_counts(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option option = row("output", offsetof(struct hr_options, columns), 0);

	assert_success(hr_set_text(options, &option, "NAME"));
	assert_success(hr_set_text(options, &option, "WHY"));
	assert_string_equal(options->columns, "WHY");
	assert_int_equal(options->echo_count, 0);
}

static void text_that_is_given_once_is_not_given_twice(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option option =
		row("ranges-from", offsetof(struct hr_options, ranges_from), 0);

	assert_success(hr_set_text_once(options, &option, "one"));
	assert_failure(hr_set_text_once(options, &option, "two"), HR_ERROR_USAGE,
		       "--ranges-from can be specified only once");
	assert_string_equal(options->ranges_from, "one");
}

static void assumed_text_is_echoed(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option option =
		row("kernel-release", offsetof(struct hr_options, overrides.release), 0);

	assert_success(hr_set_assumed(options, &option, "7.2.12"));
	assert_string_equal(options->overrides.release, "7.2.12");
	assert_int_equal(options->echo_count, 1);
	assert_string_equal(options->echoes[0], "kernel-release=7.2.12");
}

static void number_of_echoes_is_limited(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option option =
		row("kernel-release", offsetof(struct hr_options, overrides.release), 0);

	for (size_t i = 0; i < HR_ECHO_MAX; i++)
		assert_success(hr_set_assumed(options, &option, "7.2.12"));
	assert_failure(hr_set_assumed(options, &option, "7.2.12"), HR_ERROR_USAGE,
		       "too many overrides: the limit is 64");
}

static void seconds_go_from_one_to_their_limit(void **state)
{
	static const char *const bad[] = { "0", "61", "-1", "1s", "", "4294967297" };
	struct hr_options *options = *state;
	const struct hr_option option = row("watch", offsetof(struct hr_options, watch), 60);

	assert_success(hr_set_seconds(options, &option, "1"));
	assert_int_equal(options->watch, 1);
	assert_success(hr_set_seconds(options, &option, "60"));
	assert_int_equal(options->watch, 60);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_failure(hr_set_seconds(options, &option, bad[i]), HR_ERROR_USAGE,
			       "--watch takes a number of seconds from 1 to 60");
	assert_int_equal(options->watch, 60);
}

static void override_is_kept_and_echoed(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option option = row("va-bits", 0, HR_OVERRIDE_VA_BITS);

	assert_success(hr_set_override(options, &option, "0x30"));
	assert_true(options->overrides.set[HR_OVERRIDE_VA_BITS]);
	assert_int_equal(options->overrides.value[HR_OVERRIDE_VA_BITS], 48);
	assert_string_equal(options->echoes[0], "va-bits=0x30");
}

static void page_size_may_have_a_unit(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option page = row("page-size", 0, HR_OVERRIDE_PAGE_SIZE);
	const struct hr_option bits = row("va-bits", 0, HR_OVERRIDE_VA_BITS);

	assert_success(hr_set_override(options, &page, "64K"));
	assert_int_equal(options->overrides.value[HR_OVERRIDE_PAGE_SIZE], KIB(64));
	assert_failure(hr_set_override(options, &bits, "48K"), HR_ERROR_USAGE, "takes a number");
}

static void override_that_no_kernel_has_is_refused(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option bits = row("va-bits", 0, HR_OVERRIDE_VA_BITS);
	const struct hr_option offset = row("phys-offset", 0, HR_OVERRIDE_PHYS_OFFSET);

	assert_failure(hr_set_override(options, &bits, "49"), HR_ERROR_USAGE,
		       "--va-bits=49: no arm64 kernel has this value");
	assert_failure(hr_set_override(options, &offset, "0x1000"), HR_ERROR_USAGE,
		       "a multiple of 512 MiB");
	assert_false(options->overrides.set[HR_OVERRIDE_VA_BITS]);
	assert_int_equal(options->echo_count, 0);
}

/* The values that the messages list are those that are possible. */
static void listed_values_are_the_possible_ones(void **state)
{
	static const struct {
		enum hr_override_key key;
		uint64_t least, most, step;
		unsigned int count;
	} rows[] = {
		{ HR_OVERRIDE_PAGE_SIZE, 4096, 1 << 20, 4096, 3 },
		{ HR_OVERRIDE_VA_BITS, 0, 64, 1, 6 },
		{ HR_OVERRIDE_VA_BITS_ACTUAL, 0, 64, 1, 6 },
		{ HR_OVERRIDE_STRUCT_PAGE_SIZE, 0, 512, 1, 29 },
		{ HR_OVERRIDE_SECTION_SIZE_BITS, 0, 64, 1, 11 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		unsigned int count = 0;

		for (uint64_t value = rows[i].least; value <= rows[i].most; value += rows[i].step)
			count += hr_override_is_possible(rows[i].key, value);
		assert_int_equal(count, rows[i].count);
	}
	assert_true(hr_override_is_possible(HR_OVERRIDE_VA_BITS, 36));
	assert_true(hr_override_is_possible(HR_OVERRIDE_VA_BITS_ACTUAL, 42));
	assert_true(hr_override_is_possible(HR_OVERRIDE_STRUCT_PAGE_SIZE, 32));
	assert_true(hr_override_is_possible(HR_OVERRIDE_SECTION_SIZE_BITS, 31));
}

static void running_kernel_has_a_usual_file(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option kcore = row("kcore", 0, HR_SOURCE_KCORE);

	assert_success(hr_set_source(options, &kcore, NULL));
	assert_string_equal(options->paths[0], HR_KCORE_USUAL);
	assert_true(options->has_source);
}

static void only_a_dump_has_several_files(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option vmcore = row("vmcore", 0, HR_SOURCE_VMCORE);
	const struct hr_option ptdump = row("ptdump", 0, HR_SOURCE_PTDUMP);

	for (size_t i = 0; i < HR_SPLIT_MAX; i++)
		assert_success(hr_set_source(options, &vmcore, "part"));
	assert_failure(hr_set_source(options, &vmcore, "part"), HR_ERROR_USAGE,
		       "too many files for one dump: the limit is 64");
	assert_failure(hr_set_source(options, &ptdump, "text"), HR_ERROR_USAGE, "only one source");
}

static void text_is_one_file(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option ptdump = row("ptdump", 0, HR_SOURCE_PTDUMP);

	assert_success(hr_set_source(options, &ptdump, "text"));
	assert_failure(hr_set_source(options, &ptdump, "text"), HR_ERROR_USAGE, "only one source");
}

static void form_of_output_may_be_given_twice_but_not_two(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option json = row("json", 0, 1), quiet = row("quiet", 0, 2);

	assert_success(hr_set_output(options, &json, NULL));
	assert_success(hr_set_output(options, &json, NULL));
	assert_ptr_equal(options->output, &forms[1]);
	assert_failure(hr_set_output(options, &quiet, NULL), HR_ERROR_USAGE,
		       "--json, --quiet and --summary are mutually exclusive");
}

static void report_is_the_page_in_a_file(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option report = row("report", offsetof(struct hr_options, report_path), 0);
	const struct hr_option json = row("json", 0, 1);

	assert_success(hr_set_report(options, &report, "page.html"));
	assert_string_equal(options->report_path, "page.html");
	assert_true(options->output->is_page);
	assert_failure(hr_set_report(options, &report, "other.html"), HR_ERROR_USAGE, "only once");
	assert_failure(hr_set_output(options, &json, NULL), HR_ERROR_USAGE, "mutually exclusive");
}

static void range_is_added(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option option = row("range", 0, 0);

	assert_success(hr_set_range(options, &option, "0+128M"));
	assert_int_equal(options->range_count, 1);
}

static void suggestions_have_a_size(void **state)
{
	static const char *const bad[] = { "0", "much", "" };
	struct hr_options *options = *state;
	const struct hr_option option = row("suggest", 0, 0);

	assert_success(hr_set_suggest(options, &option, "1G"));
	assert_int_equal(options->suggest, GIB(1));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_failure(hr_set_suggest(options, &option, bad[i]), HR_ERROR_USAGE,
			       "--suggest takes a size");
}

static void sandbox_that_is_off_has_a_reason(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option option = row("no-sandbox", 0, 0);

	assert_success(hr_set_no_sandbox(options, &option, NULL));
	assert_string_equal(options->no_sandbox, "the sandbox is off (--no-sandbox)");
}

static void each_assumption_of_a_list_counts(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option option = row("assume", 0, 0);

	assert_success(hr_set_assume(options, &option, "guard=none,tlbi-range=0"));
	assert_int_equal(options->guard, HR_GUARD_NONE);
	assert_int_equal(options->tlbi_range, HR_GIVEN_NO);
	assert_int_equal(options->echo_count, 2);
	assert_string_equal(options->echoes[1], "assume=tlbi-range=0");
	assert_failure(hr_set_assume(options, &option, "guard=none,luck=1"), HR_ERROR_USAGE,
		       "--assume=luck=1: there is no such key");
}

static void each_reason_of_a_list_is_ignored(void **state)
{
	struct hr_options *options = *state;
	const struct hr_option option = row("ignore", 0, 0);

	assert_success(hr_set_ignore(options, &option, "boot-memory,not-present"));
	assert_int_equal(options->ignored,
			 1u << HR_REASON_BOOT_MEMORY | 1u << HR_REASON_NOT_PRESENT);
	assert_string_equal(options->echoes[0], "ignore=boot-memory");
	assert_failure(hr_set_ignore(options, &option, "weather"), HR_ERROR_USAGE,
		       "--ignore=weather: there is no such reason");
	assert_failure(hr_set_ignore(options, &option, "unreadable,"), HR_ERROR_USAGE,
		       "there is no such reason");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(flag_is_set),
		ROW(last_text_counts),
		ROW(text_that_is_given_once_is_not_given_twice),
		ROW(assumed_text_is_echoed),
		ROW(number_of_echoes_is_limited),
		ROW(seconds_go_from_one_to_their_limit),
		ROW(override_is_kept_and_echoed),
		ROW(page_size_may_have_a_unit),
		ROW(override_that_no_kernel_has_is_refused),
		ROW(listed_values_are_the_possible_ones),
		ROW(running_kernel_has_a_usual_file),
		ROW(only_a_dump_has_several_files),
		ROW(text_is_one_file),
		ROW(form_of_output_may_be_given_twice_but_not_two),
		ROW(report_is_the_page_in_a_file),
		ROW(range_is_added),
		ROW(suggestions_have_a_size),
		ROW(sandbox_that_is_off_has_a_reason),
		ROW(each_assumption_of_a_list_counts),
		ROW(each_reason_of_a_list_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
