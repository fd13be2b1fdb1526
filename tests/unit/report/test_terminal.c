// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/terminal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fake.h"

/* Standard output and standard error, as a terminal or not. */
struct fixture {
	int ours, output, errors;
};

static void connect(struct fixture *fixture, int fd)
{
	fixture->output = dup(STDOUT_FILENO);
	fixture->errors = dup(STDERR_FILENO);
	assert_true(dup2(fd, STDOUT_FILENO) >= 0);
	assert_true(dup2(fd, STDERR_FILENO) >= 0);
	close(fd);
}

static struct fixture fixture;

static int set_up_terminal(void **state)
{
	const struct winsize size = { .ws_row = 24, .ws_col = 100 };

	(void)state;
	fixture.ours = posix_openpt(O_RDWR | O_NOCTTY);
	if (fixture.ours < 0 || grantpt(fixture.ours) || unlockpt(fixture.ours) ||
	    ioctl(fixture.ours, TIOCSWINSZ, &size))
		return -1;
	connect(&fixture, open(ptsname(fixture.ours), O_RDWR | O_NOCTTY));
	return 0;
}

static int set_up_file(void **state)
{
	(void)state;
	fixture.ours = -1;
	connect(&fixture, open("/dev/null", O_WRONLY));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	dup2(fixture.output, STDOUT_FILENO);
	dup2(fixture.errors, STDERR_FILENO);
	close(fixture.output);
	close(fixture.errors);
	if (fixture.ours >= 0)
		close(fixture.ours);
	unsetenv("COLUMNS");
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", true);
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
		ROW(a_dumb_terminal_rewrites_nothing, set_up_terminal),
		ROW(a_file_has_the_columns_of_the_environment, set_up_file),
		ROW(a_file_is_plain, set_up_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
