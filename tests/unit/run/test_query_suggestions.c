// SPDX-License-Identifier: GPL-2.0-or-later
#include "asked.h"

#include <stdlib.h>
#include <string.h>

#define SIZE	MIB(256)
#define WARNING "some memory could not be read, so suggestions may be missing"

/* @count ranges of two memory blocks were found. */
static struct hr_round *begin(struct asked *asked, size_t count)
{
	struct hr_suggestions *found = &asked->round.suggestions;

	ask_begin(asked);
	asked->options.suggest = SIZE;
	*found = (struct hr_suggestions){ .count = count };
	found->list = calloc(count + 1, sizeof(*found->list));
	assert_non_null(found->list);
	for (size_t i = 0; i < count; i++)
		found->list[i] = (struct hr_suggestion){
			.range = { HOT + i * SIZE, HOT + (i + 1) * SIZE },
			.blocks = 2,
			.refused = 2,
			.tlbi = 7,
		};
	return &asked->round;
}

static void suggestions_are_told_at_once(void **state)
{
	struct asked *asked = *state;

	assert_success(hr_round_suggestions(begin(asked, 2)));
	assert_string_equal(asked->said, "suggestions 2\n");
}

static void the_summary_has_the_best(void **state)
{
	struct asked *asked = *state;
	const struct hr_summary *summary = &asked->round.summary;

	assert_success(hr_round_suggestions(begin(asked, 2)));
	assert_int_equal(summary->wanted, SIZE);
	assert_int_equal(summary->suggestions, 2);
	assert_int_equal(summary->best.start, HOT);
	assert_int_equal(summary->best.end, HOT + SIZE);
	assert_false(summary->nothing_found);
}

static void nothing_was_found_if_all_was_read(void **state)
{
	struct asked *asked = *state;

	assert_success(hr_round_suggestions(begin(asked, 0)));
	assert_true(asked->round.summary.nothing_found);
	assert_false(asked->round.summary.incomplete);
	assert_false(warns_of(asked->machine, WARNING));
}

static void nothing_is_known_if_something_was_not_read(void **state)
{
	struct asked *asked = *state;
	struct hr_round *round = begin(asked, 0);

	round->suggestions.unread = true;
	assert_success(hr_round_suggestions(round));
	assert_false(round->summary.nothing_found);
	assert_true(round->summary.incomplete);
	assert_true(warns_of(asked->machine, WARNING));
}

/* What was found is an answer, even if there may be a better one. */
static void a_suggestion_is_complete_whatever_else_was_not_read(void **state)
{
	struct asked *asked = *state;
	struct hr_round *round = begin(asked, 1);

	round->suggestions.unread = true;
	assert_success(hr_round_suggestions(round));
	assert_false(round->summary.incomplete);
	assert_true(warns_of(asked->machine, WARNING));
}

static void output_that_failed_is_an_error(void **state)
{
	struct asked *asked = *state;
	struct hr_round *round = begin(asked, 1);

	ask_fail(asked);
	assert_failure(hr_round_suggestions(round), HR_ERROR_OUTPUT, "has gone");
}

static void a_watch_knows_suggestions_by_their_number(void **state)
{
	struct asked *asked = *state;

	begin(asked, 2);
	ask_watched(asked, hr_round_suggestions);
	assert_string_equal(asked->watched,
			    "suggestion 1 = 0x800000000-0x80fffffff (256 MiB), 7 TLBI, 2 blocks "
			    "refused\n"
			    "suggestion 2 = 0x810000000-0x81fffffff (256 MiB), 7 TLBI, 2 blocks "
			    "refused\n");
}

static void one_refused_block_is_singular(void **state)
{
	struct asked *asked = *state;

	begin(asked, 1)->suggestions.list[0].refused = 1;
	ask_watched(asked, hr_round_suggestions);
	assert_string_equal(asked->watched,
			    "suggestion 1 = 0x800000000-0x80fffffff (256 MiB), 7 TLBI, 1 block "
			    "refused\n");
}

static void a_watch_sees_what_is_listed(void **state)
{
	struct asked *asked = *state;

	begin(asked, HR_SUGGESTIONS_LISTED + 1);
	ask_watched(asked, hr_round_suggestions);
	assert_non_null(strstr(asked->watched, "suggestion 64 = "));
	assert_null(strstr(asked->watched, "suggestion 65 = "));
}

static void a_watch_is_not_told_what_was_not_printed(void **state)
{
	struct asked *asked = *state;

	begin(asked, 2);
	ask_watched_fails(asked, hr_round_suggestions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_query(suggestions_are_told_at_once),
		test_of_query(the_summary_has_the_best),
		test_of_query(nothing_was_found_if_all_was_read),
		test_of_query(nothing_is_known_if_something_was_not_read),
		test_of_query(a_suggestion_is_complete_whatever_else_was_not_read),
		test_of_query(output_that_failed_is_an_error),
		test_of_query(a_watch_knows_suggestions_by_their_number),
		test_of_query(one_refused_block_is_singular),
		test_of_query(a_watch_sees_what_is_listed),
		test_of_query(a_watch_is_not_told_what_was_not_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
