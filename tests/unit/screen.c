// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The descriptors of a process are its own, so there is one screen. */
static int terminal = -1, output = -1, errors = -1;

static void clear_environment(void)
{
	unsetenv("COLUMNS");
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", true);
}

static bool connect(int fd, bool has_errors)
{
	bool ok;

	clear_environment();
	output = dup(STDOUT_FILENO);
	errors = dup(STDERR_FILENO);
	ok = fd >= 0 && output >= 0 && errors >= 0 && dup2(fd, STDOUT_FILENO) >= 0 &&
	     (!has_errors || dup2(fd, STDERR_FILENO) >= 0);
	close(fd);
	return ok;
}

bool screen_begin(unsigned short columns, bool has_errors)
{
	const struct winsize size = { .ws_row = 24, .ws_col = columns };

	terminal = posix_openpt(O_RDWR | O_NOCTTY);
	if (terminal < 0 || grantpt(terminal) || unlockpt(terminal) ||
	    ioctl(terminal, TIOCSWINSZ, &size))
		return false;
	return connect(open(ptsname(terminal), O_RDWR | O_NOCTTY), has_errors);
}

bool screen_begin_file(bool has_errors)
{
	return connect(open("/dev/null", O_WRONLY), has_errors);
}

void screen_end(void)
{
	if (output >= 0) {
		dup2(output, STDOUT_FILENO);
		dup2(errors, STDERR_FILENO);
		close(output);
		close(errors);
	}
	if (terminal >= 0)
		close(terminal);
	terminal = output = errors = -1;
	clear_environment();
}
