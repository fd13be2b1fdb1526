// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_set.h"

#include "fake.h"
#include "report/block_text.h"

static struct hr_answer answer;
static struct hr_listed_block block;

static int set_up(void **state)
{
	(void)state;
	answer = (struct hr_answer){ .verdict = HR_VERDICT_REMOVABLE };
	block = (struct hr_listed_block){
		.answer = &answer,
		.online = HR_YES,
		.boot = HR_NO,
	};
	return 0;
}

static void a_block_has_one_value_of_each(void **state)
{
	struct hr_block_set set;

	(void)state;
	answer.guard.outcome = HR_GUARD_NO_CHECK;
	answer.check.reasons[answer.check.count++].code = HR_REASON_MISALIGNED;
	answer.contents[HR_MAP_VMEMMAP].leaves[HR_LEAF_PMD] = 1;
	set = hr_block_set_of(&block);
	assert_int_equal(set.states, 1u << (HR_YES + 1));
	assert_int_equal(set.origins, 1u << (HR_NO + 1));
	assert_int_equal(set.verdicts, 1u << HR_VERDICT_REMOVABLE);
	assert_int_equal(set.outcomes, 1u << HR_GUARD_NO_CHECK);
	assert_int_equal(set.reasons, 1u << HR_REASON_MISALIGNED);
	assert_int_equal(set.leaves[HR_MAP_LINEAR], HR_BLOCK_UNMAPPED);
	assert_int_equal(set.leaves[HR_MAP_VMEMMAP], 1u << HR_LEAF_PMD);
}

static void nothing_that_one_of_two_has_is_lost(void **state)
{
	struct hr_block_set one, other;

	(void)state;
	one = hr_block_set_of(&block);
	block.online = HR_UNKNOWN;
	block.boot = HR_YES;
	answer.verdict = HR_VERDICT_UNKNOWN;
	answer.guard.outcome = HR_GUARD_CANNOT_TELL;
	answer.check.reasons[answer.check.count++].code = HR_REASON_UNREADABLE;
	answer.contents[HR_MAP_LINEAR].unreadable = 1;
	other = hr_block_set_of(&block);
	hr_block_set_add(&one, &other);
	assert_int_equal(one.states, 1u << (HR_YES + 1) | 1u << (HR_UNKNOWN + 1));
	assert_int_equal(one.origins, 1u << (HR_NO + 1) | 1u << (HR_YES + 1));
	assert_int_equal(one.verdicts, 1u << HR_VERDICT_REMOVABLE | 1u << HR_VERDICT_UNKNOWN);
	assert_int_equal(one.outcomes, 1u << HR_GUARD_ACCEPTS | 1u << HR_GUARD_CANNOT_TELL);
	assert_int_equal(one.reasons, 1u << HR_REASON_UNREADABLE);
	assert_int_equal(one.leaves[HR_MAP_LINEAR], HR_BLOCK_UNMAPPED | HR_BLOCK_UNREADABLE);
	assert_int_equal(one.leaves[HR_MAP_VMEMMAP], HR_BLOCK_UNMAPPED);
}

static void a_difference_in_any_part_is_one(void **state)
{
	const struct hr_block_set usual = hr_block_set_of(&block);
	const struct hr_block_set others[] = {
		{ .states = 1 },
		{ .origins = 1 },
		{ .verdicts = 1 },
		{ .outcomes = 2 },
		{ .reasons = 1 },
		{ .leaves[HR_MAP_LINEAR] = 1 },
		{ .leaves[HR_MAP_VMEMMAP] = 1 },
	};

	(void)state;
	assert_true(hr_block_set_is_equal(&usual, &usual));
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		struct hr_block_set changed = usual;

		hr_block_set_add(&changed, &others[i]);
		assert_false(hr_block_set_is_equal(&usual, &changed));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_block_has_one_value_of_each, set_up),
		cmocka_unit_test_setup(nothing_that_one_of_two_has_is_lost, set_up),
		cmocka_unit_test_setup(a_difference_in_any_part_is_one, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
