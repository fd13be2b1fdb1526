// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/answer.h"

#include <stdlib.h>
#include <string.h>

#include "api/advice.h"
#include "api/kernel_pages.h"
#include "api/kernel_views.h"
#include "base/cleanup.h"
#include "check/page_check.h"
#include "leaf_check.h"
#include "search/nearest.h"

/* An answer in the making, and what a walk of its range has found. */
struct question {
	struct hr_kernel *kernel;
	struct hr_check check;
	enum hr_depth depth;
	struct hr_answer *answer;
	struct hr_survey survey;
};

/* What the kernel's own check would do. */
static struct hr_error *ask_guard(struct question *question)
{
	struct hr_answer *answer = question->answer;
	const struct hr_guard_check guard = hr_kernel_guard(question->kernel);
	/* A range that is not a multiple of memory blocks fails before anything is split. */
	bool splits = hr_check_has(&answer->check, HR_REASON_SPLITS_LEAF) &&
		      !hr_check_has(&answer->check, HR_REASON_MISALIGNED);
	/* On a running kernel, what the walk saw may have changed. */
	bool no_altmap =
		!question->kernel->memory.live && hr_survey_shows_no_altmap(&question->survey);
	struct hr_error *error = hr_guard_range(&guard, answer->range.start, answer->range.end,
						splits, no_altmap, &answer->guard);

	if (!error)
		hr_check_guard(&question->check, &answer->guard, guard.model, &answer->check);
	return error;
}

/* Is @range, if it was @found, removable when it is checked by itself? */
static struct hr_error *confirm_range(struct hr_kernel *kernel, const struct hr_pa_range *range,
				      bool *found)
{
	_cleanup_(hr_cleanup_answer) struct hr_answer *answer = NULL;
	struct hr_error *error;

	if (!*found)
		return NULL;
	error = hr_answer_create(kernel, range, HR_DEPTH_VERDICT, &answer);
	*found = !error && answer->verdict == HR_VERDICT_REMOVABLE;
	return error;
}

/*
 * Find other ranges if this one is not removable. The search looks at one block at a time. Problems
 * that only show across blocks, such as struct pages of one block in another, need a second check.
 */
static struct hr_error *ask_nearest(struct question *question)
{
	const struct hr_guard_check guard = hr_kernel_guard(question->kernel);
	struct hr_answer *answer = question->answer;
	struct hr_nearest *nearest = &answer->nearest;
	struct hr_check_result inside = { .count = 0 };
	struct hr_error *error;

	hr_check_survey(&question->check, &question->survey, &inside);
	hr_nearest_find(&question->check, &guard, &answer->range, inside.count, nearest);
	error = confirm_range(question->kernel, &nearest->inside, &nearest->has_inside);
	return error ? error
		     : confirm_range(question->kernel, &nearest->around, &nearest->has_around);
}

/* In a dump, nothing says who added memory. */
static enum hr_owner owner_of(const struct hr_kernel *kernel, const struct hr_pa_range *range)
{
	const struct hr_host *host = kernel->config.host;

	return host && host->owner ? host->owner(host->context, range->start, range->end)
				   : HR_OWNER_UNKNOWN;
}

/* How it is known in which calls the kernel removes the range. */
static const char *source_of_calls(struct hr_kernel *kernel, const struct hr_answer *answer)
{
	const struct hr_pa_range *range = &answer->range;
	enum hr_owner owner = owner_of(kernel, range);

	if (kernel->config.calls)
		return "option";
	if (answer->plan->has_altmap)
		return "memmap-on-memory";
	if (owner == HR_OWNER_VIRTIO_MEM && range->end - range->start > kernel->memory_block_size)
		hr_kernel_warn(kernel,
			       "virtio-mem added this memory, and removes it by memory blocks or "
			       "by larger blocks of its own: it is not known which, and the plan "
			       "assumes one call for the range ({calls=block} overrides)");
	return owner == HR_OWNER_KMEM ? "owner" : "assumed";
}

/* Warn about what a plan assumes about the root table if the removal clears entries there. */
static void warn_of_root(struct hr_kernel *kernel, const struct hr_survey *survey)
{
	enum hr_root root = kernel->models.root;
	uint64_t entries = 0;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		entries += survey->maps[map].root_entries;
	if (!entries || !kernel->tlbi.root_flush || root == HR_ROOT_FIXMAP)
		return;
	if (kernel->features.root_writable == HR_UNKNOWN)
		hr_kernel_warn(kernel, "it is not known whether the kernel's image maps "
				       "swapper_pg_dir read-only: the plan assumes that it does, "
				       "so that clearing an entry of it takes a flush");
	else if (kernel->features.root_writable == HR_YES)
		hr_kernel_warn(kernel, "it is not known whether this kernel flushes when it clears "
				       "an entry of a writable swapper_pg_dir: the plan assumes "
				       "that it does, as kernels up to 6.8 do");
}

static struct hr_error *walk_range(struct question *question)
{
	const struct hr_kernel *kernel = question->kernel;
	const struct hr_teardown_form form = hr_kernel_teardown(kernel);
	struct hr_answer *answer = question->answer;
	const struct hr_pa_range *range = &answer->range;

	if (question->depth == HR_DEPTH_PLAN)
		return hr_plan_create(&kernel->layout, kernel->walker, &form, range->start,
				      range->end, &question->survey, &answer->plan);
	hr_survey_range(&kernel->layout, kernel->walker, range->start, range->end, NULL, NULL,
			&question->survey);
	return NULL;
}

