// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/fault.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "os/sandbox.h"
#include "os/signals.h"

enum {
	SENTENCE_SIZE = 192,
	STACK_SIZE = 128 << 10 /* with SME, the registers of arm64 take more than 64 KiB */
};

/* A handler can only use globals and prepared sentences. */
static hr_fault_outside_fn *volatile handle_outside;
static char sentences[NSIG][SENTENCE_SIZE];
static char stack[STACK_SIZE];

/* The kernel's own codes are above zero, and nobody else may use them (rt_sigqueueinfo(2)). */
static bool is_from_outside(const siginfo_t *info)
{
	return info->si_code <= 0 && info->si_pid != getpid();
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	static atomic_flag has_begun = ATOMIC_FLAG_INIT;
	int errnum = errno;

	(void)context;
	if (is_from_outside(info)) {
		handle_outside(number);
		errno = errnum;
		return;
	}
	/* If several threads fault, only one reports it. */
	if (!atomic_flag_test_and_set(&has_begun) &&
	    write(STDERR_FILENO, sentences[number], strlen(sentences[number])) < 0)
		_exit(HR_FAULT_STATUS);
	_exit(HR_FAULT_STATUS);
}

static void prepare(int number)
{
	snprintf(sentences[number], SENTENCE_SIZE,
		 "%.100s: the program failed (signal %d, %.32s)\n", program_invocation_short_name,
		 number, strsignal(number));
}

void hr_fault_handle(hr_fault_outside_fn *outside)
{
	const stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_sigaction = on_fault,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART };

	if (!HR_HAS_SANDBOX)
		return;
	handle_outside = outside;
	sigaltstack(&other, NULL);
	sigfillset(&action.sa_mask);
	for (int number = 1; number < NSIG; number++) {
		if (!hr_signal_tells_of_fault(number))
			continue;
		prepare(number);
		sigaction(number, &action, NULL);
	}
}

static void do_nothing(int number)
{
	(void)number;
}

void hr_fault_ignore_outside(void)
{
	handle_outside = do_nothing;
}

void hr_fault_default(void)
{
	for (int number = 1; number < NSIG; number++)
		if (hr_signal_tells_of_fault(number))
			signal(number, SIG_DFL);
}
