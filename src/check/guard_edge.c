// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/guard_edge.h"

#include "arch/descriptor.h"
#include "walk/lookup.h"

/* From 7.0 on, the kernel sets this bit in an entry whose valid bit it has cleared. */
#define DESC_PRESENT_INVALID HR_DESC_NOT_GLOBAL
#define DESC_TYPE_MASK	     (HR_DESC_VALID | HR_DESC_TABLE)

static bool is_present(uint64_t desc)
{
	return desc & (HR_DESC_VALID | DESC_PRESENT_INVALID);
}

static bool is_leaf(uint64_t desc)
{
	return is_present(desc) && (desc & DESC_TYPE_MASK) != DESC_TYPE_MASK;
}

/*
 * The alignment at which the kernel stops looking, before it reads the entry of @level. The first
 * test is against PGDIR_SIZE, which is the size of a PMD if there are two levels.
 */
static uint64_t stop_alignment(const struct hr_geometry *geo, int level)
{
	if (level == geo->root_level)
		return hr_level_size(geo, level);
	return hr_level_size(geo, level) * hr_cont_entries(geo, level);
}

/*
 * The deepest level whose entry the kernel reads for @va. The kernel starts at the root, and does
 * not look at a level if the address is aligned to that level's size.
 */
static int deepest_level(const struct hr_geometry *geo, uint64_t va)
{
	int level = geo->root_level;

	while (level <= HR_LEVEL_PTE && va & (stop_alignment(geo, level) - 1))
		level++;
	return level - 1;
}

/* The kernel's test of @va, whose descriptors down to @deepest are in @path by level + 1. */
static bool fails_test(const struct hr_geometry *geo, uint64_t va, int deepest,
		       const uint64_t path[HR_LEVELS_MAX])
{
	for (int level = geo->root_level; level <= deepest; level++) {
		uint64_t desc = path[level + 1];

		if (level >= HR_LEVEL_PUD ? !is_present(desc) : !desc)
			return false;
		if (level >= HR_LEVEL_PMD && desc & HR_DESC_CONT)
			return true;
		if ((level == HR_LEVEL_PUD || level == HR_LEVEL_PMD) && is_leaf(desc) &&
		    va & (hr_level_size(geo, level) - 1))
			return true;
	}
	return va & (hr_page_size(geo) - 1);
}

/*
 * An edge inside a leaf that the kernel makes is as all others inside it. The test reads the entry,
 * as no such edge is aligned to its level, and fails.
 */
static void extend_inside(const struct hr_lookup *found, struct hr_guard_edge *edge)
{
	const struct hr_leaf *leaf = &found->leaf;

	if (found->state != HR_MAP_MAPPED || !leaf->valid || !leaf->expected || !edge->is_known ||
	    !edge->splits || !edge->fails || found->in_broken_group || leaf->va == edge->first)
		return;
	edge->first = leaf->va + 1;
	edge->last = leaf->va + (leaf->size - 1);
}

/*
 * An edge that splits nothing is as those after it, if the test finds the same on its way to them,
 * and no CONT bit at their entries: it fails for no other reason.
 */
static void extend_plain(const struct hr_walker *walker, const struct hr_lookup *found,
			 uint64_t step, struct hr_guard_edge *edge)
{
	if (!step || !edge->is_known || edge->splits || !edge->is_tested || edge->fails ||
	    found->in_broken_group || found->may_split)
		return;
	edge->last = hr_walk_edges_on(walker, edge->first, step, found);
	edge->step = step;
}

static struct hr_guard_edge look_at(const struct hr_layout *layout, struct hr_walker *walker,
				    uint64_t va, uint64_t step)
{
	struct hr_guard_edge edge = { .first = va, .last = va, .is_tested = true };
	int deepest = deepest_level(&layout->geo, va);
	struct hr_lookup found;

	/* What it reads for the memory before the edge is all that the kernel's test reads. */
	hr_walk_lookup_end(walker, va, &found);
	edge.is_known = found.state != HR_MAP_UNREADABLE && (!found.may_split || found.splits);
	edge.splits = found.splits;
	if (deepest >= layout->geo.root_level) {
		edge.is_tested = found.state != HR_MAP_UNREADABLE;
		edge.fails = edge.is_tested && fails_test(&layout->geo, va, deepest, found.path);
	}
	extend_inside(&found, &edge);
	extend_plain(walker, &found, step, &edge);
	return edge;
}

const struct hr_guard_edge *hr_guard_edge_find(const struct hr_layout *layout,
					       struct hr_walker *walker, uint64_t va, uint64_t step,
					       struct hr_guard_edges *edges)
{
	struct hr_guard_edge *edge = &edges->list[edges->count % HR_GUARD_EDGES];
	size_t kept = edges->count < HR_GUARD_EDGES ? edges->count : HR_GUARD_EDGES;

	for (size_t i = 1; i <= kept; i++) {
		const struct hr_guard_edge *known =
			&edges->list[(edges->count - i) % HR_GUARD_EDGES];

		if (va >= known->first && va <= known->last &&
		    (!known->step || (va - known->first) % known->step == 0))
			return known;
	}
	*edge = look_at(layout, walker, va, step);
	edges->count++;
	return edge;
}
