/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is to say about a memory block, in words. */
#ifndef HR_BLOCK_TEXT_H
#define HR_BLOCK_TEXT_H

#include "api/listed_block.h"

/* Room for any of these texts, and for the line that has them all. */
enum {
	HR_BLOCK_TEXT_SIZE = 160,
	HR_BLOCK_LINE_SIZE = 640
};

/* "online", "offline" or "?". */
const char *hr_block_state_text(const struct hr_listed_block *block);

/* "boot", "hot-added" or "?". */
const char *hr_block_origin_text(const struct hr_listed_block *block);

/* The codes of the reasons, each once, as bits (1 << enum hr_reason_code). */
uint32_t hr_block_reasons(const struct hr_listed_block *block);

/* "splits-leaf,unreadable"; empty without a reason. */
void hr_block_reasons_text(const struct hr_listed_block *block, char text[HR_BLOCK_TEXT_SIZE]);

/* "PUD,PMD": the leaves in @map, those that reach beyond the block included. */
void hr_block_leaves_text(const struct hr_listed_block *block, enum hr_map map,
			  char text[HR_BLOCK_TEXT_SIZE]);

/*
 * "PUD 1 GiB, inside": the leaf that has the first byte of the block in @map, or the last byte with
 * @at_end, and whether it reaches out of the block there.
 */
void hr_block_edge_text(const struct hr_listed_block *block, enum hr_map map, bool at_end,
			char text[HR_BLOCK_TEXT_SIZE]);

/* All of it but the place, in one line: "online, removable, check accepts, linear PMD, ...". */
void hr_block_line_text(const struct hr_listed_block *block, char text[HR_BLOCK_LINE_SIZE]);

/* Put @word behind @text, which has room for @size bytes, with @separator if it is not empty. */
void hr_text_append(char *text, size_t size, const char *separator, const char *word);

#endif
