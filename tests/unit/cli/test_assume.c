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
	assert_true(hr_assume(&options, "tlbi-range=1"));
	assert_int_equal(options.tlbi_range, HR_GIVEN_YES);
	assert_true(hr_assume(&options, "repeat-tlbi=0"));
	assert_int_equal(options.repeat_tlbi, HR_GIVEN_NO);
	assert_false(hr_assume(&options, "tlbi-range=2"));
	assert_false(hr_assume(&options, "tlbi-range="));
}

static void lpa2_is_an_override(void **state)
{
	(void)state;
	assert_true(hr_assume(&options, "lpa2=1"));
	assert_true(options.overrides.set[HR_OVERRIDE_LPA2]);
	assert_int_equal(options.overrides.value[HR_OVERRIDE_LPA2], 1);
}

static void models_are_words(void **state)
{
	(void)state;
	assert_true(hr_assume(&options, "teardown=batched-wide"));
	assert_int_equal(options.teardown, HR_TEARDOWN_BATCHED_WIDE);
	assert_true(hr_assume(&options, "flush=page-loop"));
	assert_int_equal(options.flush, HR_FLUSH_PAGE_LOOP);
	assert_true(hr_assume(&options, "guard=requested"));
	assert_int_equal(options.guard, HR_GUARD_REQUESTED);
	assert_true(hr_assume(&options, "calls=block"));
	assert_int_equal(options.calls, HR_CALLS_BLOCK);
	assert_false(hr_assume(&options, "teardown=block"));
}

static void a_key_is_a_whole_word(void **state)
{
	static const char *const items[] = { "",	"=1",	  "lpa2",   "lpa=1",
					     "lpa22=1", "LPA2=1", " lpa2=1" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(items); i++)
		assert_false(hr_assume(&options, items[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(flags_are_0_or_1, set_up),
		cmocka_unit_test_setup(lpa2_is_an_override, set_up),
		cmocka_unit_test_setup(models_are_words, set_up),
		cmocka_unit_test_setup(a_key_is_a_whole_word, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
