// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_set.h"

#include "report/block_text.h"

struct hr_block_set hr_block_set_of(const struct hr_listed_block *block)
{
	const struct hr_answer *answer = block->answer;
	struct hr_block_set set = {
		.states = 1u << (block->online + 1),
		.origins = 1u << (block->boot + 1),
		.verdicts = 1u << answer->verdict,
		.outcomes = 1u << answer->guard.outcome,
		.reasons = hr_block_reasons(block),
	};

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		set.leaves[map] = hr_block_leaves(block, map);
	return set;
}

void hr_block_set_add(struct hr_block_set *set, const struct hr_block_set *other)
{
	set->states |= other->states;
	set->origins |= other->origins;
	set->verdicts |= other->verdicts;
	set->outcomes |= other->outcomes;
	set->reasons |= other->reasons;
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		set->leaves[map] |= other->leaves[map];
}

bool hr_block_set_is_equal(const struct hr_block_set *one, const struct hr_block_set *other)
{
	bool is_equal = one->states == other->states && one->origins == other->origins &&
			one->verdicts == other->verdicts && one->outcomes == other->outcomes &&
			one->reasons == other->reasons;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		is_equal = is_equal && one->leaves[map] == other->leaves[map];
	return is_equal;
}

enum hr_verdict hr_worst_verdict(uint32_t verdicts)
{
	if (verdicts & 1u << HR_VERDICT_NOT_REMOVABLE)
		return HR_VERDICT_NOT_REMOVABLE;
	if (verdicts & 1u << HR_VERDICT_UNKNOWN)
		return HR_VERDICT_UNKNOWN;
	return HR_VERDICT_REMOVABLE;
}
