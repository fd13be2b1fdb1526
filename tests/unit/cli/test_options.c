// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/options.h"

#include "fake.h"

static const struct hr_output usual, mute = { .name = "quiet", .is_mute = true };
static const struct hr_output rows = { .name = "pairs", .form = HR_TABLE_PAIRS };

/* The running kernel's blocks are asked about. */
static int set_up(void **state)
{
	struct hr_options *options = test_calloc(1, sizeof(*options));

	options->output = &usual;
	options->kind = HR_SOURCE_KCORE;
	options->paths[0] = HR_KCORE_USUAL;
	options->path_count = 1;
	options->blocks = true;
	*state = options;
	return 0;
}

static int tear_down(void **state)
{
	hr_options_release(*state);
	test_free(*state);
	return 0;
}

static void ask_nothing(struct hr_options *options)
{
	options->blocks = false;
}

static void each_question_is_one(void **state)
{
	struct hr_options *options = *state;

	assert_true(hr_options_have_query(options));
	ask_nothing(options);
	assert_false(hr_options_have_query(options));
	options->map = true;
	assert_true(hr_options_have_query(options));
	ask_nothing(options);
	options->map = false;
	options->suggest = 1;
	assert_true(hr_options_have_query(options));
	options->suggest = 0;
	options->verify_path = "text";
	assert_true(hr_options_have_query(options));
	options->verify_path = NULL;
	options->diff_path = "before";
	assert_true(hr_options_have_query(options));
	options->diff_path = NULL;
	assert_success(hr_options_add_range(options, "0+128M"));
	assert_true(hr_options_have_query(options));
}

static void file_of_ranges_is_a_question_that_may_be_empty(void **state)
{
	struct hr_options *options = *state;

	ask_nothing(options);
	options->ranges_from = "ranges";
	assert_success(hr_options_check(options));
	assert_false(hr_options_have_query(options));
}

static void assert_for_the_table(struct hr_options *options)
{
	assert_success(hr_options_check(options));
	options->blocks = false;
	options->map = true;
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "need --blocks");
	options->blocks = true;
	options->map = false;
}

static void form_of_the_table_is_for_the_table(void **state)
{
	struct hr_options *options = *state;
	bool *const flags[] = { &options->all, &options->bytes, &options->no_headings,
				&options->all_columns };
	const char **const texts[] = { &options->columns, &options->split };

	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		*flags[i] = true;
		assert_for_the_table(options);
		*flags[i] = false;
	}
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		*texts[i] = "WHY";
		assert_for_the_table(options);
		*texts[i] = NULL;
	}
}

static void a_block_of_its_own_shares_no_row(void **state)
{
	struct hr_options *options = *state;

	options->split = "none";
	assert_success(hr_options_check(options));
	options->all = true;
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "--all prints a line for each");
}

static void columns_are_chosen_by_one_option(void **state)
{
	struct hr_options *options = *state;

	options->columns = "WHY";
	options->all_columns = true;
	assert_failure(hr_options_check(options), HR_ERROR_USAGE,
		       "--output and --output-all both choose");
}

static void a_table_for_programs_has_blocks_alone(void **state)
{
	struct hr_options *options = *state;
	const char **const queries[] = { &options->ranges_from, &options->verify_path,
					 &options->diff_path };

	options->output = &rows;
	assert_success(hr_options_check(options));
	for (size_t i = 0; i < COUNT_OF(queries); i++) {
		*queries[i] = "file";
		assert_failure(hr_options_check(options), HR_ERROR_USAGE,
			       "--pairs and --raw print the list of --blocks and nothing else");
		*queries[i] = NULL;
	}
	options->suggest = 1;
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "without other queries");
	options->suggest = 0;
	options->map = true;
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "without other queries");
	options->map = false;
	assert_success(hr_options_add_range(options, "0+128M"));
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "without other queries");
}

/* A snapshot is a file beside the answer. */
static void a_table_for_programs_goes_with_a_snapshot(void **state)
{
	struct hr_options *options = *state;

	options->output = &rows;
	options->save_path = "saved";
	assert_success(hr_options_check(options));
	ask_nothing(options);
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "the list of --blocks");
}

static void a_table_for_programs_is_not_watched(void **state)
{
	struct hr_options *options = *state;

	options->output = &rows;
	options->watch = 1;
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "--watch prints changes, and");
}

static void text_is_compared_with_memory(void **state)
{
	struct hr_options *options = *state;

	options->verify_path = "text";
	assert_success(hr_options_check(options));
	options->kind = HR_SOURCE_PTDUMP;
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "--verify-ptdump compares");
}

