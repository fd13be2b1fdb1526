// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/guard.h"

#include <stdlib.h>

#include "base/grow.h"
#include "base/names.h"
#include "check/guard_edge.h"
#include "map/altmap.h"
#include "map/block.h"
#include "map/survey.h"
#include "walk/lookup.h"

static const struct hr_names outcomes =
	HR_NAMES([HR_GUARD_ACCEPTS] = "accepts", [HR_GUARD_REFUSES] = "refuses",
		 [HR_GUARD_ACCEPTS_UNSAFELY] = "accepts-unsafely", [HR_GUARD_NO_CHECK] = "none",
		 [HR_GUARD_CANNOT_TELL] = "unknown");
static const struct hr_names rules = HR_NAMES([HR_RULE_SPLITS_LINEAR] = "splits-linear",
					      [HR_RULE_SPLITS_VMEMMAP] = "splits-vmemmap",
					      [HR_RULE_BOOT_MEMORY] = "boot-memory");

const char *hr_guard_outcome_name(enum hr_guard_outcome outcome)
{
	return hr_name_of(&outcomes, outcome);
}

const char *hr_guard_rule_name(enum hr_guard_rule rule)
{
	return hr_name_of(&rules, rule);
}

/* The edges of a physical range, in the order in which the kernel checks them. */
static const struct {
	enum hr_map map;
	bool end;
	enum hr_guard_rule rule;
} edges[] = {
	{ HR_MAP_LINEAR, false, HR_RULE_SPLITS_LINEAR },
	{ HR_MAP_LINEAR, true, HR_RULE_SPLITS_LINEAR },
	{ HR_MAP_VMEMMAP, false, HR_RULE_SPLITS_VMEMMAP },
	{ HR_MAP_VMEMMAP, true, HR_RULE_SPLITS_VMEMMAP },
};

static const struct hr_guard_edge *edge_at(const struct hr_guard_check *check,
					   struct hr_guard_edges *known, size_t i, uint64_t start,
					   uint64_t end)
{
	const struct hr_machine *machine = &check->machine;
	uint64_t va = hr_map_va(machine->layout, edges[i].map, edges[i].end ? end : start);

	return hr_guard_edge_find(machine->layout, machine->walker, va, known);
}

/* The kernel's verdict on a physical range. Returns false if it could not be read. */
static bool range_splits(const struct hr_guard_check *check, struct hr_guard_edges *known,
			 uint64_t start, uint64_t end, enum hr_guard_rule *ret)
{
	*ret = HR_RULE_NONE;
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		const struct hr_guard_edge *edge = edge_at(check, known, i, start, end);

		if (!edge->is_tested)
			return false;
		if (!edge->fails)
			continue;
		*ret = edges[i].rule;
		return true;
	}
	return true;
}

/* Would removing [@start, @end) really split a leaf? Returns false if it could not be read. */
static bool truly_splits(const struct hr_guard_check *check, struct hr_guard_edges *known,
			 uint64_t start, uint64_t end, bool *ret)
{
	*ret = false;
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		const struct hr_guard_edge *edge = edge_at(check, known, i, start, end);

		if (!edge->is_known)
			return false;
		*ret |= edge->splits;
	}
	return true;
}

/*
 * The first releases advance through the block's sections and then check a range of the same length
 * after the last step (commit 95a58852b0e5, fixed by 285f90a4d114).
 */
static uint64_t judged_start(const struct hr_guard_check *check, uint64_t start, uint64_t end)
{
	if (check->model != HR_GUARD_NEXT_RANGE)
		return start;
	while (start < end)
		start += hr_section_size(check->machine.layout);
	return start;
}

/*
 * The part of a block that its own memmap takes, in bytes. Where memmap_on_memory has to be forced,
 * it is rounded up to a pageblock, the size of a PMD. With 4K pages it is a whole number of
 * pageblocks anyway.
 */
