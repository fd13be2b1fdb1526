/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the characters of a text are stored: its coding, its line ends, its blanks, its colours. */
#ifndef HR_TEXT_CODING_H
#define HR_TEXT_CODING_H

#include <hotremove/hotremove.h>
#include <stddef.h>

/*
 * Turn the *@len bytes at @text into UTF-8 with a line feed at the end of each line, in place:
 * UTF-16 is recognized by its byte order mark or its first characters, byte order marks and colours
 * go away, and no-break spaces become blanks. The room needs no more than *@len bytes. Error
 * HR_ERROR_INPUT names what it is instead of text, or the line with a NUL byte.
 */
struct hr_error *hr_text_decode(char *text, size_t *len);

#endif
