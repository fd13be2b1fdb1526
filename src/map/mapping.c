// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/mapping.h"

#include "kernel/address.h"
#include "map/block.h"
#include "map/survey.h"
#include "walk/lookup.h"

/* Does the block at @start exist, since boot if @early, or added later? Any, without sections. */
static bool is_wanted(const struct hr_machine *machine, uint64_t start, bool early)
{
	struct hr_block_state state = { .early = !early };
	struct hr_error *error;

	if (!machine->sections)
		return true;
	error = hr_block_read(machine, start, &state);
	hr_error_destroy(error);
	return !error && state.present && state.early == early;
}

/* The next block at or above @start that is_wanted(), HR_NO_BLOCK if there is none. */
static uint64_t next_wanted(const struct hr_machine *machine, uint64_t start, bool early)
{
	uint64_t end = UINT64_C(1) << machine->layout->pa_bits;
	bool unread = false;

	for (;; start += machine->block_size) {
		start = hr_block_next(machine, start, end, &unread);
		if (start == HR_NO_BLOCK || is_wanted(machine, start, early))
			return start;
	}
}

static bool look_up(const struct hr_machine *machine, uint64_t start, struct hr_leaf *ret)
{
	struct hr_lookup found;

	if (!hr_layout_has_linear(machine->layout, start))
		return false;
	hr_walk_lookup(machine->walker, hr_layout_linear_va(machine->layout, start), &found);
	*ret = found.leaf;
	return found.state == HR_MAP_MAPPED && found.leaf.expected && !found.in_broken_group &&
	       found.leaf.pa == hr_layout_linear_pa(machine->layout, found.leaf.va);
}

/* Does a page of its own map the start of the block at @start, or something larger? */
static enum hr_mapping mapping_of_start(const struct hr_machine *machine, uint64_t start)
{
	struct hr_leaf leaf;

	if (!look_up(machine, start, &leaf))
		return HR_MAPPING_UNKNOWN;
	return leaf.level == HR_LEVEL_PTE && !leaf.cont ? HR_MAPPING_PAGES : HR_MAPPING_BLOCKS;
}

static bool is_sound(const struct hr_map_survey *linear, uint64_t size)
{
	return linear->mapped == size && !linear->unexpected.count && !linear->misplaced.count &&
	       !linear->broken_groups.count;
}

static bool is_all_pages(const struct hr_machine *machine, const struct hr_survey *survey)
{
	return survey->maps[HR_MAP_LINEAR].leaves[HR_LEAF_PTE] << machine->layout->geo.page_shift ==
	       machine->block_size;
}

/* How all of the block at @start is mapped, whose start is mapped by a page. */
static enum hr_mapping mapping_of_block(const struct hr_machine *machine, uint64_t start)
{
	struct hr_survey survey;

	hr_survey_range(machine->layout, machine->walker, start, start + machine->block_size, NULL,
			NULL, &survey);
	if (!is_sound(&survey.maps[HR_MAP_LINEAR], machine->block_size))
		return HR_MAPPING_UNKNOWN;
	return is_all_pages(machine, &survey) ? HR_MAPPING_PAGES : HR_MAPPING_BLOCKS;
}

enum hr_mapping hr_mapping_of_added(const struct hr_machine *machine)
{
	enum hr_mapping found = HR_MAPPING_UNKNOWN;
	uint64_t start = 0;

	if (!machine->sections)
		return found;
	for (size_t looks = 0; looks < HR_MAPPING_BLOCKS_MAX && found != HR_MAPPING_BLOCKS;
	     looks++, start += machine->block_size) {
		enum hr_mapping one;

		start = next_wanted(machine, start, false);
		if (start == HR_NO_BLOCK)
			break;
		one = mapping_of_start(machine, start);
		/* Of pages, one block is looked at as a whole: a split may have left them. */
		if (one == HR_MAPPING_PAGES && !found)
			one = mapping_of_block(machine, start);
		if (one)
			found = one;
	}
	return found;
}

/* Does only a kernel that wants blocks map the boot memory at @start as it is mapped? */
static enum hr_mapping mapping_of_boot_block(const struct hr_machine *machine, uint64_t start)
{
	const uint64_t *leaves;
	struct hr_survey survey;
	struct hr_leaf leaf;

	if (!look_up(machine, start, &leaf))
		return HR_MAPPING_UNKNOWN;
	if (leaf.cont || leaf.level < HR_LEVEL_PMD)
		return HR_MAPPING_BLOCKS;
	hr_survey_range(machine->layout, machine->walker, start, start + machine->block_size, NULL,
			NULL, &survey);
	if (!is_sound(&survey.maps[HR_MAP_LINEAR], machine->block_size))
		return HR_MAPPING_UNKNOWN;
	leaves = survey.maps[HR_MAP_LINEAR].leaves;
	if (leaves[HR_LEAF_CONT_PMD] || leaves[HR_LEAF_CONT_PTE])
		return HR_MAPPING_BLOCKS;
	return is_all_pages(machine, &survey) ? HR_MAPPING_PAGES : HR_MAPPING_UNKNOWN;
}

enum hr_mapping hr_mapping_of_boot(const struct hr_machine *machine)
{
	enum hr_mapping found = HR_MAPPING_UNKNOWN;
	uint64_t start = 0;

	for (size_t looks = 0; looks < HR_MAPPING_BOOT_MAX && found != HR_MAPPING_BLOCKS;
	     looks++, start += machine->block_size) {
		enum hr_mapping one;

		start = next_wanted(machine, start, true);
		if (start == HR_NO_BLOCK)
			break;
		one = mapping_of_boot_block(machine, start);
		if (one)
			found = one;
	}
	return found;
}
