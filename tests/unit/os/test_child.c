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
	struct child started;

	assert_success(hr_link_create(&started.link, &far));
	started.pid = hr_child_start(fds, count, &far);
	assert_true(started.pid >= 0);
	if (!started.pid) {
		work(&far, context);
		_exit(3);
	}
	hr_link_close(&far);
	return started;
}

/* The child of a test, and whether a signal comes at its birth. */
static struct child child = { .link = HR_LINK_CLOSED };
static bool signal_comes;

static int tear_down(void **state)
{
	(void)state;
	signal_comes = false;
	signal(SIGTERM, SIG_DFL);
	signal(SIGXCPU, SIG_DFL);
	hr_link_close(&child.link);
	if (child.pid > 0) {
		kill(child.pid, SIGKILL);
		waitpid(child.pid, NULL, 0);
	}
	child.pid = 0;
	return 0;
}

/* Wait for its end, and return its status. */
static int wait_for_end(void)
{
	int status;

	assert_true(hr_child_wait(child.pid, LONG_TIME_MS, &status));
	child.pid = 0;
	return status;
}

/* Its work was done: it exits with status 3. */
static void assert_ends(void)
{
	int status;

	hr_link_close(&child.link);
	status = wait_for_end();
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);
}

static void receive(const struct child *from, void *message, size_t len)
{
	assert_true(hr_link_wait(&from->link, LONG_TIME_S));
	assert_int_equal(hr_link_receive(&from->link, message, len), HR_LINK_RECEIVED);
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
	char text[64];

	(void)state;
	child = start(&kept, 1, tell_descriptors, NULL);
	receive(&child, text, sizeof(text));
	assert_memory_equal(text, "fff", 3);
	assert_int_equal(text[child.link.in], ' ');
	assert_int_equal(text[child.link.out], ' ');
	assert_int_equal(text[kept], 'f');
	assert_int_equal(text[other], ' ');
	assert_int_equal(text[high], ' ');
	assert_ends();
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
	bool same[3];

	(void)state;
	child = start(NULL, 0, tell_streams, NULL);
	receive(&child, same, sizeof(same));
	assert_true(same[STDIN_FILENO]);
	assert_true(same[STDOUT_FILENO]);
	/* Sanitizers report there. */
	if (HR_HAS_SANDBOX)
		assert_true(same[STDERR_FILENO]);
	assert_ends();
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
	char done;

	(void)state;
	signal(SIGTERM, end_wrongly);
	child = start(NULL, 0, send_signals, NULL);
	receive(&child, &done, sizeof(done));
	assert_ends();
}

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
	(void)state;
	assert_int_equal(pthread_atfork(NULL, NULL, signal_child), 0);
	signal(SIGTERM, end_wrongly);
	signal_comes = true;
	child = start(NULL, 0, do_nothing, NULL);
	assert_ends();
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
	int status;

	(void)state;
	signal(SIGXCPU, SIG_IGN);
	child = start(NULL, 0, use_up_time, NULL);
	status = wait_for_end();
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGXCPU);
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
	struct child another = start(pipe_end, 1, stay, NULL);
	char here;

	(void)link;
	receive(&another, &here, sizeof(here));
}

/* The pipe, which only the grandchild still has open, ends with it. */
static void it_ends_with_its_parent(void **state)
{
	int ends[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = start(&ends[1], 1, start_another, &ends[1]);
	close(ends[1]);
	assert_ends();
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
}

static void nobody_waits_for_ever(void **state)
{
	char here;
	int status;
	pid_t pid;

	(void)state;
	child = start(NULL, 0, stay, NULL);
	pid = child.pid;
	receive(&child, &here, sizeof(here));
	assert_false(hr_child_wait(pid, 2, &status));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_true(WIFSIGNALED(wait_for_end()));
	/* It is gone, and is not waited for again. */
	assert_false(hr_child_wait(pid, LONG_TIME_MS, &status));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_teardown(name, tear_down)
		ROW(other_files_stay_behind),
		ROW(nothing_that_it_says_gets_out),
		ROW(signals_from_outside_are_ignored),
		ROW(signals_at_birth_are_ignored),
		ROW(time_that_is_used_up_ends_it),
		ROW(it_ends_with_its_parent),
		ROW(nobody_waits_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
