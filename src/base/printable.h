/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that others made, a file's name, a word of a command line, what a dump says: it goes out so
 * that it cannot drive the terminal, end a line, or pass for text that it is not.
 */
#ifndef HR_PRINTABLE_H
#define HR_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Bytes of the character at @at (Unicode 3.9, table 3-7), 0 if that is not well-formed UTF-8:
 * overlong forms, surrogates, and what lies beyond U+10FFFF are not. The end of the string is one
 * byte.
 */
size_t hr_utf8_length(const char *at);

/*
 * The same of a character that may be shown: not a control character (of 7 or 8 bits), nor one that
 * ends a line or a paragraph, or changes the direction of what follows. 0 at the end of the string.
 */
size_t hr_printable_length(const char *at);

/* May all of @text be shown? */
bool hr_is_printable(const char *text);

/* Write @text to @stream, a question mark for each byte that may not be shown. */
void hr_put_printable(const char *text, FILE *stream);

#endif
