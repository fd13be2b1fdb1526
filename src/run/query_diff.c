// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/facts.h"
#include "run/other.h"
#include "run/round.h"

static void count(struct hr_round *round, bool is_certain)
{
	round->summary.changes++;
	round->summary.uncertain += !is_certain;
	round->summary.changed |= is_certain;
	round->summary.unsure |= !is_certain;
}

/* What only one of the kernels tells may be the same in both. */
static struct hr_error *compare_fact(struct hr_round *round, const struct hr_fact *before,
				     const struct hr_fact *after)
{
	const struct hr_fact_change change = { after->key, before->value, after->value };

	if (!strcmp(before->value, after->value))
		return NULL;
	count(round, before->value[0] && after->value[0]);
	return hr_sink_fact_change(round->sink, &change);
}

static struct hr_error *compare_facts(struct hr_round *round)
{
	struct hr_kernel *other = round->other->session.kernel;
	struct hr_fact before, after;
	struct hr_error *error = hr_sink_begin_part(round->sink, HR_DIFF_KERNEL);

	for (size_t i = 0; !error && hr_fact_at(round->kernel, i, &after); i++) {
		(void)hr_fact_at(other, i, &before);
		error = compare_fact(round, &before, &after);
	}
	return error;
}

static void cleanup_answer(struct hr_answer **answer)
{
	hr_answer_destroy(*answer);
}

static struct hr_error *ask(struct hr_kernel *kernel, const struct hr_pa_range *range,
			    struct hr_block_form *ret)
{
	_cleanup_(cleanup_answer) struct hr_answer *answer = NULL;
	struct hr_error *error = hr_kernel_ask(kernel, range, HR_DEPTH_LEAVES, &answer);

	if (!error)
		*ret = hr_answer_form(answer);
	return error;
}

static bool is_same(const struct hr_block_form *one, const struct hr_block_form *other)
{
	return one->verdict == other->verdict && one->guard == other->guard &&
	       one->reasons == other->reasons;
}

static struct hr_error *compare_range(struct hr_round *round, const struct hr_pa_range *range)
{
	struct hr_block_change change = { .range = *range };
	struct hr_error *error = ask(round->other->session.kernel, range, &change.before);

	if (error)
		return hr_error_context(error, "--diff");
	error = ask(round->kernel, range, &change.after);
	if (error || is_same(&change.before, &change.after))
		return error;
	change.change = hr_block_change_of(&change.before, &change.after);
	count(round, change.change != HR_CHANGE_UNKNOWN);
	return hr_sink_range_change(round->sink, &change);
}

static struct hr_error *compare_ranges(struct hr_round *round)
{
	struct hr_error *error = hr_sink_begin_part(round->sink, HR_DIFF_RANGES);

	for (size_t i = 0; !error && i < round->asked->count; i++)
		error = compare_range(round, &round->asked->list[i].range);
	return error;
}

/* The inventories, and the part of the answer that was reached. */
struct telling {
	struct hr_round *round;
	enum hr_diff_part part;
};

/* Blocks come first, and leaves begin a part of their own. */
static struct hr_error *reach(struct telling *telling, enum hr_diff_part part)
{
	if (telling->part == part)
		return NULL;
	telling->part = part;
	return hr_sink_begin_part(telling->round->sink, part);
}

static struct hr_error *on_block(void *context, const struct hr_block_change *change)
{
	struct telling *telling = context;

	count(telling->round, change->change != HR_CHANGE_UNKNOWN);
	return hr_sink_block_change(telling->round->sink, change);
}

static struct hr_error *on_leaf(void *context, const struct hr_leaf_change *change)
{
	struct telling *telling = context;
	struct hr_error *error = reach(telling, HR_DIFF_LEAVES);

	count(telling->round, change->change != HR_CHANGE_UNKNOWN);
	return error ? error : hr_sink_leaf_change(telling->round->sink, change);
}

static struct hr_error *compare_memory(struct hr_round *round)
{
	struct telling telling = { round, HR_DIFF_BLOCKS };
	struct hr_inventory_changes changes = {
		.block = on_block,
		.leaf = on_leaf,
		.context = &telling,
	};
	struct hr_error *error = hr_sink_begin_part(round->sink, HR_DIFF_BLOCKS);

	if (!error)
		error = hr_inventory_compare(round->other->inventory, round->inventory, &changes);
	round->summary.unsure |= changes.incomplete;
	return error ? error : reach(&telling, HR_DIFF_LEAVES);
}

struct hr_error *hr_round_diff(struct hr_round *round)
{
	struct hr_error *error = compare_facts(round);

	if (!error)
		error = compare_ranges(round);
	if (!error)
		error = compare_memory(round);
	round->summary.incomplete |= round->summary.unsure;
	return error ? error : hr_sink_diff_result(round->sink, &round->summary);
}
