/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of --diff: a kernel beside that of the session, with which it is compared. */
#ifndef HR_OTHER_H
#define HR_OTHER_H

#include <hotremove/hotremove.h>

#include "cli/session.h"

struct hr_other {
	bool is_open;		   /* if not, nothing else counts */
	struct hr_options options; /* those of the command line that apply to both */
	struct hr_inputs inputs;
	struct hr_session session;
	struct hr_inventory *inventory;
	char **warnings; /* of this kernel, as the other one repeats them */
	size_t warning_count;
};

/*
 * Read the file of --diff, which @session has in its inputs, and let its kernel warn of what
 * concerns this one. Both must outlive @ret. What replaces facts applies to the kernel of @session
 * alone; what is assumed about models, and what is ignored, applies to both. Errors name the file.
 * Close @ret in any case, after @session; it may be all zeros.
 */
struct hr_error *hr_other_open(const struct hr_session *session, struct hr_other *ret);
void hr_other_close(struct hr_other *other);

#endif
