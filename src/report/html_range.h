/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answer for a range: its verdict, what is in its way, the kernel's check, and its teardown. */
#ifndef HR_HTML_RANGE_H
#define HR_HTML_RANGE_H

#include <hotremove/hotremove.h>
#include <stdio.h>

#include "cli/session.h"

/* "REMOVABLE", "NOT REMOVABLE" or "UNKNOWN", as a badge. */
void hr_html_put_verdict(FILE *stream, enum hr_verdict verdict);

/* Write all of @answer, which has @number in the list of ranges, counted from 1. */
void hr_html_put_range(FILE *stream, const struct hr_session *session,
		       const struct hr_answer *answer, size_t number);

#endif
