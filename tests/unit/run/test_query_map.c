// SPDX-License-Identifier: GPL-2.0-or-later
#include "asked.h"

#include <string.h>

/* Add memory whose table in the linear map cannot be read. */
static void add_unreadable(struct asked *asked)
{
	struct fake_kernel *fake = &asked->machine->fake;

	fake_add_memory(fake, HOT, BLOCK, FAKE_PMD, FAKE_PMD);
	fake_exclude(&fake->fake,
		     fake_table_of(&fake->tables, HR_LEVEL_PMD, fake_linear(fake, HOT)));
}

static void each_map_is_told_between_its_begin_and_its_end(void **state)
{
	struct asked *asked = *state;

	ask_begin(asked);
	assert_success(hr_round_map(&asked->round));
	assert_string_equal(asked->said, "begin linear\nlinear mapped 512\nend linear\n"
					 "begin vmemmap\nvmemmap mapped 8\nend vmemmap\n");
}

static void mapped_bytes_are_counted_by_map(void **state)
{
	struct asked *asked = *state;

	ask_begin(asked);
	assert_success(hr_round_map(&asked->round));
	assert_int_equal(asked->round.summary.mapped[HR_MAP_LINEAR], GIB(1));
	assert_int_equal(asked->round.summary.mapped[HR_MAP_VMEMMAP], MIB(16));
	assert_false(asked->round.summary.incomplete);
}

static void what_could_not_be_read_is_told_and_not_counted_as_mapped(void **state)
{
	struct asked *asked = *state;

	add_unreadable(asked);
	ask_begin(asked);
	assert_success(hr_round_map(&asked->round));
	assert_non_null(strstr(asked->said, "linear mapped 512\nlinear unread "));
	assert_int_equal(asked->round.summary.mapped[HR_MAP_LINEAR], GIB(1));
	assert_true(asked->round.summary.incomplete);
}

static void a_later_map_does_not_make_up_for_a_gap(void **state)
{
	struct asked *asked = *state;

	ask_begin(asked);
	asked->round.summary.incomplete = true;
	assert_success(hr_round_map(&asked->round));
	assert_true(asked->round.summary.incomplete);
}

static void output_that_failed_ends_the_maps(void **state)
{
	struct asked *asked = *state;

	ask_begin(asked);
	ask_fail(asked);
	assert_failure(hr_round_map(&asked->round), HR_ERROR_OUTPUT, "has gone");
	assert_string_equal(asked->said, "begin linear\nlinear mapped 512\n");
}

/* Change the maps between two rounds that are watched. */
static void watch_change(struct asked *asked, void (*change)(struct asked *asked))
{
	struct hr_watch *watch;

	ask_begin(asked);
	assert_success(hr_watch_create(&watch));
	asked->round.watch = watch;
	assert_success(hr_round_map(&asked->round));
	hr_watch_end_round(watch, NULL, NULL);
	change(asked);
	ask_begin(asked);
	asked->round.watch = watch;
	assert_success(hr_round_map(&asked->round));
	ask_end_watched(asked);
}

static void map_more(struct asked *asked)
{
	fake_map_linear(&asked->machine->fake, HOT, BLOCK, FAKE_PMD);
}

static void invalidate(struct asked *asked)
{
	struct fake_kernel *fake = &asked->machine->fake;

	fake_map_invalid(&fake->tables, fake_linear(fake, BASE), BASE, FAKE_PMD);
}

static void a_watch_knows_leaves_by_their_memory(void **state)
{
	struct asked *asked = *state;

	watch_change(asked, map_more);
	assert_string_equal(asked->watched,
			    "linear 0x800000000-0x807ffffff = nothing -> PMD 2 MiB\n");
}

static void a_watch_sees_that_a_leaf_is_not_valid(void **state)
{
	struct asked *asked = *state;

	watch_change(asked, invalidate);
	assert_string_equal(asked->watched, "linear 0x400000000-0x4001fffff = PMD 2 MiB -> "
					    "PMD 2 MiB, not valid\n");
}

/* That is not the same as being gone. */
static void a_watch_is_told_what_can_no_longer_be_read(void **state)
{
	struct asked *asked = *state;

	map_more(asked);
	watch_change(asked, add_unreadable);
	assert_non_null(strstr(asked->watched,
			       "linear 0x800000000-0x807ffffff = PMD 2 MiB -> unreadable\n"));
}

static void a_leaf_that_no_kernel_makes_is_told_but_does_not_count(void **state)
{
	struct asked *asked = *state;
	struct fake_tables *tables = &asked->machine->fake.tables;
	uint64_t va = fake_linear(&asked->machine->fake, HOT) + GIB(4096);

	fake_set(tables, HR_LEVEL_P4D, va, fake_leaf_desc(&tables->geo, HR_LEVEL_P4D, 0));
	ask_begin(asked);
	assert_success(hr_round_map(&asked->round));
	assert_non_null(strstr(asked->said, "linear mapped 512\nlinear mapped 1\n"));
	assert_int_equal(asked->round.summary.mapped[HR_MAP_LINEAR], GIB(1));
	assert_true(asked->round.summary.incomplete);
}

static void a_watch_is_not_told_what_was_not_printed(void **state)
{
	struct asked *asked = *state;

	ask_begin(asked);
	ask_watched_fails(asked, hr_round_map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_query(each_map_is_told_between_its_begin_and_its_end),
		test_of_query(mapped_bytes_are_counted_by_map),
		test_of_query(what_could_not_be_read_is_told_and_not_counted_as_mapped),
		test_of_query(a_later_map_does_not_make_up_for_a_gap),
		test_of_query(output_that_failed_ends_the_maps),
		test_of_query(a_watch_knows_leaves_by_their_memory),
		test_of_query(a_watch_sees_that_a_leaf_is_not_valid),
		test_of_query(a_watch_is_told_what_can_no_longer_be_read),
		test_of_query(a_leaf_that_no_kernel_makes_is_told_but_does_not_count),
		test_of_query(a_watch_is_not_told_what_was_not_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
