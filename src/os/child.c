// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/child.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/fault.h"
#include "os/sandbox.h"
#include "os/signals.h"

/* Suppress all messages of libraries, but not the reports of sanitizers. */
static void silence(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
	    (HR_HAS_SANDBOX && dup2(fd, STDERR_FILENO) < 0))
		_exit(EXIT_FAILURE);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* The parent reports signals that end the program; this process ends with it. */
static void ignore_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	/* Except the signal that ends it when it has used up its CPU time. */
	for (int number = 1; number < NSIG; number++)
		if (number != SIGXCPU && hr_signal_ends(number))
			signal(number, SIG_IGN);
	signal(SIGXCPU, SIG_DFL);
	hr_fault_default();
}

/* Like fork(2), but the parent's handlers never run in the child. */
static pid_t fork_without_signals(void)
{
	sigset_t all, before;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (!pid)
		ignore_signals();
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

/*
 * Also close what the program's parent left open. Kernels before 5.9 close one descriptor at a
 * time.
 */
static void close_from(int first)
{
	struct rlimit most;

	if (!close_range((unsigned int)first, UINT_MAX, 0) || getrlimit(RLIMIT_NOFILE, &most))
		return;
	for (rlim_t fd = (rlim_t)first; fd < most.rlim_max && fd < INT_MAX; fd++)
		close((int)fd);
}

/*
 * Descriptors are assigned lowest first, so this program's own ones end with those of @link. If the
 * parent's end of the link stayed open here, this process would never see the link end.
 */
static void close_others(const int *fds, size_t count, const struct hr_link *link)
{
	int last = link->in > link->out ? link->in : link->out;

	for (size_t i = 0; i < count; i++)
		last = fds[i] > last ? fds[i] : last;
	for (int fd = STDERR_FILENO + 1; fd < last; fd++) {
		bool wanted = fd == link->in || fd == link->out;

		for (size_t i = 0; i < count; i++)
			wanted |= fds[i] == fd;
		if (!wanted)
			close(fd);
	}
	close_from(last + 1);
}

pid_t hr_child_start(const int *fds, size_t count, const struct hr_link *link)
{
	pid_t parent = getpid(), pid = fork_without_signals();

	if (pid)
		return pid;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(EXIT_FAILURE);
	close_others(fds, count, link);
	silence();
	return 0;
}

bool hr_child_wait(pid_t pid, int ms, int *ret_status)
{
	const struct timespec tick = { .tv_nsec = 1000000 };

	for (int i = 0; i < ms; i++) {
		pid_t done = waitpid(pid, ret_status, WNOHANG);

		if (done)
			return done == pid;
		nanosleep(&tick, NULL);
	}
	return false;
}
