// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <hotremove/hotremove.h>
#include <string.h>

static void each_reason_has_a_rule_of_its_own(void **state)
{
	(void)state;
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++) {
		const char *rule = hr_explain_reason(code);

		assert_non_null(rule);
		for (enum hr_reason_code other = 0; other < code; other++)
			assert_string_not_equal(rule, hr_explain_reason(other));
	}
}

static void rules_are_sentences_on_one_line(void **state)
{
	(void)state;
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++) {
		const char *rule = hr_explain_reason(code);
		size_t len = strlen(rule);

		assert_true(len > 0 && rule[len - 1] == '.');
		assert_null(strpbrk(rule, "\n\t"));
		assert_null(strstr(rule, "  "));
	}
}

static void unknown_reasons_have_no_rule(void **state)
{
	(void)state;
	assert_null(hr_explain_reason(HR_REASON_COUNT));
	assert_null(hr_explain_reason((enum hr_reason_code) - 1));
}

static void rules_name_the_kernels_that_have_them(void **state)
{
	(void)state;
	assert_non_null(strstr(hr_explain_reason(HR_REASON_SPLITS_LEAF), "7.1"));
	assert_non_null(strstr(hr_explain_reason(HR_REASON_GUARD_VETO), "7.1.6"));
	assert_non_null(strstr(hr_explain_reason(HR_REASON_BOOT_MEMORY), "5.7"));
	assert_non_null(strstr(hr_explain_reason(HR_REASON_NO_HOTREMOVE), "5.7"));
	assert_non_null(strstr(hr_explain_reason(HR_REASON_MISALIGNED), "5.12"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reason_has_a_rule_of_its_own),
		cmocka_unit_test(rules_are_sentences_on_one_line),
		cmocka_unit_test(unknown_reasons_have_no_rule),
		cmocka_unit_test(rules_name_the_kernels_that_have_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
