// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/removable.h"

#include "check/section_check.h"
#include "check/stray.h"
#include "walk/lookup.h"

/* The most table visits for one block, except for tables that are visited once. */
#define VISITS_PER_BLOCK UINT64_C(128)

bool hr_removable_counts(const struct hr_removable *by, enum hr_reason_code code)
{
	return !(by->check->ignored & 1u << code);
}

/* Check an edge at @va for which only the memory before it matters. */
static enum hr_verdict check_cut(const struct hr_removable *by, uint64_t va)
{
	struct hr_lookup found;

	hr_walk_lookup_end(by->check->machine.walker, va, &found);
	if (found.splits && hr_removable_counts(by, HR_REASON_SPLITS_LEAF))
		return HR_VERDICT_NOT_REMOVABLE;
	if (found.in_broken_group && found.broken_group.va != va &&
	    hr_removable_counts(by, HR_REASON_MALFORMED_CONT))
		return HR_VERDICT_NOT_REMOVABLE;
	if ((found.state == HR_MAP_UNREADABLE || found.may_split) &&
	    hr_removable_counts(by, HR_REASON_UNREADABLE))
		return HR_VERDICT_UNKNOWN;
	return HR_VERDICT_REMOVABLE;
}

/* Is the page at @va mapped? If not, the tables are wrong or damaged. */
static enum hr_verdict check_mapped(const struct hr_removable *by, uint64_t va)
{
	struct hr_lookup found;

	hr_walk_lookup(by->check->machine.walker, va, &found);
	if (found.state != HR_MAP_MAPPED && hr_removable_counts(by, HR_REASON_UNREADABLE))
		return HR_VERDICT_UNKNOWN;
	return HR_VERDICT_REMOVABLE;
}

/* Check an edge at @pa of a range that contains the page at @page. */
static enum hr_verdict check_edge(const struct hr_removable *by, uint64_t pa, uint64_t page,
				  enum hr_edge edge)
{
	const struct hr_layout *layout = by->check->machine.layout;
	bool unknown = false;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		enum hr_verdict cut = check_cut(by, hr_map_va(layout, map, pa));

		if (cut == HR_VERDICT_NOT_REMOVABLE)
			return cut;
		unknown |= cut == HR_VERDICT_UNKNOWN;
	}
	for (enum hr_map map = 0; map < HR_MAP_COUNT && !unknown; map++)
		unknown = check_mapped(by, hr_map_va(layout, map, page)) == HR_VERDICT_UNKNOWN;
	if (!unknown && hr_removable_counts(by, HR_REASON_UNREADABLE))
		unknown = hr_check_has_stray(by->check, pa, edge);
	return unknown ? HR_VERDICT_UNKNOWN : HR_VERDICT_REMOVABLE;
}

enum hr_verdict hr_removable_start(const struct hr_removable *by, uint64_t pa)
{
	return check_edge(by, pa, pa, HR_EDGE_START);
}

enum hr_verdict hr_removable_end(const struct hr_removable *by, uint64_t pa)
{
	return check_edge(by, pa, pa - 1, HR_EDGE_END);
}

bool hr_removable_alone(const struct hr_removable *by, uint64_t start)
{
	uint64_t end = start + by->check->machine.block_size;

	return !by->check->by_block || (hr_removable_start(by, start) != HR_VERDICT_NOT_REMOVABLE &&
					hr_removable_end(by, end) != HR_VERDICT_NOT_REMOVABLE);
}

enum hr_verdict hr_removable_sections(const struct hr_removable *by, uint64_t start)
{
	const struct hr_pa_range block = { start, start + by->check->machine.block_size };
	struct hr_check_result result = { .count = 0 };

	hr_check_kernel(by->check, &result);
	hr_check_sections(by->check, &block, &result);
	return hr_check_verdict(by->check, &result);
}

enum hr_verdict hr_removable_guard(const struct hr_removable *by,
				   const struct hr_guard_block *block)
{
	bool known = by->guard->model != HR_GUARD_UNKNOWN;

	if (block->outcome == HR_GUARD_CANNOT_TELL && block->undecided)
		return hr_removable_counts(by, HR_REASON_UNREADABLE) &&
				       (known || hr_removable_counts(by, HR_REASON_GUARD_VETO))
			       ? HR_VERDICT_UNKNOWN
			       : HR_VERDICT_REMOVABLE;
	/* The sections decide about boot memory. */
	if (block->rule == HR_RULE_NONE || block->rule == HR_RULE_BOOT_MEMORY)
		return HR_VERDICT_REMOVABLE;
	return hr_removable_counts(by, HR_REASON_GUARD_VETO) ? HR_VERDICT_NOT_REMOVABLE
							     : HR_VERDICT_REMOVABLE;
}

enum hr_verdict hr_removable_survey(const struct hr_removable *by, const struct hr_survey *survey)
{
	struct hr_check_result result = { .count = 0 };

	hr_check_survey(by->check, survey, &result);
	return hr_check_verdict(by->check, &result);
}

uint64_t hr_removable_visits(const struct hr_removable *by, uint64_t blocks)
{
	return 2 * hr_walker_source_pages(by->check->machine.walker) + VISITS_PER_BLOCK * blocks;
}