static uint64_t memmap_bytes(const struct hr_guard_check *check)
{
	const struct hr_layout *layout = check->machine.layout;
	uint64_t pageblock = hr_level_size(&layout->geo, HR_LEVEL_PMD);
	uint64_t bytes =
		check->machine.block_size / hr_page_size(&layout->geo) * layout->struct_page_size;

	return (bytes + pageblock - 1) & ~(pageblock - 1);
}

static void judge(const struct hr_guard_check *check, struct hr_guard_edges *known,
		  struct hr_guard_block *block)
{
	const struct hr_layout *layout = check->machine.layout;
	uint64_t start = block->start, judged, size;
	bool has_altmap, splits;

	block->outcome = HR_GUARD_CANNOT_TELL;
	block->undecided = true;
	if (!hr_block_has_altmap(layout, check->machine.walker, block->start, &has_altmap))
		return;
	if (has_altmap)
		start += memmap_bytes(check);
	size = block->end - start;
	judged = judged_start(check, start, block->end);
	if (!range_splits(check, known, judged, judged + size, &block->rule))
		return;
	if (block->rule != HR_RULE_NONE) {
		block->outcome = HR_GUARD_REFUSES;
		block->undecided = false;
		block->message_start = judged;
		block->message_end = judged + size;
		return;
	}
	if (!truly_splits(check, known, block->start, block->end, &splits))
		return;
	block->outcome = splits ? HR_GUARD_ACCEPTS_UNSAFELY : HR_GUARD_ACCEPTS;
	block->undecided = false;
}

/* Would a check that the kernel may have refuse the block, or is that unknown? */
static bool may_be_refused(const struct hr_guard_check *check, struct hr_guard_edges *known,
			   const struct hr_guard_block *block)
{
	static const enum hr_guard models[] = { HR_GUARD_NEXT_RANGE, HR_GUARD_REQUESTED };

	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		struct hr_guard_check assumed = *check;
		struct hr_guard_block judged = *block;

		assumed.model = models[i];
		judge(&assumed, known, &judged);
		if (judged.outcome == HR_GUARD_REFUSES || judged.undecided)
			return true;
	}
	return false;
}

/* Judge the block at @start. @known are edges found before in the same state of the tables. */
static void judge_block(const struct hr_guard_check *check, struct hr_guard_edges *known,
			uint64_t start, struct hr_guard_block *ret)
{
	struct hr_block_state state;
	struct hr_error *error = hr_block_read(&check->machine, start, &state);

	*ret = (struct hr_guard_block){
		.start = start,
		.end = start + check->machine.block_size,
		.outcome = HR_GUARD_CANNOT_TELL,
	};
	if (error) {
		hr_error_destroy(error);
		ret->undecided = check->model != HR_GUARD_UNKNOWN || check->may_check;
	} else if (state.early) {
		ret->outcome = HR_GUARD_REFUSES;
		ret->rule = HR_RULE_BOOT_MEMORY;
		ret->message_start = ret->start;
		ret->message_end = ret->end;
	} else if (check->model == HR_GUARD_NONE) {
		ret->outcome = HR_GUARD_NO_CHECK;
	} else if (check->model != HR_GUARD_UNKNOWN && !state.online) {
		ret->outcome = HR_GUARD_ACCEPTS;
	} else if (check->model != HR_GUARD_UNKNOWN) {
		judge(check, known, ret);
	} else if (check->may_check && state.online) {
		ret->undecided = may_be_refused(check, known, ret);
	}
	if (!check->machine.sections && ret->outcome != HR_GUARD_REFUSES)
		ret->outcome = HR_GUARD_CANNOT_TELL;
}

void hr_guard_block(const struct hr_guard_check *check, uint64_t start, struct hr_guard_block *ret)
{
	struct hr_guard_edges none = { .count = 0 };

	judge_block(check, &none, start, ret);
}

