// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "os/child.h"

static const char malformed[] = "the process that reads the dump sent a malformed reply";

struct hr_error *hr_kdump_process_start(const int *fds, size_t count, hr_kdump_process_fn *fn,
					void *context, struct hr_kdump_process *ret)
{
	_cleanup_(hr_link_close) struct hr_link child = HR_LINK_CLOSED;
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
	ret->pid = hr_child_start(fds, count, &child);
	if (ret->pid < 0)
		return hr_error_errno(errno, "cannot start a process to read the dump");
	if (ret->pid)
		return NULL;
	fn(context, &child, shared);
	_exit(EXIT_FAILURE);
}

void hr_kdump_process_end(struct hr_kdump_process *process)
{
	int status;

	hr_link_close(&process->link);
	if (process->pid > 0)
		hr_child_wait(process->pid, HR_KDUMP_END_MS, &status);
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

/* The link has ended, so the process has ended too, or soon will. */
static void note_death(struct hr_kdump_process *process)
{
	char text[HR_KDUMP_MESSAGE] = "the process that reads the dump ended unexpectedly";
	int status = 0;

	if (process->pid > 0 && hr_child_wait(process->pid, HR_KDUMP_END_MS, &status)) {
		process->pid = 0;
		if (WIFSIGNALED(status))
			snprintf(text, sizeof(text),
				 "the process that reads the dump was killed by signal %d (%s)",
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

/* Reduce the message to one line that a terminal may show. */
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
		 "the process that reads the dump exceeded the time limit of %d s",
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
