// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_columns.h"

#include <string.h>

#include "fake.h"

static struct hr_selection selection;

static void the_usual_columns_need_no_choice(void **state)
{
	(void)state;
	assert_success(hr_columns_select(NULL, 0, &selection));
	for (enum hr_column column = 0; column < HR_COLUMN_COUNT; column++)
		assert_int_equal(hr_column_is_selected(&selection, column),
				 hr_columns[column].is_usual);
}

static void columns_come_in_the_order_of_the_choice(void **state)
{
	(void)state;
	assert_success(hr_columns_select("why,Block", 0, &selection));
	assert_int_equal(selection.count, 2);
	assert_int_equal(selection.columns[0], HR_COLUMN_WHY);
	assert_int_equal(selection.columns[1], HR_COLUMN_BLOCK);
}

static void more_columns_come_behind_the_usual_ones(void **state)
{
	size_t usual;

	(void)state;
	assert_success(hr_columns_select(NULL, 0, &selection));
	usual = selection.count;
	assert_success(hr_columns_select("+ORIGIN", 0, &selection));
	assert_int_equal(selection.count, usual + 1);
	assert_int_equal(selection.columns[usual], HR_COLUMN_ORIGIN);
}

static void a_column_is_there_once(void **state)
{
	(void)state;
	assert_success(hr_columns_select("SIZE,RANGE,SIZE", 0, &selection));
	assert_int_equal(selection.count, 2);
}

static void what_is_not_a_column_is_refused(void **state)
{
	static const char *const texts[] = { "", "SIZE,", ",SIZE", "WEATHER", "SIZES", "+" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		assert_failure(hr_columns_check(texts[i], NULL), HR_ERROR_USAGE,
			       "the columns are RANGE, SIZE, STATE,");
		assert_failure(hr_columns_check(NULL, texts[i]), HR_ERROR_USAGE, "--split: ");
	}
	assert_success(hr_columns_check(NULL, NULL));
	assert_success(hr_columns_check("SIZE", "STATE"));
}

static void all_columns_come_in_the_order_of_the_table(void **state)
{
	(void)state;
	hr_columns_select_all(&selection);
	assert_int_equal(selection.count, HR_COLUMN_COUNT);
	for (enum hr_column column = 0; column < HR_COLUMN_COUNT; column++)
		assert_int_equal(selection.columns[column], column);
}

static void a_row_may_be_split_by_nothing(void **state)
{
	(void)state;
	assert_success(hr_columns_select_split("None", &selection));
	assert_int_equal(selection.count, 0);
}

static void a_row_is_split_by_what_is_named_alone(void **state)
{
	(void)state;
	assert_success(hr_columns_select_split("state,ORIGIN", &selection));
	assert_int_equal(selection.count, 2);
	assert_int_equal(selection.columns[0], HR_COLUMN_STATE);
	assert_failure(hr_columns_select_split("+STATE", &selection), HR_ERROR_USAGE,
		       "--split: there is no column '+STATE'");
	assert_failure(hr_columns_select_split("STATE,none", &selection), HR_ERROR_USAGE,
		       "--split: there is no column 'none'");
}

static void columns_that_are_there_are_not_added_again(void **state)
{
	const struct hr_selection added = {
		.columns = { HR_COLUMN_SIZE, HR_COLUMN_WHY },
		.count = 2,
	};

	(void)state;
	assert_success(hr_columns_select("WHY,STATE", 0, &selection));
	hr_columns_add(&selection, &added);
	assert_int_equal(selection.count, 3);
	assert_int_equal(selection.columns[2], HR_COLUMN_SIZE);
}

static void every_column_has_a_name_and_a_line_of_help(void **state)
{
	const char *help = NULL;

	(void)state;
	for (enum hr_column column = 0; column < HR_COLUMN_COUNT; column++) {
		assert_string_equal(hr_column_at(column, &help), hr_columns[column].name);
		assert_non_null(help);
		/* One line of the help, beside the name. */
		assert_in_range(strlen(help), 1, 79 - 29);
	}
	assert_null(hr_column_at(HR_COLUMN_COUNT, &help));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_usual_columns_need_no_choice),
		cmocka_unit_test(columns_come_in_the_order_of_the_choice),
		cmocka_unit_test(more_columns_come_behind_the_usual_ones),
		cmocka_unit_test(a_column_is_there_once),
		cmocka_unit_test(what_is_not_a_column_is_refused),
		cmocka_unit_test(all_columns_come_in_the_order_of_the_table),
		cmocka_unit_test(a_row_may_be_split_by_nothing),
		cmocka_unit_test(a_row_is_split_by_what_is_named_alone),
		cmocka_unit_test(columns_that_are_there_are_not_added_again),
		cmocka_unit_test(every_column_has_a_name_and_a_line_of_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
