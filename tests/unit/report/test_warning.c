// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/warning.h"

#include "report_fixture.h"

static void the_program_warns_of_itself_first(void **state)
{
	struct hr_warning warning;

	(void)state;
	told.inputs.warning = "no sandbox";
	hr_kernel_warn(&told.kernel, "the first");
	assert_true(hr_warning_at(&told.session, 0, &warning));
	assert_string_equal(warning.text, "no sandbox");
	assert_false(warning.is_told);
	assert_true(hr_warning_at(&told.session, 1, &warning));
	assert_string_equal(warning.text, "the first");
	assert_true(warning.is_told);
	assert_false(hr_warning_at(&told.session, 2, &warning));
}

static void without_a_warning_of_its_own_the_library_begins(void **state)
{
	struct hr_warning warning;

	(void)state;
	assert_false(hr_warning_at(&told.session, 0, &warning));
	hr_kernel_warn(&told.kernel, "the first");
	assert_true(hr_warning_at(&told.session, 0, &warning));
	assert_true(warning.is_told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(the_program_warns_of_itself_first),
		test_of_report(without_a_warning_of_its_own_the_library_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
