// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_fixture.h"

#include "check/page_check.h"

static void check_pages(struct fixture *fixture, const struct hr_pages *pages)
{
	hr_check_pages(&fixture->check, pages, &fixture->result);
}

static void memory_that_can_be_moved_is_nothing_against_it(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_pages pages = {
		.kinds = { [HR_PAGES_FREE] = { 100, 1 },
			   [HR_PAGES_MOVABLE] = { 100, 2 },
			   [HR_PAGES_OFFLINE] = { 100, 3 },
			   [HR_PAGES_OTHER] = { 100, 4 },
			   [HR_PAGES_NOT_ONLINE] = { 100, 5 } },
		.to_move = 100,
	};

	check_pages(fixture, &pages);
	assert_nothing(fixture);
}

static void each_kind_in_the_way_is_named(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_pages pages = {
		.kinds = { [HR_PAGES_SLAB] = { 12, 0x40010 },
			   [HR_PAGES_TABLE] = { 1, 0x40020 },
			   [HR_PAGES_PINNED] = { 3, 0x40008 } },
		.unmovable = { 16, 0x40008 },
	};

	check_pages(fixture, &pages);
	assert_only(fixture, HR_REASON_UNMOVABLE_PAGES,
		    "were seen: 12 slab pages, 1 page table, 3 pages that somebody holds; the "
		    "first is PFN 0x40008");
}

static void pages_that_cannot_be_read_leave_it_unknown(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_pages pages = {
		.kinds = { [HR_PAGES_UNREADABLE] = { 256, 0x40000 } },
		.why = "the dump lacks them",
	};

	check_pages(fixture, &pages);
	assert_only(fixture, HR_REASON_UNREADABLE, "1 MiB of its memory: the dump lacks them");
	assert_int_equal(verdict_of(fixture), HR_VERDICT_UNKNOWN);
}

/* What the user does not want to know need not be known. */
static void ignored_pages_may_be_unreadable(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_pages pages = {
		.kinds = { [HR_PAGES_UNREADABLE] = { 256, 0x40000 },
			   [HR_PAGES_SLAB] = { 1, 0x50000 } },
		.unmovable = { 1, 0x50000 },
	};

	fixture->check.ignored = 1u << HR_REASON_UNMOVABLE_PAGES;
	check_pages(fixture, &pages);
	assert_only(fixture, HR_REASON_UNMOVABLE_PAGES, "1 slab page;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(memory_that_can_be_moved_is_nothing_against_it),
		test_of_kernel(each_kind_in_the_way_is_named),
		test_of_kernel(pages_that_cannot_be_read_leave_it_unknown),
		test_of_kernel(ignored_pages_may_be_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
