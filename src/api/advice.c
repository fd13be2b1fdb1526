// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/advice.h"

#include "api/answer.h"
#include "api/kernel_views.h"
#include "api/trial.h"
#include "base/cleanup.h"
#include "kernel/address.h"
#include "kernel/maps.h"
#include "map/altmap.h"
#include "predict/add.h"
#include "walk/lookup.h"

enum {
	/*
	 * Leaves that reach beyond a range follow each other where struct pages do not fill whole
	 * leaves. Even then a few of them end together.
	 */
	GROWTH_MAX = 64,
	WAYS_MAX = 2
};

/* Are leaves all that is in the way? */
static bool only_leaves(const struct hr_check_result *check)
{
	for (size_t i = 0; i < check->count; i++)
		if (check->reasons[i].code != HR_REASON_SPLITS_LEAF &&
		    check->reasons[i].code != HR_REASON_GUARD_VETO)
			return false;
	return true;
}

/*
 * Memory in whole blocks of whose pages, or struct pages, @map has the @bytes before a range, or
 * behind it.
 */
static uint64_t memory_of(const struct hr_kernel *kernel, enum hr_map map, uint64_t bytes)
{
	const struct hr_layout *layout = &kernel->layout;
	uint64_t block = kernel->memory_block_size, page = hr_page_size(&layout->geo);
	uint64_t size = map == HR_MAP_LINEAR ? page : layout->struct_page_size;

	return ((bytes + size - 1) / size * page + block - 1) & -block;
}

/*
 * Find the leaf at @va. Returns false if there is none that a kernel makes. Damage beside it has a
 * reason of its own.
 */
static bool find_leaf(const struct hr_kernel *kernel, uint64_t va, struct hr_leaf *ret)
{
	struct hr_lookup found;

	hr_walk_lookup(kernel->walker, va, &found);
	*ret = found.leaf;
	return found.state == HR_MAP_MAPPED && found.leaf.expected;
}

/* Extend @range by the memory that shares leaves of @map with its ends. */
static bool take_ends(const struct hr_kernel *kernel, enum hr_map map, struct hr_pa_range *range)
{
	uint64_t limit = UINT64_C(1) << kernel->layout.pa_bits, start, end, before, behind;
	struct hr_leaf first, last;

	if (!hr_map_range(&kernel->layout, map, range->start, range->end, &start, &end) ||
	    !find_leaf(kernel, start, &first) || !find_leaf(kernel, end - 1, &last))
		return false;
	before = memory_of(kernel, map, start - first.va);
	behind = memory_of(kernel, map, last.va + last.size - end);
	if (before > range->start || behind > limit - range->end)
		return false;
	range->start -= before;
	range->end += behind;
	return true;
}

/* Extend @range until no leaf reaches beyond it. Returns false if there is no such range. */
static bool grow(const struct hr_kernel *kernel, struct hr_pa_range *range)
{
	for (size_t i = 0; i < GROWTH_MAX; i++) {
		const struct hr_pa_range before = *range;

		for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
			if (!take_ends(kernel, map, range))
				return false;
		if (range->start == before.start && range->end == before.end)
			return true;
	}
	return false;
}

/* Is all of @range, which has more than what was asked about, as sound? */
static struct hr_error *ask_rest(struct hr_kernel *kernel, const struct hr_pa_range *range,
				 bool *ret)
{
	_cleanup_(hr_cleanup_answer) struct hr_answer *answer = NULL;
	struct hr_error *error = hr_kernel_ask(kernel, range, HR_DEPTH_LEAVES, &answer);

	*ret = !error && only_leaves(&answer->check);
	return error;
}

/* Does a block of @range hold its own struct pages? Returns false if this could not be read. */
static bool find_own_memmap(const struct hr_kernel *kernel, const struct hr_pa_range *range,
			    bool *ret)
{
	*ret = false;
	for (uint64_t at = range->start; at < range->end && !*ret; at += kernel->memory_block_size)
		if (!hr_block_has_altmap(&kernel->layout, kernel->walker, at, ret))
			return false;
	return true;
}

/* Up to where a predicted addition goes on at @pa; @pa if none does. */
static uint64_t predicted_end(const struct hr_kernel *kernel, uint64_t pa)
{
	const struct hr_predicted *change;

	for (size_t i = 0; (change = hr_kernel_predicted(kernel, i)); i++)
		if (change->kind == HR_PREDICTED_ADDED && change->range.start <= pa &&
		    change->range.end > pa)
			return change->range.end;
	return pa;
}

static bool is_predicted(const struct hr_kernel *kernel, const struct hr_pa_range *range)
{
	uint64_t at = range->start, end;

	while (at < range->end && (end = predicted_end(kernel, at)) > at)
		at = end;
	return at >= range->end;
}

static uint64_t smaller_beyond(uint64_t size, uint64_t block, uint64_t found)
{
	return size > block && size < found ? size : found;
}

/*
 * The most that one call can add without a leaf that is larger than a memory block; 0 if no leaf
 * is.
 */
