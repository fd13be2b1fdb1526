// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/fault.h"
#include "os/sandbox.h"
#include "os/signals.h"

/* How long a process that has let go of its link may take to end. */
enum {
	PATIENCE_MS = HR_KDUMP_END_MS
};

static const char malformed[] = "the process that reads the dump sent what cannot be understood";

/* Nothing that the library or the C library says shall get out; reports of sanitizers shall. */
static void silence(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
	    (HR_HAS_SANDBOX && dup2(fd, STDERR_FILENO) < 0))
		_exit(EXIT_FAILURE);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* What ends the program is for its parent to tell; this process ends with it. */
static void ignore_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	/* But for the one by which it ends when it has used up its time. */
	for (int number = 1; number < NSIG; number++)
		if (number != SIGXCPU && hr_signal_ends(number))
			signal(number, SIG_IGN);
	signal(SIGXCPU, SIG_DFL);
	hr_fault_default();
}

/* As fork(2), but the parent's handlers never run in the child. */
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

/* What whoever started the program left open, too. Kernels before 5.9 close one after the other. */
static void close_from(int first)
{
	struct rlimit most;

	if (!close_range((unsigned int)first, UINT_MAX, 0) || getrlimit(RLIMIT_NOFILE, &most))
		return;
	for (rlim_t fd = (rlim_t)first; fd < most.rlim_max && fd < INT_MAX; fd++)
		close((int)fd);
}

/*
 * Descriptors are given out from the lowest on, so that those of this program end with those of
 * @link. With the parent's end of it this process would never come to its own end.
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

struct hr_error *hr_kdump_process_start(const int *fds, size_t count, hr_kdump_process_fn *fn,
					void *context, struct hr_kdump_process *ret)
{
	_cleanup_(hr_link_close) struct hr_link child = HR_LINK_CLOSED;
	pid_t parent = getpid();
	struct hr_error *error;
	char *shared;

	*ret = (struct hr_kdump_process){ .link = HR_LINK_CLOSED };
	shared = mmap(NULL, HR_KDUMP_SHARED_SIZE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return hr_error_no_memory();
	ret->shared = shared;
	error = hr_link_create(&ret->link, &child);
	if (error)
		return error;
	ret->pid = fork_without_signals();
	if (ret->pid < 0)
		return hr_error_errno(errno, "cannot start a process that reads the dump");
	if (ret->pid)
		return NULL;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(EXIT_FAILURE);
	close_others(fds, count, &child);
	silence();
	fn(context, &child, shared);
	_exit(EXIT_FAILURE);
}

/* Has the process ended? It is given time, but not for ever. */
static bool wait_for_end(pid_t pid, int *ret_status)
{
	const struct timespec tick = { .tv_nsec = 1000000 };

	for (int i = 0; i < PATIENCE_MS; i++) {
		pid_t done = waitpid(pid, ret_status, WNOHANG);

		if (done)
			return done == pid;
		nanosleep(&tick, NULL);
	}
	return false;
}

void hr_kdump_process_end(struct hr_kdump_process *process)
{
	int status;

	hr_link_close(&process->link);
	if (process->pid > 0)
		wait_for_end(process->pid, &status);
	process->pid = 0;
	if (process->shared)
		munmap(process->shared, HR_KDUMP_SHARED_SIZE);
	process->shared = NULL;
}

void hr_kdump_process_distrust(struct hr_kdump_process *process, const char *why)
{
	hr_link_close(&process->link);
	snprintf(process->why, sizeof(process->why), "%s", why);
}

/* The link has come to its end, and so has the process, or it will. */
static void note_death(struct hr_kdump_process *process)
{
	char text[HR_KDUMP_MESSAGE] = "the process that reads the dump gave up";
	int status = 0;

	if (process->pid > 0 && wait_for_end(process->pid, &status)) {
		process->pid = 0;
		if (WIFSIGNALED(status))
			snprintf(text, sizeof(text),
				 "the process that reads the dump died (signal %d, %s)",
				 WTERMSIG(status), strsignal(WTERMSIG(status)));
	}
	hr_kdump_process_distrust(process, text);
}

struct hr_error *hr_kdump_process_error(const struct hr_kdump_process *process)
{
	return hr_error_new(HR_ERROR_UNREADABLE, "%s", process->why);
}

struct hr_error *hr_kdump_process_send(struct hr_kdump_process *process,
				       const struct hr_kdump_request *request)
{
	if (hr_link_is_open(&process->link) &&
	    !hr_link_send(&process->link, request, sizeof(*request)))
		note_death(process);
	return hr_link_is_open(&process->link) ? NULL : hr_kdump_process_error(process);
}

/* One line of what a terminal may be shown. */
static void clean_message(struct hr_kdump_reply *reply)
{
	reply->message[sizeof(reply->message) - 1] = '\0';
	for (char *at = reply->message; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
}

static bool is_sound(const struct hr_kdump_reply *reply, enum hr_kdump_op op)
{
	if (reply->magic != HR_KDUMP_MAGIC || reply->op != (uint32_t)op ||
	    reply->slot >= HR_KDUMP_SLOTS || reply->count > HR_KDUMP_PIECES ||
	    reply->status >= HR_KDUMP_STATUSES)
		return false;
	for (size_t i = 0; i < reply->count; i++)
		if (reply->pieces[i] >= HR_KDUMP_STATUSES)
			return false;
	return true;
}

static void give_up_waiting(struct hr_kdump_process *process)
{
	char text[HR_KDUMP_MESSAGE];

	snprintf(text, sizeof(text),
		 "the process that reads the dump took longer than the limit of %d s",
		 HR_KDUMP_SECONDS);
	hr_kdump_process_distrust(process, text);
}

struct hr_error *hr_kdump_process_receive(struct hr_kdump_process *process, enum hr_kdump_op op,
					  struct hr_kdump_reply *ret)
{
	struct hr_kdump_reply reply;
	enum hr_link_status status;

	if (!hr_link_is_open(&process->link))
		return hr_kdump_process_error(process);
	if (!hr_link_wait(&process->link, HR_KDUMP_SECONDS)) {
		give_up_waiting(process);
		return hr_kdump_process_error(process);
	}
	status = hr_link_receive(&process->link, &reply, sizeof(reply));
	if (status == HR_LINK_ENDED)
		note_death(process);
	else if (status == HR_LINK_MALFORMED || !is_sound(&reply, op))
		hr_kdump_process_distrust(process, malformed);
	if (!hr_link_is_open(&process->link))
		return hr_kdump_process_error(process);
	*ret = reply;
	clean_message(ret);
	return NULL;
}
