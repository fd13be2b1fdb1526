// SPDX-License-Identifier: GPL-2.0-or-later
#include "signals.h"

#include <signal.h>
#include <stddef.h>

bool hr_signal_ends(int number)
{
	static const int others[] = { SIGILL,  SIGTRAP, SIGABRT, SIGBUS,  SIGFPE,  SIGSEGV,
				      SIGSYS,  SIGKILL, SIGSTOP, SIGCHLD, SIGCONT, SIGTSTP,
				      SIGTTIN, SIGTTOU, SIGPIPE, SIGXFSZ, SIGURG,  SIGWINCH };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (number == others[i])
			return false;
	return true;
}
