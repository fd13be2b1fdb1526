// SPDX-License-Identifier: GPL-2.0-or-later
#include "emulated.h"
#include "fake.h"
#include "tree_files.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/sandbox.h"
#include "os/supervise.h"
#include "system/tree.h"

/* The work of a test's worker. Returns the exit status. */
typedef int work_fn(const struct hr_supervision *supervision);

/* The result of a supervised program: its message in @text, and its exit status. */
struct outcome {
	char text[512];
	int status;
};

static bool is_status(int status)
{
	return status < 3;
}

/* The supervisor's check of exit statuses. */
static hr_status_fn *status_check = is_status;

/* What the supervisor may read. */
static struct tree_files files;

/* Start @work under a supervisor, in a separate process, like the real program. */
static void run_supervised(work_fn *work, int out)
{
	const struct hr_service service = {
		.answer = hr_tree_serve,
		.root = files.root,
		.folder = files.root,
	};
	struct hr_supervision supervision;
	struct hr_error *error;

	/* The supervisor may write to this. */
	dup2(out, STDERR_FILENO);
	close(out);
	error = hr_supervise(&service, status_check, &supervision);
	if (!error && !supervision.is_supervisor)
		_exit(work(&supervision));
	if (error && write(STDERR_FILENO, error->message, strlen(error->message)) < 0)
		_exit(99);
	if (!error && !supervision.worker_is_done)
		_exit(98);
	_exit(error ? 2 : supervision.status);
}

/* Called in the supervisor, which checks the status when the worker has ended. */
static bool fail_at_status(int status)
{
	(void)status;
	abort();
}

/* Start @work, unless @number is 0 send it that signal once it waits, and report how it ends. */
static struct outcome outcome_of(work_fn *work, int number)
{
	struct outcome outcome = { .text = "" };
	size_t len = 0;
	ssize_t done;
	int fds[2];
	char ready;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		run_supervised(work, fds[1]);
	close(fds[1]);
	if (number) {
		assert_int_equal(read(fds[0], &ready, 1), 1);
		assert_int_equal(kill(pid, number), 0);
	}
	while ((done = read(fds[0], outcome.text + len, sizeof(outcome.text) - 1 - len)) > 0)
		len += (size_t)done;
	close(fds[0]);
	assert_int_equal(waitpid(pid, &outcome.status, 0), pid);
	return outcome;
}

static void assert_dies(work_fn *work, int number, const char *part)
{
	struct outcome outcome = outcome_of(work, number);

	assert_true(WIFEXITED(outcome.status));
	assert_int_equal(WEXITSTATUS(outcome.status), 2);
	if (!strstr(outcome.text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, outcome.text);
}

static int end_with_1(const struct hr_supervision *supervision)
{
	*supervision->printed = true;
	return 1;
}

static void exit_status_is_that_of_the_worker(void **state)
{
	struct outcome outcome = outcome_of(end_with_1, 0);

	(void)state;
	assert_string_equal(outcome.text, "");
	assert_true(WIFEXITED(outcome.status));
	assert_int_equal(WEXITSTATUS(outcome.status), 1);
}

static int die_of(int number)
{
	signal(number, SIG_DFL);
	raise(number);
	return 0;
}

static int die_of_segv(const struct hr_supervision *supervision)
{
	(void)supervision;
	return die_of(SIGSEGV);
}

static int die_of_sys(const struct hr_supervision *supervision)
{
	(void)supervision;
	return die_of(SIGSYS);
}

static int die_of_kill(const struct hr_supervision *supervision)
{
	(void)supervision;
	return die_of(SIGKILL);
}

static int die_of_xcpu(const struct hr_supervision *supervision)
{
	(void)supervision;
	return die_of(SIGXCPU);
}

static void deaths_are_explained(void **state)
{
	(void)state;
	assert_dies(die_of_segv, 0, "killed by signal 11");
	assert_dies(die_of_sys, 0, "the sandbox ended");
	assert_dies(die_of_kill, 0, "killed");
	assert_dies(die_of_xcpu, 0, "CPU time");
}

static int end_otherwise(const struct hr_supervision *supervision)
{
	(void)supervision;
	return 9;
}

static void other_statuses_are_none(void **state)
{
	(void)state;
	assert_string_equal(outcome_of(end_otherwise, 0).text,
			    "the program ended with the unexpected exit status 9");
}

static int wait_for_signal(const struct hr_supervision *supervision)
{
	(void)supervision;
	/* From now on the supervisor handles signals. */
	if (write(STDERR_FILENO, ".", 1) == 1)
		pause();
	return 0;
}

/* Ending the program ends the worker, and is reported. */
static void signals_go_to_the_worker(void **state)
{
	static const int numbers[] = { SIGHUP,	SIGINT, SIGQUIT, SIGTERM, SIGALRM,
				       SIGUSR1, SIGIO,	SIGPWR,	 40 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		char part[32];

		snprintf(part, sizeof(part), "signal %d ", numbers[i]);
		assert_dies(wait_for_signal, numbers[i], part);
	}
}

/* Signals that normally report an error do not if they come from outside. */
static void errors_from_outside_are_told_as_such(void **state)
{
	static const int numbers[] = { SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS };

	(void)state;
	if (!HR_HAS_SANDBOX)
		skip();
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		char part[64];

		snprintf(part, sizeof(part), "ended the program with signal %d ", numbers[i]);
		if (can_be_sent(numbers[i]))
			assert_dies(wait_for_signal, numbers[i], part);
	}
}

