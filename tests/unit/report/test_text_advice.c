// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_advice.h"

#include "report_fixture.h"

#define BLOCK MIB(128)

/* Pieces of 512 MiB for what is there from 5 GiB to 6 GiB, which each test changes as it needs. */
static struct hr_advice *set_advice(void)
{
	answer.advice = (struct hr_advice){
		.found = true,
		.again = true,
		.range = { GIB(5), GIB(6) },
		.pieces = MIB(512),
	};
	facts->memory_block_size = BLOCK;
	return &answer.advice;
}

static void assert_advice(const char *line)
{
	hr_text_advice(&told.kernel, &answer.advice);
	assert_line(&told, line);
}

static void no_advice_is_not_told(void **state)
{
	(void)state;
	set_advice()->found = false;
	hr_text_advice(&told.kernel, &answer.advice);
	assert_no_text(&told, "advice");
}

static void memory_that_is_there_is_added_again(void **state)
{
	(void)state;
	set_advice();
	assert_advice("  advice          added again in pieces of at most 512 MiB, each memory "
		      "block of 0x140000000-0x17fffffff could be removed");
}

static void memory_that_is_predicted_is_added(void **state)
{
	(void)state;
	set_advice()->again = false;
	assert_advice("  advice          added in pieces of at most 512 MiB, each memory block of "
		      "0x140000000-0x17fffffff could be removed");
}

static void a_single_block_is_removed_itself(void **state)
{
	struct hr_advice *advice = set_advice();

	(void)state;
	advice->range.end = advice->range.start + BLOCK;
	assert_advice("  advice          added again in pieces of at most 512 MiB, "
		      "0x140000000-0x147ffffff could be removed");
}

static void pages_are_the_mapping_that_helps(void **state)
{
	struct hr_advice *advice = set_advice();

	(void)state;
	advice->pieces = 0;
	advice->mapping = HR_MAPPING_PAGES;
	assert_advice("  advice          added again by pages, each memory block of "
		      "0x140000000-0x17fffffff could be removed");
}

static void struct_pages_must_be_elsewhere_too(void **state)
{
	struct hr_advice *advice = set_advice();

	(void)state;
	advice->without_own_memmap = true;
	assert_advice("  advice          added again in pieces of at most 512 MiB and without "
		      "memmap_on_memory, each memory block of 0x140000000-0x17fffffff could be "
		      "removed");
}

static void struct_pages_elsewhere_may_be_enough(void **state)
{
	struct hr_advice *advice = set_advice();

	(void)state;
	advice->pieces = 0;
	advice->without_own_memmap = true;
	assert_advice("  advice          added again without memmap_on_memory, each memory block "
		      "of 0x140000000-0x17fffffff could be removed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(no_advice_is_not_told),
		test_of_report(memory_that_is_there_is_added_again),
		test_of_report(memory_that_is_predicted_is_added),
		test_of_report(a_single_block_is_removed_itself),
		test_of_report(pages_are_the_mapping_that_helps),
		test_of_report(struct_pages_must_be_elsewhere_too),
		test_of_report(struct_pages_elsewhere_may_be_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
