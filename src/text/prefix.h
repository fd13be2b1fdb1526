/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tools put before each line of a text: numbers, marks of a difference, times, names. */
#ifndef HR_TEXT_PREFIX_H
#define HR_TEXT_PREFIX_H

#include "text/text_file.h"

/*
 * Take away what stands before the lines of @form in the *@len bytes at @text, in place. Blanks and
 * quote marks may stand there in any number; everything else must be a prefix of the table, and the
 * same before all lines, as otherwise several texts may be mixed. Other lines keep what they have,
 * unless they have the same prefix. Error HR_ERROR_INPUT names the line and the prefix.
 */
struct hr_error *hr_text_strip(const struct hr_text_form *form, char *text, size_t *len);

/* Blanks and the quote marks of mails. */
#define HR_QUOTE_MARKS " \t\f\v>|"

#endif
