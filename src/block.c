// SPDX-License-Identifier: GPL-2.0-or-later
#include "block.h"

struct hr_error *hr_block_read(const struct hr_blocks *blocks, uint64_t start,
			       struct hr_block_state *ret)
{
	unsigned int bits = blocks->layout->section_size_bits;
	uint64_t last = start + blocks->size - 1;

	*ret = (struct hr_block_state){ .present = !blocks->sections, .online = !blocks->sections };
	for (uint64_t nr = start >> bits; blocks->sections && nr <= last >> bits; nr++) {
		uint64_t value;
		struct hr_error *error = hr_section_read(blocks->sections, nr, &value);

		if (error)
			return error;
		if (!(value & HR_SECTION_PRESENT))
			continue;
		ret->present = true;
		ret->online |= (value & HR_SECTION_ONLINE) != 0;
		ret->early |= (value & HR_SECTION_EARLY) != 0;
	}
	return NULL;
}

/* The first block at or behind @start whose sections have a root. */
static uint64_t next_candidate(const struct hr_blocks *blocks, uint64_t start)
{
	unsigned int bits = blocks->layout->section_size_bits;
	struct hr_error *error;
	uint64_t nr;

	if (!blocks->sections)
		return (start >> blocks->layout->pa_bits) ? HR_NO_BLOCK : start;
	error = hr_section_next(blocks->sections, start >> bits, &nr);
	if (error) {
		hr_error_destroy(error);
		return (start >> blocks->layout->pa_bits) ? HR_NO_BLOCK : start;
	}
	return nr == UINT64_MAX ? HR_NO_BLOCK : (nr << bits) & ~(blocks->size - 1);
}

uint64_t hr_block_next(const struct hr_blocks *blocks, uint64_t start)
{
	for (start = next_candidate(blocks, start); start != HR_NO_BLOCK;
	     start = next_candidate(blocks, start + blocks->size)) {
		struct hr_block_state state;
		struct hr_error *error = hr_block_read(blocks, start, &state);

		if (error || state.present) {
			hr_error_destroy(error);
			return start;
		}
	}
	return HR_NO_BLOCK;
}
