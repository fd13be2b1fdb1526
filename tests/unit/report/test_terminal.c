// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/terminal.h"

#include <stdlib.h>

#include "fake.h"
#include "screen.h"

static int set_up_terminal(void **state)
{
	(void)state;
	return screen_begin(100, true) ? 0 : -1;
}

static int set_up_file(void **state)
{
	(void)state;
	return screen_begin_file(true) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	screen_end();
	return 0;
}

static void a_terminal_has_its_own_columns(void **state)
{
	(void)state;
	setenv("COLUMNS", "60", true);
	assert_int_equal(hr_terminal_columns(), 100);
	assert_int_equal(hr_terminal_line_length(), 99);
}

static void a_terminal_has_colour_unless_it_is_not_wanted(void **state)
{
	(void)state;
	assert_true(hr_terminal_has_colour());
	setenv("NO_COLOR", "", true);
	assert_true(hr_terminal_has_colour());
	setenv("NO_COLOR", "1", true);
	assert_false(hr_terminal_has_colour());
}

static void a_terminal_without_a_name_has_no_colour(void **state)
{
	(void)state;
	setenv("TERM", "dumb", true);
	assert_false(hr_terminal_has_colour());
	setenv("TERM", "", true);
	assert_false(hr_terminal_has_colour());
	unsetenv("TERM");
	assert_false(hr_terminal_has_colour());
}

static void a_dumb_terminal_rewrites_nothing(void **state)
{
	(void)state;
	setenv("TERM", "xterm", true);
	assert_true(hr_terminal_can_rewrite());
	setenv("TERM", "dumb", true);
	assert_false(hr_terminal_can_rewrite());
}

static void a_file_has_the_columns_of_the_environment(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} rows[] = {
		{ "60", 60 },	{ "1", 40 }, { "9999", 2000 },
		{ "wide", 80 }, { "", 80 },  { "0", 80 },
	};

	(void)state;
	unsetenv("COLUMNS");
	assert_int_equal(hr_terminal_columns(), 80);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		setenv("COLUMNS", rows[i].text, true);
		assert_int_equal(hr_terminal_columns(), rows[i].columns);
	}
}

static void a_file_is_plain(void **state)
{
	(void)state;
	assert_false(hr_terminal_has_colour());
	assert_false(hr_terminal_can_rewrite());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name, set_up) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(a_terminal_has_its_own_columns, set_up_terminal),
		ROW(a_terminal_has_colour_unless_it_is_not_wanted, set_up_terminal),
		ROW(a_terminal_without_a_name_has_no_colour, set_up_terminal),
		ROW(a_dumb_terminal_rewrites_nothing, set_up_terminal),
		ROW(a_file_has_the_columns_of_the_environment, set_up_file),
		ROW(a_file_is_plain, set_up_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
