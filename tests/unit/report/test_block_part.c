// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_part.h"

#include "fake.h"

/* The part of a block with this verdict and, unless @code is HR_REASON_COUNT, this reason. */
static enum hr_block_part part_of(enum hr_verdict verdict, enum hr_reason_code code,
				  uint32_t ignored)
{
	struct hr_answer answer = { .verdict = verdict };
	const struct hr_listed_block block = { .answer = &answer };

	if (code != HR_REASON_COUNT) {
		answer.check.count = 1;
		answer.check.reasons[0].code = code;
	}
	return hr_block_part_of(&block, ignored);
}

static void the_verdict_decides_before_reasons(void **state)
{
	(void)state;
	assert_int_equal(part_of(HR_VERDICT_REMOVABLE, HR_REASON_COUNT, 0), HR_PART_REMOVABLE);
	assert_int_equal(part_of(HR_VERDICT_UNKNOWN, HR_REASON_BOOT_MEMORY, 0), HR_PART_UNKNOWN);
}

static void each_reason_leads_to_a_part(void **state)
{
	static const struct {
		enum hr_reason_code code;
		enum hr_block_part part;
	} rows[] = {
		{ HR_REASON_SPLITS_LEAF, HR_PART_WHOLE_LEAF },
		{ HR_REASON_GUARD_VETO, HR_PART_WHOLE_LEAF },
		{ HR_REASON_BOOT_MEMORY, HR_PART_BOOT },
		{ HR_REASON_MALFORMED_CONT, HR_PART_OTHER },
		{ HR_REASON_NO_HOTREMOVE, HR_PART_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(part_of(HR_VERDICT_NOT_REMOVABLE, rows[i].code, 0), rows[i].part);
}

static void an_ignored_reason_leads_nowhere(void **state)
{
	(void)state;
	assert_int_equal(part_of(HR_VERDICT_NOT_REMOVABLE, HR_REASON_BOOT_MEMORY,
				 1u << HR_REASON_BOOT_MEMORY),
			 HR_PART_WHOLE_LEAF);
}

static void every_part_has_words(void **state)
{
	(void)state;
	for (enum hr_block_part part = 0; part < HR_PART_COUNT; part++)
		assert_non_null(hr_block_part_text(part));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verdict_decides_before_reasons),
		cmocka_unit_test(each_reason_leads_to_a_part),
		cmocka_unit_test(an_ignored_reason_leads_nowhere),
		cmocka_unit_test(every_part_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
