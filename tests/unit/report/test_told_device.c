// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "report/told_device.h"

static struct hr_device_sum sum_of(enum hr_verdict one, enum hr_verdict other)
{
	struct hr_device_part parts[] = {
		{ .span = { .range = { 0, GIB(1) }, .blocks = 8, .online = 8 },
		  .verdict = one,
		  .reasons = 1u << HR_REASON_GUARD_VETO },
		{ .span = { .range = { GIB(2), GIB(4) }, .blocks = 16, .online = 2, .unknown = 3 },
		  .verdict = other,
		  .reasons = 1u << HR_REASON_UNREADABLE },
	};
	const struct hr_told_device device = { .parts = parts, .count = COUNT_OF(parts) };

	return hr_device_sum(&device);
}

static void parts_are_added_up(void **state)
{
	const struct hr_device_sum sum = sum_of(HR_VERDICT_REMOVABLE, HR_VERDICT_REMOVABLE);

	(void)state;
	assert_int_equal(sum.bytes, GIB(3));
	assert_int_equal(sum.blocks, 24);
	assert_int_equal(sum.online, 10);
	assert_int_equal(sum.unknown, 3);
	assert_int_equal(sum.reasons, 1u << HR_REASON_GUARD_VETO | 1u << HR_REASON_UNREADABLE);
}

static void the_worst_verdict_counts(void **state)
{
	static const enum hr_verdict verdicts[] = { HR_VERDICT_REMOVABLE, HR_VERDICT_UNKNOWN,
						    HR_VERDICT_NOT_REMOVABLE };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(verdicts); i++)
		for (size_t j = 0; j < COUNT_OF(verdicts); j++)
			assert_int_equal(sum_of(verdicts[i], verdicts[j]).verdict,
					 verdicts[i > j ? i : j]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_added_up),
		cmocka_unit_test(the_worst_verdict_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
