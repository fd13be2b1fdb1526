/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a VMCOREINFO text that people hand in. */
#ifndef HR_NOTE_LINES_H
#define HR_NOTE_LINES_H

#include "text/text_file.h"

extern const struct hr_text_form hr_note_lines;

/* Has @text a key that only VMCOREINFO has? */
bool hr_note_has_key(const struct hr_text *text);

/*
 * Leave of @text, which hr_text_clean() has cleaned by that form, one line of KEY=value for each
 * key. Lines without a key go away; a line with one consists of keys with values, and of nothing
 * else. A value in which the text ends may be cut, so the key goes away: *@ret_cut. Error
 * HR_ERROR_INPUT: a line is not that, or there is no key that a kernel writes.
 */
struct hr_error *hr_note_split(struct hr_text *text, bool *ret_cut);

#endif
