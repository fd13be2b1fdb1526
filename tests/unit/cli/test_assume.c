// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/assume.h"

#include "fake.h"

static struct hr_options options;

static int set_up(void **state)
{
	(void)state;
	options = (struct hr_options){ 0 };
	return 0;
}

static void flags_are_0_or_1(void **state)
{
	(void)state;
	assert_success(hr_assume(&options, "tlbi-range=1"));
	assert_int_equal(options.tlbi_range, HR_GIVEN_YES);
	assert_success(hr_assume(&options, "repeat-tlbi=0"));
	assert_int_equal(options.repeat_tlbi, HR_GIVEN_NO);
	assert_failure(hr_assume(&options, "tlbi-range=2"), HR_ERROR_USAGE,
		       "--assume=tlbi-range=2: the value of tlbi-range is 0 or 1");
	assert_failure(hr_assume(&options, "tlbi-range="), HR_ERROR_USAGE, "0 or 1");
	assert_failure(hr_assume(&options, "lpa2"), HR_ERROR_USAGE, "0 or 1");
}

static void lpa2_is_an_override(void **state)
{
	(void)state;
	assert_success(hr_assume(&options, "lpa2=1"));
	assert_true(options.overrides.set[HR_OVERRIDE_LPA2]);
	assert_int_equal(options.overrides.value[HR_OVERRIDE_LPA2], 1);
}

static void models_are_words(void **state)
{
	(void)state;
	assert_success(hr_assume(&options, "teardown=batched-wide"));
	assert_int_equal(options.teardown, HR_TEARDOWN_BATCHED_WIDE);
	assert_success(hr_assume(&options, "flush=page-loop"));
	assert_int_equal(options.flush, HR_FLUSH_PAGE_LOOP);
	assert_success(hr_assume(&options, "guard=requested"));
	assert_int_equal(options.guard, HR_GUARD_REQUESTED);
	assert_success(hr_assume(&options, "mapping=blocks"));
	assert_int_equal(options.mapping, HR_MAPPING_BLOCKS);
	assert_success(hr_assume(&options, "calls=block"));
	assert_int_equal(options.calls, HR_CALLS_BLOCK);
}

/* The message lists values, each of which is taken. */
static void wrong_values_are_told_the_right_ones(void **state)
{
	static const struct {
		const char *item, *values;
		const char *right[3];
	} rows[] = {
		{ "teardown=block",
		  "the value of teardown is per-leaf, batched-wide or batched",
		  { "teardown=per-leaf", "teardown=batched-wide", "teardown=batched" } },
		{ "flush=x",
		  "the value of flush is page-loop or range-ops",
		  { "flush=page-loop", "flush=range-ops" } },
		{ "guard=x",
		  "the value of guard is none, next-range or requested",
		  { "guard=none", "guard=next-range", "guard=requested" } },
		{ "calls=x",
		  "the value of calls is range or block",
		  { "calls=range", "calls=block" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_failure(hr_assume(&options, rows[i].item), HR_ERROR_USAGE, rows[i].values);
		for (size_t j = 0; j < 3 && rows[i].right[j]; j++)
			assert_success(hr_assume(&options, rows[i].right[j]));
	}
}

static void a_key_is_a_whole_word(void **state)
{
	static const char *const items[] = { "", "=1", "lpa=1", "lpa22=1", "LPA2=1", " lpa2=1" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(items); i++)
		assert_failure(hr_assume(&options, items[i]), HR_ERROR_USAGE,
			       "there is no such key; the keys are tlbi-range, repeat-tlbi, lpa2, "
			       "teardown, flush, guard, mapping and calls");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(flags_are_0_or_1, set_up),
		cmocka_unit_test_setup(lpa2_is_an_override, set_up),
		cmocka_unit_test_setup(models_are_words, set_up),
		cmocka_unit_test_setup(wrong_values_are_told_the_right_ones, set_up),
		cmocka_unit_test_setup(a_key_is_a_whole_word, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
