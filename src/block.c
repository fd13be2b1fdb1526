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

/* The first section from @nr to @last whose root exists and could be read. */
static uint64_t next_section(const struct hr_blocks *blocks, uint64_t nr, uint64_t last,
			     bool *ret_unread)
{
	while (nr <= last) {
		struct hr_error *error = hr_section_next(blocks->sections, nr, last, &nr);

		if (!error)
			return nr;
		hr_error_destroy(error);
		*ret_unread = true;
		nr = hr_section_skip(blocks->sections, nr);
	}
	return UINT64_MAX;
}

uint64_t hr_block_next(const struct hr_blocks *blocks, uint64_t start, uint64_t end,
		       bool *ret_unread)
{
	unsigned int bits = blocks->layout->section_size_bits;

	while (blocks->sections && start < end) {
		uint64_t nr = next_section(blocks, start >> bits, (end - 1) >> bits, ret_unread);
		struct hr_block_state state;
		struct hr_error *error;

		if (nr == UINT64_MAX)
			break;
		start = (nr << bits) & ~(blocks->size - 1);
		error = hr_block_read(blocks, start, &state);
		if (!error && state.present)
			return start;
		if (error) {
			hr_error_destroy(error);
			*ret_unread = true;
			start = hr_section_skip(blocks->sections, nr) << bits;
		} else {
			start += blocks->size;
		}
	}
	return HR_NO_BLOCK;
}
