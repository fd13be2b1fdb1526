/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of answers that come one by one. Each has a limit, and says how many more there are. */
#ifndef HR_HTML_LISTS_H
#define HR_HTML_LISTS_H

#include <hotremove/hotremove.h>
#include <stdio.h>

/* A row for a run of leaves of @map. */
void hr_html_put_run(FILE *stream, const struct hr_kernel *kernel, enum hr_map map,
		     const struct hr_run *run);

/* The headings of such rows, under a caption. */
void hr_html_begin_runs(FILE *stream, enum hr_map map);

/* All suggestions that are listed, for a range of at least @wanted bytes. */
void hr_html_put_suggestions(FILE *stream, const struct hr_suggestions *suggestions,
			     uint64_t wanted, uint64_t block_size);

/* A row for a difference between the walk and the kernel's text, and the headings of such rows. */
void hr_html_begin_differences(FILE *stream);
void hr_html_put_difference(FILE *stream, enum hr_map map, const struct hr_difference *found);

/* A row for a range, whose details have an anchor if it @has_details, and the headings. */
void hr_html_begin_ranges(FILE *stream);
void hr_html_put_range_row(FILE *stream, const struct hr_kernel *kernel,
			   const struct hr_answer *answer, size_t number, bool has_details);

/* How many more of what is listed there are, if @left is not 0. */
void hr_html_put_left(FILE *stream, uint64_t left, const char *one, const char *many);

#endif
