/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frame of a page. It loads nothing, runs nothing, and leads nowhere. */
#ifndef HR_HTML_PAGE_H
#define HR_HTML_PAGE_H

#include <stdio.h>

#include "cli/session.h"
#include "report/summary.h"

/* The start of the page, up to what sums it up. */
void hr_html_page_begin(FILE *stream, const struct hr_session *session,
			const struct hr_summary *summary);
void hr_html_page_end(FILE *stream);

#endif
