/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_TEXT_APPEND_H
#define HR_TEXT_APPEND_H

#include <stddef.h>

/*
 * Append @word to the list in @text, after @separator unless it is the first one. @text has room
 * for @size bytes; what exceeds it is cut.
 */
void hr_text_append(char *text, size_t size, const char *separator, const char *word);

#endif
