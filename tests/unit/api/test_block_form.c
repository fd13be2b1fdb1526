// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/block_form.h"

#include "fake.h"

static void assert_same(const struct hr_block_form *one, const struct hr_block_form *other)
{
	assert_int_equal(one->exists, other->exists);
	assert_int_equal(one->online, other->online);
	assert_int_equal(one->boot, other->boot);
	assert_int_equal(one->verdict, other->verdict);
	assert_int_equal(one->guard, other->guard);
	assert_int_equal(one->reasons, other->reasons);
}

static struct hr_answer answer_with(enum hr_reason_code first, enum hr_reason_code second)
{
	struct hr_answer answer = {
		.verdict = HR_VERDICT_NOT_REMOVABLE,
		.guard = { .outcome = HR_GUARD_REFUSES },
		.check = { .count = 2 },
	};

	answer.check.reasons[0].code = first;
	answer.check.reasons[1].code = second;
	return answer;
}

static void the_form_of_an_answer_has_no_state(void **state)
{
	const struct hr_answer answer = answer_with(HR_REASON_SPLITS_LEAF, HR_REASON_BOOT_MEMORY);
	const struct hr_block_form form = hr_answer_form(&answer);
	const struct hr_block_form expected = {
		.exists = true,
		.online = HR_UNKNOWN,
		.boot = HR_UNKNOWN,
		.verdict = HR_VERDICT_NOT_REMOVABLE,
		.guard = HR_GUARD_REFUSES,
		.reasons = 1u << HR_REASON_SPLITS_LEAF | 1u << HR_REASON_BOOT_MEMORY,
	};

	(void)state;
	assert_same(&form, &expected);
}

static void reasons_count_once_and_in_any_order(void **state)
{
	const struct hr_answer answers[] = {
		answer_with(HR_REASON_SPLITS_LEAF, HR_REASON_GUARD_VETO),
		answer_with(HR_REASON_GUARD_VETO, HR_REASON_SPLITS_LEAF),
		answer_with(HR_REASON_SPLITS_LEAF, HR_REASON_SPLITS_LEAF),
	};

	(void)state;
	assert_int_equal(hr_answer_form(&answers[0]).reasons, hr_answer_form(&answers[1]).reasons);
	assert_int_equal(hr_answer_form(&answers[2]).reasons, 1u << HR_REASON_SPLITS_LEAF);
}

static void the_form_of_a_block_has_its_state(void **state)
{
	struct hr_answer answer = answer_with(HR_REASON_SPLITS_LEAF, HR_REASON_SPLITS_LEAF);
	const struct hr_listed_block block = {
		.answer = &answer,
		.online = HR_NO,
		.boot = HR_YES,
	};
	struct hr_block_form expected = hr_answer_form(&answer), form = hr_block_form_of(&block);

	(void)state;
	expected.online = HR_NO;
	expected.boot = HR_YES;
	assert_same(&form, &expected);
}

static void what_does_not_exist_has_the_number_0(void **state)
{
	const struct hr_block_form none = { .online = HR_YES, .reasons = 5 };
	const struct hr_block_form least = { .exists = true,
					     .online = HR_UNKNOWN,
					     .boot = HR_UNKNOWN };
	const struct hr_block_form again = hr_block_form_unpack(0);

	(void)state;
	assert_int_equal(hr_block_form_pack(&none), 0);
	assert_int_not_equal(hr_block_form_pack(&least), 0);
	assert_false(again.exists);
}

/* Each value of each member, with no reason, with each, and with all of them. */
static void a_number_has_all_of_a_form(void **state)
{
	const uint32_t all = (1u << HR_REASON_COUNT) - 1;

	(void)state;
	for (unsigned int i = 0; i < 3 * 3 * 3 * 8; i++)
		for (unsigned int code = 0; code <= HR_REASON_COUNT + 1; code++) {
			const struct hr_block_form form = {
				.exists = true,
				.online = (enum hr_tristate)(i % 3) - 1,
				.boot = (enum hr_tristate)(i / 3 % 3) - 1,
				.verdict = (enum hr_verdict)(i / 9 % 3),
				.guard = (enum hr_guard_outcome)(i / 27) <= HR_GUARD_CANNOT_TELL
						 ? (enum hr_guard_outcome)(i / 27)
						 : HR_GUARD_CANNOT_TELL,
				.reasons = code > HR_REASON_COUNT ? all : 1u << code & all,
			};
			const struct hr_block_form again =
				hr_block_form_unpack(hr_block_form_pack(&form));

			assert_same(&form, &again);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_form_of_an_answer_has_no_state),
		cmocka_unit_test(reasons_count_once_and_in_any_order),
		cmocka_unit_test(the_form_of_a_block_has_its_state),
		cmocka_unit_test(what_does_not_exist_has_the_number_0),
		cmocka_unit_test(a_number_has_all_of_a_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
