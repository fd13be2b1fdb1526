// SPDX-License-Identifier: GPL-2.0-or-later
#include "nearest.h"

#include <string.h>

#include "block.h"

/* What looking at one block takes at most, and blocks that a leaf may reach beyond the range. */
#define VISITS_PER_BLOCK UINT64_C(128)
#define BLOCKS_AROUND	 UINT64_C(64)

/* What the search goes by. */
struct search {
	const struct hr_check *check;
	const struct hr_guard_check *guard;
	const struct hr_pa_range *range;
	bool damaged;	      /* something is wrong inside the range */
	uint64_t visit_limit; /* of the walker: beyond it, damaged tables lead in circles */
};

static bool counts(const struct search *search, enum hr_reason_code code)
{
	return !(search->check->ignored & 1u << code);
}

/* May a removable range begin or end at @pa? */
static bool is_cut(const struct search *search, uint64_t pa)
{
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		uint64_t va = hr_map_va(search->check->layout, map, pa);
		struct hr_lookup found;

		hr_walk_lookup_end(search->check->walker, va, &found);
		if (found.state == HR_MAP_UNREADABLE && counts(search, HR_REASON_UNREADABLE))
			return false;
		if (found.splits && counts(search, HR_REASON_SPLITS_LEAF))
			return false;
		if (found.in_broken_group && found.broken_group.va != va &&
		    counts(search, HR_REASON_MALFORMED_CONT))
			return false;
	}
	return true;
}

/* Is the page at @pa mapped in both maps, as memory that exists must be? */
static bool is_mapped(const struct search *search, uint64_t pa)
{
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		uint64_t va = hr_map_va(search->check->layout, map, pa);
		struct hr_lookup found;

		hr_walk_lookup(search->check->walker, va, &found);
		if (found.state != HR_MAP_MAPPED && counts(search, HR_REASON_UNREADABLE))
			return false;
	}
	return true;
}

static bool may_start(const struct search *search, uint64_t pa)
{
	return is_cut(search, pa) && is_mapped(search, pa);
}

static bool may_end(const struct search *search, uint64_t pa)
{
	return is_cut(search, pa) && is_mapped(search, pa - 1);
}

/* Do the sections of the block at @start let it go? */
static bool sections_allow(const struct search *search, uint64_t start)
{
	const struct hr_check *check = search->check;
	const struct hr_pa_range block = { start, start + check->memory_block_size };
	struct hr_check_result result = { .count = 0 };

	hr_check_sections(check, &block, &result);
	return hr_check_verdict(check, &result) == HR_VERDICT_REMOVABLE;
}

static bool guard_allows(const struct search *search, uint64_t start)
{
	struct hr_guard_block block;

	hr_guard_block(search->guard, start, &block);
	if (block.outcome == HR_GUARD_CANNOT_TELL && search->guard->model != HR_GUARD_UNKNOWN)
		return !counts(search, HR_REASON_UNREADABLE);
	/* Boot memory is for the sections to tell. */
	return block.rule == HR_RULE_NONE || block.rule == HR_RULE_BOOT_MEMORY ||
	       !counts(search, HR_REASON_GUARD_VETO);
}

/* Is the memory of the block at @start mapped soundly? Inside the range the walk may have told. */
static bool is_sound(const struct search *search, uint64_t start)
{
	const struct hr_check *check = search->check;
	uint64_t end = start + check->memory_block_size;
	struct hr_check_result result = { .count = 0 };
	struct hr_survey survey;

	if (!search->damaged && start >= search->range->start && end <= search->range->end)
		return true;
	if (hr_walker_visits(check->walker) > search->visit_limit)
		return false;
	hr_survey_range(check->layout, check->walker, start, end, NULL, NULL, &survey);
	hr_check_survey(check, &survey, &result);
	return hr_check_verdict(check, &result) == HR_VERDICT_REMOVABLE;
}

static bool block_allows(const struct search *search, uint64_t start)
{
	return sections_allow(search, start) && guard_allows(search, start) &&
	       is_sound(search, start);
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
 * Between two blocks that may not go, the largest range reaches from the first cut to the last.
 */
static void find_inside(const struct search *search, struct hr_nearest *ret)
{
	const struct hr_check *check = search->check;
	uint64_t size = check->memory_block_size;
	const struct hr_blocks blocks = { check->layout, check->sections, size };
	uint64_t start = (search->range->start + size - 1) & ~(size - 1);
	uint64_t end = search->range->end & ~(size - 1);
	struct hr_pa_range found = { 0 };
	bool has_start = false, unread = false;

	while (start < end) {
		if (!block_allows(search, start)) {
			has_start = false;
			start = hr_block_next(&blocks, start + size, end, &unread);
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

/* All blocks from @start to @end may go. */
static bool blocks_allow(const struct search *search, uint64_t start, uint64_t end)
{
	for (; start < end; start += search->check->memory_block_size)
		if (!block_allows(search, start))
			return false;
	return true;
}

static void find_around(const struct search *search, struct hr_nearest *ret)
{
	uint64_t size = search->check->memory_block_size;
	uint64_t limit = UINT64_C(1) << search->check->layout->pa_bits;
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

void hr_nearest_find(const struct hr_check *check, const struct hr_guard_check *guard,
		     const struct hr_pa_range *range, bool damaged, struct hr_nearest *ret)
{
	uint64_t blocks = (range->end - range->start) / check->memory_block_size + 1;
	const struct search search = {
		.check = check,
		.guard = guard,
		.range = range,
		.damaged = damaged,
		/* Block by block each table is passed about once, and those above it often. */
		.visit_limit = hr_walker_visits(check->walker) +
			       2 * hr_walker_source_pages(check->walker) +
			       VISITS_PER_BLOCK * (blocks + BLOCKS_AROUND),
	};

	memset(ret, 0, sizeof(*ret));
	if (!check->sections)
		return;
	find_inside(&search, ret);
	find_around(&search, ret);
}
