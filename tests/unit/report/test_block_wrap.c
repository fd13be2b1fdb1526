// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_wrap.h"

#include "fake.h"

#define LEAVES "PUD,CONT_PMD,PMD"

/* A table with the columns for the range and for what maps it. */
struct fixture {
	struct hr_selection selection;
	struct hr_widths widths[HR_COLUMN_COUNT];
	char text[64];
};

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){
		.selection = { { HR_COLUMN_RANGE, HR_COLUMN_LINEAR }, 2 },
	};
	hr_widths_add_heading(&fixture.widths[HR_COLUMN_RANGE], "RANGE");
	hr_widths_add_heading(&fixture.widths[HR_COLUMN_LINEAR], "LINEAR");
	hr_widths_add(&fixture.widths[HR_COLUMN_RANGE], "0x0-0x7ffffff");
	hr_widths_add(&fixture.widths[HR_COLUMN_LINEAR], LEAVES);
	*state = &fixture;
	return 0;
}

/* The cell @text of @column in a table of @columns columns. */
static const char *cell(struct fixture *fixture, size_t columns, enum hr_column column,
			const char *text)
{
	hr_widths_fit(fixture->widths, &fixture->selection, columns);
	hr_widths_break(&fixture->widths[column], text, fixture->text, sizeof(fixture->text));
	return fixture->text;
}

static void what_fits_is_not_broken(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(cell(fixture, 30, HR_COLUMN_LINEAR, LEAVES), LEAVES);
	assert_int_equal(fixture->widths[HR_COLUMN_LINEAR].used, 16);
}

/* If one column is missing, the last word goes to the next line. */
static void words_stay_whole(void **state)
{
	assert_string_equal(cell(*state, 29, HR_COLUMN_LINEAR, LEAVES), "PUD,CONT_PMD,\nPMD");
}

static void a_column_is_as_wide_as_its_longest_word(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(cell(fixture, 23, HR_COLUMN_LINEAR, LEAVES), "PUD,\nCONT_PMD,\nPMD");
	assert_int_equal(fixture->widths[HR_COLUMN_LINEAR].used, 9);
	assert_int_equal(fixture->widths[HR_COLUMN_RANGE].used, 13);
}

/* A range is broken after lists, and at its hyphen. */
static void ranges_are_broken_if_lists_do_not_help(void **state)
{
	assert_string_equal(cell(*state, 20, HR_COLUMN_RANGE, "0x0-0x7ffffff"), "0x0-\n0x7ffffff");
}

static void there_is_an_end_to_narrowing(void **state)
{
	struct fixture *fixture = *state;

	hr_widths_fit(fixture->widths, &fixture->selection, 1);
	assert_int_equal(fixture->widths[HR_COLUMN_RANGE].used, 9);
	assert_int_equal(fixture->widths[HR_COLUMN_LINEAR].used, 9);
}

static void a_blank_at_a_break_is_dropped(void **state)
{
	const struct hr_widths widths = { .used = 7, .breaking = HR_BREAK_ALL };
	char text[32];

	(void)state;
	hr_widths_break(&widths, "PUD 1 GiB, inside", text, sizeof(text));
	assert_string_equal(text, "PUD 1\nGiB,\ninside");
}

static void a_copy_ends_with_its_room(void **state)
{
	const struct hr_widths widths = { .used = 4, .breaking = HR_BREAK_COMMAS };
	char text[8];

	(void)state;
	hr_widths_break(&widths, "PUD,PMD,PTE", text, sizeof(text));
	assert_string_equal(text, "PUD,\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_fits_is_not_broken, set_up),
		cmocka_unit_test_setup(words_stay_whole, set_up),
		cmocka_unit_test_setup(a_column_is_as_wide_as_its_longest_word, set_up),
		cmocka_unit_test_setup(ranges_are_broken_if_lists_do_not_help, set_up),
		cmocka_unit_test_setup(there_is_an_end_to_narrowing, set_up),
		cmocka_unit_test_setup(a_blank_at_a_break_is_dropped, set_up),
		cmocka_unit_test_setup(a_copy_ends_with_its_room, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
