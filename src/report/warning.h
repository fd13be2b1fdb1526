/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The warnings of a session, in the order in which every form of output has them. */
#ifndef HR_WARNING_H
#define HR_WARNING_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>

#include "cli/session.h"

struct hr_warning {
	const char *text;
	/* The library says what it has assumed, and names fields; the program warns of itself. */
	bool is_told;
};

/*
 * Warning @i, counted from 0: that about the program's protection comes first. Returns false after
 * the last one.
 */
bool hr_warning_at(const struct hr_session *session, size_t i, struct hr_warning *ret);

#endif
