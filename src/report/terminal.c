// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	COLUMNS_MIN = 40,
	COLUMNS_USUAL = 80,
	COLUMNS_MAX = 2000
};

bool hr_terminal_is_output(void)
{
	return isatty(STDOUT_FILENO);
}

bool hr_terminal_has_colour(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return hr_terminal_is_output() && term && *term && strcmp(term, "dumb") != 0 &&
	       !(no_color && *no_color);
}

/* The number of columns of the terminal at @fd, 0 if it is not a terminal, or does not know. */
static unsigned int terminal_columns(int fd)
{
	struct winsize size = { 0 };

	return ioctl(fd, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

size_t hr_terminal_columns(void)
{
	const char *text = getenv("COLUMNS");
	size_t columns = terminal_columns(STDOUT_FILENO);

	if (!columns && text)
		columns = strtoul(text, NULL, 10);
	if (!columns)
		columns = COLUMNS_USUAL;
	if (columns < COLUMNS_MIN)
		return COLUMNS_MIN;
	return columns < COLUMNS_MAX ? columns : COLUMNS_MAX;
}

bool hr_terminal_can_rewrite(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && !(term && !strcmp(term, "dumb"));
}

int hr_terminal_line_length(void)
{
	unsigned int columns = terminal_columns(STDERR_FILENO);

	return columns ? (int)columns - 1 : COLUMNS_USUAL - 1;
}
