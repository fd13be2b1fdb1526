// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_fixture.h"

#include "check/presence.h"

enum {
	ADDED = 7, /* section_mem_map's flags */
	FROM_BOOT = 15,
};

static enum hr_presence presence(struct fixture *fixture)
{
	return hr_presence_of(&fixture->check, HOT);
}

static void memory_that_was_added_exists(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, HOT, ADDED);
	assert_int_equal(presence(fixture), HR_PRESENCE_ADDED);
}

static void absent_sections_have_no_memory(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, HOT + MIB(128), ADDED);
	assert_int_equal(presence(fixture), HR_PRESENCE_NONE);
}

static void the_section_around_the_page_is_asked(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, HOT, ADDED);
	assert_int_equal(hr_presence_of(&fixture->check, HOT + MIB(128) - 1), HR_PRESENCE_ADDED);
	assert_int_equal(hr_presence_of(&fixture->check, HOT + MIB(128)), HR_PRESENCE_NONE);
	assert_int_equal(hr_presence_of(&fixture->check, HOT - 1), HR_PRESENCE_NONE);
}

/* The firmware may keep parts of it for itself. */
static void memory_from_boot_need_not_be_mapped(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, HOT, FROM_BOOT);
	assert_int_equal(presence(fixture), HR_PRESENCE_NONE);
}

static void memory_from_boot_is_told_where_it_is_ignored(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, HOT, FROM_BOOT);
	fixture->check.ignored = 1u << HR_REASON_BOOT_MEMORY;
	assert_int_equal(presence(fixture), HR_PRESENCE_BOOT);
}

static void nothing_is_known_without_mem_section(void **state)
{
	struct fixture *fixture = *state;

	fixture->check.machine.sections = NULL;
	assert_int_equal(presence(fixture), HR_PRESENCE_UNKNOWN);
}

static void nothing_is_known_of_a_section_that_cannot_be_read(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, HOT, ADDED);
	fake_exclude(&fixture->kernel.fake, fake_section_root(&fixture->kernel, HOT));
	assert_int_equal(presence(fixture), HR_PRESENCE_UNKNOWN);
}

static void nothing_is_known_by_a_value_that_no_kernel_writes(void **state)
{
	struct fixture *fixture = *state;

	fake_section_raw(&fixture->kernel, HOT, 0x5a5a5005);
	assert_int_equal(presence(fixture), HR_PRESENCE_UNKNOWN);
}

static void sections_may_exist_unless_they_are_known_to_be_absent(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, HOT, ADDED);
	fake_section(&fixture->kernel, HOT + MIB(128), FROM_BOOT);
	fake_section_raw(&fixture->kernel, HOT + MIB(256), 0x5a5a5005);
	assert_true(hr_section_may_exist(&fixture->check, HOT));
	assert_true(hr_section_may_exist(&fixture->check, HOT + MIB(128)));
	assert_true(hr_section_may_exist(&fixture->check, HOT + MIB(256)));
	assert_false(hr_section_may_exist(&fixture->check, HOT + MIB(384)));
}

static void any_section_may_exist_if_mem_section_cannot_be_read(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, HOT, ADDED);
	fake_exclude(&fixture->kernel.fake, fake_section_root(&fixture->kernel, HOT));
	assert_true(hr_section_may_exist(&fixture->check, HOT + MIB(128)));
	fixture->check.machine.sections = NULL;
	assert_true(hr_section_may_exist(&fixture->check, HOT + MIB(128)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(memory_that_was_added_exists),
		test_of_kernel(absent_sections_have_no_memory),
		test_of_kernel(the_section_around_the_page_is_asked),
		test_of_kernel(memory_from_boot_need_not_be_mapped),
		test_of_kernel(memory_from_boot_is_told_where_it_is_ignored),
		test_of_kernel(nothing_is_known_without_mem_section),
		test_of_kernel(nothing_is_known_of_a_section_that_cannot_be_read),
		test_of_kernel(nothing_is_known_by_a_value_that_no_kernel_writes),
		test_of_kernel(sections_may_exist_unless_they_are_known_to_be_absent),
		test_of_kernel(any_section_may_exist_if_mem_section_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
