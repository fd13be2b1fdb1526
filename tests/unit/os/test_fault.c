// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/fault.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emulated.h"
#include "fake.h"
#include "os/sandbox.h"
#include "os/signals.h"

enum {
	OUTSIDE = 40, /* plus the signal's number: the exit status on a signal from outside */
	CAME_BACK = 39
};

static const int numbers[] = { SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS };

/* What a process writes to standard error, and how it ends. */
struct outcome {
	char text[512];
	int status;
};

static void be_told(int number)
{
	_exit(OUTSIDE + number);
}

/* Of a process that handles faults and calls @act with @number. */
static struct outcome outcome_of(void (*act)(int number), int number)
{
	struct outcome outcome = { .text = "" };
	size_t len = 0;
	ssize_t got;
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		hr_fault_handle(be_told);
		act(number);
		_exit(CAME_BACK);
	}
	close(ends[1]);
	while ((got = read(ends[0], outcome.text + len, sizeof(outcome.text) - 1 - len)) > 0)
		len += (size_t)got;
	close(ends[0]);
	assert_int_equal(waitpid(pid, &outcome.status, 0), pid);
	return outcome;
}

static void assert_failed(void (*act)(int number), int number)
{
	struct outcome outcome = outcome_of(act, number);
	char wanted[128];

	snprintf(wanted, sizeof(wanted), "test_fault: the program failed (signal %d, %s)\n", number,
		 strsignal(number));
	assert_string_equal(outcome.text, wanted);
	assert_true(WIFEXITED(outcome.status));
	assert_int_equal(WEXITSTATUS(outcome.status), HR_FAULT_STATUS);
}

static void signal_itself(int number)
{
	raise(number);
}

static void errors_end_by_a_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		assert_failed(signal_itself, numbers[i]);
}

static void write_nowhere(int number)
{
	volatile int *volatile nowhere = NULL;

	*nowhere = number;
}

static void abort_itself(int number)
{
	(void)number;
	abort();
}

static unsigned int recurse(unsigned int depth)
{
	volatile char room[4096];

	room[0] = (char)depth;
	return depth == UINT32_MAX ? 0 : recurse(depth + 1) + (unsigned int)room[0];
}

static void use_up_the_stack(int number)
{
	(void)number;
	recurse(0);
}

static void real_errors_do_too(void **state)
{
	(void)state;
	assert_failed(write_nowhere, SIGSEGV);
	assert_failed(abort_itself, SIGABRT);
	assert_failed(use_up_the_stack, SIGSEGV);
}

static void *fail_there(void *context)
{
	write_nowhere(0);
	return context;
}

static void fail_in_a_thread(int number)
{
	pthread_t thread;

	(void)number;
	if (!pthread_create(&thread, NULL, fail_there, NULL))
		pthread_join(thread, NULL);
}

static void errors_of_threads_do_too(void **state)
{
	(void)state;
	assert_failed(fail_in_a_thread, SIGSEGV);
}

/* Another process sends the signal. */
static void be_signalled(int number)
{
	pid_t pid = fork();

	if (!pid) {
		kill(getppid(), number);
		_exit(0);
	}
	for (;;)
		pause();
}

static void be_signalled_with_a_value(int number)
{
	pid_t pid = fork();

	if (!pid) {
		sigqueue(getppid(), number, (union sigval){ .sival_int = 1 });
		_exit(0);
	}
	for (;;)
		pause();
}

static void assert_told(void (*act)(int number), int number)
{
	struct outcome outcome = outcome_of(act, number);

	assert_string_equal(outcome.text, "");
	assert_true(WIFEXITED(outcome.status));
	assert_int_equal(WEXITSTATUS(outcome.status), OUTSIDE + number);
}

static void from_outside_it_is_a_wish(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		if (!can_be_sent(numbers[i]))
			continue;
		assert_told(be_signalled, numbers[i]);
		assert_told(be_signalled_with_a_value, numbers[i]);
	}
}

static void end_as_usual(int number)
{
	hr_fault_default();
	raise(number);
}

static void processes_may_end_by_a_signal_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		struct outcome outcome = outcome_of(end_as_usual, numbers[i]);

		assert_true(WIFSIGNALED(outcome.status));
		assert_int_equal(WTERMSIG(outcome.status), numbers[i]);
	}
}

/* Each signal that ends a process is one of three: a request to end, an error, or failed output. */
static void every_signal_is_known(void **state)
{
	(void)state;
	for (int number = 1; number < NSIG; number++) {
		bool is_fault = false;

		for (size_t i = 0; i < COUNT_OF(numbers); i++)
			is_fault |= number == numbers[i];
		assert_int_equal(hr_signal_tells_of_fault(number), is_fault);
		assert_false(hr_signal_tells_of_fault(number) && hr_signal_ends(number));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_end_by_a_status),
		cmocka_unit_test(real_errors_do_too),
		cmocka_unit_test(errors_of_threads_do_too),
		cmocka_unit_test(from_outside_it_is_a_wish),
		cmocka_unit_test(processes_may_end_by_a_signal_again),
		cmocka_unit_test(every_signal_is_known),
	};

	/* Sanitizers and valgrind report errors themselves. */
	return HR_HAS_SANDBOX ? cmocka_run_group_tests(tests, NULL, NULL) : 0;
}
