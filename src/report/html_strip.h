/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strips: pictures of a stretch of memory from left to right. Horizontal places are shares of the
 * stretch, so a strip is as wide as the page has room for, and nothing in it is distorted.
 */
#ifndef HR_HTML_STRIP_H
#define HR_HTML_STRIP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
	HR_HTML_WHOLE = 10000 /* the width of a strip */
};

/* A piece of a strip, in HR_HTML_WHOLE-ths of its width and in pixels of its height. */
struct hr_html_box {
	unsigned int x, width;
	unsigned int y, height;
};

/* The part that @part is of @whole (not 0, and at least @part), in HR_HTML_WHOLE-ths. */
unsigned int hr_html_share(uint64_t part, uint64_t whole);

/*
 * The place of [@start, @end) in the strip of [@from, @to), cut to it; it is wide enough to be
 * seen. Returns false if it is outside.
 */
bool hr_html_place(uint64_t start, uint64_t end, uint64_t from, uint64_t to,
		   struct hr_html_box *ret);

/* Begin a strip of @height pixels; a picture of itself with a printf() text, or without one. */
void hr_html_strip_begin(FILE *stream, unsigned int height, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void hr_html_strip_plain(FILE *stream, unsigned int height);
void hr_html_strip_end(FILE *stream);

/* A box of this @class of the style sheet, with a printf() text that a pointer shows. */
void hr_html_box(FILE *stream, const char *class, struct hr_html_box box);
void hr_html_box_titled(FILE *stream, const char *class, struct hr_html_box box, const char *format,
			...) __attribute__((format(printf, 4, 5)));

/* A printf() text at @x, behind it or near the right edge before it, with its base line at @y. */
void hr_html_label(FILE *stream, unsigned int x, unsigned int y, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
