/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program in two processes: a worker that does everything, and a supervisor that parses nothing
 * and so can always report how the worker ended.
 */
#ifndef HR_SUPERVISE_H
#define HR_SUPERVISE_H

#include <hotremove/hotremove.h>
#include <stdbool.h>

#include "os/link.h"

struct hr_supervision {
	bool is_supervisor;
	struct hr_link link; /* worker: for questions to the supervisor */
	bool *printed;	     /* shared: the worker may have printed part of its result */
	bool worker_is_done; /* supervisor: the worker exited by itself, with @status */
	int status;
};

/* Can the program exit with @status? */
typedef bool hr_status_fn(int status);

/* What the supervisor does for a worker that may not open files any more. */
struct hr_service {
	/*
	 * Answer one question from the link, with @root. Returns false if there are no more, or if
	 * it was malformed.
	 */
	bool (*answer)(const char *root, const struct hr_link *link);
	const char *root;   /* the directory of the system that questions are about */
	const char *folder; /* all files that it needs to open are in there */
};

/*
 * Start the worker. Returns in the worker at once, and in the supervisor when the worker has ended.
 * The supervisor drops what privileges it can, answers the worker's questions by @service, and
 * forwards to the worker the signals that would end it; the worker ends with it in any case.
 * Errors: HR_ERROR_OS if there can be no worker, or if the worker died, or exited with a status
 * that @is_status rejects; the message says what happened. Call this before threads are created.
 */
struct hr_error *hr_supervise(const struct hr_service *service, hr_status_fn *is_status,
			      struct hr_supervision *ret);

#endif