static void take_contents(const struct hr_survey *survey, struct hr_answer *answer)
{
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		const struct hr_map_survey *from = &survey->maps[map];
		struct hr_contents *to = &answer->contents[map];

		to->mapped = from->mapped;
		to->unmapped = from->unmapped;
		to->unreadable = from->unreadable;
		to->tables_emptied = from->tables_emptied;
		to->root_entries = from->root_entries;
		memcpy(to->leaves, from->leaves, sizeof(to->leaves));
	}
}

static struct hr_error *ask_walk(struct question *question)
{
	struct hr_answer *answer = question->answer;
	struct hr_error *error = walk_range(question);

	if (!error && question->survey.maps[HR_MAP_VMEMMAP].struct_pages.no_memory)
		error = hr_error_no_memory();
	if (error)
		return error;
	take_contents(&question->survey, answer);
	if (answer->plan) {
		answer->calls_from = source_of_calls(question->kernel, answer);
		warn_of_root(question->kernel, &question->survey);
	}
	hr_check_survey(&question->check, &question->survey, &answer->check);
	return NULL;
}

/* What lies in the range. */
static struct hr_error *ask_pages(struct question *question)
{
	struct hr_answer *answer = question->answer;
	struct hr_error *error;

	if (!question->kernel->config.pages)
		return NULL;
	answer->pages = malloc(sizeof(*answer->pages));
	if (!answer->pages)
		return hr_error_no_memory();
	error = hr_kernel_take_pages(question->kernel, &answer->range, answer->pages);
	if (!error)
		hr_check_pages(&question->check, answer->pages, &answer->check);
	return error;
}

/* Is everything that was asked for known? A definite reason stays, whatever else is found. */
static bool is_settled(const struct question *question)
{
	return question->depth == HR_DEPTH_VERDICT &&
	       hr_check_verdict(&question->check, &question->answer->check) ==
		       HR_VERDICT_NOT_REMOVABLE;
}

static struct hr_error *ask(struct question *question)
{
	struct hr_answer *answer = question->answer;
	struct hr_error *error = NULL;

	hr_check_edges(&question->check, &answer->range, &answer->check);
	if (!is_settled(question))
		error = ask_walk(question);
	if (!error && !is_settled(question))
		error = ask_guard(question);
	if (!error && !is_settled(question))
		error = ask_pages(question);
	answer->verdict = hr_check_verdict(&question->check, &answer->check);
	if (!error && question->depth == HR_DEPTH_PLAN && answer->verdict != HR_VERDICT_REMOVABLE)
		error = ask_nearest(question);
	if (!error && question->depth == HR_DEPTH_PLAN)
		error = hr_advice_find(question->kernel, answer, &answer->advice);
	return error;
}

/* An empty answer. The table of reasons is large and rarely used, so it is not cleared. */
static struct hr_answer *new_answer(const struct hr_pa_range *range)
{
	struct hr_answer *answer = malloc(sizeof(*answer));

	if (!answer)
		return NULL;
	answer->range = *range;
	answer->verdict = HR_VERDICT_UNKNOWN;
	answer->check.count = 0;
	answer->guard = (struct hr_guard_result){ .outcome = HR_GUARD_CANNOT_TELL };
	memset(answer->contents, 0, sizeof(answer->contents));
	answer->nearest = (struct hr_nearest){ 0 };
	answer->plan = NULL;
	answer->calls_from = NULL;
	answer->advice = (struct hr_advice){ 0 };
	answer->pages = NULL;
	return answer;
}

struct hr_error *hr_answer_create(struct hr_kernel *kernel, const struct hr_pa_range *range,
				  enum hr_depth depth, struct hr_answer **ret)
{
	_cleanup_(hr_cleanup_answer) struct hr_answer *answer = new_answer(range);
	struct question question = {
		.kernel = kernel,
		.check = hr_kernel_check(kernel),
		.depth = depth,
		.answer = answer,
	};
	struct hr_error *error;

	if (!answer)
		return hr_error_no_memory();
	hr_kernel_progress(kernel, range->start);
	error = ask(&question);
	if (!error)
		*ret = hr_take(answer);
	return error;
}

struct hr_error *hr_kernel_ask(struct hr_kernel *kernel, const struct hr_pa_range *range,
			       enum hr_depth depth, struct hr_answer **ret)
{
	struct hr_error *error = hr_kernel_check_range(kernel, range);

	if (!error && depth > HR_DEPTH_PLAN)
		error = hr_error_new(HR_ERROR_USAGE, "there is no answer of depth %d", (int)depth);
	return error ? error : hr_answer_create(kernel, range, depth, ret);
}

void hr_answer_destroy(struct hr_answer *answer)
{
	if (!answer)
		return;
	hr_guard_release(&answer->guard);
	hr_plan_destroy(answer->plan);
	free(answer->pages);
	free(answer);
}

enum hr_verdict hr_answer_verdict(const struct hr_answer *answer)
{
	return answer->verdict;
}

const struct hr_reason *hr_answer_reason(const struct hr_answer *answer, size_t index)
{
	return index < answer->check.count ? &answer->check.reasons[index] : NULL;
}

enum hr_reason_code hr_reason_code_of(const struct hr_reason *reason)
{
	return reason->code;
}

const char *hr_reason_message(const struct hr_reason *reason)
{
	return reason->message;
}

enum hr_guard_outcome hr_answer_guard(const struct hr_answer *answer)
{
	return answer->guard.outcome;
}

uint64_t hr_answer_tlbi(const struct hr_kernel *kernel, const struct hr_answer *answer)
{
	return answer->plan ? hr_plan_of(answer->plan, kernel->models.teardown)->total.tlbi : 0;
}
