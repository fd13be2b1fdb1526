/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel that the command line names, opened with everything that the options say about it. */
#ifndef HR_SESSION_H
#define HR_SESSION_H

#include "api/kernel.h"
#include "cli/inputs.h"
#include "source/proc_iomem.h"

struct hr_session {
	const struct hr_options *options;
	struct hr_inputs *inputs;
	struct hr_source *source;
	char *vmcoreinfo;      /* the user's file; NULL: the source's own note */
	struct hr_areas areas; /* of the running kernel */
	struct hr_host host;
	struct hr_kernel *kernel;
};

/*
 * Read the source in @inputs and set up its kernel according to @options. Both must outlive it, and
 * may be used again. Reports long preparations to @progress. Close @ret in any case.
 */
struct hr_error *hr_session_open(const struct hr_options *options, struct hr_inputs *inputs,
				 const struct hr_progress *progress, struct hr_session *ret);
void hr_session_close(struct hr_session *session);

/* The limits for ranges on the command line. */
struct hr_range_limits hr_session_limits(const struct hr_session *session);

#endif