/* Worse outcomes have higher ranks: the worst block decides for the range. */
static unsigned int rank(enum hr_guard_outcome outcome)
{
	static const unsigned int ranks[] = {
		[HR_GUARD_ACCEPTS] = 0,		 [HR_GUARD_NO_CHECK] = 1,
		[HR_GUARD_ACCEPTS_UNSAFELY] = 2, [HR_GUARD_CANNOT_TELL] = 3,
		[HR_GUARD_REFUSES] = 4,
	};

	return ranks[outcome];
}

static struct hr_error *add_block(struct hr_guard_result *result, size_t *capacity,
				  const struct hr_guard_block *block)
{
	struct hr_guard_block *blocks;

	if (rank(block->outcome) > rank(result->outcome))
		result->outcome = block->outcome;
	result->undecided |= block->undecided;
	if ((block->rule == HR_RULE_SPLITS_LINEAR || block->rule == HR_RULE_SPLITS_VMEMMAP) &&
	    !result->vetoed++)
		result->vetoed_first = block->start;
	if (result->count == HR_GUARD_BLOCKS_MAX) {
		result->cut = true;
		return NULL;
	}
	blocks = hr_grow(result->blocks, result->count, capacity, sizeof(*blocks));
	if (!blocks)
		return hr_error_no_memory();
	result->blocks = blocks;
	result->blocks[result->count++] = *block;
	return NULL;
}

static struct hr_error *judge_blocks(const struct hr_guard_check *check, uint64_t start,
				     uint64_t end, struct hr_guard_result *ret)
{
	const struct hr_machine *machine = &check->machine;
	struct hr_guard_edges known = { .count = 0 };
	uint64_t left = hr_block_most(machine);
	size_t capacity = 0;
	bool unread = false;

	*ret = (struct hr_guard_result){ .outcome = HR_GUARD_ACCEPTS };
	start &= ~(machine->block_size - 1);
	for (start = hr_block_next(machine, start, end, &unread); start < end;
	     start = hr_block_next(machine, start + machine->block_size, end, &unread)) {
		struct hr_guard_block block;
		struct hr_error *error;

		if (!left--) {
			unread = true;
			break;
		}
		judge_block(check, &known, start, &block);
		error = add_block(ret, &capacity, &block);
		if (error)
			return error;
	}
	if (unread && ret->outcome != HR_GUARD_REFUSES) {
		ret->outcome = HR_GUARD_CANNOT_TELL;
		ret->undecided |= check->model != HR_GUARD_UNKNOWN || check->may_check;
	}
	return NULL;
}

/* The blocks of a range, as judged from one state of the tables. */
struct judgement {
	const struct hr_guard_check *check;
	uint64_t start, end;
	struct hr_guard_result *result;
	struct hr_error *error;
};

static void judge_range(void *context)
{
	struct judgement *judgement = context;

	hr_guard_release(judgement->result);
	hr_error_destroy(judgement->error);
	judgement->error =
		judge_blocks(judgement->check, judgement->start, judgement->end, judgement->result);
}

struct hr_error *hr_guard_range(const struct hr_guard_check *check, uint64_t start, uint64_t end,
				bool splits, struct hr_guard_result *ret)
{
	struct judgement judgement = { check, start, end, ret, NULL };

	*ret = (struct hr_guard_result){ 0 };
	hr_walk_together(check->machine.walker, judge_range, &judgement);
	if (judgement.error)
		return judgement.error;
	if ((check->model == HR_GUARD_UNKNOWN || !check->machine.sections) &&
	    ret->outcome != HR_GUARD_REFUSES)
		ret->outcome = HR_GUARD_CANNOT_TELL;
	if (check->model == HR_GUARD_NONE && ret->outcome == HR_GUARD_ACCEPTS)
		ret->outcome = HR_GUARD_NO_CHECK;
	if (splits && ret->outcome == HR_GUARD_ACCEPTS)
		ret->outcome = HR_GUARD_ACCEPTS_UNSAFELY;
	return NULL;
}

void hr_guard_release(struct hr_guard_result *result)
{
	free(result->blocks);
	*result = (struct hr_guard_result){ 0 };
}