static void a_prediction_cannot_be_compared_with_a_text(void **state)
{
	struct hr_options *options = *state;

	options->verify_path = "text";
	assert_success(hr_options_add_change(options, HR_PREDICTED_REMOVED, "memory8"));
	assert_failure(hr_options_check(options), HR_ERROR_USAGE,
		       "use it without --if-added and --if-removed");
}

static void a_snapshot_is_of_memory_as_it_is(void **state)
{
	struct hr_options *options = *state;

	options->save_path = "saved";
	assert_success(hr_options_check(options));
	assert_true(hr_options_have_query(options));
	options->save_path = "-";
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "name of a file");
	options->save_path = "saved";
	options->watch = 1;
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "one moment");
	options->watch = 0;
	assert_failure(hr_options_check_kind(options, HR_SOURCE_PTDUMP), HR_ERROR_USAGE,
		       "not with --ptdump");
	assert_success(hr_options_add_change(options, HR_PREDICTED_REMOVED, "memory8"));
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "as it is");
}

static void a_report_is_saved_under_a_name_of_its_own(void **state)
{
	struct hr_options *options = *state;

	options->map = true;
	options->report_path = "page";
	assert_success(hr_options_check(options));
	options->save_path = "page";
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "name the same file");
	options->save_path = NULL;
	options->report_path = "-";
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "--html writes to standard");
}

static void there_is_a_limit_of_changes(void **state)
{
	struct hr_options *options = *state;

	for (size_t i = 0; i < HR_CHANGES_MAX; i++)
		assert_success(hr_options_add_change(options, HR_PREDICTED_ADDED, "memory8"));
	assert_failure(hr_options_add_change(options, HR_PREDICTED_ADDED, "memory8"),
		       HR_ERROR_USAGE, "too many changes: the limit is 64");
}

static void running_kernel_alone_is_watched(void **state)
{
	struct hr_options *options = *state;

	options->watch = 1;
	assert_success(hr_options_check(options));
	options->kind = HR_SOURCE_VMCORE;
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "--watch needs a running");
}

static void watch_reads_no_standard_input(void **state)
{
	struct hr_options *options = *state;

	options->watch = 1;
	options->verify_path = "text";
	assert_success(hr_options_check(options));
	options->verify_path = "-";
	assert_failure(hr_options_check(options), HR_ERROR_USAGE,
		       "--watch reads the text again in each round");
}

static void watch_prints(void **state)
{
	struct hr_options *options = *state;

	options->output = &mute;
	assert_success(hr_options_check(options));
	options->watch = 1;
	assert_failure(hr_options_check(options), HR_ERROR_USAGE, "--quiet prints nothing");
}

static void a_kernel_is_compared_with_a_file(void **state)
{
	struct hr_options *options = *state;

	options->diff_path = "before";
	assert_success(hr_options_check(options));
	options->diff_path = "-";
	assert_failure(hr_options_check(options), HR_ERROR_USAGE,
		       "--diff needs the name of a file");
	options->diff_path = HR_KCORE_USUAL;
	assert_failure(hr_options_check(options), HR_ERROR_USAGE,
		       "--diff compares with a file: the running kernel");
}

static void a_watch_has_its_own_comparison(void **state)
{
	struct hr_options *options = *state;

	options->diff_path = "before";
	options->watch = 1;
	assert_failure(hr_options_check(options), HR_ERROR_USAGE,
		       "--watch compares with the round before");
}

/* The content of a file tells what it is. */
static void the_file_of_a_comparison_is_a_dump(void **state)
{
	(void)state;
	assert_success(hr_options_check_other(HR_SOURCE_VMCORE));
	assert_failure(hr_options_check_other(HR_SOURCE_KCORE), HR_ERROR_USAGE,
		       "the running kernel can only be the source");
	assert_failure(hr_options_check_other(HR_SOURCE_PTDUMP), HR_ERROR_USAGE,
		       "a text of page tables does not say where memory is");
}

static void standard_input_is_for_one_option(void **state)
{
	struct hr_options *options = *state;

	options->ranges_from = "-";
	assert_success(hr_options_check(options));
	options->verify_path = "-";
	assert_failure(hr_options_check(options), HR_ERROR_USAGE,
		       "only one option can read standard input");
	options->verify_path = NULL;
	options->kind = HR_SOURCE_PTDUMP;
	options->paths[0] = "-";
	assert_failure(hr_options_check(options), HR_ERROR_USAGE,
		       "only one option can read standard input");
}

/* There may be a file of that name. */
static void dump_may_be_called_a_dash(void **state)
{
	struct hr_options *options = *state;

	options->ranges_from = "-";
	options->kind = HR_SOURCE_VMCORE;
	options->paths[0] = "-";
	assert_success(hr_options_check(options));
}

