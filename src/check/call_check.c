// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/call_check.h"

#include <inttypes.h>

#include "base/units.h"
#include "kernel/address.h"
#include "walk/lookup.h"

/* The size of a memory block in @map, in bytes. */
static uint64_t block_span(const struct hr_check *check, enum hr_map map)
{
	const struct hr_layout *layout = check->machine.layout;

	if (map == HR_MAP_LINEAR)
		return check->machine.block_size;
	return (check->machine.block_size >> layout->geo.page_shift) * layout->struct_page_size;
}

/* Can a leaf that the walk met extend across the edge of blocks of @span bytes each? */
static bool may_cross(const struct hr_geometry *geo, const struct hr_map_survey *survey,
		      uint64_t span)
{
	for (int level = geo->root_level; level <= HR_LEVEL_PTE; level++)
		if (survey->entries[level + 1] &&
		    span % (hr_level_size(geo, level) * hr_cont_entries(geo, level)))
			return true;
	return false;
}

/*
 * The next edge of a memory block above @pa. If there is a hole at @pa, the last edge in the hole.
 */
static uint64_t next_inner_edge(const struct hr_check *check, enum hr_map map, uint64_t pa)
{
	const struct hr_layout *layout = check->machine.layout;
	uint64_t va = hr_map_va(layout, map, pa), block = check->machine.block_size, size;
	struct hr_lookup found;

	hr_walk_lookup(check->machine.walker, va, &found);
	if (found.state != HR_MAP_UNMAPPED || !found.leaf.size)
		return pa + block;
	size = found.leaf.va + found.leaf.size - va;
	if (map == HR_MAP_VMEMMAP)
		size = size / layout->struct_page_size << layout->geo.page_shift;
	return pa + (size > 2 * block ? size / block * block - block : block);
}

/* Find the first leaf or group across the edge of two memory blocks inside [@start, @end). */
static void check_inner_edges(const struct hr_check *check, enum hr_map map, uint64_t start,
			      uint64_t end, struct hr_check_result *result)
{
	uint64_t block = check->machine.block_size, va = 0;
	struct hr_lookup found = { .splits = false };
	const struct hr_leaf *leaf;
	struct hr_reason *reason;

	for (uint64_t pa = start - start % block + block; pa < end;
	     pa = next_inner_edge(check, map, pa)) {
		va = hr_map_va(check->machine.layout, map, pa);
		hr_walk_lookup_end(check->machine.walker, va, &found);
		if (found.splits)
			break;
	}
	if (!found.splits)
		return;
	leaf = found.in_broken_group && found.broken_group.va != va ? &found.broken_group
								    : &found.leaf;
	reason =
		hr_reason_add(result, HR_REASON_SPLITS_LEAF,
			      "a call for each memory block splits the %s %s %s at 0x%" PRIx64
			      " in the %s, which extends into the next block",
			      hr_size_text(leaf->size).text, hr_level_name(leaf->level, leaf->cont),
			      leaf->cont ? "group" : "leaf", leaf->va, hr_map_phrase(map));
	hr_reason_set_leaf(reason, map, HR_EDGE_NONE, va, leaf);
}

void hr_check_calls(const struct hr_check *check, const struct hr_survey *survey,
		    struct hr_check_result *result)
{
	const struct hr_map_survey *linear = &survey->maps[HR_MAP_LINEAR];
	uint64_t start = hr_layout_linear_pa(check->machine.layout, linear->va_start);
	uint64_t end = start + (linear->va_end - linear->va_start);

	for (enum hr_map map = 0; linear->done && map < HR_MAP_COUNT; map++)
		if (survey->maps[map].done && may_cross(&check->machine.layout->geo,
							&survey->maps[map], block_span(check, map)))
			check_inner_edges(check, map, start, end, result);
}
