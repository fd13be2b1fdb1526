/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of a page of HTML. All text is escaped here. */
#ifndef HR_HTML_TABLE_H
#define HR_HTML_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The headings of columns; that of a column of numbers begins with '#'. */
struct hr_html_heads {
	const char *const *names;
	size_t count;
};

#define HR_HTML_HEADS(...)                                                                         \
	((struct hr_html_heads){                                                                   \
		(const char *const[]){ __VA_ARGS__ },                                              \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *),               \
	})

/*
 * Begin a table, which scrolls if it is wider than the page, under a caption of a printf() format;
 * then its rows, and end it. Without headings the first column has those of the rows.
 */
void hr_html_table_begin(FILE *stream, struct hr_html_heads heads, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void hr_html_table_end(FILE *stream);

void hr_html_row_begin(FILE *stream);
void hr_html_row_end(FILE *stream);

/* The heading of a row, a cell, and one with a number, of a printf() format. */
void hr_html_head(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hr_html_cell(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hr_html_count(FILE *stream, uint64_t value);

/* A row of a heading and a cell. */
void hr_html_fact(FILE *stream, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
