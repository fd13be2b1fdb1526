// SPDX-License-Identifier: GPL-2.0-or-later
#include "block.h"

#include "survey.h"

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

static uint64_t next_by_section(const struct hr_blocks *blocks, uint64_t start, uint64_t end,
				bool *ret_unread)
{
	unsigned int bits = blocks->layout->section_size_bits;

	while (start < end) {
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

/* Does the linear map map some of the block at @start? *@ret_next is where to go on. */
static bool is_mapped(const struct hr_blocks *blocks, uint64_t start, uint64_t *ret_next,
		      bool *ret_unread)
{
	uint64_t size = blocks->size, va = hr_layout_linear_va(blocks->layout, start);
	const struct hr_map_survey *linear;
	struct hr_survey survey;
	struct hr_lookup found;

	*ret_next = start + size;
	if (!hr_layout_has_linear(blocks->layout, start))
		return false;
	hr_walk_lookup(blocks->walker, va, &found);
	if (found.state != HR_MAP_MAPPED && !found.in_broken_group && found.leaf.size >= size) {
		/* A hole, or nothing known, of more than a block. */
		*ret_next = (start + (found.leaf.va + found.leaf.size - va)) & ~(size - 1);
		*ret_unread |= found.state == HR_MAP_UNREADABLE;
		return false;
	}
	hr_survey_range(blocks->layout, blocks->walker, start, start + size, NULL, NULL, &survey);
	linear = &survey.maps[HR_MAP_LINEAR];
	*ret_unread |= linear->unreadable != 0;
	return linear->mapped;
}

static uint64_t next_by_map(const struct hr_blocks *blocks, uint64_t start, uint64_t end,
			    bool *ret_unread)
{
	while (start < end) {
		uint64_t next;

		if (is_mapped(blocks, start, &next, ret_unread))
			return start;
		/* Behind the last entry addresses begin again at 0. */
		start = next > start ? next : end;
	}
	return HR_NO_BLOCK;
}

uint64_t hr_block_next(const struct hr_blocks *blocks, uint64_t start, uint64_t end,
		       bool *ret_unread)
{
	if (blocks->sections)
		return next_by_section(blocks, start, end, ret_unread);
	return blocks->walker ? next_by_map(blocks, start, end, ret_unread) : HR_NO_BLOCK;
}
