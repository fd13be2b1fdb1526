// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/linear_extent.h"

#include "kernel/address.h"
#include "walk/lookup.h"
#include "walk/table_cache.h"

/*
 * Holes to skip on the way to a leaf: at most the entries of one table of each level; 64K pages
 * have the most. The kernel frees a table without entries, so a sound map has no more holes.
 */
enum {
	HOLES_MAX = 4 * 8192
};

/*
 * Find the first leaf from @va to @last, or the last one if @backwards. Returns false if none is
 * known.
 */
static bool find_leaf(struct hr_walker *walker, uint64_t va, uint64_t last, bool backwards,
		      struct hr_leaf *ret)
{
	uint64_t at = backwards ? last : va;

	for (int i = 0; i < HOLES_MAX; i++) {
		struct hr_lookup found;
		uint64_t end;

		hr_walk_lookup(walker, at, &found);
		*ret = found.leaf;
		if (found.state != HR_MAP_UNMAPPED)
			return found.state == HR_MAP_MAPPED;
		end = found.leaf.va + (found.leaf.size - 1);
		if (backwards ? found.leaf.va <= va : end >= last)
			return false;
		at = backwards ? found.leaf.va - 1 : end + 1;
	}
	return false;
}

struct search {
	const struct hr_layout *layout;
	struct hr_walker *walker;
	struct hr_linear_extent *extent;
};

static void find_both(void *context)
{
	const struct search *search = context;
	struct hr_linear_extent *extent = search->extent;
	uint64_t va = hr_half_base(&search->layout->geo), last = search->layout->linear_end - 1;

	extent->known = find_leaf(search->walker, va, last, false, &extent->first) &&
			find_leaf(search->walker, va, last, true, &extent->last);
}

void hr_linear_extent_find(const struct hr_layout *layout, struct hr_walker *walker,
			   struct hr_linear_extent *ret)
{
	struct search search = { layout, walker, ret };

	bool together = hr_walk_together(walker, find_both, &search);

	ret->known &= together;
}

bool hr_linear_leaf_is_in_place(const struct hr_layout *layout, const struct hr_leaf *leaf)
{
	return leaf->pa == hr_layout_linear_pa(layout, leaf->va);
}

uint64_t hr_linear_leaf_phys_offset(const struct hr_layout *layout, const struct hr_leaf *leaf)
{
	return leaf->pa - (leaf->va - layout->page_offset);
}
