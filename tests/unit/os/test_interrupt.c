// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake.h"

enum {
	STATUS = 2,
	A_WHILE = 50000 /* us */
};

#define NAME	"test_interrupt: "
#define IN_PART NAME "interrupted; the output above is incomplete\n"
#define NOTHING NAME "interrupted; nothing was printed\n"

/* Called once, after the first write. */
static void (*behind_write)(void);

ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len);

ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	ssize_t done = __real_write(fd, data, len);
	void (*then)(void) = behind_write;

	behind_write = NULL;
	if (then)
		then();
	return done;
}

/* What a process that calls @act writes to standard error. The process must exit by itself. */
static const char *said_by(void (*act)(void))
{
	static char text[1024];
	size_t len = 0;
	ssize_t got;
	int ends[2], status;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		dup2(ends[1], STDERR_FILENO);
		hr_interrupt_begin(STATUS);
		act();
		_exit(0);
	}
	close(ends[1]);
	while ((got = read(ends[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), STATUS);
	return text;
}

static void interrupt(void)
{
	raise(SIGINT);
}

static void interrupt_a_write(void)
{
	hr_interrupt_hold();
	interrupt();
	hr_interrupt_written(1, 1);
}

static void it_is_said_what_was_printed(void **state)
{
	(void)state;
	assert_string_equal(said_by(interrupt), NOTHING);
	assert_string_equal(said_by(interrupt_a_write), IN_PART);
}

/* Ctrl-C on a terminal reaches all processes of the program, and is also forwarded. */
static void interrupt_twice(void)
{
	behind_write = interrupt;
	interrupt();
}

static void interrupt_a_write_twice(void)
{
	behind_write = interrupt;
	interrupt_a_write();
}

static void a_second_signal_says_no_more(void **state)
{
	(void)state;
	assert_string_equal(said_by(interrupt_twice), NOTHING);
	assert_string_equal(said_by(interrupt_a_write_twice), IN_PART);
}

/* It inherits the signal mask of the handler that created it. */
static void *be_interrupted(void *context)
{
	sigset_t set;

	sigemptyset(&set);
	pthread_sigmask(SIG_SETMASK, &set, NULL);
	interrupt();
	return context;
}

static void interrupt_another_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, be_interrupted, NULL))
		_exit(1);
	usleep(A_WHILE);
}

static void interrupt_two_threads(void)
{
	behind_write = interrupt_another_thread;
	interrupt();
}

static void another_thread_says_no_more(void **state)
{
	(void)state;
	assert_string_equal(said_by(interrupt_two_threads), NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_said_what_was_printed),
		cmocka_unit_test(a_second_signal_says_no_more),
		cmocka_unit_test(another_thread_says_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
