// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/listed_block.h"

#include "walk/lookup.h"

/* What maps @va, the first byte of a block or, with @at_end, the last. */
static struct hr_block_edge edge_at(struct hr_walker *walker, uint64_t va, bool at_end)
{
	struct hr_block_edge edge = { .state = HR_MAP_UNMAPPED };
	struct hr_lookup found;

	hr_walk_lookup(walker, va, &found);
	edge.state = found.state;
	edge.is_damaged = found.in_broken_group;
	edge.has_leaf = found.in_broken_group || found.state == HR_MAP_MAPPED;
	if (!edge.has_leaf)
		return edge;
	edge.leaf = found.in_broken_group ? found.broken_group : found.leaf;
	edge.crosses = va != (at_end ? edge.leaf.va + (edge.leaf.size - 1) : edge.leaf.va);
	return edge;
}

static void find_edges_once(const struct hr_kernel *kernel, struct hr_listed_block *block)
{
	const struct hr_pa_range *range = &block->answer->range;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		struct hr_block_edges *edges = &block->edges[map];
		uint64_t start, end;

		if (!hr_map_range(&kernel->layout, map, range->start, range->end, &start, &end))
			continue;
		edges->start = edge_at(kernel->walker, start, false);
		edges->end = edge_at(kernel->walker, end - 1, true);
	}
}

static void find_edges(const struct hr_kernel *kernel, struct hr_listed_block *block)
{
	hr_walk_hold(kernel->walker);
	find_edges_once(kernel, block);
	if (!hr_walk_confirm(kernel->walker))
		find_edges_once(kernel, block);
}

void hr_kernel_list_block(struct hr_kernel *kernel, const struct hr_answer *answer,
			  struct hr_listed_block *ret)
{
	*ret = (struct hr_listed_block){
		.answer = answer,
		.online = hr_kernel_block_online(kernel, answer->range.start),
		.boot = hr_kernel_block_boot(kernel, answer),
	};
	find_edges(kernel, ret);
}
