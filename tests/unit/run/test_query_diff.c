// SPDX-License-Identifier: GPL-2.0-or-later
#include "asked.h"

#include <string.h>

/* A round about a machine, compared with the same machine as it was. */
struct fixture_pair {
	struct asked *asked;
	struct fixture *before;
	struct hr_other other;
	struct hr_asked ranges[2];
	struct hr_asked_list list;
};

static int begin(void **state)
{
	struct fixture_pair *pair = test_calloc(1, sizeof(*pair));
	void *made;

	ask_set_up(&made);
	pair->asked = made;
	set_up(&made);
	pair->before = made;
	/* Otherwise, memory that was added shows how the kernel adds it. */
	pair->before->config.mapping = HR_MAPPING_BLOCKS;
	pair->asked->machine->config.mapping = HR_MAPPING_BLOCKS;
	*state = pair;
	return 0;
}

static int end(void **state)
{
	struct fixture_pair *pair = *state;
	void *asked = pair->asked, *before = pair->before;

	hr_inventory_destroy(pair->other.inventory);
	ask_tear_down(&asked);
	tear_down(&before);
	test_free(pair);
	return 0;
}

/* Begin a round about both machines as they are now. */
static struct hr_round *compare(struct fixture_pair *pair)
{
	struct hr_round *round = &pair->asked->round;

	ask_begin(pair->asked);
	pair->other.session.kernel = make_kernel(pair->before);
	assert_success(hr_inventory_create(pair->before->kernel, true, &pair->other.inventory));
	assert_success(hr_inventory_create(round->kernel, true, &round->inventory));
	round->other = &pair->other;
	pair->list.list = pair->ranges;
	round->asked = &pair->list;
	return round;
}

static struct fake_kernel *after_of(const struct fixture_pair *pair)
{
	return &pair->asked->machine->fake;
}

/* Each of the machines has this memory. */
static void add_to_both(struct fixture_pair *pair, uint64_t start, uint64_t size)
{
	fake_add_memory(&pair->before->fake, start, size, FAKE_PMD, FAKE_PMD);
	fake_add_memory(after_of(pair), start, size, FAKE_PMD, FAKE_PMD);
}

static void assert_said(const struct fixture_pair *pair, const char *expected)
{
	assert_string_equal(pair->asked->said, expected);
}

static void machines_that_are_equal_have_four_parts_without_a_change(void **state)
{
	struct fixture_pair *pair = *state;
	struct hr_round *round = compare(pair);

	assert_success(hr_round_diff(round));
	assert_said(pair, "kernel:\nranges:\nblocks:\nleaves:\nchanges 0, uncertain 0\n");
	assert_false(round->summary.changed);
	assert_false(round->summary.unsure);
	assert_false(round->summary.incomplete);
}

static void memory_that_was_added_is_a_change_of_each_kind(void **state)
{
	struct fixture_pair *pair = *state;
	struct hr_round *round;

	fake_add_memory(after_of(pair), HOT, BLOCK, FAKE_PMD, FAKE_PMD);
	pair->list.count = 1;
	pair->ranges[0].range = (struct hr_pa_range){ HOT, HOT + BLOCK };
	round = compare(pair);
	assert_success(hr_round_diff(round));
	assert_said(pair, "kernel:\nranges:\n0x800000000-0x808000000 changed\n"
			  "blocks:\n0x800000000-0x808000000 added\n"
			  "leaves:\nlinear 0x800000000-0x808000000 added\n"
			  "vmemmap 0x800000000-0x808000000 added\n"
			  "changes 4, uncertain 0\n");
	assert_true(round->summary.changed);
	assert_false(round->summary.incomplete);
}

/* The part begins even if there is no change of a block before it. */
static void leaves_are_a_part_of_their_own(void **state)
{
	struct fixture_pair *pair = *state;
	struct fake_kernel *fake = after_of(pair);

	fake_map_range(&fake->tables, fake_linear(fake, HOT), HOT, MIB(2), FAKE_PTE);
	assert_success(hr_round_diff(compare(pair)));
	assert_said(pair, "kernel:\nranges:\nblocks:\nleaves:\n"
			  "linear 0x800000000-0x800200000 added\nchanges 1, uncertain 0\n");
}

