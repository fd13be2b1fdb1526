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

/* Blocks that are judged from one state of the tables. */
struct judge {
	const struct hr_guard_check *check;
	struct hr_guard_edges edges; /* found so far */
	/* PA: no block from here up to there, exclusive, holds its own memmap. */
	uint64_t plain_start, plain_end;
	/* How many blocks after the last one that was judged are as it is, in their own places. */
	uint64_t alike;
	bool single; /* no block follows */
};

/* The bytes that a block has in @map. */
static uint64_t block_span(const struct hr_machine *machine, enum hr_map map)
{
	const struct hr_layout *layout = machine->layout;

	if (map == HR_MAP_LINEAR)
		return machine->block_size;
	return (machine->block_size >> layout->geo.page_shift) * layout->struct_page_size;
}

static void limit_alike(struct judge *judge, uint64_t limit)
{
	if (limit < judge->alike)
		judge->alike = limit;
}

static const struct hr_guard_edge *edge_at(struct judge *judge, size_t i, uint64_t start,
					   uint64_t end)
{
	const struct hr_machine *machine = &judge->check->machine;
	uint64_t va = hr_map_va(machine->layout, edges[i].map, edges[i].end ? end : start);
	uint64_t step = block_span(machine, edges[i].map);
	const struct hr_guard_edge *edge = hr_guard_edge_find(
		machine->layout, machine->walker, va, judge->single ? 0 : step, &judge->edges);

	limit_alike(judge, (edge->last - va) / step);
	return edge;
}

/* The kernel's verdict on a physical range. Returns false if it could not be read. */
static bool range_splits(struct judge *judge, uint64_t start, uint64_t end, enum hr_guard_rule *ret)
{
	*ret = HR_RULE_NONE;
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		const struct hr_guard_edge *edge = edge_at(judge, i, start, end);

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
static bool truly_splits(struct judge *judge, uint64_t start, uint64_t end, bool *ret)
{
	*ret = false;
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		const struct hr_guard_edge *edge = edge_at(judge, i, start, end);

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

/* Does @block hold its own memmap? Returns false if a table could not be read. */
static bool find_altmap(struct judge *judge, const struct hr_guard_block *block, bool *ret)
{
	const struct hr_machine *machine = &judge->check->machine;

	*ret = false;
	if (block->start >= judge->plain_start && block->end <= judge->plain_end) {
		limit_alike(judge, (judge->plain_end - block->end) / machine->block_size);
		return true;
	}
	judge->alike = 0;
	return hr_block_has_altmap(machine->layout, machine->walker, block->start, ret);
}

static void judge_leaves(struct judge *judge, struct hr_guard_block *block)
{
	const struct hr_guard_check *check = judge->check;
	uint64_t start = block->start, judged, size;
	bool has_altmap, splits;

	block->outcome = HR_GUARD_CANNOT_TELL;
	block->undecided = true;
	if (!find_altmap(judge, block, &has_altmap))
		return;
	if (has_altmap)
		start += memmap_bytes(check);
	size = block->end - start;
	judged = judged_start(check, start, block->end);
	if (!range_splits(judge, judged, judged + size, &block->rule))
		return;
	if (block->rule != HR_RULE_NONE) {
		block->outcome = HR_GUARD_REFUSES;
		block->undecided = false;
		block->message_start = judged;
		block->message_end = judged + size;
		return;
	}
	if (!truly_splits(judge, block->start, block->end, &splits))
		return;
	block->outcome = splits ? HR_GUARD_ACCEPTS_UNSAFELY : HR_GUARD_ACCEPTS;
	block->undecided = false;
}

/* Would a check that the kernel may have refuse the block, or is that unknown? */
static bool may_be_refused(struct judge *judge, const struct hr_guard_block *block)
{
	static const enum hr_guard models[] = { HR_GUARD_NEXT_RANGE, HR_GUARD_REQUESTED };
	const struct hr_guard_check *check = judge->check;
	bool may = false;

	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]) && !may; i++) {
		struct hr_guard_check assumed = *check;
		struct hr_guard_block judged = *block;

		assumed.model = models[i];
		judge->check = &assumed;
		judge_leaves(judge, &judged);
		may = judged.outcome == HR_GUARD_REFUSES || judged.undecided;
	}
	judge->check = check;
	return may;
}

/*
 * Judge the block at @start, and set judge->alike for those after it that begin before @end. @ret
 * says what is true of the first.
 */
static void judge_block(struct judge *judge, uint64_t start, uint64_t end,
			struct hr_guard_block *ret)
{
	const struct hr_guard_check *check = judge->check;
	struct hr_block_state state;
	uint64_t count;
	struct hr_error *error = hr_block_run(&check->machine, start, end, &state, &count);

