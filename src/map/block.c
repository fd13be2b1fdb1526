// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/block.h"

#include "kernel/address.h"
#include "walk/lookup.h"

struct hr_error *hr_block_read(const struct hr_blocks *blocks, uint64_t start,
			       struct hr_block_state *ret)
{
	unsigned int bits = blocks->layout->section_size_bits;
	uint64_t last = start + blocks->size - 1;

	*ret = (struct hr_block_state){ .present = !blocks->sections, .online = !blocks->sections };
	for (uint64_t nr = start >> bits; blocks->sections && nr <= last >> bits; nr++) {
		const struct hr_section_flags *flags = hr_sections_flags(blocks->sections);
		uint64_t value;
		struct hr_error *error = hr_section_read(blocks->sections, nr, &value);

		if (error)
			return error;
		if (!hr_section_is_present(flags, value))
			continue;
		ret->present = true;
		ret->online |= (value & flags->online) != 0;
		ret->early |= (value & flags->early) != 0;
	}
	return NULL;
}

/* The first section from @nr to @last whose root exists and is readable. */
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

/* Where to continue after what the lookup at @va found, which is not mapped. */
static uint64_t behind(const struct hr_lookup *found, uint64_t va, uint64_t block_end)
{
	/* A table that could not be read has no size: skip the whole block. */
	return found->leaf.size ? found->leaf.va + found->leaf.size - va : block_end - va;
}

/*
 * Does the linear map map part of the block at @start? Reads hole by hole up to the first leaf.
 * *@ret_next is where to continue: after a hole that is larger than the block.
 */
static bool is_mapped(const struct hr_blocks *blocks, uint64_t start, uint64_t *ret_next,
		      bool *ret_unread)
{
	uint64_t va = hr_layout_linear_va(blocks->layout, start), end = va + blocks->size, at = va;
	struct hr_lookup found;

	*ret_next = start + blocks->size;
	if (!hr_layout_has_linear(blocks->layout, start))
		return false;
	while (at - va < end - va) {
		hr_walk_lookup(blocks->walker, at, &found);
		if (found.state == HR_MAP_MAPPED) {
			/*
			 * A leaf that maps other memory is damage and does not make this block
			 * exist.
			 */
			bool in_place =
				found.leaf.pa == hr_layout_linear_pa(blocks->layout, found.leaf.va);

			*ret_unread |= !in_place;
			return in_place;
		}
		*ret_unread |= found.state == HR_MAP_UNREADABLE;
		at += behind(&found, at, end);
	}
	*ret_next = (start + (at - va)) & ~(blocks->size - 1);
	return false;
}

static uint64_t next_by_map(const struct hr_blocks *blocks, uint64_t start, uint64_t end,
			    bool *ret_unread)
{
	while (start < end) {
		uint64_t next;

		if (is_mapped(blocks, start, &next, ret_unread))
			return start;
		/* After the last entry, addresses wrap to 0. */
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

uint64_t hr_block_most(const struct hr_blocks *blocks)
{
	const struct hr_layout *layout = blocks->layout;
	uint64_t pages;

	if (!blocks->sections || !blocks->walker)
		return UINT64_MAX;
	pages = hr_walker_source_pages(blocks->walker);
	return pages / layout->section_struct_size * hr_page_size(&layout->geo) +
	       hr_page_size(&layout->geo);
}
