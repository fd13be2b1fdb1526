// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/status.h"

#include "fake.h"

static void nothing_that_was_found_is_success(void **state)
{
	const struct hr_summary summary = { .verdicts[HR_VERDICT_REMOVABLE] = 3 };

	(void)state;
	assert_int_equal(hr_status_of(&summary), 0);
}

static void one_definite_answer_decides(void **state)
{
	static const struct hr_summary summaries[] = {
		{ .verdicts = { [HR_VERDICT_REMOVABLE] = 5,
				[HR_VERDICT_NOT_REMOVABLE] = 1,
				[HR_VERDICT_UNKNOWN] = 1 },
		  .incomplete = true },
		{ .differs = true, .incomplete = true },
		{ .changed = true, .incomplete = true, .unsure = true },
		{ .nothing_found = true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(summaries); i++)
		assert_int_equal(hr_status_of(&summaries[i]), 1);
}

static void what_is_not_known_is_not_success(void **state)
{
	static const struct hr_summary summaries[] = {
		{ .verdicts[HR_VERDICT_UNKNOWN] = 1, .verdicts[HR_VERDICT_REMOVABLE] = 9 },
		{ .incomplete = true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(summaries); i++)
		assert_int_equal(hr_status_of(&summaries[i]), 2);
}

static void no_other_status_is_known(void **state)
{
	static const int known[] = { 0, 1, 2, 64 };

	(void)state;
	for (int status = -1; status < 256; status++) {
		bool is_known = false;

		for (size_t i = 0; i < COUNT_OF(known); i++)
			is_known |= status == known[i];
		assert_int_equal(hr_status_is_known(status), is_known);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_that_was_found_is_success),
		cmocka_unit_test(one_definite_answer_decides),
		cmocka_unit_test(what_is_not_known_is_not_success),
		cmocka_unit_test(no_other_status_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