static uint64_t largest_piece(const struct hr_kernel *kernel)
{
	const struct hr_geometry *geo = &kernel->layout.geo;
	uint64_t block = kernel->memory_block_size, found = UINT64_MAX;

	for (int level = geo->leaf_level; level <= HR_LEVEL_PTE; level++) {
		uint64_t size = hr_level_size(geo, level);

		found = smaller_beyond(size, block, found);
		found = smaller_beyond(size * hr_add_cont_entries(geo, level), block, found);
	}
	return found == UINT64_MAX ? 0 : found / 2;
}

/* Ways of adding memory, best first. If the kernel may map by pages, it does so without leaves. */
static size_t find_ways(struct hr_kernel *kernel, struct hr_add ways[WAYS_MAX])
{
	enum hr_model_source from;
	size_t count = 0;

	if (hr_kernel_mapping(kernel, &from) == HR_MAPPING_BLOCKS)
		ways[count++] =
			(struct hr_add){ .blocks = true, .call_size = largest_piece(kernel) };
	ways[count++] = (struct hr_add){ .blocks = false };
	return count;
}

/* Would a check of @model, unless it is unknown, let each block of @range go offline? */
static struct hr_error *ask_guard(const struct hr_kernel *trial, enum hr_guard model,
				  const struct hr_pa_range *range, bool *ret)
{
	struct hr_guard_check guard = hr_kernel_guard(trial);
	struct hr_guard_result result;
	struct hr_error *error;

	guard.model = model;
	guard.may_check = !model && guard.may_check;
	/* What the trial has added holds no struct pages. */
	error = hr_guard_range(&guard, range->start, range->end, false, true, &result);
	*ret = !error && !result.undecided && result.outcome != HR_GUARD_REFUSES &&
	       result.outcome != HR_GUARD_ACCEPTS_UNSAFELY;
	hr_guard_release(&result);
	return error;
}

static struct hr_error *ask_trial(struct hr_kernel *trial, const struct hr_pa_range *range,
				  bool *ret)
{
	_cleanup_(hr_cleanup_answer) struct hr_answer *answer = NULL;
	struct hr_error *error = hr_kernel_ask(trial, range, HR_DEPTH_VERDICT, &answer);

	*ret = !error && answer->verdict == HR_VERDICT_REMOVABLE;
	return error;
}

/* Once @how has happened, can each block of its range go, and all of @asked? */
static struct hr_error *try(const struct hr_kernel *kernel, const struct hr_add *how,
			    const struct hr_pa_range *asked, bool *ret)
{
	_cleanup_(hr_cleanup_trial) struct hr_kernel *trial = NULL;
	struct hr_error *error = hr_trial_create(kernel, &trial);

	*ret = false;
	if (!error)
		error = hr_trial_add_again(trial, how, ret);
	if (!error && *ret)
		error = ask_guard(trial, HR_GUARD_REQUESTED, &how->range, ret);
	if (!error && *ret)
		error = ask_guard(trial, trial->models.guard, &how->range, ret);
	if (!error && *ret)
		error = ask_trial(trial, asked, ret);
	if (!error || error->code == HR_ERROR_NO_MEMORY)
		return error;
	/* What cannot be predicted is not given as advice. */
	hr_error_destroy(error);
	*ret = false;
	return NULL;
}

static struct hr_error *try_ways(struct hr_kernel *kernel, const struct hr_pa_range *asked,
				 struct hr_advice *advice)
{
	struct hr_add ways[WAYS_MAX];
	size_t count = find_ways(kernel, ways);
	struct hr_error *error = NULL;

	for (size_t i = 0; i < count && !error && !advice->found; i++) {
		struct hr_add *how = &ways[i];

		how->range = advice->range;
		how->standing = kernel->models.standing;
		advice->mapping = how->blocks ? HR_MAPPING_UNKNOWN : HR_MAPPING_PAGES;
		advice->pieces = how->call_size;
		error = try(kernel, how, asked, &advice->found);
	}
	return error;
}

/* Find the way for all memory that is to be added again with what was asked about. */
static struct hr_error *advise(struct hr_kernel *kernel, const struct hr_pa_range *asked,
			       struct hr_advice *advice)
{
	bool sound = true;
	struct hr_error *error = NULL;

	if (advice->range.start != asked->start || advice->range.end != asked->end)
		error = ask_rest(kernel, &advice->range, &sound);
	if (error || !sound ||
	    !find_own_memmap(kernel, &advice->range, &advice->without_own_memmap))
		return error;
	advice->again = !is_predicted(kernel, &advice->range);
	return try_ways(kernel, asked, advice);
}

struct hr_error *hr_advice_find(struct hr_kernel *kernel, const struct hr_answer *answer,
				struct hr_advice *ret)
{
	struct hr_advice advice = { .range = answer->range };
	struct hr_error *error = NULL;

	if (kernel->sections && answer->check.count && only_leaves(&answer->check) &&
	    grow(kernel, &advice.range))
		error = advise(kernel, &answer->range, &advice);
	*ret = advice.found ? advice : (struct hr_advice){ .found = false };
	return error;
}
