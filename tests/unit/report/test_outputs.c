// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/outputs.h"

#include "fake.h"

static void the_usual_form_has_no_option(void **state)
{
	(void)state;
	assert_null(hr_outputs.rows[0].name);
	assert_ptr_equal(hr_outputs.rows[0].ops, &hr_text_sink);
}

static void every_other_form_is_an_option_with_help(void **state)
{
	(void)state;
	for (size_t i = 1; i < hr_outputs.count; i++) {
		assert_non_null(hr_outputs.rows[i].name);
		assert_non_null(hr_outputs.rows[i].help);
	}
}

static void every_form_has_room_for_a_sink(void **state)
{
	(void)state;
	for (size_t i = 0; i < hr_outputs.count; i++)
		assert_true(hr_outputs.rows[i].ops->size >= sizeof(struct hr_sink));
}

/* From the second round on, --watch prints nothing else. */
static void every_form_that_prints_tells_of_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < hr_outputs.count; i++)
		assert_int_equal(hr_outputs.rows[i].ops->change == NULL,
				 hr_outputs.rows[i].is_mute || hr_outputs.rows[i].is_page ||
					 hr_outputs.rows[i].form);
}

/* Printing a plan, or searching for other ranges, needs the full answer. */
static void a_form_that_prints_ranges_asks_for_all_of_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < hr_outputs.count; i++)
		if (hr_outputs.rows[i].ops->range)
			assert_int_equal(hr_outputs.rows[i].ops->depth, HR_DEPTH_PLAN);
}

static void documents_have_errors_of_their_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < hr_outputs.count; i++)
		assert_int_equal(hr_outputs.rows[i].ops->schema == NULL,
				 hr_outputs.rows[i].ops->error == NULL);
}

/* The table of a form for programs has no room for other answers. */
static void a_form_of_the_table_prints_blocks_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < hr_outputs.count; i++) {
		if (!hr_outputs.rows[i].form)
			continue;
		assert_ptr_equal(hr_outputs.rows[i].ops, &hr_table_sink);
		assert_null(hr_outputs.rows[i].ops->range);
		assert_null(hr_outputs.rows[i].ops->run);
	}
}

static void the_help_has_all_columns(void **state)
{
	const char *help;

	(void)state;
	assert_string_equal(hr_outputs.column(0, &help), "RANGE");
	assert_non_null(help);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_usual_form_has_no_option),
		cmocka_unit_test(every_other_form_is_an_option_with_help),
		cmocka_unit_test(every_form_has_room_for_a_sink),
		cmocka_unit_test(every_form_that_prints_tells_of_changes),
		cmocka_unit_test(a_form_that_prints_ranges_asks_for_all_of_them),
		cmocka_unit_test(documents_have_errors_of_their_own),
		cmocka_unit_test(a_form_of_the_table_prints_blocks_alone),
		cmocka_unit_test(the_help_has_all_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