	*ret = (struct hr_guard_block){
		.start = start,
		.end = start + check->machine.block_size,
		.outcome = HR_GUARD_CANNOT_TELL,
	};
	judge->alike = error ? 0 : count - 1;
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
		judge_leaves(judge, ret);
	} else if (check->may_check && state.online) {
		ret->undecided = may_be_refused(judge, ret);
	}
	if (!check->machine.sections && ret->outcome != HR_GUARD_REFUSES)
		ret->outcome = HR_GUARD_CANNOT_TELL;
}

void hr_guard_block(const struct hr_guard_check *check, uint64_t start, struct hr_guard_block *ret)
{
	struct judge judge = { .check = check, .single = true };

	judge_block(&judge, start, start + check->machine.block_size, ret);
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

static struct hr_error *keep_block(struct hr_guard_result *result, size_t *capacity,
				   const struct hr_guard_block *block)
{
	struct hr_guard_block *blocks;

	blocks = hr_grow(result->blocks, result->count, capacity, sizeof(*blocks));
	if (!blocks)
		return hr_error_no_memory();
	result->blocks = blocks;
	result->blocks[result->count++] = *block;
	return NULL;
}

/* The block after @block, which is as it is. */
static struct hr_guard_block next_alike(const struct hr_guard_block *block)
{
	struct hr_guard_block next = *block;
	uint64_t size = block->end - block->start;

	next.start += size;
	next.end += size;
	if (block->outcome == HR_GUARD_REFUSES) {
		next.message_start += size;
		next.message_end += size;
	}
	return next;
}

/* Add @first and the blocks after it, @count in all, that are alike. */
static struct hr_error *add_blocks(struct hr_guard_result *result, size_t *capacity,
				   const struct hr_guard_block *first, uint64_t count)
{
	struct hr_guard_block block = *first;
	struct hr_error *error = NULL;

	if (rank(block.outcome) > rank(result->outcome))
		result->outcome = block.outcome;
	result->undecided |= block.undecided;
	if (block.rule == HR_RULE_SPLITS_LINEAR || block.rule == HR_RULE_SPLITS_VMEMMAP) {
		if (!result->vetoed)
			result->vetoed_first = block.start;
		result->vetoed += count;
	}
	for (; !error && count && result->count < HR_GUARD_BLOCKS_MAX; count--) {
		error = keep_block(result, capacity, &block);
		block = next_alike(&block);
	}
	result->cut |= count != 0;
	return error;
}

/* The blocks of a range, as judged from one state of the tables. */
struct judgement {
	struct judge judge;
	uint64_t start, end;
	struct hr_guard_result *result;
	struct hr_error *error;
};

static struct hr_error *judge_blocks(struct judgement *judgement)
{
	const struct hr_guard_check *check = judgement->judge.check;
	const struct hr_machine *machine = &check->machine;
	struct hr_guard_result *ret = judgement->result;
	uint64_t left = hr_block_most(machine), end = judgement->end, count;
	uint64_t start = judgement->start & ~(machine->block_size - 1);
	size_t capacity = 0;
	bool unread = false;

	*ret = (struct hr_guard_result){ .outcome = HR_GUARD_ACCEPTS };
	judgement->judge.edges.count = 0;
	for (start = hr_block_next(machine, start, end, &unread); start < end;
	     start = hr_block_next(machine, start + count * machine->block_size, end, &unread)) {
		struct hr_guard_block block;
		struct hr_error *error;

		if (!left) {
			unread = true;
			break;
		}
		judge_block(&judgement->judge, start, end, &block);
		count = judgement->judge.alike < left ? judgement->judge.alike + 1 : left;
		left -= count;
		error = add_blocks(ret, &capacity, &block, count);
		if (error)
			return error;
	}
	if (unread && ret->outcome != HR_GUARD_REFUSES) {
		ret->outcome = HR_GUARD_CANNOT_TELL;
		ret->undecided |= check->model != HR_GUARD_UNKNOWN || check->may_check;
	}
	return NULL;
}

static void judge_range(void *context)
{
	struct judgement *judgement = context;

	hr_guard_release(judgement->result);
	hr_error_destroy(judgement->error);
	judgement->error = judge_blocks(judgement);
}

struct hr_error *hr_guard_range(const struct hr_guard_check *check, uint64_t start, uint64_t end,
				bool splits, bool no_altmap, struct hr_guard_result *ret)
{
	struct judgement judgement = {
		.judge = { .check = check,
			   .plain_start = no_altmap ? start : 0,
			   .plain_end = no_altmap ? end : 0,
			   .single = end - start <= check->machine.block_size },
		.start = start,
		.end = end,
		.result = ret,
	};

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
