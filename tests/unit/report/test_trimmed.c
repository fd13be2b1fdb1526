// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/trimmed.h"

#include "report_fixture.h"

static void lines_lose_the_blanks_at_their_ends(void **state)
{
	(void)state;
	hr_print_trimmed("  a  b  \n\n   \nc");
	assert_string_equal(told_text(&told), "  a  b\n\n\nc\n");
}

static void an_empty_text_has_no_line(void **state)
{
	(void)state;
	hr_print_trimmed("");
	assert_string_equal(told_text(&told), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(lines_lose_the_blanks_at_their_ends),
		test_of_report(an_empty_text_has_no_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