static void running_kernel_is_its_own_file_alone(void **state)
{
	struct hr_options *options = *state;

	assert_true(hr_options_name_running(options));
	options->paths[0] = "copy";
	assert_false(hr_options_name_running(options));
	options->paths[0] = HR_KCORE_USUAL;
	options->kind = HR_SOURCE_VMCORE;
	assert_false(hr_options_name_running(options));
}

static void range_that_cannot_be_read_is_not_added(void **state)
{
	struct hr_options *options = *state;

	assert_success(hr_options_add_range(options, "0+128M"));
	assert_failure(hr_options_add_range(options, "here"), HR_ERROR_USAGE, "here");
	assert_int_equal(options->range_count, 1);
}

static void number_of_ranges_is_limited(void **state)
{
	struct hr_options *options = *state;

	for (size_t i = 0; i < HR_RANGES_MAX; i++)
		assert_success(hr_options_add_range(options, "0+128M"));
	assert_failure(hr_options_add_range(options, "0+128M"), HR_ERROR_USAGE,
		       "too many ranges: the limit is 4096");
}

static void use_file(struct hr_options *options)
{
	options->path_count = 0;
	assert_success(hr_options_add_source(options, HR_SOURCE_BY_CONTENT, "file"));
}

/* Until the file is open, nothing is said against it. */
static void kind_that_is_not_known_is_checked_later(void **state)
{
	struct hr_options *options = *state;

	use_file(options);
	options->watch = 1;
	options->verify_path = "text";
	assert_success(hr_options_check(options));
	assert_success(hr_options_check_kind(options, HR_SOURCE_KCORE));
	assert_failure(hr_options_check_kind(options, HR_SOURCE_VMCORE), HR_ERROR_USAGE,
		       "--watch needs a running kernel");
	assert_failure(hr_options_check_kind(options, HR_SOURCE_PTDUMP), HR_ERROR_USAGE,
		       "--verify-ptdump compares");
}

static void files_are_the_parts_of_a_dump(void **state)
{
	static const enum hr_source_kind kinds[] = { HR_SOURCE_BY_CONTENT, HR_SOURCE_VMCORE };

	for (size_t i = 0; i < 4; i++) {
		struct hr_options *options = *state;

		options->has_source = false;
		options->path_count = 0;
		assert_success(hr_options_add_source(options, kinds[i / 2], "one"));
		assert_int_equal(options->kind, kinds[i / 2]);
		assert_success(hr_options_add_source(options, kinds[i % 2], "two"));
		assert_int_equal(options->kind, HR_SOURCE_VMCORE);
		assert_string_equal(options->paths[1], "two");
	}
}

static void only_a_dump_has_parts(void **state)
{
	static const enum hr_source_kind kinds[] = { HR_SOURCE_KCORE, HR_SOURCE_PTDUMP };
	struct hr_options *options = *state;

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		options->has_source = false;
		use_file(options);
		assert_failure(hr_options_add_source(options, kinds[i], "other"), HR_ERROR_USAGE,
			       "only one source");
		options->kind = kinds[i];
		assert_failure(hr_options_add_source(options, HR_SOURCE_BY_CONTENT, "other"),
			       HR_ERROR_USAGE, "only one source");
		assert_int_equal(options->path_count, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(each_question_is_one),
		ROW(file_of_ranges_is_a_question_that_may_be_empty),
		ROW(form_of_the_table_is_for_the_table),
		ROW(a_block_of_its_own_shares_no_row),
		ROW(columns_are_chosen_by_one_option),
		ROW(a_table_for_programs_has_blocks_alone),
		ROW(a_table_for_programs_goes_with_a_snapshot),
		ROW(a_table_for_programs_is_not_watched),
		ROW(text_is_compared_with_memory),
		ROW(a_prediction_cannot_be_compared_with_a_text),
		ROW(a_snapshot_is_of_memory_as_it_is),
		ROW(a_report_is_saved_under_a_name_of_its_own),
		ROW(there_is_a_limit_of_changes),
		ROW(running_kernel_alone_is_watched),
		ROW(watch_reads_no_standard_input),
		ROW(watch_prints),
		ROW(a_kernel_is_compared_with_a_file),
		ROW(a_watch_has_its_own_comparison),
		ROW(the_file_of_a_comparison_is_a_dump),
		ROW(standard_input_is_for_one_option),
		ROW(dump_may_be_called_a_dash),
		ROW(running_kernel_is_its_own_file_alone),
		ROW(range_that_cannot_be_read_is_not_added),
		ROW(number_of_ranges_is_limited),
		ROW(kind_that_is_not_known_is_checked_later),
		ROW(files_are_the_parts_of_a_dump),
		ROW(only_a_dump_has_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
