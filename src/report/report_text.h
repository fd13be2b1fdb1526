/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results as text for people on standard output. */
#ifndef HR_REPORT_TEXT_H
#define HR_REPORT_TEXT_H

#include "report/report.h"

/* May the output have colour? On a terminal, unless NO_COLOR forbids it. */
bool hr_text_has_colour(void);

/* Print what there is to say about one range, the verdict first; with @explain also the rules. */
void hr_text_print_range(const struct hr_kernel *kernel, const struct hr_answer *answer,
			 bool explain);

/* Print which kernel that was, and what was assumed. */
void hr_text_print_kernel(const struct hr_session *session);

/*
 * Print that @key was @before and is @after, either of which may be NULL; @first begins the changes
 * of a round.
 */
void hr_text_print_change(bool first, const char *key, const char *before, const char *after);

/* Print the one line of at most 80 characters, about the first that @options ask for. */
void hr_text_print_summary(const struct hr_session *session, const struct hr_summary *summary);

#endif
