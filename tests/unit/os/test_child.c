// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/child.h"
#include "os/sandbox.h"

/* For waits that only depend on the other side; long enough for any machine. */
enum {
	LONG_TIME_S = 600,
	LONG_TIME_MS = 3600000,
};

/* A child, and the test's end of its link. */
struct child {
	pid_t pid;
	struct hr_link link;
};

/* Start a child that calls @work with its end of the link and @context, and exits with status 3. */
static struct child start(const int *fds, size_t count,
			  void (*work)(const struct hr_link *link, void *context), void *context)
{
	struct hr_link far;
	struct child child;

	assert_success(hr_link_create(&child.link, &far));
	child.pid = hr_child_start(fds, count, &far);
	assert_true(child.pid >= 0);
	if (!child.pid) {
		work(&far, context);
		_exit(3);
	}
	hr_link_close(&far);
	return child;
}

static void end(struct child *child)
{
	int status;

	hr_link_close(&child->link);
	assert_true(hr_child_wait(child->pid, LONG_TIME_MS, &status));
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
}

static void receive(const struct child *child, void *message, size_t len)
{
	assert_true(hr_link_wait(&child->link, LONG_TIME_S));
	assert_int_equal(hr_link_receive(&child->link, message, len), HR_LINK_RECEIVED);
}

/* Report which descriptors exist, by number: of the link, another, or none. */
static void tell_descriptors(const struct hr_link *link, void *context)
{
	char text[64];

	(void)context;
	for (int fd = 0; fd < (int)sizeof(text); fd++)
		text[fd] = fcntl(fd, F_GETFD) < 0	       ? ' '
			   : fd == link->in || fd == link->out ? 'l'
							       : 'f';
	hr_link_send(link, text, sizeof(text));
}

static void other_files_stay_behind(void **state)
{
	int kept = open("/dev/null", O_RDONLY), other = open("/dev/null", O_RDONLY);
	int high = fcntl(other, F_DUPFD_CLOEXEC, 60);
	struct child child = start(&kept, 1, tell_descriptors, NULL);
	char text[64];

	(void)state;
	receive(&child, text, sizeof(text));
	assert_memory_equal(text, "fff", 3);
	assert_int_equal(text[child.link.in], ' ');
	assert_int_equal(text[child.link.out], ' ');
	assert_int_equal(text[kept], 'f');
	assert_int_equal(text[other], ' ');
	assert_int_equal(text[high], ' ');
	end(&child);
	close(kept);
	close(other);
	close(high);
}

/* Report which standard streams are the null device. */
static void tell_streams(const struct hr_link *link, void *context)
{
	struct stat null, st;
	bool same[3];

	(void)context;
	stat("/dev/null", &null);
	for (int fd = 0; fd < 3; fd++)
		same[fd] = !fstat(fd, &st) && st.st_rdev == null.st_rdev;
	hr_link_send(link, same, sizeof(same));
}

static void nothing_that_it_says_gets_out(void **state)
{
	struct child child = start(NULL, 0, tell_streams, NULL);
	bool same[3];

	(void)state;
	receive(&child, same, sizeof(same));
	assert_true(same[STDIN_FILENO]);
	assert_true(same[STDOUT_FILENO]);
	/* Sanitizers report there. */
	if (HR_HAS_SANDBOX)
		assert_true(same[STDERR_FILENO]);
	end(&child);
}

static void send_signals(const struct hr_link *link, void *context)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGUSR1, SIGPIPE };
	char done = 1;

	(void)context;
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		raise(numbers[i]);
	hr_link_send(link, &done, sizeof(done));
}

static void end_wrongly(int number)
{
	(void)number;
	_exit(1);
}

/* They are for the parent, whose handlers do not run in the child. */
static void signals_from_outside_are_ignored(void **state)
{
	struct child child;
	char done;

	(void)state;
	signal(SIGTERM, end_wrongly);
	child = start(NULL, 0, send_signals, NULL);
	signal(SIGTERM, SIG_DFL);
	receive(&child, &done, sizeof(done));
	end(&child);
}

static bool signal_comes;

static void signal_child(void)
{
	if (signal_comes)
		raise(SIGTERM);
}

static void do_nothing(const struct hr_link *link, void *context)
{
	(void)link;
	(void)context;
}

/* A signal at the moment of the fork does not reach the handlers inherited from the parent. */
static void signals_at_birth_are_ignored(void **state)
{
	struct child child;

	(void)state;
	assert_int_equal(pthread_atfork(NULL, NULL, signal_child), 0);
	signal(SIGTERM, end_wrongly);
	signal_comes = true;
	child = start(NULL, 0, do_nothing, NULL);
	signal_comes = false;
	signal(SIGTERM, SIG_DFL);
	end(&child);
}

/* The child's own limit of CPU time ends it, whatever its parent does about that signal. */
static void use_up_time(const struct hr_link *link, void *context)
{
	(void)link;
	(void)context;
	raise(SIGXCPU);
}

static void time_that_is_used_up_ends_it(void **state)
{
	struct child child;
	int status;

	(void)state;
	signal(SIGXCPU, SIG_IGN);
	child = start(NULL, 0, use_up_time, NULL);
	signal(SIGXCPU, SIG_DFL);
	assert_true(hr_child_wait(child.pid, LONG_TIME_MS, &status));
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGXCPU);
	hr_link_close(&child.link);
}

/* Report that the child is running, and stay. */
static void stay(const struct hr_link *link, void *context)
{
	char here = 1;

	(void)context;
	hr_link_send(link, &here, sizeof(here));
	for (;;)
		pause();
}

/* Start a child of its own, and exit once that is running. @context is the write end of a pipe. */
static void start_another(const struct hr_link *link, void *context)
{
	const int *pipe_end = context;
	struct child child = start(pipe_end, 1, stay, NULL);
	char here;

	(void)link;
	receive(&child, &here, sizeof(here));
}

/* The pipe, which only the grandchild still has open, ends with it. */
static void it_ends_with_its_parent(void **state)
{
	struct child child;
	int ends[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = start(&ends[1], 1, start_another, &ends[1]);
	close(ends[1]);
	end(&child);
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
}

static void nobody_waits_for_ever(void **state)
{
	struct child child = start(NULL, 0, stay, NULL);
	char here;
	int status;

	(void)state;
	receive(&child, &here, sizeof(here));
	assert_false(hr_child_wait(child.pid, 2, &status));
	assert_int_equal(kill(child.pid, SIGKILL), 0);
	assert_true(hr_child_wait(child.pid, LONG_TIME_MS, &status));
	assert_true(WIFSIGNALED(status));
	/* It is gone, and is not waited for again. */
	assert_false(hr_child_wait(child.pid, LONG_TIME_MS, &status));
	hr_link_close(&child.link);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_files_stay_behind),
		cmocka_unit_test(nothing_that_it_says_gets_out),
		cmocka_unit_test(signals_from_outside_are_ignored),
		cmocka_unit_test(signals_at_birth_are_ignored),
		cmocka_unit_test(time_that_is_used_up_ends_it),
		cmocka_unit_test(it_ends_with_its_parent),
		cmocka_unit_test(nobody_waits_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
