// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_suggestions.h"

#include "report/sink.h"
#include "report_fixture.h"

#define BLOCK MIB(128)

static struct hr_suggestion list[HR_SUGGESTIONS_LISTED + 1];

/* Print the first @count suggestions of a list of ranges of two memory blocks each. */
static void print_list(size_t count)
{
	const struct hr_suggestions suggestions = { .list = list, .count = count };

	for (size_t i = 0; i < count; i++)
		list[i] = (struct hr_suggestion){
			.range = { GIB(1) + i * GIB(1), GIB(1) + i * GIB(1) + 2 * BLOCK },
			.blocks = 2,
			.refused = 1,
			.tlbi = 10 + i,
		};
	assert_success(hr_text_suggestions(&suggestions, 2 * BLOCK, BLOCK));
}

static void print_none(const struct hr_suggestions *suggestions)
{
	assert_success(hr_text_suggestions(suggestions, GIB(4), BLOCK));
}

static void a_suggestion_is_a_line(void **state)
{
	(void)state;
	print_list(1);
	assert_line(&told, "RANGE                    SIZE BLOCKS          TLBI REFUSED");
	assert_line(&told, "0x40000000-0x4fffffff 256 MiB memory8-memory9   10       1");
}

static void one_block_has_a_single_name(void **state)
{
	const struct hr_suggestions suggestions = { .list = list, .count = 1 };

	(void)state;
	list[0] = (struct hr_suggestion){ .range = { GIB(1), GIB(1) + BLOCK } };
	assert_success(hr_text_suggestions(&suggestions, BLOCK, BLOCK));
	assert_text(&told, " memory8 ");
	assert_no_text(&told, "-memory");
}

static void suggestions_keep_their_order(void **state)
{
	(void)state;
	print_list(2);
	assert_text(&told, "   10       1\n0x80000000-0x8fffffff 256 MiB memory16-memory17   11  ");
}

static void a_list_that_fits_is_whole(void **state)
{
	(void)state;
	print_list(HR_SUGGESTIONS_LISTED);
	assert_text(&told, "0x1000000000-0x100fffffff ");
	assert_no_text(&told, "more");
}

static void a_list_that_is_cut_says_so(void **state)
{
	(void)state;
	print_list(HR_SUGGESTIONS_LISTED + 1);
	assert_no_text(&told, "0x1040000000-0x104fffffff ");
	assert_line(&told, "and 1 more");
}

static void nothing_that_was_not_read_is_missing(void **state)
{
	static const struct hr_suggestions none;

	(void)state;
	print_none(&none);
	assert_string_equal(told_text(&told), "no range of at least 4 GiB is removable\n\n");
}

static void what_could_not_be_read_may_be_removable(void **state)
{
	static const struct hr_suggestions none = { .unread = true };

	(void)state;
	print_none(&none);
	assert_line(&told,
		    "no range of at least 4 GiB is known to be removable: some memory could not "
		    "be read");
}

static void the_largest_range_is_a_consolation(void **state)
{
	static const struct hr_suggestions none = {
		.has_largest = true,
		.largest = { GIB(1), GIB(3) },
	};

	(void)state;
	print_none(&none);
	assert_line(&told, "the largest removable range is 0x40000000-0xbfffffff (2 GiB)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(a_suggestion_is_a_line),
		test_of_report(one_block_has_a_single_name),
		test_of_report(suggestions_keep_their_order),
		test_of_report(a_list_that_fits_is_whole),
		test_of_report(a_list_that_is_cut_says_so),
		test_of_report(nothing_that_was_not_read_is_missing),
		test_of_report(what_could_not_be_read_may_be_removable),
		test_of_report(the_largest_range_is_a_consolation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
