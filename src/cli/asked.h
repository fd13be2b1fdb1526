/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ranges that are asked about: those given, and those of the devices and nodes given. */
#ifndef HR_ASKED_H
#define HR_ASKED_H

#include <hotremove/hotremove.h>
#include <stddef.h>

struct hr_asked {
	struct hr_pa_range range;
	const char *device; /* all of its memory was asked for, and this is some; NULL: of none */
	int node;	    /* the same for a NUMA node; HR_NO_NODE: of none */
};

struct hr_asked_list {
	struct hr_asked *list;
	size_t count, room;
};

/* Add a range to @list. Errors: HR_ERROR_USAGE if there are too many, HR_ERROR_NO_MEMORY. */
struct hr_error *hr_asked_add(struct hr_asked_list *list, const struct hr_asked *asked);

void hr_asked_release(struct hr_asked_list *list);

#endif
