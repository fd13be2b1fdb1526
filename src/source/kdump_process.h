/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that runs libkdumpfile, as its parent sees it. The library is known to corrupt its heap
 * on bad headers: that ends the process, and what it should have read is unreadable.
 */
#ifndef HR_KDUMP_PROCESS_H
#define HR_KDUMP_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "os/link.h"
#include "source/kdump_protocol.h"

struct hr_kdump_process {
	pid_t pid;
	struct hr_link link;	    /* closed: it is over, or cannot be trusted any more */
	char *shared;		    /* HR_KDUMP_SHARED_SIZE bytes that it writes to */
	char why[HR_KDUMP_MESSAGE]; /* once the link is closed */
};

/* What the new process does; it must not return. */
typedef void hr_kdump_process_fn(void *context, const struct hr_link *link, char *shared);

/*
 * Start a process that runs @fn. It ends with its parent, has the null device for its standard
 * streams, and beside them the descriptors @fds and its link only. Error HR_ERROR_OS: it cannot be
 * started. End @ret in any case.
 */
struct hr_error *hr_kdump_process_start(const int *fds, size_t count, hr_kdump_process_fn *fn,
					void *context, struct hr_kdump_process *ret);
void hr_kdump_process_end(struct hr_kdump_process *process);

/*
 * Send @request. Error HR_ERROR_UNREADABLE: the process is over, which process->why says.
 */
struct hr_error *hr_kdump_process_send(struct hr_kdump_process *process,
				       const struct hr_kdump_request *request);

/*
 * Wait for a reply with @op. What comes back names a slot that exists, no more than HR_KDUMP_PIECES
 * pieces, a status that there is, and a message of printable characters that ends. Error
 * HR_ERROR_UNREADABLE: the process is over, or sent something else and is given up.
 */
struct hr_error *hr_kdump_process_receive(struct hr_kdump_process *process, enum hr_kdump_op op,
					  struct hr_kdump_reply *ret);

/* Give @process up because of @why. */
void hr_kdump_process_distrust(struct hr_kdump_process *process, const char *why);

/* The error that says why @process is over. */
struct hr_error *hr_kdump_process_error(const struct hr_kdump_process *process);

#endif
