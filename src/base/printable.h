/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text from outside, such as a file name, a word of the command line, or the content of a dump. It
 * is printed in a way that cannot control the terminal, end a line, or imitate other text.
 */
#ifndef HR_PRINTABLE_H
#define HR_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * The length in bytes of the character at @at (Unicode 3.9, table 3-7), 0 if it is not well-formed
 * UTF-8. Overlong forms, surrogates, and code points beyond U+10FFFF are malformed. The end of the
 * string is one byte.
 */
size_t hr_utf8_length(const char *at);

/*
 * The same for a character that may be shown: not a control character (7 or 8 bits), and not one
 * that ends a line or paragraph, or changes the direction of the text after it. 0 at the end of the
 * string.
 */
size_t hr_printable_length(const char *at);

/* May all of @text be shown? */
bool hr_is_printable(const char *text);

/* Write @text to @stream, with a question mark for each byte that may not be shown. */
void hr_put_printable(const char *text, FILE *stream);

#endif
