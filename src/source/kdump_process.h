/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that runs libkdumpfile, seen from its parent. The library is known to corrupt its heap
 * on bad headers: that ends the process, and what it should have read is unreadable.
 */
#ifndef HR_KDUMP_PROCESS_H
#define HR_KDUMP_PROCESS_H

#include <hotremove/hotremove.h>
#include <stddef.h>
#include <sys/types.h>

#include "os/link.h"
#include "source/kdump_protocol.h"

struct hr_kdump_process {
	pid_t pid;
	struct hr_link link;	    /* closed: the process is gone, or not trusted any more */
	char *shared;		    /* HR_KDUMP_SHARED_SIZE bytes that the process writes */
	char why[HR_KDUMP_MESSAGE]; /* set once the link is closed */
};

/* The function that the new process runs; it must not return. */
typedef void hr_kdump_process_fn(void *context, const struct hr_link *link, char *shared);

/*
 * Start a process that runs @fn. It ends with its parent, has the null device as its standard
 * streams, and otherwise only the descriptors @fds and its link. Error HR_ERROR_OS: it cannot be
 * started. Call the function that ends @ret in any case.
 */
struct hr_error *hr_kdump_process_start(const int *fds, size_t count, hr_kdump_process_fn *fn,
					void *context, struct hr_kdump_process *ret);
void hr_kdump_process_end(struct hr_kdump_process *process);

/* Send @request. Error HR_ERROR_UNREADABLE: the process is gone; process->why says why. */
struct hr_error *hr_kdump_process_send(struct hr_kdump_process *process,
				       const struct hr_kdump_request *request);

/*
 * Wait for a reply to @op. The reply is checked: it names an existing slot, at most HR_KDUMP_PIECES
 * pieces, a defined status, and a terminated message of printable characters. Error
 * HR_ERROR_UNREADABLE: the process is gone, or it sent something else and is given up.
 */
struct hr_error *hr_kdump_process_receive(struct hr_kdump_process *process, enum hr_kdump_op op,
					  struct hr_kdump_reply *ret);

/* Give up @process because of @why. */
void hr_kdump_process_distrust(struct hr_kdump_process *process, const char *why);

/* An error that says why @process is gone. */
struct hr_error *hr_kdump_process_error(const struct hr_kdump_process *process);

#endif
