// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "check/reason.h"

static void words_are_those_of_the_interface(void **state)
{
	static const char *const words[] = { "splits-leaf",  "guard-veto",  "boot-memory",
					     "misaligned",   "not-present", "malformed-cont",
					     "no-hotremove", "unreadable",  "unmovable-pages" };

	(void)state;
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++) {
		enum hr_reason_code parsed = HR_REASON_COUNT;

		assert_string_equal(hr_reason_name(code), words[code]);
		assert_true(hr_reason_parse(words[code], &parsed));
		assert_int_equal(parsed, code);
	}
	assert_string_equal(hr_verdict_name(HR_VERDICT_REMOVABLE), "removable");
	assert_string_equal(hr_verdict_name(HR_VERDICT_NOT_REMOVABLE), "not-removable");
	assert_string_equal(hr_verdict_name(HR_VERDICT_UNKNOWN), "unknown");
	assert_null(hr_edge_name(HR_EDGE_NONE));
	assert_string_equal(hr_edge_name(HR_EDGE_START), "start");
	assert_string_equal(hr_edge_name(HR_EDGE_END), "end");
}

static void other_words_are_no_reasons(void **state)
{
	static const char *const words[] = { "", "splits", "SPLITS-LEAF", "unreadable ", "all" };
	enum hr_reason_code code;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		assert_false(hr_reason_parse(words[i], &code));
}

static void a_reason_has_its_code_and_sentence(void **state)
{
	struct hr_check_result result = { .count = 0 };

	(void)state;
	hr_reason_add(&result, HR_REASON_BOOT_MEMORY, "%d of %s", 3, "them");
	assert_int_equal(result.count, 1);
	assert_int_equal(result.reasons[0].code, HR_REASON_BOOT_MEMORY);
	assert_string_equal(result.reasons[0].message, "3 of them");
	assert_false(result.reasons[0].has_leaf);
}

static void what_is_known_is_not_added_again(void **state)
{
	struct hr_check_result result = { .count = 0 };

	(void)state;
	hr_reason_add(&result, HR_REASON_UNREADABLE, "a page");
	hr_reason_add(&result, HR_REASON_UNREADABLE, "another page");
	hr_reason_add(&result, HR_REASON_UNREADABLE, "a page");
	assert_int_equal(result.count, 2);
}

static void the_same_sentence_under_another_code_is_another_reason(void **state)
{
	struct hr_check_result result = { .count = 0 };

	(void)state;
	hr_reason_add(&result, HR_REASON_UNREADABLE, "a page");
	hr_reason_add(&result, HR_REASON_NOT_PRESENT, "a page");
	assert_int_equal(result.count, 2);
}

/* A place for one more stays, so that the reason that comes back can be written to. */
static void more_reasons_than_there_is_room_for_are_dropped(void **state)
{
	struct hr_check_result result = { .count = 0 };

	(void)state;
	for (int i = 0; i < 2 * HR_REASONS_MAX; i++)
		assert_ptr_equal(hr_reason_add(&result, HR_REASON_UNREADABLE, "page %d", i),
				 &result.reasons[i < HR_REASONS_MAX ? i : HR_REASONS_MAX - 1]);
	assert_int_equal(result.count, HR_REASONS_MAX - 1);
}

static void a_sentence_that_is_too_long_is_cut(void **state)
{
	struct hr_check_result result = { .count = 0 };

	(void)state;
	hr_reason_add(&result, HR_REASON_UNREADABLE, "%0*d", 2 * HR_MESSAGE_SIZE, 7);
	assert_int_equal(strlen(result.reasons[0].message), HR_MESSAGE_SIZE - 1);
}

static void a_reason_is_about_the_leaf_that_it_was_given(void **state)
{
	const struct hr_leaf leaf = { .va = 0x200000, .size = 0x200000, .level = HR_LEVEL_PMD };
	struct hr_reason reason = { .has_leaf = false };

	(void)state;
	hr_reason_set_leaf(&reason, HR_MAP_VMEMMAP, HR_EDGE_END, 0x300000, &leaf);
	assert_true(reason.has_leaf);
	assert_int_equal(reason.map, HR_MAP_VMEMMAP);
	assert_int_equal(reason.edge, HR_EDGE_END);
	assert_int_equal(reason.va, 0x300000);
	assert_memory_equal(&reason.leaf, &leaf, sizeof(leaf));
}

static void only_codes_that_were_added_are_there(void **state)
{
	struct hr_check_result result = { .count = 0 };

	(void)state;
	hr_reason_add(&result, HR_REASON_MISALIGNED, "odd");
	hr_reason_add(&result, HR_REASON_NO_HOTREMOVE, "never");
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++)
		assert_int_equal(hr_check_has(&result, code),
				 code == HR_REASON_MISALIGNED || code == HR_REASON_NO_HOTREMOVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_those_of_the_interface),
		cmocka_unit_test(other_words_are_no_reasons),
		cmocka_unit_test(a_reason_has_its_code_and_sentence),
		cmocka_unit_test(what_is_known_is_not_added_again),
		cmocka_unit_test(the_same_sentence_under_another_code_is_another_reason),
		cmocka_unit_test(more_reasons_than_there_is_room_for_are_dropped),
		cmocka_unit_test(a_sentence_that_is_too_long_is_cut),
		cmocka_unit_test(a_reason_is_about_the_leaf_that_it_was_given),
		cmocka_unit_test(only_codes_that_were_added_are_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
