// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/outputs.h"

#include "told.h"

static struct told told;
static struct hr_output output;

static int set_up(void **state)
{
	(void)state;
	told_begin(&told, &hr_table_sink);
	output = (struct hr_output){ .ops = &hr_table_sink, .form = HR_TABLE_PAIRS };
	told.options.output = &output;
	told.options.columns = "BLOCK,VERDICT";
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	told_end(&told);
	return 0;
}

/* Answer every query; the list of blocks has one. */
static void answer_all(void)
{
	static const struct hr_summary summary = { .incomplete = true };
	static const struct hr_answer answer = { .range = { GIB(1), GIB(1) + MIB(128) } };
	static const struct hr_listed_block block = { .answer = &answer };

	assert_success(hr_sink_begin(told.sink));
	for (enum hr_query query = 0; query < HR_QUERY_COUNT; query++) {
		assert_success(hr_sink_begin_query(told.sink, query));
		if (query == HR_QUERY_BLOCKS)
			assert_success(hr_sink_block(told.sink, &block));
		assert_success(hr_sink_end_query(told.sink, query));
	}
	assert_success(hr_sink_end(told.sink, &summary));
}

static void there_are_pairs_and_nothing_else(void **state)
{
	(void)state;
	answer_all();
	assert_string_equal(told_text(&told), "BLOCK=\"8\" VERDICT=\"unknown\"\n");
}

static void there_are_raw_rows_and_nothing_else(void **state)
{
	(void)state;
	output.form = HR_TABLE_RAW;
	answer_all();
	assert_string_equal(told_text(&told), "BLOCK VERDICT\n8 unknown\n");
}

/* Programs that read pairs would take a warning for a row. */
static void what_is_missing_of_a_dump_is_no_row(void **state)
{
	(void)state;
	told.source.incomplete.is_set = true;
	answer_all();
	assert_no_text(&told, "warning");
}

static void a_query_that_is_skipped_prints_nothing(void **state)
{
	(void)state;
	assert_success(hr_sink_skip_query(told.sink, HR_QUERY_BLOCKS));
	assert_string_equal(told_text(&told), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(there_are_pairs_and_nothing_else),
		ROW(there_are_raw_rows_and_nothing_else),
		ROW(what_is_missing_of_a_dump_is_no_row),
		ROW(a_query_that_is_skipped_prints_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
