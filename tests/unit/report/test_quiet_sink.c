// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/outputs.h"

#include "told.h"

static struct told told;

static int set_up(void **state)
{
	(void)state;
	told_begin(&told, &hr_quiet_sink);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	told_end(&told);
	return 0;
}

static void answers_print_nothing(void **state)
{
	static const struct hr_summary summary = { .ranges = 1 };
	static const struct hr_answer answer = { .range = { GIB(1), GIB(2) } };
	static const struct hr_listed_block block = { .answer = &answer };
	static const struct hr_suggestions none;

	(void)state;
	assert_success(hr_sink_begin(told.sink));
	for (enum hr_query query = 0; query < HR_QUERY_COUNT; query++) {
		assert_success(hr_sink_begin_query(told.sink, query));
		assert_success(hr_sink_end_query(told.sink, query));
		assert_success(hr_sink_skip_query(told.sink, query));
	}
	assert_success(hr_sink_range(told.sink, &answer));
	assert_success(hr_sink_block(told.sink, &block));
	assert_success(hr_sink_suggestions(told.sink, &none));
	assert_success(hr_sink_end(told.sink, &summary));
	assert_string_equal(told_text(&told), "");
}

static void maps_and_comparisons_print_nothing(void **state)
{
	static const struct hr_run run = { .state = HR_MAP_MAPPED, .count = 1 };
	static const struct hr_difference difference = { .walk = "PMD", .text = "PTE" };

	(void)state;
	assert_success(hr_sink_begin_map(told.sink, HR_MAP_LINEAR));
	assert_success(hr_sink_run(told.sink, HR_MAP_LINEAR, &run));
	assert_success(hr_sink_end_map(told.sink, HR_MAP_LINEAR));
	assert_success(hr_sink_difference(told.sink, HR_MAP_LINEAR, &difference));
	assert_success(hr_sink_compared(told.sink, 7, 1));
	assert_string_equal(told_text(&told), "");
}

static void a_change_prints_nothing(void **state)
{
	(void)state;
	assert_success(hr_output_change(told.sink->output, true, "memory8", NULL, "online"));
	assert_string_equal(told_text(&told), "");
}

/* Standard error and the exit status tell. */
static void an_error_is_no_document(void **state)
{
	(void)state;
	hr_output_error(told.sink->output, "no such file");
	assert_string_equal(told_text(&told), "");
	assert_null(hr_quiet_sink.schema);
}

static void the_verdict_is_all_that_is_computed(void **state)
{
	(void)state;
	assert_int_equal(hr_quiet_sink.depth, HR_DEPTH_VERDICT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(answers_print_nothing),
		ROW(maps_and_comparisons_print_nothing),
		ROW(a_change_prints_nothing),
		ROW(an_error_is_no_document),
		ROW(the_verdict_is_all_that_is_computed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
