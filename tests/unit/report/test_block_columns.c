// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_columns.h"

#include "fake.h"

static struct hr_selection selection;

static void the_usual_columns_need_no_choice(void **state)
{
	(void)state;
	assert_success(hr_columns_select(NULL, &selection));
	for (enum hr_column column = 0; column < HR_COLUMN_COUNT; column++)
		assert_int_equal(hr_column_is_selected(&selection, column),
				 hr_columns[column].is_usual);
}

static void columns_come_in_the_order_of_the_choice(void **state)
{
	(void)state;
	assert_success(hr_columns_select("why,Block", &selection));
	assert_int_equal(selection.count, 2);
	assert_int_equal(selection.columns[0], HR_COLUMN_WHY);
	assert_int_equal(selection.columns[1], HR_COLUMN_BLOCK);
}

static void more_columns_come_behind_the_usual_ones(void **state)
{
	size_t usual;

	(void)state;
	assert_success(hr_columns_select(NULL, &selection));
	usual = selection.count;
	assert_success(hr_columns_select("+ORIGIN", &selection));
	assert_int_equal(selection.count, usual + 1);
	assert_int_equal(selection.columns[usual], HR_COLUMN_ORIGIN);
}

static void a_column_is_there_once(void **state)
{
	(void)state;
	assert_success(hr_columns_select("SIZE,RANGE,SIZE", &selection));
	assert_int_equal(selection.count, 2);
}

static void what_is_not_a_column_is_refused(void **state)
{
	static const char *const texts[] = { "", "SIZE,", ",SIZE", "WEATHER", "SIZES", "+" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		assert_failure(hr_columns_check(texts[i]), HR_ERROR_USAGE,
			       "the columns are RANGE, SIZE, STATE,");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_usual_columns_need_no_choice),
		cmocka_unit_test(columns_come_in_the_order_of_the_choice),
		cmocka_unit_test(more_columns_come_behind_the_usual_ones),
		cmocka_unit_test(a_column_is_there_once),
		cmocka_unit_test(what_is_not_a_column_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
