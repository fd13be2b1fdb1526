// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_fixture.h"

#include "check/struct_page_check.h"

static void check_found(struct fixture *fixture, struct hr_struct_pages_finding found)
{
	hr_check_struct_pages(&fixture->check, &found, &fixture->result);
}

static void sound_struct_pages_are_nothing_against_it(void **state)
{
	struct fixture *fixture = *state;

	check_found(fixture, (struct hr_struct_pages_finding){ .flaw = HR_STRUCT_PAGES_SOUND });
	assert_nothing(fixture);
}

static void each_flaw_is_told_with_its_place(void **state)
{
	static const struct {
		enum hr_struct_pages_flaw flaw;
		const char *message;
	} rows[] = {
		{ HR_STRUCT_PAGES_DOUBLED, "lie at 0x123000, which the vmemmap uses twice" },
		{ HR_STRUCT_PAGES_NO_MEMORY, "lie at 0x123000, where the linear map has no" },
		{ HR_STRUCT_PAGES_MISPLACED, "lie at 0x123000, where the linear map has other" },
		{ HR_STRUCT_PAGES_UNLIKE, "lie at 0x123000, in memory of the linear map, unlike" },
		{ HR_STRUCT_PAGES_FOREIGN, "lie at 0x123000, mapped as the linear map maps" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		start_over(fixture, SHAPE_4K);
		check_found(fixture, (struct hr_struct_pages_finding){ .flaw = rows[i].flaw,
								       .pa = 0x123000 });
		assert_only(fixture, HR_REASON_UNREADABLE, rows[i].message);
	}
}

static void limit_of_pieces_is_told(void **state)
{
	struct fixture *fixture = *state;

	check_found(fixture, (struct hr_struct_pages_finding){ .flaw = HR_STRUCT_PAGES_TOO_MANY });
	assert_only(fixture, HR_REASON_UNREADABLE, "more than 1048576 pieces");
}

static void lack_of_memory_to_look_at_them_is_told(void **state)
{
	struct fixture *fixture = *state;

	check_found(fixture, (struct hr_struct_pages_finding){ .no_memory = true });
	assert_only(fixture, HR_REASON_UNREADABLE, "not enough memory");
}

static const struct hr_struct_pages_finding pages_inside = {
	.in_range = true,
	.in_range_pa = HOT + MIB(2),
};

static void added_memory_does_not_hold_its_own(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, HOT, 7);
	check_found(fixture, pages_inside);
	assert_only(fixture, HR_REASON_UNREADABLE,
		    "struct pages of the range lie at 0x800200000, inside the range, but not where "
		    "memmap_on_memory puts them");
}

static void memory_from_boot_may_hold_its_own(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, HOT, 15);
	check_found(fixture, pages_inside);
	assert_nothing(fixture);
}

/* The section with the struct pages counts, and not one beside it. */
static void the_section_that_holds_them_is_asked(void **state)
{
	struct fixture *fixture = *state;
	struct hr_struct_pages_finding found = pages_inside;

	fake_section(&fixture->kernel, HOT, 15);
	fake_section(&fixture->kernel, HOT + MIB(128), 7);
	found.in_range_pa = HOT + MIB(128);
	check_found(fixture, found);
	assert_only(fixture, HR_REASON_UNREADABLE, "inside the range");
}

static void a_table_inside_is_called_one(void **state)
{
	struct fixture *fixture = *state;
	struct hr_struct_pages_finding found = pages_inside;

	fake_section(&fixture->kernel, HOT, 7);
	found.in_range_is_table = true;
	check_found(fixture, found);
	assert_only(fixture, HR_REASON_UNREADABLE,
		    "a table that maps the range lies at 0x800200000, inside the range: part");
}

/* That mem_section cannot be read is a reason of its own. */
static void nothing_is_claimed_where_the_section_cannot_be_read(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, HOT, 7);
	fake_exclude(&fixture->kernel.fake, fake_section_root(&fixture->kernel, HOT));
	check_found(fixture, pages_inside);
	assert_nothing(fixture);
}

static void nothing_is_claimed_without_mem_section(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, HOT, 7);
	fixture->check.machine.sections = NULL;
	check_found(fixture, pages_inside);
	assert_nothing(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(sound_struct_pages_are_nothing_against_it),
		test_of_kernel(each_flaw_is_told_with_its_place),
		test_of_kernel(limit_of_pieces_is_told),
		test_of_kernel(lack_of_memory_to_look_at_them_is_told),
		test_of_kernel(added_memory_does_not_hold_its_own),
		test_of_kernel(memory_from_boot_may_hold_its_own),
		test_of_kernel(the_section_that_holds_them_is_asked),
		test_of_kernel(a_table_inside_is_called_one),
		test_of_kernel(nothing_is_claimed_where_the_section_cannot_be_read),
		test_of_kernel(nothing_is_claimed_without_mem_section),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
