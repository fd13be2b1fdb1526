/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The side of the process that runs libkdumpfile. */
#ifndef HR_KDUMP_CHILD_H
#define HR_KDUMP_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "os/link.h"

struct hr_kdump_library;

/* The resources of a process that reads a dump. */
struct hr_kdump_child {
	const struct hr_kdump_library *library;
	const int *fds; /* the dump, or the parts of a split one */
	size_t count;
	int view;		    /* a view to read instead of @fds, or -1 */
	const struct hr_link *link; /* where its requests come from */
	char *shared;		    /* HR_KDUMP_SHARED_SIZE bytes */
	bool sandbox;		    /* drop all privileges before opening the dump */
};

/*
 * Answer requests until there are no more. Ends the process, also after a malformed request or if
 * the other side is gone.
 */
void hr_kdump_child_run(const struct hr_kdump_child *child) __attribute__((noreturn));

#endif
