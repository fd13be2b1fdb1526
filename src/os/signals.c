// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/signals.h"

#include <signal.h>
#include <stddef.h>

static bool is_among(int number, const int *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (number == numbers[i])
			return true;
	return false;
}

bool hr_signal_tells_of_fault(int number)
{
	static const int numbers[] = { SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS };

	return is_among(number, numbers, sizeof(numbers) / sizeof(numbers[0]));
}

bool hr_signal_ends(int number)
{
	static const int others[] = { SIGKILL, SIGSTOP, SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN,
				      SIGTTOU, SIGPIPE, SIGXFSZ, SIGURG,  SIGWINCH };

	return !hr_signal_tells_of_fault(number) &&
	       !is_among(number, others, sizeof(others) / sizeof(others[0]));
}
