// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/block.h"

#include "kernel/address.h"
#include "walk/lookup.h"

struct hr_error *hr_block_read(const struct hr_machine *machine, uint64_t start,
			       struct hr_block_state *ret)
{
	uint64_t count;

	return hr_block_run(machine, start, start + machine->block_size, ret, &count);
}

struct hr_error *hr_block_run(const struct hr_machine *machine, uint64_t start, uint64_t end,
			      struct hr_block_state *ret, uint64_t *ret_count)
{
	unsigned int bits = machine->layout->section_size_bits;
	uint64_t first = start >> bits, last = (start + machine->block_size - 1) >> bits;
	uint64_t most = (end - 1) >> bits, value, count;

	*ret_count = 1;
	*ret = (struct hr_block_state){ .present = !machine->sections,
					.online = !machine->sections };
	for (uint64_t nr = first; machine->sections && nr <= last; nr += count) {
		const struct hr_section_flags *flags = hr_sections_flags(machine->sections);
		struct hr_error *error = hr_section_run(machine->sections, nr,
							most > last ? most : last, &value, &count);

		if (error)
			return error;
		if (nr == first && count > last - first)
			*ret_count = count / (last - first + 1);
		if (!hr_section_is_present(flags, value))
			continue;
		ret->present = true;
		ret->online |= (value & flags->online) != 0;
		ret->early |= (value & flags->early) != 0;
	}
	return NULL;
}

/* The first section from @nr to @last whose root exists and is readable. */
static uint64_t next_section(const struct hr_machine *machine, uint64_t nr, uint64_t last,
			     bool *ret_unread)
{
	while (nr <= last) {
		struct hr_error *error = hr_section_next(machine->sections, nr, last, &nr);

		if (!error)
			return nr;
		hr_error_destroy(error);
		*ret_unread = true;
		nr = hr_section_skip(machine->sections, nr);
	}
	return UINT64_MAX;
}

static uint64_t next_by_section(const struct hr_machine *machine, uint64_t start, uint64_t end,
				bool *ret_unread)
{
	unsigned int bits = machine->layout->section_size_bits;

	while (start < end) {
		uint64_t nr = next_section(machine, start >> bits, (end - 1) >> bits, ret_unread);
		struct hr_block_state state;
		struct hr_error *error;

		if (nr == UINT64_MAX)
			break;
		start = (nr << bits) & ~(machine->block_size - 1);
		error = hr_block_read(machine, start, &state);
		if (!error && state.present)
			return start;
		if (error) {
			hr_error_destroy(error);
			*ret_unread = true;
			start = hr_section_skip(machine->sections, nr) << bits;
		} else {
			start += machine->block_size;
		}
	}
	return HR_NO_BLOCK;
}

/*
 * Bytes from @va to the end of what a lookup found there, which is not mapped. Nothing is known of
 * what a table that could not be read would map: skip all of that, and at least the whole block.
 */
static uint64_t behind(const struct hr_lookup *found, uint64_t va, uint64_t block_end)
{
	uint64_t missing = found->missing_last - va + 1;

	if (found->leaf.size)
		return found->leaf.va + found->leaf.size - va;
	return found->missing_last && missing > block_end - va ? missing : block_end - va;
}

/* The first block after @start that the linear map has a place for; it may be beyond all memory. */
static uint64_t next_with_place(const struct hr_machine *machine, uint64_t start)
{
	const struct hr_layout *layout = machine->layout;
	uint64_t first = hr_layout_linear_pa(layout, hr_half_base(&layout->geo));

	if (first <= start || first > -machine->block_size)
		return UINT64_MAX;
	return (first + machine->block_size - 1) & -machine->block_size;
}

/*
 * Does the linear map map part of the block at @start? Reads hole by hole up to the first leaf.
 * *@ret_next is where to continue: after the block, or after a larger hole.
 */
static bool is_mapped(const struct hr_machine *machine, uint64_t start, uint64_t *ret_next,
		      bool *ret_unread)
{
	uint64_t va = hr_layout_linear_va(machine->layout, start), end = va + machine->block_size,
		 at = va;
	struct hr_lookup found;

	*ret_next = start + machine->block_size;
	if (!hr_layout_has_linear(machine->layout, start)) {
		*ret_next = next_with_place(machine, start);
		return false;
	}
	while (at - va < end - va) {
		hr_walk_lookup(machine->walker, at, &found);
		if (found.state == HR_MAP_MAPPED) {
			/*
			 * A leaf that maps other memory is damage and does not make this block
			 * exist.
			 */
			bool in_place = found.leaf.pa ==
					hr_layout_linear_pa(machine->layout, found.leaf.va);

			*ret_unread |= !in_place;
			return in_place;
		}
		*ret_unread |= found.state == HR_MAP_UNREADABLE;
		at += behind(&found, at, end);
	}
	*ret_next = (start + (at - va)) & ~(machine->block_size - 1);
	return false;
}

static uint64_t next_by_map(const struct hr_machine *machine, uint64_t start, uint64_t end,
			    bool *ret_unread)
{
	while (start < end) {
		uint64_t next;

		if (is_mapped(machine, start, &next, ret_unread))
			return start;
		if (!hr_walker_may_look_on(machine->walker)) {
			*ret_unread = true;
			break;
		}
		/* After the last entry, addresses wrap to 0. */
		start = next > start ? next : end;
	}
	return HR_NO_BLOCK;
}

uint64_t hr_block_next(const struct hr_machine *machine, uint64_t start, uint64_t end,
		       bool *ret_unread)
{
	if (machine->sections)
		return next_by_section(machine, start, end, ret_unread);
	return machine->walker ? next_by_map(machine, start, end, ret_unread) : HR_NO_BLOCK;
}

uint64_t hr_block_most(const struct hr_machine *machine)
{
	const struct hr_layout *layout = machine->layout;
	uint64_t pages;

	if (!machine->sections || !machine->walker)
		return HR_MAPPED_BLOCKS_MAX;
	pages = hr_walker_source_pages(machine->walker);
	return pages / layout->section_struct_size * hr_page_size(&layout->geo) +
	       hr_page_size(&layout->geo);
}
