// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/change_spec.h"

#include "fake.h"

static void range_alone_is_a_change(void **state)
{
	struct hr_change_spec spec;

	(void)state;
	assert_success(hr_change_spec_parse(" 0x80000000+1G ", HR_PREDICTED_ADDED, &spec));
	assert_int_equal(spec.kind, HR_PREDICTED_ADDED);
	assert_int_equal(spec.range.start, GIB(2));
	assert_int_equal(spec.range.last, GIB(3) - 1);
	assert_false(spec.memmap_on_memory);
	assert_int_equal(spec.calls, HR_CALLS_UNKNOWN);
	assert_success(hr_change_spec_parse("memory8", HR_PREDICTED_REMOVED, &spec));
	assert_int_equal(spec.kind, HR_PREDICTED_REMOVED);
	assert_true(spec.range.is_block);
}

static void words_say_how_memory_is_added(void **state)
{
	struct hr_change_spec spec;

	(void)state;
	assert_success(hr_change_spec_parse("memory8,calls=block,memmap-on-memory",
					    HR_PREDICTED_ADDED, &spec));
	assert_true(spec.memmap_on_memory);
	assert_int_equal(spec.calls, HR_CALLS_BLOCK);
	assert_success(hr_change_spec_parse("memory8,calls=range", HR_PREDICTED_ADDED, &spec));
	assert_int_equal(spec.calls, HR_CALLS_RANGE);
}

static void other_words_are_refused(void **state)
{
	static const char *const words[] = { "memory8,", "memory8,calls=", "memory8,calls=dimm",
					     "memory8,memmap" };
	struct hr_change_spec spec;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		assert_failure(hr_change_spec_parse(words[i], HR_PREDICTED_ADDED, &spec),
			       HR_ERROR_USAGE, "does not say how memory is added");
	assert_failure(hr_change_spec_parse("memory8,calls=block", HR_PREDICTED_REMOVED, &spec),
		       HR_ERROR_USAGE, "is not a range");
	assert_failure(hr_change_spec_parse("dimm0", HR_PREDICTED_ADDED, &spec), HR_ERROR_USAGE,
		       "is not a range");
}

static void one_call_contradicts_a_memmap_on_memory(void **state)
{
	struct hr_change_spec spec;

	(void)state;
	assert_failure(hr_change_spec_parse("memory8,memmap-on-memory,calls=range",
					    HR_PREDICTED_ADDED, &spec),
		       HR_ERROR_USAGE, "calls=range contradicts it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(range_alone_is_a_change),
		cmocka_unit_test(words_say_how_memory_is_added),
		cmocka_unit_test(other_words_are_refused),
		cmocka_unit_test(one_call_contradicts_a_memmap_on_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
