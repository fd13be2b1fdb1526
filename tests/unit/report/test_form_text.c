// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/form_text.h"

#include <string.h>

#include "fake.h"

static void assert_leaf(struct hr_leaf_form form, const char *expected)
{
	char text[HR_FORM_TEXT_SIZE];

	hr_leaf_form_text(&form, text);
	assert_string_equal(text, expected);
}

static void assert_block(struct hr_block_form form, const char *expected)
{
	char text[HR_FORM_TEXT_SIZE];

	hr_block_form_text(&form, text);
	assert_string_equal(text, expected);
}

static void a_leaf_has_its_level_and_its_size(void **state)
{
	struct hr_leaf_form form = {
		.state = HR_MAP_MAPPED,
		.level = HR_LEVEL_PMD,
		.cont = true,
		.valid = true,
		.expected = true,
		.size = MIB(32),
	};

	(void)state;
	assert_leaf(form, "CONT_PMD 32 MiB");
	form.cont = false;
	form.size = MIB(512);
	assert_leaf(form, "PMD 512 MiB");
}

static void what_is_odd_about_a_leaf_is_said(void **state)
{
	struct hr_leaf_form form = {
		.state = HR_MAP_MAPPED,
		.level = HR_LEVEL_PTE,
		.expected = true,
		.size = KIB(4),
	};

	(void)state;
	assert_leaf(form, "PTE 4 KiB, not valid");
	form.malformed = true;
	assert_leaf(form, "PTE 4 KiB, not valid, in a malformed CONT group");
	form.valid = true;
	form.malformed = form.expected = false;
	assert_leaf(form, "PTE 4 KiB, made by no kernel");
}

static void memory_without_a_leaf_has_a_word(void **state)
{
	(void)state;
	assert_leaf((struct hr_leaf_form){ .state = HR_MAP_UNMAPPED }, "unmapped");
	assert_leaf((struct hr_leaf_form){ .state = HR_MAP_UNREADABLE }, "unreadable");
}

static void a_block_has_its_state_and_its_answer(void **state)
{
	struct hr_block_form form = {
		.exists = true,
		.online = HR_YES,
		.boot = HR_NO,
		.verdict = HR_VERDICT_NOT_REMOVABLE,
		.guard = HR_GUARD_REFUSES,
		.reasons = 1u << HR_REASON_SPLITS_LEAF | 1u << HR_REASON_BOOT_MEMORY,
	};

	(void)state;
	assert_block(form, "online, hot-added, not-removable, check refuses, "
			   "splits-leaf,boot-memory");
	form.online = HR_NO;
	form.boot = HR_YES;
	form.verdict = HR_VERDICT_REMOVABLE;
	form.guard = HR_GUARD_ACCEPTS;
	form.reasons = 0;
	assert_block(form, "offline, from boot, removable, check accepts");
	form.online = form.boot = HR_UNKNOWN;
	assert_block(form, "state not known, removable, check accepts");
}

static void a_block_that_is_not_there_is_none(void **state)
{
	(void)state;
	assert_block((struct hr_block_form){ .reasons = 7 }, "no memory block");
}

static void a_range_has_no_state(void **state)
{
	const struct hr_block_form form = {
		.exists = true,
		.online = HR_YES,
		.verdict = HR_VERDICT_UNKNOWN,
		.guard = HR_GUARD_CANNOT_TELL,
		.reasons = 1u << HR_REASON_UNREADABLE,
	};
	char text[HR_FORM_TEXT_SIZE];

	(void)state;
	hr_range_form_text(&form, text);
	assert_string_equal(text, "unknown, check unknown, unreadable");
}

static void all_reasons_fit(void **state)
{
	struct hr_block_form form = {
		.exists = true,
		.online = HR_UNKNOWN,
		.boot = HR_YES,
		.verdict = HR_VERDICT_NOT_REMOVABLE,
		.guard = HR_GUARD_ACCEPTS_UNSAFELY,
		.reasons = (1u << HR_REASON_COUNT) - 1,
	};
	char text[HR_FORM_TEXT_SIZE];

	(void)state;
	hr_block_form_text(&form, text);
	assert_string_equal(strrchr(text, ',') + 1, hr_reason_name(HR_REASON_COUNT - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_leaf_has_its_level_and_its_size),
		cmocka_unit_test(what_is_odd_about_a_leaf_is_said),
		cmocka_unit_test(memory_without_a_leaf_has_a_word),
		cmocka_unit_test(a_block_has_its_state_and_its_answer),
		cmocka_unit_test(a_block_that_is_not_there_is_none),
		cmocka_unit_test(a_range_has_no_state),
		cmocka_unit_test(all_reasons_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
