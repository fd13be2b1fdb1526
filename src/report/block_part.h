/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a memory block counts when all blocks are summed up. */
#ifndef HR_BLOCK_PART_H
#define HR_BLOCK_PART_H

#include <hotremove/hotremove.h>

enum hr_block_part {
	HR_PART_REMOVABLE,
	HR_PART_WHOLE_LEAF, /* not by itself: a leaf extends beyond it, or the kernel refuses it */
	HR_PART_BOOT,
	HR_PART_OTHER,
	HR_PART_UNKNOWN,
	HR_PART_COUNT,
};

/* The part that @block belongs to; @ignored has reasons that do not count, as in hr_config. */
enum hr_block_part hr_block_part_of(const struct hr_listed_block *block, uint32_t ignored);

/* "removable block by block" and so on. */
const char *hr_block_part_text(enum hr_block_part part);

#endif
