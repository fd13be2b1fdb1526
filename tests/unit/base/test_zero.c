// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "base/zero.h"

enum {
	LEN = 27 /* words, and a rest */
};

static void nothing_is_all_zeros(void **state)
{
	(void)state;
	assert_true(hr_is_zero("x", 0));
}

static void each_byte_counts_whatever_the_length_and_place(void **state)
{
	char bytes[LEN + 1];

	(void)state;
	memset(bytes, 0, sizeof(bytes));
	for (size_t len = 1; len <= LEN; len++) {
		assert_true(hr_is_zero(bytes + 1, len));
		for (size_t i = 0; i < len; i++) {
			bytes[1 + i] = 1;
			assert_false(hr_is_zero(bytes + 1, len));
			bytes[1 + i] = 0;
		}
	}
}

static void bytes_outside_do_not_count(void **state)
{
	const char bytes[] = { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };

	(void)state;
	assert_true(hr_is_zero(bytes + 1, 9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_all_zeros),
		cmocka_unit_test(each_byte_counts_whatever_the_length_and_place),
		cmocka_unit_test(bytes_outside_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
