// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <signal.h>

#include "os/signals.h"

static void wishes_end_the_program(void **state)
{
	static const int numbers[] = { SIGINT,	SIGTERM, SIGHUP,    SIGQUIT, SIGALRM,
				       SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGXCPU };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		assert_true(hr_signal_ends(numbers[i]));
		assert_false(hr_signal_tells_of_fault(numbers[i]));
	}
}

/* This includes real-time signals, some of which the C library reserves. */
static void numbers_without_a_name_end_it(void **state)
{
	(void)state;
	for (int number = SIGSYS + 1; number < NSIG; number++) {
		assert_true(hr_signal_ends(number));
		assert_false(hr_signal_tells_of_fault(number));
	}
}

static void faults_are_no_wish(void **state)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		assert_false(hr_signal_ends(numbers[i]));
		assert_true(hr_signal_tells_of_fault(numbers[i]));
	}
}

/* They stop or continue a process, cannot be handled, mean failed output, or end nothing. */
static void others_are_neither(void **state)
{
	static const int numbers[] = { SIGKILL, SIGSTOP, SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN,
				       SIGTTOU, SIGPIPE, SIGXFSZ, SIGURG,  SIGWINCH };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		assert_false(hr_signal_ends(numbers[i]));
		assert_false(hr_signal_tells_of_fault(numbers[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wishes_end_the_program),
		cmocka_unit_test(numbers_without_a_name_end_it),
		cmocka_unit_test(faults_are_no_wish),
		cmocka_unit_test(others_are_neither),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
