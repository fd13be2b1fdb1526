// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_part.h"

#include "report/block_text.h"

enum hr_block_part hr_block_part_of(const struct hr_listed_block *block, uint32_t ignored)
{
	uint32_t leaf = 1u << HR_REASON_SPLITS_LEAF | 1u << HR_REASON_GUARD_VETO |
			1u << HR_REASON_UNREADABLE;
	uint32_t reasons = hr_block_reasons(block) & ~ignored;

	if (block->answer->verdict == HR_VERDICT_REMOVABLE)
		return HR_PART_REMOVABLE;
	if (block->answer->verdict == HR_VERDICT_UNKNOWN)
		return HR_PART_UNKNOWN;
	if (reasons & 1u << HR_REASON_BOOT_MEMORY)
		return HR_PART_BOOT;
	return (reasons & ~leaf) ? HR_PART_OTHER : HR_PART_WHOLE_LEAF;
}

const char *hr_block_part_text(enum hr_block_part part)
{
	static const char *const texts[HR_PART_COUNT] = {
		"removable block by block",
		"not block by block: a leaf crosses an edge, or the kernel refuses",
		"boot memory",
		"not removable for other reasons",
		"unknown",
	};

	return texts[part];
}
