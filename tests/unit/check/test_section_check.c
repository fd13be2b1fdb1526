// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_fixture.h"

#include <string.h>

#include "check/section_check.h"

static void check_sections(struct fixture *fixture, uint64_t pa, uint64_t size)
{
	const struct hr_pa_range range = begin_check(fixture, pa, size);

	hr_check_sections(&fixture->check, &range, &fixture->result);
}

static void boot_sections_are_counted_and_the_first_is_named(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_section(&fixture->kernel, HOT + MIB(256), 15);
	fake_section(&fixture->kernel, HOT + MIB(512), 15);
	check_sections(fixture, HOT, GIB(1));
	assert_only(fixture, HR_REASON_BOOT_MEMORY, "2 of its sections");
	assert_reason(fixture, HR_REASON_BOOT_MEMORY, "the first is at 0x810000000");
	assert_int_equal(verdict_of(fixture), HR_VERDICT_NOT_REMOVABLE);
}

static void absent_sections_are_counted_and_the_first_is_named(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_section_raw(&fixture->kernel, HOT + MIB(128), 0);
	fake_section(&fixture->kernel, HOT + MIB(640), 2);
	fake_section(&fixture->kernel, HOT + MIB(768), 2);
	check_sections(fixture, HOT, GIB(1));
	assert_only(fixture, HR_REASON_NOT_PRESENT, "3 of its sections");
	assert_reason(fixture, HR_REASON_NOT_PRESENT, "the first is at 0x808000000");
}

/* 4 TiB without a section, over many roots that do not exist. */
static void absent_sections_are_counted_over_missing_roots(void **state)
{
	struct fixture *fixture = *state;

	check_sections(fixture, BASE + GIB(1024), GIB(4096));
	assert_only(fixture, HR_REASON_NOT_PRESENT, "32768 of its sections");
	assert_true(fixture->kernel.fake.reads < 64);
}

static void last_section_of_the_range_is_looked_at(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_section(&fixture->kernel, HOT + MIB(896), 15);
	check_sections(fixture, HOT, MIB(896));
	assert_nothing(fixture);
	check_sections(fixture, HOT, GIB(1));
	assert_only(fixture, HR_REASON_BOOT_MEMORY, "1 of its sections");
}

static void sections_that_disagree_on_the_vmemmap_are_not_trusted(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_PMD, FAKE_PMD);
	fake_section(&fixture->kernel, HOT, 0x1000 + 7);
	check_sections(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_UNREADABLE, "mem_section puts the vmemmap at");
	assert_int_equal(verdict_of(fixture), HR_VERDICT_UNKNOWN);
}

static void tag_of_the_memmap_is_no_address(void **state)
{
	struct fixture *fixture = *state;
	uint64_t base = fake_vmemmap(&fixture->kernel, 0) & ~(UINT64_C(0xff) << 56);

	fake_add_memory(&fixture->kernel, HOT, MIB(256), FAKE_PMD, FAKE_PMD);
	fake_section_raw(&fixture->kernel, HOT, base | UINT64_C(0xf4) << 56 | 7);
	fake_section_raw(&fixture->kernel, HOT + MIB(128), base | UINT64_C(0xf2) << 56 | 1);
	check_sections(fixture, HOT, MIB(256));
	assert_nothing(fixture);
}

static void newer_section_flags_are_no_address(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_PMD, FAKE_PMD);
	fake_section(&fixture->kernel, HOT, 0x37);
	check_sections(fixture, HOT, MIB(128));
	assert_nothing(fixture);
}

static void unknown_mem_section_leaves_the_verdict_open(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_PMD, FAKE_PMD);
	fixture->check.machine.sections = NULL;
	check_sections(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_UNREADABLE, "mem_section");
	assert_int_equal(verdict_of(fixture), HR_VERDICT_UNKNOWN);
	fixture->check.ignored = 1u << HR_REASON_BOOT_MEMORY | 1u << HR_REASON_NOT_PRESENT;
	check_sections(fixture, HOT, MIB(128));
	assert_nothing(fixture);
}

