// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "api/kernel_views.h"

static const struct hr_ptdump *const some_text = (const struct hr_ptdump *)1;

/* Of a kernel without sections, what does the check of presence say of the reason? */
static const char *why_no_sections(const struct hr_ptdump *text, struct hr_error *error)
{
	struct hr_kernel kernel = { .config.ptdump = text, .no_sections = error };

	return hr_kernel_check(&kernel).no_sections;
}

static void without_sections_the_check_says_why(void **state)
{
	struct hr_error *error = hr_error_new(HR_ERROR_INPUT, "they are damaged");

	(void)state;
	assert_non_null(strstr(why_no_sections(NULL, NULL), "{mem_section}"));
	assert_string_equal(why_no_sections(NULL, error), "they are damaged");
	hr_error_destroy(error);
}

static void a_text_has_no_sections_and_needs_no_reason(void **state)
{
	(void)state;
	assert_null(why_no_sections(some_text, NULL));
}

static void calls_by_block_are_checked_block_by_block(void **state)
{
	struct hr_kernel kernel = { .config.calls = HR_CALLS_BLOCK };

	(void)state;
	assert_true(hr_kernel_check(&kernel).by_block);
	kernel.config.calls = HR_CALLS_RANGE;
	assert_false(hr_kernel_check(&kernel).by_block);
}

/* If the check is unproven, every verdict is open, whatever the check would say. */
static void the_guard_may_check_only_if_its_model_is_open(void **state)
{
	static const struct {
		enum hr_guard model;
		bool may_check;
		const char *unproven;
		bool expected;
	} rows[] = {
		{ HR_GUARD_UNKNOWN, true, NULL, true },
		{ HR_GUARD_UNKNOWN, false, NULL, false },
		{ HR_GUARD_UNKNOWN, true, "it is newer", false },
		{ HR_GUARD_REQUESTED, true, NULL, false },
		{ HR_GUARD_NONE, true, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct hr_kernel kernel = {
			.models.guard = rows[i].model,
			.models.may_check = rows[i].may_check,
			.guard_unproven = rows[i].unproven,
		};
		struct hr_guard_check check = hr_kernel_guard(&kernel);

		assert_int_equal(check.model, rows[i].model);
		assert_int_equal(check.may_check, rows[i].expected);
	}
}

static void all_views_have_the_kernel_s_block_size(void **state)
{
	const struct hr_kernel kernel = { .memory_block_size = MIB(512) };

	(void)state;
	assert_int_equal(hr_kernel_machine(&kernel).block_size, MIB(512));
	assert_int_equal(hr_kernel_check(&kernel).machine.block_size, MIB(512));
	assert_int_equal(hr_kernel_guard(&kernel).machine.block_size, MIB(512));
	assert_int_equal(hr_kernel_teardown(&kernel).memory_block_size, MIB(512));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_sections_the_check_says_why),
		cmocka_unit_test(a_text_has_no_sections_and_needs_no_reason),
		cmocka_unit_test(calls_by_block_are_checked_block_by_block),
		cmocka_unit_test(the_guard_may_check_only_if_its_model_is_open),
		cmocka_unit_test(all_views_have_the_kernel_s_block_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
