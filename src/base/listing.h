/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_LISTING_H
#define HR_LISTING_H

#include <stddef.h>

/*
 * Append word @i of @count, counted from 0, to the list in @text, which has room for @size bytes
 * and cuts what exceeds it. @last stands before the last word: "one, two and three".
 */
void hr_list_add(char *text, size_t size, size_t i, size_t count, const char *last,
		 const char *word);

#endif
