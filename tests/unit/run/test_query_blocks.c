// SPDX-License-Identifier: GPL-2.0-or-later
#include "asked.h"

#include <string.h>

/* 1 GiB from boot, and two memory blocks that were added. */
static struct hr_round *begin(struct asked *asked)
{
	fake_add_memory(&asked->machine->fake, HOT, 2 * BLOCK, FAKE_PMD, FAKE_PMD);
	ask_begin(asked);
	return &asked->round;
}

static void each_block_is_told_in_ascending_order(void **state)
{
	struct asked *asked = *state;

	assert_success(hr_round_blocks(begin(asked)));
	assert_non_null(strstr(asked->said, "block 0x800000000\nblock 0x808000000\n"));
}

static void blocks_and_removable_ones_are_counted(void **state)
{
	struct asked *asked = *state;
	uint64_t of_tables = 1; /* the section that holds the tables */

	assert_success(hr_round_blocks(begin(asked)));
	assert_int_equal(asked->round.summary.blocks, GIB(1) / BLOCK + 2 + of_tables);
	assert_int_equal(asked->round.summary.removable_blocks, 2);
}

static void the_summary_knows_the_size_of_a_block(void **state)
{
	struct asked *asked = *state;

	asked->machine->config.memory_block_size = 2 * BLOCK;
	assert_success(hr_round_blocks(begin(asked)));
	assert_int_equal(asked->round.summary.block_size, 2 * BLOCK);
}

static void a_list_that_was_read_is_complete(void **state)
{
	struct asked *asked = *state;

	assert_success(hr_round_blocks(begin(asked)));
	assert_false(asked->round.summary.incomplete);
}

static void blocks_that_may_be_missing_make_the_answer_incomplete(void **state)
{
	struct asked *asked = *state;
	struct fake_kernel *fake = &asked->machine->fake;
	struct hr_round *round = begin(asked);

	fake_exclude(&fake->fake, fake_section_root(fake, HOT));
	assert_success(hr_round_blocks(round));
	assert_true(round->summary.incomplete);
}

static void an_earlier_gap_is_not_forgotten(void **state)
{
	struct asked *asked = *state;
	struct hr_round *round = begin(asked);

	round->summary.incomplete = true;
	assert_success(hr_round_blocks(round));
	assert_true(round->summary.incomplete);
}

static void output_that_failed_ends_the_list(void **state)
{
	struct asked *asked = *state;
	struct hr_round *round = begin(asked);

	ask_fail(asked);
	assert_failure(hr_round_blocks(round), HR_ERROR_OUTPUT, "has gone");
	assert_int_equal(round->summary.blocks, 1);
}

static void a_watch_knows_a_block_by_its_name(void **state)
{
	struct asked *asked = *state;

	begin(asked);
	ask_watched(asked, hr_round_blocks);
	assert_non_null(strstr(asked->watched, "memory256 = online, removable, check accepts, "
					       "linear PMD, vmemmap PMD\n"));
}

static void a_watch_needs_no_sink(void **state)
{
	struct asked *asked = *state;

	begin(asked)->sink = NULL;
	ask_watched(asked, hr_round_blocks);
	assert_non_null(strstr(asked->watched, "memory257 = "));
	assert_string_equal(asked->said, "");
}

static void a_watch_is_not_told_what_was_not_printed(void **state)
{
	struct asked *asked = *state;

	begin(asked);
	ask_watched_fails(asked, hr_round_blocks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_query(each_block_is_told_in_ascending_order),
		test_of_query(blocks_and_removable_ones_are_counted),
		test_of_query(the_summary_knows_the_size_of_a_block),
		test_of_query(a_list_that_was_read_is_complete),
		test_of_query(blocks_that_may_be_missing_make_the_answer_incomplete),
		test_of_query(an_earlier_gap_is_not_forgotten),
		test_of_query(output_that_failed_ends_the_list),
		test_of_query(a_watch_knows_a_block_by_its_name),
		test_of_query(a_watch_needs_no_sink),
		test_of_query(a_watch_is_not_told_what_was_not_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
