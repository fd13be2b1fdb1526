/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The side of the process that runs libkdumpfile. */
#ifndef HR_KDUMP_CHILD_H
#define HR_KDUMP_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "os/link.h"

/* What a process that reads a dump has. */
struct hr_kdump_child {
	const int *fds; /* of the dump: the parts of a split set */
	size_t count;
	int view;		    /* that may be read in the place of these, or -1 */
	const struct hr_link *link; /* where its orders come from */
	char *shared;		    /* HR_KDUMP_SHARED_SIZE bytes */
	bool sandbox;		    /* it gives up all rights before it opens the dump */
};

/*
 * Answer requests until there are no more. Ends the process: with a request that cannot be, or if
 * the one who asks is gone, too.
 */
void hr_kdump_child_run(const struct hr_kdump_child *child) __attribute__((noreturn));

/* The version of libkdumpfile that this was built against. */
const char *hr_kdump_library_version(void);

#endif
