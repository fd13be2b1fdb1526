// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/nearest.h"

#include <string.h>

#include "map/block.h"
#include "search/removable.h"
#include "walk/walk.h"

/* Blocks that a leaf may extend beyond the range. */
#define BLOCKS_AROUND UINT64_C(64)

/* The state of a search. */
struct search {
	struct hr_removable by;
	const struct hr_pa_range *range;
	bool damaged;	      /* there is damage inside the range */
	uint64_t visit_limit; /* of the walker; beyond it, damaged tables form a loop */
	uint64_t left;	      /* blocks that may exist besides those already examined */
};

static bool may_start(const struct search *search, uint64_t pa)
{
	return hr_removable_start(&search->by, pa) == HR_VERDICT_REMOVABLE;
}

static bool may_end(const struct search *search, uint64_t pa)
{
	return hr_removable_end(&search->by, pa) == HR_VERDICT_REMOVABLE;
}

static bool guard_allows(const struct search *search, uint64_t start)
{
	struct hr_guard_block block;

	hr_guard_block(search->by.guard, start, &block);
	return hr_removable_guard(&search->by, &block) == HR_VERDICT_REMOVABLE;
}

/*
 * Is the memory of the block at @start mapped correctly? Inside the range, the walk may already
 * have shown it.
 */
static bool is_sound(const struct search *search, uint64_t start)
{
	const struct hr_check *check = search->by.check;
	uint64_t end = start + check->machine.block_size;
	struct hr_survey survey;

	if (!search->damaged && start >= search->range->start && end <= search->range->end)
		return true;
	if (hr_walker_visits(check->machine.walker) > search->visit_limit)
		return false;
	hr_survey_range(check->machine.layout, check->machine.walker, start, end, NULL, NULL,
			&survey);
	/* Without sections, only the map shows where memory ends. */
	if (!check->machine.sections && !survey.maps[HR_MAP_LINEAR].mapped)
		return false;
	return hr_removable_survey(&search->by, &survey) == HR_VERDICT_REMOVABLE;
}

/* Each block may be examined twice: for the inner and for the outer range. */
static bool block_allows(struct search *search, uint64_t start)
{
	if (!search->left)
		return false;
	search->left--;
	return hr_removable_sections(&search->by, start) == HR_VERDICT_REMOVABLE &&
	       guard_allows(search, start) && is_sound(search, start) &&
	       hr_removable_alone(&search->by, start);
}

static void keep_larger(const struct hr_pa_range *found, struct hr_nearest *ret)
{
	if (found->end <= found->start ||
	    (ret->has_inside && found->end - found->start <= ret->inside.end - ret->inside.start))
		return;
	ret->has_inside = true;
	ret->inside = *found;
}

/*
 * Between two blocks that cannot be removed, the largest range extends from the first possible edge
 * to the last.
 */
static void find_inside(struct search *search, struct hr_nearest *ret)
{
	const struct hr_check *check = search->by.check;
	uint64_t size = check->machine.block_size;
	uint64_t start = (search->range->start + size - 1) & ~(size - 1);
	uint64_t end = search->range->end & ~(size - 1);
	struct hr_pa_range found = { 0 };
	bool has_start = false, unread = false;

	while (start < end && search->left) {
		if (!block_allows(search, start)) {
			has_start = false;
			start = hr_block_next(&check->machine, start + size, end, &unread);
			continue;
		}
		if (!has_start && may_start(search, start)) {
			has_start = true;
			found = (struct hr_pa_range){ start, start };
		}
		start += size;
		if (has_start && may_end(search, start)) {
			found.end = start;
			keep_larger(&found, ret);
		}
	}
}

/* Can all blocks from @start to @end be removed? */
static bool blocks_allow(struct search *search, uint64_t start, uint64_t end)
{
	for (; start < end; start += search->by.check->machine.block_size)
		if (!block_allows(search, start))
			return false;
	return true;
}

static void find_around(struct search *search, struct hr_nearest *ret)
{
	uint64_t size = search->by.check->machine.block_size;
	uint64_t limit = UINT64_C(1) << search->by.check->machine.layout->pa_bits;
	uint64_t start = search->range->start & ~(size - 1);
	uint64_t end = (search->range->end + size - 1) & ~(size - 1);

	if (!blocks_allow(search, start, end))
		return;
	while (!may_start(search, start)) {
		if (!start || !block_allows(search, start - size))
			return;
		start -= size;
	}
	while (!may_end(search, end)) {
		if (end >= limit || !block_allows(search, end))
			return;
		end += size;
	}
	ret->has_around = true;
	ret->around = (struct hr_pa_range){ start, end };
}

/* Without sections, boot memory and absent memory are unknown. */
static bool can_tell(const struct hr_removable *by)
{
	return by->check->machine.sections || (!hr_removable_counts(by, HR_REASON_BOOT_MEMORY) &&
					       !hr_removable_counts(by, HR_REASON_NOT_PRESENT));
}

void hr_nearest_find(const struct hr_check *check, const struct hr_guard_check *guard,
		     const struct hr_pa_range *range, bool damaged, struct hr_nearest *ret)
{
	uint64_t blocks = (range->end - range->start) / check->machine.block_size + 1, most;
	struct search search = {
		.by = { check, guard },
		.range = range,
		.damaged = damaged,
	};

	most = hr_block_most(&check->machine);
	search.left = most < UINT64_MAX / 2 ? 2 * most : UINT64_MAX;
	memset(ret, 0, sizeof(*ret));
	if (!can_tell(&search.by))
		return;
	search.visit_limit = hr_walker_visits(check->machine.walker) +
			     hr_removable_visits(&search.by, blocks + BLOCKS_AROUND);
	/*
	 * Twice for the inner and twice for the outer range: for the walk, and for the places of
	 * struct pages.
	 */
	hr_walk_pass_begin(check->machine.walker, 4);
	find_inside(&search, ret);
	find_around(&search, ret);
	hr_walk_pass_end(check->machine.walker);
}
