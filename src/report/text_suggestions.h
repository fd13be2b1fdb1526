/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_TEXT_SUGGESTIONS_H
#define HR_TEXT_SUGGESTIONS_H

#include <hotremove/hotremove.h>

/*
 * Print the table of @suggestions of at least @wanted bytes, or that there are none. Memory blocks
 * have @block_size bytes. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_text_suggestions(const struct hr_suggestions *suggestions, uint64_t wanted,
				     uint64_t block_size);

#endif
