// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loaded into the program under QEMU's user mode, which keeps filters of system calls from a
 * process. The program then builds its filter for the machine, believes that it is in force, and
 * does not warn about it in every answer.
 */
#include <seccomp.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	ARGUMENTS = 4
};

int prctl(int option, ...)
{
	unsigned long arguments[ARGUMENTS];
	va_list list;

	if (option == PR_GET_SECCOMP)
		return 0;
	va_start(list, option);
	for (int i = 0; i < ARGUMENTS; i++)
		arguments[i] = va_arg(list, unsigned long);
	va_end(list);
	return (int)syscall(SYS_prctl, option, arguments[0], arguments[1], arguments[2],
			    arguments[3]);
}

int seccomp_load(const scmp_filter_ctx filter)
{
	return filter ? 0 : -1;
}
