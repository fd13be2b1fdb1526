/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests cannot do under QEMU's user mode, which tests/CMakeLists.txt tells them about. */
#ifndef HR_TEST_EMULATED_H
#define HR_TEST_EMULATED_H

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

/* May another process send this signal? At these three, QEMU itself fails now and then. */
static inline bool can_be_sent(int number)
{
	if (!getenv("HOTREMOVE_TEST_EMULATED"))
		return true;
	return number != SIGILL && number != SIGFPE && number != SIGSEGV;
}

#endif
