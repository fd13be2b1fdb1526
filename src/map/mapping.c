// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/mapping.h"

#include "map/block.h"
#include "map/survey.h"

/* How the block at @start is mapped; unknown unless it was added and all of it is mapped. */
static enum hr_mapping mapping_of_block(const struct hr_machine *machine, uint64_t start)
{
	struct hr_block_state state = { .early = true };
	struct hr_error *error = hr_block_read(machine, start, &state);
	const struct hr_map_survey *linear;
	struct hr_survey survey;

	if (error || !state.present || state.early) {
		hr_error_destroy(error);
		return HR_MAPPING_UNKNOWN;
	}
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
	for (size_t looks = 0; looks < HR_MAPPING_BLOCKS_MAX && found != HR_MAPPING_BLOCKS;) {
		enum hr_mapping one;

		start = hr_block_next(machine, start, end, &unread);
		if (start == HR_NO_BLOCK)
			break;
		one = mapping_of_block(machine, start);
		looks += one != HR_MAPPING_UNKNOWN;
		found = one ? one : found;
		start += machine->block_size;
	}
	return found;
}