static void an_error_of_the_supervisor_has_a_status(void **state)
{
	(void)state;
	if (!HR_HAS_SANDBOX)
		skip();
	status_check = fail_at_status;
	assert_dies(end_with_1, 0, "the program failed (signal 6");
	status_check = is_status;
}

static void on_signal(int number)
{
	_exit(number == SIGTERM ? 1 : 2);
}

static int handle_signal(const struct hr_supervision *supervision)
{
	signal(SIGTERM, on_signal);
	return wait_for_signal(supervision);
}

static void workers_may_have_their_say(void **state)
{
	struct outcome outcome = outcome_of(handle_signal, SIGTERM);

	(void)state;
	assert_string_equal(outcome.text, "");
	assert_true(WIFEXITED(outcome.status));
	assert_int_equal(WEXITSTATUS(outcome.status), 1);
}

/* Ask twice for a block, then send nonsense, after which there is no answer. */
static int ask_for_blocks(const struct hr_supervision *supervision)
{
	const struct hr_tree tree = { "", &supervision->link };
	struct hr_block_text block;
	char byte = 0;

	for (int i = 0; i < 2; i++) {
		hr_tree_ask_block(&tree, 5, &block);
		if (strcmp(block.state, "online\n") != 0 || strcmp(block.node, "node1") != 0 ||
		    strcmp(block.device, "PNP0C80:02") != 0)
			return 2;
	}
	if (!hr_link_send(&supervision->link, &byte, 1) ||
	    hr_link_receive(&supervision->link, &byte, 1) != HR_LINK_ENDED)
		return 2;
	hr_tree_ask_block(&tree, 5, &block);
	return block.state[0] ? 2 : 0;
}

static void questions_for_blocks_are_answered(void **state)
{
	struct outcome outcome;

	(void)state;
	tree_files_create(&files);
	tree_files_block(&files, 5, "online\n", "Movable\n", 1, "PNP0C80:02");
	outcome = outcome_of(ask_for_blocks, 0);
	tree_files_destroy(&files);
	assert_string_equal(outcome.text, "");
	assert_int_equal(WEXITSTATUS(outcome.status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_status_is_that_of_the_worker),
		cmocka_unit_test(deaths_are_explained),
		cmocka_unit_test(other_statuses_are_none),
		cmocka_unit_test(signals_go_to_the_worker),
		cmocka_unit_test(errors_from_outside_are_told_as_such),
		cmocka_unit_test(an_error_of_the_supervisor_has_a_status),
		cmocka_unit_test(workers_may_have_their_say),
		cmocka_unit_test(questions_for_blocks_are_answered),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
