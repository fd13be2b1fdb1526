// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "arch/pointer.h"

static void tags_of_kernel_pointers_are_dropped(void **state)
{
	(void)state;
	assert_int_equal(hr_untagged(0xf4ff000005ef2380), 0xffff000005ef2380);
	assert_int_equal(hr_untagged(0x00ff000005ef2380), 0xffff000005ef2380);
}

static void tags_of_user_pointers_are_dropped(void **state)
{
	(void)state;
	assert_int_equal(hr_untagged(0xf400aaaabbbb0000), 0x0000aaaabbbb0000);
}

static void addresses_without_a_tag_stay(void **state)
{
	static const uint64_t addresses[] = { 0, 1, 0xffff000005ef2380, 0xfff0000000000000,
					      UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(addresses); i++)
		assert_int_equal(hr_untagged(addresses[i]), addresses[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_of_kernel_pointers_are_dropped),
		cmocka_unit_test(tags_of_user_pointers_are_dropped),
		cmocka_unit_test(addresses_without_a_tag_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