static void facts_of_the_kernel_are_compared(void **state)
{
	struct fixture_pair *pair = *state;
	struct hr_round *round;

	set_note(pair->asked->machine, "OSRELEASE", "7.2.13");
	round = compare(pair);
	assert_success(hr_round_diff(round));
	assert_said(pair, "kernel:\nrelease: 7.2.12 -> 7.2.13\nranges:\nblocks:\nleaves:\n"
			  "changes 1, uncertain 0\n");
	assert_true(round->summary.changed);
}

static void a_fact_that_one_kernel_does_not_tell_may_be_the_same(void **state)
{
	struct fixture_pair *pair = *state;
	struct hr_round *round;

	pair->before->config.tlbi_range = HR_GIVEN_YES;
	round = compare(pair);
	assert_success(hr_round_diff(round));
	assert_said(pair, "kernel:\nfeatures.tlbi_range: yes -> \nranges:\nblocks:\nleaves:\n"
			  "changes 1, uncertain 1\n");
	assert_false(round->summary.changed);
	assert_true(round->summary.unsure);
	assert_true(round->summary.incomplete);
}

static void a_range_that_cannot_be_read_may_be_the_same(void **state)
{
	struct fixture_pair *pair = *state;
	struct fake_kernel *fake = after_of(pair);
	struct hr_round *round;

	add_to_both(pair, HOT, GIB(1));
	fake_exclude(&fake->fake,
		     fake_table_of(&fake->tables, HR_LEVEL_PMD, fake_linear(fake, HOT)));
	pair->list.count = 2;
	pair->ranges[0].range = (struct hr_pa_range){ BASE, BASE + BLOCK };
	pair->ranges[1].range = (struct hr_pa_range){ HOT, HOT + BLOCK };
	round = compare(pair);
	assert_success(hr_round_diff(round));
	assert_non_null(
		strstr(pair->asked->said, "ranges:\n0x800000000-0x808000000 unknown\nblocks:\n"));
	assert_non_null(strstr(pair->asked->said, "linear 0x800000000-0x840000000 unknown\n"));
	assert_false(round->summary.changed);
	assert_true(round->summary.incomplete);
	assert_int_equal(round->summary.changes, round->summary.uncertain);
}

static void what_is_unreadable_in_both_is_no_change(void **state)
{
	struct fixture_pair *pair = *state;
	struct hr_round *round;

	add_to_both(pair, HOT, GIB(1));
	for (unsigned int i = 0; i < 2; i++) {
		struct fake_kernel *fake = i ? &pair->before->fake : after_of(pair);

		fake_exclude(&fake->fake,
			     fake_table_of(&fake->tables, HR_LEVEL_PMD, fake_linear(fake, HOT)));
	}
	round = compare(pair);
	assert_success(hr_round_diff(round));
	assert_int_equal(round->summary.changes, 0);
	assert_true(round->summary.unsure);
	assert_true(round->summary.incomplete);
}

/* It stands whatever was found before. */
static void a_gap_of_another_query_is_not_one_of_this(void **state)
{
	struct fixture_pair *pair = *state;
	struct hr_round *round = compare(pair);

	round->summary.incomplete = true;
	assert_success(hr_round_diff(round));
	assert_true(round->summary.incomplete);
	assert_false(round->summary.unsure);
}

static void output_that_failed_ends_the_comparison(void **state)
{
	struct fixture_pair *pair = *state;
	struct hr_round *round;

	fake_add_memory(after_of(pair), HOT, BLOCK, FAKE_PMD, FAKE_PMD);
	round = compare(pair);
	ask_fail(pair->asked);
	assert_failure(hr_round_diff(round), HR_ERROR_OUTPUT, "has gone");
	assert_said(pair, "kernel:\nranges:\nblocks:\n0x800000000-0x808000000 added\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, begin, end)
		ROW(machines_that_are_equal_have_four_parts_without_a_change),
		ROW(memory_that_was_added_is_a_change_of_each_kind),
		ROW(leaves_are_a_part_of_their_own),
		ROW(facts_of_the_kernel_are_compared),
		ROW(a_fact_that_one_kernel_does_not_tell_may_be_the_same),
		ROW(a_range_that_cannot_be_read_may_be_the_same),
		ROW(what_is_unreadable_in_both_is_no_change),
		ROW(a_gap_of_another_query_is_not_one_of_this),
		ROW(output_that_failed_ends_the_comparison),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
