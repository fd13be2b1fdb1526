/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --diff has found, as a table of a page of HTML. */
#ifndef HR_HTML_DIFF_H
#define HR_HTML_DIFF_H

#include <hotremove/hotremove.h>
#include <stdio.h>

#include "report/sink.h"

/* What came of the comparison with the file at @path. */
void hr_html_put_diff_result(FILE *stream, const char *path, const struct hr_summary *summary);

/* The headings of the table, and a row for each kind of change. */
void hr_html_begin_changes(FILE *stream);
void hr_html_put_fact_change(FILE *stream, const struct hr_fact_change *change);
void hr_html_put_range_change(FILE *stream, const struct hr_block_change *change);
void hr_html_put_block_change(FILE *stream, const struct hr_block_change *change);
void hr_html_put_leaf_change(FILE *stream, const struct hr_leaf_change *change);

#endif
