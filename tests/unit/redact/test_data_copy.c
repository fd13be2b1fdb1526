// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "redact/data_copy.h"

static struct hr_data_copy copy;

static int tear_down(void **state)
{
	(void)state;
	hr_data_copy_release(&copy);
	return 0;
}

static void what_was_put_is_known_and_nothing_else(void **state)
{
	char bytes[6] = "";

	(void)state;
	assert_success(hr_data_copy_put(&copy, 0x1ffe, "text", 4));
	assert_int_equal(hr_data_copy_known(&copy, 0x1ffe, 100), 4);
	assert_int_equal(hr_data_copy_known(&copy, 0x1ffd, 1), 0);
	assert_true(hr_data_copy_read(&copy, 0x1ffe, bytes, 4));
	assert_string_equal(bytes, "text");
	assert_false(hr_data_copy_read(&copy, 0x1ffe, bytes, 5));
	assert_false(hr_data_copy_read(&copy, 0x5000, bytes, 1));
}

static void zeros_do_not_replace_what_is_known(void **state)
{
	char bytes[3];

	(void)state;
	assert_success(hr_data_copy_put(&copy, 0x9001, "x", 1));
	assert_success(hr_data_copy_put(&copy, 0x9000, NULL, 3));
	assert_true(hr_data_copy_read(&copy, 0x9000, bytes, 3));
	assert_memory_equal(bytes, "\0x\0", 3);
}

static void pages_may_come_in_any_order(void **state)
{
	uint64_t value;

	(void)state;
	for (uint64_t i = 100; i--;) {
		uint64_t pa = (i * 37 % 100) << 12;

		assert_success(hr_data_copy_put(&copy, pa, &pa, sizeof(pa)));
	}
	for (uint64_t pa = 0; pa < 100 << 12; pa += 4096) {
		assert_true(hr_data_copy_read(&copy, pa, &value, sizeof(value)));
		assert_int_equal(value, pa);
	}
}

static void too_many_pages_are_refused(void **state)
{
	struct hr_error *error = NULL;

	(void)state;
	for (uint64_t i = 0; !error && i <= HR_DATA_PAGES_MAX; i++)
		error = hr_data_copy_put(&copy, i << 12, "", 1);
	assert_failure(error, HR_ERROR_INPUT, "more than 32768 pages");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(what_was_put_is_known_and_nothing_else, tear_down),
		cmocka_unit_test_teardown(zeros_do_not_replace_what_is_known, tear_down),
		cmocka_unit_test_teardown(pages_may_come_in_any_order, tear_down),
		cmocka_unit_test_teardown(too_many_pages_are_refused, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
