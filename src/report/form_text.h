/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In words, what leaves and memory blocks are like in a comparison. */
#ifndef HR_FORM_TEXT_H
#define HR_FORM_TEXT_H

#include <hotremove/hotremove.h>

#include "report/summary.h"

/* Room for any of these texts. */
enum {
	HR_FORM_TEXT_SIZE = 256
};

/* "CONT_PMD 32 MiB, not valid", "unmapped". */
void hr_leaf_form_text(const struct hr_leaf_form *form, char text[HR_FORM_TEXT_SIZE]);

/* "online, not-removable, check refuses, splits-leaf"; "no memory block" if there is none. */
void hr_block_form_text(const struct hr_block_form *form, char text[HR_FORM_TEXT_SIZE]);

/* The same for a range, which has no state. */
void hr_range_form_text(const struct hr_block_form *form, char text[HR_FORM_TEXT_SIZE]);

/* "CHANGED since then", "nothing has changed since then"; also if that is not known. */
const char *hr_diff_words(const struct hr_summary *summary);

#endif
