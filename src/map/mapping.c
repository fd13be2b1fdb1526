// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/mapping.h"

#include "kernel/address.h"
#include "map/block.h"
#include "map/survey.h"
#include "walk/lookup.h"

/* Was the block at @start added after boot? */
static bool was_added(const struct hr_machine *machine, uint64_t start)
{
	struct hr_block_state state = { .early = true };
	struct hr_error *error = hr_block_read(machine, start, &state);

	hr_error_destroy(error);
	return !error && state.present && !state.early;
}

/* Does a page of its own map the start of the block at @start, or something larger? */
static enum hr_mapping mapping_of_start(const struct hr_machine *machine, uint64_t start)
{
	struct hr_lookup found;

	if (!hr_layout_has_linear(machine->layout, start))
		return HR_MAPPING_UNKNOWN;
	hr_walk_lookup(machine->walker, hr_layout_linear_va(machine->layout, start), &found);
	if (found.state != HR_MAP_MAPPED || !found.leaf.expected || found.in_broken_group ||
	    found.leaf.pa != hr_layout_linear_pa(machine->layout, found.leaf.va))
		return HR_MAPPING_UNKNOWN;
	return found.leaf.level == HR_LEVEL_PTE && !found.leaf.cont ? HR_MAPPING_PAGES
								    : HR_MAPPING_BLOCKS;
}

/* How all of the block at @start is mapped, whose start is mapped by a page. */
static enum hr_mapping mapping_of_block(const struct hr_machine *machine, uint64_t start)
{
	const struct hr_map_survey *linear;
	struct hr_survey survey;

	hr_survey_range(machine->layout, machine->walker, start, start + machine->block_size, NULL,
			NULL, &survey);
	linear = &survey.maps[HR_MAP_LINEAR];
	if (linear->mapped != machine->block_size || linear->unexpected.count ||
	    linear->misplaced.count || linear->broken_groups.count)
		return HR_MAPPING_UNKNOWN;
	return linear->leaves[HR_LEAF_PTE] << machine->layout->geo.page_shift == machine->block_size
		       ? HR_MAPPING_PAGES
		       : HR_MAPPING_BLOCKS;
}

enum hr_mapping hr_mapping_of_added(const struct hr_machine *machine)
{
	uint64_t end = UINT64_C(1) << machine->layout->pa_bits, start = 0;
	enum hr_mapping found = HR_MAPPING_UNKNOWN;
	bool unread = false;

	if (!machine->sections)
		return found;
	for (size_t looks = 0; looks < HR_MAPPING_BLOCKS_MAX && found != HR_MAPPING_BLOCKS;
	     start += machine->block_size) {
		enum hr_mapping one;

		start = hr_block_next(machine, start, end, &unread);
		if (start == HR_NO_BLOCK)
			break;
		if (!was_added(machine, start))
			continue;
		looks++;
		one = mapping_of_start(machine, start);
		/* Of pages, one block is looked at as a whole: a split may have left them. */
		if (one == HR_MAPPING_PAGES && !found)
			one = mapping_of_block(machine, start);
		found = one ? one : found;
	}
	return found;
}