static void unreadable_mem_section_leaves_the_verdict_open(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_PMD, FAKE_PMD);
	fake_exclude(&fixture->kernel.fake, fake_section_root(&fixture->kernel, HOT));
	check_sections(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_UNREADABLE, "mem_section");
	assert_int_equal(verdict_of(fixture), HR_VERDICT_UNKNOWN);
}

/* Those sections that could not be read may be as those that were. */
static void counts_of_sections_are_whole_or_say_so(void **state)
{
	struct fixture *fixture = *state;
	static const char *const said[] = { "1 of its sections is", "at least 1 of its sections" };

	for (size_t i = 0; i < COUNT_OF(said); i++) {
		start_over(fixture, SHAPE_4K);
		fake_add_memory(&fixture->kernel, HOT, MIB(256), FAKE_PMD, FAKE_PMD);
		fake_sections(&fixture->kernel, HOT, MIB(128), 15);
		if (i)
			fake_section_raw(&fixture->kernel, HOT + MIB(128), 0x5a5a5005);
		check_sections(fixture, HOT, MIB(256));
		assert_int_equal(strncmp(find_reason(fixture, HR_REASON_BOOT_MEMORY)->message,
					 said[i], strlen(said[i])),
				 0);
	}
}

static void sections_that_no_kernel_leaves_are_not_trusted(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, MIB(256), FAKE_PMD, FAKE_PMD);
	fake_section_raw(&fixture->kernel, HOT, 0x5a5a5001);
	fake_section_raw(&fixture->kernel, HOT + MIB(128), 0x5a5a5005);
	check_sections(fixture, HOT, MIB(256));
	assert_only(fixture, HR_REASON_UNREADABLE, "which no kernel leaves there");
}

static void sound_sections_are_nothing_against_it(void **state)
{
	struct fixture *fixture = *state;

	fake_sections(&fixture->kernel, HOT, GIB(1), 7);
	check_sections(fixture, HOT, GIB(1));
	assert_nothing(fixture);
}

/* A range need not begin where a section does: that which it touches counts. */
static void sections_count_that_the_range_only_touches(void **state)
{
	struct fixture *fixture = *state;

	fake_sections(&fixture->kernel, HOT, MIB(384), 15);
	check_sections(fixture, HOT + MIB(127), MIB(130));
	assert_only(fixture, HR_REASON_BOOT_MEMORY, "3 of its sections are boot memory");
}

static void reason_that_mem_section_cannot_be_used_is_told(void **state)
{
	struct fixture *fixture = *state;

	fixture->check.machine.sections = NULL;
	fixture->check.no_sections = "this kernel is an odd one";
	check_sections(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_UNREADABLE,
		    "this kernel is an odd one, so it is not known which memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(boot_sections_are_counted_and_the_first_is_named),
		test_of_kernel(absent_sections_are_counted_and_the_first_is_named),
		test_of_kernel(absent_sections_are_counted_over_missing_roots),
		test_of_kernel(last_section_of_the_range_is_looked_at),
		test_of_kernel(sections_that_disagree_on_the_vmemmap_are_not_trusted),
		test_of_kernel(tag_of_the_memmap_is_no_address),
		test_of_kernel(newer_section_flags_are_no_address),
		test_of_kernel(unknown_mem_section_leaves_the_verdict_open),
		test_of_kernel(unreadable_mem_section_leaves_the_verdict_open),
		test_of_kernel(counts_of_sections_are_whole_or_say_so),
		test_of_kernel(sections_that_no_kernel_leaves_are_not_trusted),
		test_of_kernel(sound_sections_are_nothing_against_it),
		test_of_kernel(sections_count_that_the_range_only_touches),
		test_of_kernel(reason_that_mem_section_cannot_be_used_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
