/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program in two: a worker that does everything, and a supervisor that parses nothing, so that
 * there is always somebody who can say how it ended.
 */
#ifndef HR_SUPERVISE_H
#define HR_SUPERVISE_H

#include <stdbool.h>

#include "os/link.h"

struct hr_supervision {
	bool is_supervisor;
	struct hr_link link; /* worker: for its questions */
	bool *printed;	     /* shared: the worker may have printed some of its result */
	bool worker_is_done; /* supervisor: it ended by itself, with @status */
	int status;
};

/* Is @status one that the program may end with? */
typedef bool hr_status_fn(int status);

/* What the supervisor does for a worker that may not open files any more. */
struct hr_service {
	/*
	 * Answer one question that comes over the link; false if there are no more, or it was none.
	 */
	bool (*answer)(const struct hr_link *link);
	const char *folder; /* all that it needs to open lies in there */
};

/*
 * Start the worker: returns in it at once, and in the supervisor when it is over. The supervisor
 * gives up what rights it can, answers the worker's questions by @service, and hands the signals
 * that would end it on to the worker, which ends with it in any case. Errors: HR_ERROR_OS where
 * there can be no worker, or where the worker died, or ended with a status that is none by
 * @is_status; the message tells of what. To be called before there are threads.
 */
struct hr_error *hr_supervise(const struct hr_service *service, hr_status_fn *is_status,
			      struct hr_supervision *ret);

#endif
