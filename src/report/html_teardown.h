/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the teardown of a range costs: bars, and the table that they show a part of. */
#ifndef HR_HTML_TEARDOWN_H
#define HR_HTML_TEARDOWN_H

#include <hotremove/hotremove.h>
#include <stdio.h>

/* Write the plan of @answer, which has one, on @kernel. */
void hr_html_put_teardown(FILE *stream, const struct hr_kernel *kernel,
			  const struct hr_answer *answer);

#endif
