// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option_table.h"

#include <string.h>

#include "fake.h"

/* --help lists groups, and a row out of order would open its group a second time. */
static void rows_come_in_the_order_of_their_groups(void **state)
{
	(void)state;
	for (size_t i = 1; i < hr_option_count; i++)
		assert_true(hr_option_rows[i - 1].group <= hr_option_rows[i].group);
}

static void no_name_and_no_letter_is_there_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < hr_option_count; i++)
		for (size_t k = 0; k < i; k++) {
			const struct hr_option *one = &hr_option_rows[i],
					       *other = &hr_option_rows[k];

			assert_string_not_equal(one->name, other->name);
			assert_false(one->letter && one->letter == other->letter);
		}
}

static void each_row_has_a_setter_and_help(void **state)
{
	(void)state;
	for (size_t i = 0; i < hr_option_count; i++) {
		assert_non_null(hr_option_rows[i].set);
		assert_non_null(hr_option_rows[i].help);
		assert_true(hr_option_rows[i].value || !hr_option_rows[i].is_optional);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_come_in_the_order_of_their_groups),
		cmocka_unit_test(no_name_and_no_letter_is_there_twice),
		cmocka_unit_test(each_row_has_a_setter_and_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
