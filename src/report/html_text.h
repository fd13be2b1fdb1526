/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text in a page of HTML, which is well-formed XML as well. All text that is not a literal or a
 * number of the program goes through these functions: a dump decides what it says, and it must not
 * become markup.
 */
#ifndef HR_HTML_TEXT_H
#define HR_HTML_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Write @text as the content of an element or of an attribute in double quotes. What may not be
 * shown (base/printable.h), what is not UTF-8, and what XML does not have becomes U+FFFD.
 */
void hr_html_put(FILE *stream, const char *text);

/* The same for text of the library, which names fields where a user knows options. */
void hr_html_put_told(FILE *stream, const char *text);

/* The same for a list of words in ASCII, with a blank behind each comma: a line can break there. */
void hr_html_put_list(FILE *stream, const char *words);

/* The same for the printf() text of @format; what exceeds 1023 bytes is cut. */
void hr_html_print(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hr_html_vprint(FILE *stream, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

#endif
