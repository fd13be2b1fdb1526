/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a range as people paste it. */
#ifndef HR_RANGE_TEXT_H
#define HR_RANGE_TEXT_H

/*
 * Make @text plain, in place: drop a byte order mark and the blanks and carriage returns at both
 * ends, and put plain spaces and dashes where an editor or a mail program has put other ones.
 */
void hr_range_text_clean(char *text);

#endif
