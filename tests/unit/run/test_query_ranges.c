// SPDX-License-Identifier: GPL-2.0-or-later
#include "asked.h"

#include <string.h>

/* Boot memory, which stays, and memory that was added, which can go. */
static struct hr_asked ranges[] = {
	{ .range = { BASE, BASE + BLOCK }, .node = HR_NO_NODE },
	{ .range = { HOT, HOT + BLOCK }, .node = HR_NO_NODE },
	{ .range = { HOT + BLOCK, HOT + 2 * BLOCK }, .node = HR_NO_NODE },
};
static struct hr_asked_list list = { .list = ranges };

static struct hr_round *begin(struct asked *asked, size_t count)
{
	fake_add_memory(&asked->machine->fake, HOT, 2 * BLOCK, FAKE_PMD, FAKE_PMD);
	ask_begin(asked);
	list.count = count;
	asked->round.asked = &list;
	return &asked->round;
}

static void each_range_is_told_in_the_order_given(void **state)
{
	struct asked *asked = *state;

	assert_success(hr_round_ranges(begin(asked, 2)));
	assert_string_equal(asked->said, "range 0x400000000 not-removable with a plan\n"
					 "range 0x800000000 removable with a plan\n");
}

static void no_range_is_no_answer(void **state)
{
	struct asked *asked = *state;

	assert_success(hr_round_ranges(begin(asked, 0)));
	assert_string_equal(asked->said, "");
	assert_int_equal(asked->round.summary.ranges, 0);
}

static void no_more_is_computed_than_the_form_of_output_needs(void **state)
{
	struct asked *asked = *state;
	struct hr_sink_ops ops = *asked->output.ops;

	ops.depth = HR_DEPTH_LEAVES;
	asked->output.ops = &ops;
	assert_success(hr_round_ranges(begin(asked, 1)));
	assert_string_equal(asked->said, "range 0x400000000 not-removable\n");
}

static void ranges_are_counted_by_their_verdict(void **state)
{
	struct asked *asked = *state;
	const struct hr_summary *summary = &asked->round.summary;

	assert_success(hr_round_ranges(begin(asked, 3)));
	assert_int_equal(summary->ranges, 3);
	assert_int_equal(summary->verdicts[HR_VERDICT_REMOVABLE], 2);
	assert_int_equal(summary->verdicts[HR_VERDICT_NOT_REMOVABLE], 1);
	assert_int_equal(summary->verdicts[HR_VERDICT_UNKNOWN], 0);
}

static void a_range_that_cannot_be_asked_about_ends_the_answers(void **state)
{
	static struct hr_asked bad[] = { { .range = { HOT, HOT } }, { .range = { HOT, HOT + 1 } } };
	static const struct hr_asked_list bad_list = { .list = bad, .count = 2 };
	struct asked *asked = *state;

	begin(asked, 2)->asked = &bad_list;
	assert_failure(hr_round_ranges(&asked->round), HR_ERROR_USAGE, "");
	assert_string_equal(asked->said, "");
}

static void output_that_failed_ends_the_answers(void **state)
{
	struct asked *asked = *state;
	struct hr_round *round = begin(asked, 3);

	ask_fail(asked);
	assert_failure(hr_round_ranges(round), HR_ERROR_OUTPUT, "has gone");
	assert_int_equal(round->summary.ranges, 1);
}

static void progress_goes_on_to_each_range(void **state)
{
	struct asked *asked = *state;

	assert_success(hr_round_ranges(begin(asked, 3)));
	assert_int_equal(asked->round.work.ranges_done, 2 * BLOCK);
	assert_int_equal(asked->round.work.part.start, ranges[2].range.start);
}

static void a_watch_knows_a_range_by_its_addresses(void **state)
{
	struct asked *asked = *state;

	begin(asked, 2);
	ask_watched(asked, hr_round_ranges);
	assert_non_null(strstr(asked->watched, "0x800000000-0x807ffffff = removable, kernel's "
					       "check accepts\n"));
}

static void a_watch_sees_each_reason(void **state)
{
	static struct hr_asked both = { .range = { BASE + MIB(1), BASE + BLOCK } };
	static const struct hr_asked_list both_list = { .list = &both, .count = 1 };
	struct asked *asked = *state;
	struct hr_answer *answer;

	begin(asked, 1)->asked = &both_list;
	ask_watched(asked, hr_round_ranges);
	assert_success(hr_kernel_ask(asked->round.kernel, &both.range, HR_DEPTH_PLAN, &answer));
	assert_true(answer->check.count > 1);
	for (size_t i = 0; i < answer->check.count; i++)
		assert_non_null(strstr(asked->watched, answer->check.reasons[i].message));
	hr_answer_destroy(answer);
}

static void a_watch_is_told_of_options(void **state)
{
	struct asked *asked = *state;

	begin(asked, 1);
	asked->round.kernel->guard_unproven = "it is not known ({guard} decides)";
	ask_watched(asked, hr_round_ranges);
	assert_non_null(strstr(asked->watched, "it is not known (--assume=guard=... decides)"));
}

static void a_watch_is_not_told_what_was_not_printed(void **state)
{
	struct asked *asked = *state;

	begin(asked, 2);
	ask_watched_fails(asked, hr_round_ranges);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_query(each_range_is_told_in_the_order_given),
		test_of_query(no_range_is_no_answer),
		test_of_query(no_more_is_computed_than_the_form_of_output_needs),
		test_of_query(ranges_are_counted_by_their_verdict),
		test_of_query(a_range_that_cannot_be_asked_about_ends_the_answers),
		test_of_query(output_that_failed_ends_the_answers),
		test_of_query(progress_goes_on_to_each_range),
		test_of_query(a_watch_knows_a_range_by_its_addresses),
		test_of_query(a_watch_sees_each_reason),
		test_of_query(a_watch_is_told_of_options),
		test_of_query(a_watch_is_not_told_what_was_not_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
