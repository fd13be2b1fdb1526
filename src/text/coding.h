/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the characters of a text are stored: its coding, its line ends, its blanks, its colours. */
#ifndef HR_TEXT_CODING_H
#define HR_TEXT_CODING_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Turn the *@len bytes at @text into UTF-8 with a line feed at the end of each line, in place:
 * UTF-16 is recognized by its byte order mark or its first characters, byte order marks and colours
 * go away, and no-break spaces become blanks. The room needs no more than *@len bytes. Error
 * HR_ERROR_INPUT names what it is instead of text, or the line with a NUL byte.
 */
struct hr_error *hr_text_decode(char *text, size_t *len);

/* First bytes of a file that show whether it may be text. */
enum {
	HR_TEXT_HEAD = 4096
};

/*
 * May a file that begins with the @len bytes of @head, at most HR_TEXT_HEAD, be such a text? That
 * is so if they are UTF-16 or have no NUL byte but at their end.
 */
bool hr_text_may_be(const char *head, size_t len);

#endif
