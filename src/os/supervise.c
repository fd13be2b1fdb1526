// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/supervise.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "os/fault.h"
#include "os/sandbox.h"
#include "os/signals.h"

/* A handler can only use globals. */
static volatile pid_t worker;
static volatile sig_atomic_t handed_on; /* the last signal forwarded */

static void hand_on(int number)
{
	int errnum = errno;

	/* After it was waited for, its number may belong to another process. */
	if (worker) {
		handed_on = number;
		kill(worker, number);
	}
	errno = errnum;
}

/* Signals that are ignored (nohup) stay ignored in both processes. */
static void take_signals(void)
{
	struct sigaction action = { .sa_handler = hand_on, .sa_flags = SA_RESTART }, before;

	sigfillset(&action.sa_mask);
	for (int number = 1; number < NSIG; number++)
		if (hr_signal_ends(number) && !sigaction(number, NULL, &before) &&
		    before.sa_handler != SIG_IGN)
			sigaction(number, &action, NULL);
	hr_fault_handle(hand_on);
}

static void hold_signals(sigset_t *ret_before)
{
	sigset_t signals;

	sigemptyset(&signals);
	for (int number = 1; number < NSIG; number++)
		if (hr_signal_ends(number) || hr_signal_tells_of_fault(number))
			sigaddset(&signals, number);
	sigprocmask(SIG_BLOCK, &signals, ret_before);
}

static struct hr_error *explain_death(int number)
{
	if (number == handed_on)
		return hr_error_new(HR_ERROR_OS,
				    "another process ended the program with signal %d (%s)", number,
				    strsignal(number));
	if (number == SIGSYS)
		return hr_error_new(HR_ERROR_OS,
				    "the sandbox ended the program because of a forbidden system "
				    "call: the source is damaged, the program has a bug, or a "
				    "preloaded library needs --no-sandbox");
	if (number == SIGXCPU)
		return hr_error_new(
			HR_ERROR_OS,
			"the program exceeded its CPU time limit of %d s, or that of the "
			"user (ulimit -t)",
			HR_CPU_SECONDS);
	if (number == SIGKILL)
		return hr_error_new(
			HR_ERROR_OS,
			"the program was killed by a user, by its CPU time limit, or for "
			"lack of memory");
	return hr_error_new(HR_ERROR_OS, "the program was killed by signal %d (%s)", number,
			    strsignal(number));
}

static struct hr_error *wait_for_worker(hr_status_fn *is_status, struct hr_supervision *ret)
{
	int status;

	while (waitpid(worker, &status, 0) < 0)
		if (errno != EINTR)
			return hr_error_errno(errno, "cannot wait for the worker");
	worker = 0;
	if (WIFSIGNALED(status))
		return explain_death(WTERMSIG(status));
	if (!is_status(WEXITSTATUS(status)))
		return hr_error_new(HR_ERROR_OS,
				    "the program ended with the unexpected exit status %d",
				    WEXITSTATUS(status));
	ret->worker_is_done = true;
	ret->status = WEXITSTATUS(status);
	return NULL;
}

/* If the supervisor cannot drop a privilege, that is not fatal: it reads only our own data. */
static void give_up_rights(const struct hr_service *service, const struct hr_link *link)
{
	const int fds[] = { STDOUT_FILENO, STDERR_FILENO, link->out };
	const struct hr_sandbox sandbox = {
		.role = HR_SANDBOX_SUPERVISOR,
		.write_fds = fds,
		.write_count = sizeof(fds) / sizeof(fds[0]),
		.worker = worker,
		.folder = service->folder,
	};
	bool filtered;

	hr_error_destroy(hr_sandbox_enter(&sandbox, &filtered));
}

static struct hr_error *be_supervisor(const struct hr_service *service, struct hr_link *link,
				      hr_status_fn *is_status, struct hr_supervision *ret)
{
	give_up_rights(service, link);
	while (service->answer(service->root, link))
		;
	/* A worker that sent a malformed question gets no more answers. */
	hr_link_close(link);
	return wait_for_worker(is_status, ret);
}

static struct hr_error *be_worker(pid_t parent, const sigset_t *signals)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return hr_error_errno(errno, "cannot make the worker end with its supervisor");
	/* No status of this process may be mistaken for a verdict. */
	if (getppid() != parent)
		return hr_error_new(HR_ERROR_OS, "the supervisor has ended");
	/* The supervisor reports these. */
	signal(SIGXCPU, SIG_DFL);
	hr_fault_default();
	sigprocmask(SIG_SETMASK, signals, NULL);
	return NULL;
}

static struct hr_error *prepare(struct hr_supervision *ret, struct hr_link *ret_supervisor)
{
	void *printed = mmap(NULL, sizeof(*ret->printed), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (printed == MAP_FAILED)
		return hr_error_no_memory();
	ret->printed = printed;
	return hr_link_create(ret_supervisor, &ret->link);
}

struct hr_error *hr_supervise(const struct hr_service *service, hr_status_fn *is_status,
			      struct hr_supervision *ret)
{
	pid_t parent = getpid(), pid;
	struct hr_error *error;
	sigset_t signals;
	_cleanup_(hr_link_close) struct hr_link link = HR_LINK_CLOSED;

	*ret = (struct hr_supervision){ .link = HR_LINK_CLOSED };
	error = prepare(ret, &link);
	if (error)
		return error;
	hold_signals(&signals);
	pid = fork();
	if (pid < 0) {
		error = hr_error_errno(errno, "cannot start the worker process");
		sigprocmask(SIG_SETMASK, &signals, NULL);
		return error;
	}
	ret->is_supervisor = pid > 0;
	hr_link_close(pid ? &ret->link : &link);
	if (!pid)
		return be_worker(parent, &signals);
	worker = pid;
	take_signals();
	sigprocmask(SIG_SETMASK, &signals, NULL);
	return be_supervisor(service, &link, is_status, ret);
}
