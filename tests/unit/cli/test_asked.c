// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "cli/asked.h"
#include "cli/options.h"

static void ranges_keep_their_order(void **state)
{
	struct hr_asked_list list = { .count = 0 };

	(void)state;
	for (uint64_t i = 0; i < 100; i++) {
		const struct hr_asked asked = { .range = { i, i + 1 } };

		assert_success(hr_asked_add(&list, &asked));
	}
	assert_int_equal(list.count, 100);
	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(list.list[i].range.start, i);
	hr_asked_release(&list);
	assert_int_equal(list.count, 0);
	assert_null(list.list);
}

/* One device may have any number of ranges. */
static void there_is_a_limit(void **state)
{
	struct hr_asked_list list = { .count = HR_RANGES_MAX };
	const struct hr_asked asked = { .device = "dax0.0" };

	(void)state;
	assert_failure(hr_asked_add(&list, &asked), HR_ERROR_USAGE, "the limit is 4096");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_keep_their_order),
		cmocka_unit_test(there_is_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
