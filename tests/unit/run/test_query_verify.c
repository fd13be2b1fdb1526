// SPDX-License-Identifier: GPL-2.0-or-later
#include "asked.h"

#include <string.h>

#include "ptdump_text.h"

/* Compare the machine as it is now with the text of 1 GiB from boot. */
static struct hr_round *begin(struct asked *asked)
{
	struct hr_round *round = &asked->round;

	ask_begin(asked);
	assert_success(hr_ptdump_parse(ptdump_text, strlen(ptdump_text), &round->text));
	assert_success(hr_comparison_create(round->kernel, round->text, &round->comparison));
	return round;
}

/* Add a memory block, which the text lacks in both maps. */
static void add_block(struct asked *asked)
{
	fake_add_memory(&asked->machine->fake, HOT, BLOCK, FAKE_PMD, FAKE_PMD);
}

/* The table of PMDs around @va is lost. */
static void lose_table(struct asked *asked, uint64_t va)
{
	struct fake_kernel *fake = &asked->machine->fake;

	fake_exclude(&fake->fake, fake_table_of(&fake->tables, HR_LEVEL_PMD, va));
}

typedef void lose_fn(struct asked *asked);

/* The table of boot memory in the linear map, and that of all memory in the vmemmap. */
static void lose_linear(struct asked *asked)
{
	lose_table(asked, fake_linear(&asked->machine->fake, BASE));
}

static void lose_vmemmap(struct asked *asked)
{
	lose_table(asked, fake_vmemmap(&asked->machine->fake, BASE));
}

static void maps_that_agree_are_told_by_their_leaves(void **state)
{
	struct asked *asked = *state;

	assert_success(hr_round_verify(begin(asked)));
	assert_string_equal(asked->said, "compared 520, 0 differ\n");
	assert_int_equal(asked->round.summary.leaves, 520);
	assert_false(asked->round.summary.differs);
	assert_false(asked->round.summary.incomplete);
}

static void differences_of_both_maps_are_told_and_added_up(void **state)
{
	struct asked *asked = *state;

	add_block(asked);
	assert_success(hr_round_verify(begin(asked)));
	assert_string_equal(asked->said, "linear: PMD, unmapped\nvmemmap: PMD, unmapped\n"
					 "compared 585, 2 differ\n");
	assert_int_equal(asked->round.summary.differences, 2);
	assert_true(asked->round.summary.differs);
}

static void what_could_not_be_read_may_be_equal(void **state)
{
	struct asked *asked = *state;

	lose_linear(asked);
	assert_success(hr_round_verify(begin(asked)));
	assert_string_equal(asked->said, "linear: unreadable, PMD\ncompared 8, 1 differ\n");
	assert_false(asked->round.summary.differs);
	assert_true(asked->round.summary.incomplete);
}

/* It may come before it or behind it. */
static void a_difference_stands_whatever_could_not_be_read(void **state)
{
	static lose_fn *const lose[] = { lose_linear, lose_vmemmap };
	struct asked *asked = *state;

	add_block(asked);
	for (size_t i = 0; i < COUNT_OF(lose); i++) {
		lose[i](asked);
		assert_success(hr_round_verify(begin(asked)));
		assert_true(asked->round.summary.differs);
		assert_true(asked->round.summary.incomplete);
		hr_round_release(&asked->round);
	}
}

static void output_that_failed_ends_the_comparison(void **state)
{
	struct asked *asked = *state;
	struct hr_round *round;

	add_block(asked);
	round = begin(asked);
	ask_fail(asked);
	assert_failure(hr_round_verify(round), HR_ERROR_OUTPUT, "has gone");
	assert_string_equal(asked->said, "linear: PMD, unmapped\n");
}

static void a_watch_knows_a_difference_by_its_address(void **state)
{
	struct asked *asked = *state;

	add_block(asked);
	begin(asked);
	ask_watched(asked, hr_round_verify);
	assert_non_null(strstr(asked->watched, "difference at 0xffff000400000000 = walk: PMD, "
					       "text: unmapped\n"));
}

static void a_watch_has_nothing_of_maps_that_agree(void **state)
{
	struct asked *asked = *state;

	begin(asked);
	ask_watched(asked, hr_round_verify);
	assert_string_equal(asked->watched, "");
}

static void a_watch_is_not_told_what_was_not_printed(void **state)
{
	struct asked *asked = *state;

	add_block(asked);
	begin(asked);
	ask_watched_fails(asked, hr_round_verify);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_query(maps_that_agree_are_told_by_their_leaves),
		test_of_query(differences_of_both_maps_are_told_and_added_up),
		test_of_query(what_could_not_be_read_may_be_equal),
		test_of_query(a_difference_stands_whatever_could_not_be_read),
		test_of_query(output_that_failed_ends_the_comparison),
		test_of_query(a_watch_knows_a_difference_by_its_address),
		test_of_query(a_watch_has_nothing_of_maps_that_agree),
		test_of_query(a_watch_is_not_told_what_was_not_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
