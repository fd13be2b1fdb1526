// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "check/section_check.h"
#include "kernel/address.h"
#include "walk/walk.h"

static struct hr_check range_check(const struct hr_kernel *kernel)
{
	return (struct hr_check){
		.layout = &kernel->layout,
		.walker = kernel->walker,
		.sections = kernel->sections,
		.no_sections = kernel->no_sections ? kernel->no_sections->message : NULL,
		.memory_block_size = kernel->memory_block_size,
		.ignored = kernel->config.ignored,
		.no_hotremove = kernel->no_hotremove,
		.guard_unproven = kernel->guard_unproven,
		.by_block = kernel->config.calls == HR_CALLS_BLOCK,
	};
}

static struct hr_guard_check guard_check(const struct hr_kernel *kernel,
					 const struct hr_check *check)
{
	return (struct hr_guard_check){
		.layout = check->layout,
		.walker = check->walker,
		.sections = check->sections,
		.memory_block_size = check->memory_block_size,
		.model = kernel->models.guard,
		/* An unverified check leaves every verdict open anyway. */
		.may_check = !kernel->models.guard && kernel->models.may_check &&
			     !kernel->guard_unproven,
	};
}

/* What the kernel's own check would do. */
static struct hr_error *ask_guard(const struct hr_kernel *kernel, const struct hr_check *check,
				  struct hr_answer *answer)
{
	const struct hr_guard_check guard = guard_check(kernel, check);
	/* A range that is not a multiple of memory blocks fails before anything is split. */
	bool splits = hr_check_has(&answer->check, HR_REASON_SPLITS_LEAF) &&
		      !hr_check_has(&answer->check, HR_REASON_MISALIGNED);
	struct hr_error *error = hr_guard_range(&guard, answer->range.start, answer->range.end,
						splits, &answer->guard);

	if (!error)
		hr_check_guard(check, &answer->guard, guard.model, &answer->check);
	return error;
}

/* Is @range, if it was @found, removable when it is checked by itself? */
static struct hr_error *confirm_range(struct hr_kernel *kernel, const struct hr_pa_range *range,
				      bool *found)
{
	_cleanup_free_ struct hr_answer *answer = NULL;
	struct hr_error *error;

	if (!*found)
		return NULL;
	answer = malloc(sizeof(*answer));
	if (!answer)
		return hr_error_no_memory();
	error = hr_kernel_ask(kernel, range, HR_DEPTH_VERDICT, answer);
	*found = !error && answer->verdict == HR_VERDICT_REMOVABLE;
	hr_answer_release(answer);
	return error;
}

/*
 * Find other ranges if this one is not removable. The search looks at one block at a time. Problems
 * that only show across blocks, such as struct pages of one in another, need a second check.
 */
static struct hr_error *ask_nearest(struct hr_kernel *kernel, const struct hr_check *check,
				    struct hr_answer *answer)
{
	const struct hr_guard_check guard = guard_check(kernel, check);
	struct hr_nearest *nearest = &answer->nearest;
	struct hr_check_result inside = { .count = 0 };
	struct hr_error *error;

	hr_check_survey(check, &answer->survey, &inside);
	hr_nearest_find(check, &guard, &answer->range, inside.count, nearest);
	error = confirm_range(kernel, &nearest->inside, &nearest->has_inside);
	return error ? error : confirm_range(kernel, &nearest->around, &nearest->has_around);
}

static struct hr_teardown_form teardown_form(const struct hr_kernel *kernel)
{
	return (struct hr_teardown_form){
		.tlbi = &kernel->tlbi,
		.teardown = kernel->models.teardown,
		.calls = kernel->config.calls,
		.memory_block_size = kernel->memory_block_size,
	};
}

/* In a dump, nothing tells who added memory. */
static enum hr_owner owner_of(const struct hr_kernel *kernel, const struct hr_pa_range *range)
{
	const struct hr_host *host = kernel->config.host;

	return host && host->owner ? host->owner(host->context, range->start, range->end)
				   : HR_OWNER_UNKNOWN;
}

/* How it is known that the kernel removes the range in the calls that the plan has. */
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
			       "virtio-mem has added this memory, and removes it by memory blocks "
			       "or by larger blocks of its own, which cannot be told: the plan "
			       "takes one call for the range (--assume=calls=block overrides)");
	return owner == HR_OWNER_KMEM ? "owner" : "assumed";
}

/* Warn about what a plan assumes of the root table when it clears entries there. */
static void warn_of_root(struct hr_kernel *kernel, const struct hr_answer *answer)
{
	enum hr_root root = kernel->models.root;
	uint64_t entries = 0;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		entries += answer->survey.maps[map].root_entries;
	if (!entries || !kernel->tlbi.root_flush || root == HR_ROOT_FIXMAP)
		return;
	if (kernel->features.root_writable == HR_UNKNOWN)
		hr_kernel_warn(kernel, "whether the kernel's image maps swapper_pg_dir read-only "
				       "is not known: the plan assumes that it does, so that each "
				       "entry cleared in it takes a flush");
	else if (kernel->features.root_writable == HR_YES)
		hr_kernel_warn(kernel, "whether this kernel flushes for an entry that it clears in "
				       "a writable swapper_pg_dir is not known: the plan assumes "
				       "that it does, as kernels do up to 6.8");
}

static struct hr_error *ask_walk(struct hr_kernel *kernel, const struct hr_check *check,
				 enum hr_depth depth, struct hr_answer *answer)
{
	const struct hr_teardown_form form = teardown_form(kernel);
	const struct hr_pa_range *range = &answer->range;
	struct hr_error *error = NULL;

	if (depth == HR_DEPTH_PLAN)
		error = hr_plan_create(&kernel->layout, kernel->walker, &form, range->start,
				       range->end, &answer->survey, &answer->plan);
	else
		hr_survey_range(&kernel->layout, kernel->walker, range->start, range->end, NULL,
				NULL, &answer->survey);
	if (!error && answer->survey.maps[HR_MAP_VMEMMAP].struct_pages.no_memory)
		error = hr_error_no_memory();
	if (error)
		return error;
	if (answer->plan) {
		answer->calls_from = source_of_calls(kernel, answer);
		warn_of_root(kernel, answer);
	}
	hr_check_survey(check, &answer->survey, &answer->check);
	return NULL;
}

/* An empty answer. The table of reasons is large and rarely used, so it is not cleared. */
static void answer_clear(struct hr_answer *answer)
{
	answer->check.count = 0;
	answer->guard = (struct hr_guard_result){ .count = 0 };
	memset(&answer->survey, 0, sizeof(answer->survey));
	answer->nearest = (struct hr_nearest){ 0 };
	answer->plan = NULL;
	answer->calls_from = NULL;
}

/* Is everything that @depth asks for known? A definite reason stays, whatever else is found. */
static bool is_settled(const struct hr_check *check, enum hr_depth depth,
		       const struct hr_answer *answer)
{
	return depth == HR_DEPTH_VERDICT &&
	       hr_check_verdict(check, &answer->check) == HR_VERDICT_NOT_REMOVABLE;
}

struct hr_error *hr_kernel_ask(struct hr_kernel *kernel, const struct hr_pa_range *range,
			       enum hr_depth depth, struct hr_answer *ret)
{
	const struct hr_check check = range_check(kernel);
	struct hr_error *error = NULL;

	answer_clear(ret);
	ret->range = *range;
	kernel->at = range->start;
	hr_check_edges(&check, range, &ret->check);
	if (!is_settled(&check, depth, ret))
		error = ask_walk(kernel, &check, depth, ret);
	if (!error && !is_settled(&check, depth, ret))
		error = ask_guard(kernel, &check, ret);
	ret->verdict = hr_check_verdict(&check, &ret->check);
	if (!error && depth == HR_DEPTH_PLAN && ret->verdict != HR_VERDICT_REMOVABLE)
		error = ask_nearest(kernel, &check, ret);
	return error;
}

struct hr_blocks hr_kernel_blocks(const struct hr_kernel *kernel)
{
	return (struct hr_blocks){
		.layout = &kernel->layout,
		.sections = kernel->sections,
		.size = kernel->memory_block_size,
		.walker = kernel->walker,
	};
}

uint64_t hr_kernel_next_block(const struct hr_kernel *kernel, uint64_t start, bool *ret_unread)
{
	const struct hr_blocks blocks = hr_kernel_blocks(kernel);

	return hr_block_next(&blocks, start, UINT64_C(1) << kernel->layout.pa_bits, ret_unread);
}

static uint64_t next_block(void *context, uint64_t start, bool *ret_unread)
{
	struct hr_kernel *kernel = context;

	kernel->at = start;
	return hr_kernel_next_block(kernel, start, ret_unread);
}

/*
 * Is @suggestion removable when it is checked by itself? On a running kernel that may have changed.
 * If it is removable, it gets the plan's exact figures.
 */
static struct hr_error *confirm(struct hr_kernel *kernel, struct hr_suggestion *suggestion,
				enum hr_verdict *ret)
{
	struct hr_answer *answer = malloc(sizeof(*answer));
	struct hr_error *error;

	*ret = HR_VERDICT_UNKNOWN;
	if (!answer)
		return hr_error_no_memory();
	error = hr_kernel_ask(kernel, &suggestion->range, HR_DEPTH_PLAN, answer);
	if (!error) {
		*ret = answer->verdict;
		suggestion->tlbi = hr_plan_of(answer->plan, kernel->models.teardown)->total.tlbi;
	}
	hr_answer_release(answer);
	free(answer);
	return error;
}

static struct hr_error *confirm_all(struct hr_kernel *kernel, struct hr_suggestions *suggestions)
{
	struct hr_suggestion largest = { .range = suggestions->largest };
	size_t count = suggestions->count;
	struct hr_error *error = NULL;
	enum hr_verdict verdict;

	suggestions->count = 0;
	for (size_t i = 0; !error && i < count; i++) {
		error = confirm(kernel, &suggestions->list[i], &verdict);
		suggestions->unread |= verdict == HR_VERDICT_UNKNOWN;
		if (verdict == HR_VERDICT_REMOVABLE)
			suggestions->list[suggestions->count++] = suggestions->list[i];
	}
	hr_suggest_sort(suggestions);
	if (error || suggestions->count || !suggestions->has_largest)
		return error;
	error = confirm(kernel, &largest, &verdict);
	suggestions->has_largest = verdict == HR_VERDICT_REMOVABLE;
	return error;
}

struct hr_error *hr_kernel_suggest(struct hr_kernel *kernel, uint64_t size,
				   struct hr_suggestions *ret)
{
	const struct hr_check check = range_check(kernel);
	const struct hr_guard_check guard = guard_check(kernel, &check);
	const struct hr_teardown_form form = teardown_form(kernel);
	const struct hr_suggest_query query = {
		.check = &check,
		.guard = &guard,
		.form = &form,
		.size = size,
		.next_block = next_block,
		.context = kernel,
	};
	struct hr_error *error = hr_suggest_find(&query, ret);

	return error ? error : confirm_all(kernel, ret);
}

enum hr_tristate hr_kernel_block_online(const struct hr_kernel *kernel, uint64_t start)
{
	const struct hr_blocks blocks = hr_kernel_blocks(kernel);
	struct hr_block_state state;
	const struct hr_host *host = kernel->config.host;
	struct hr_error *error;

	if (host && host->block_online)
		return host->block_online(host->context, start / kernel->memory_block_size);
	error = hr_block_read(&blocks, start, &state);
	if (error || !blocks.sections) {
		hr_error_destroy(error);
		return HR_UNKNOWN;
	}
	return state.online ? HR_YES : HR_NO;
}

enum hr_tristate hr_kernel_block_boot(const struct hr_kernel *kernel,
				      const struct hr_answer *answer)
{
	const struct hr_check check = range_check(kernel);
	struct hr_check_result sections;

	if (!kernel->sections)
		return HR_UNKNOWN;
	if (hr_check_has(&answer->check, HR_REASON_BOOT_MEMORY))
		return HR_YES;
	if (!hr_check_has(&answer->check, HR_REASON_UNREADABLE))
		return HR_NO;
	/*
	 * Was it a section that could not be read? The table of reasons is large, so it is not
	 * cleared.
	 */
	sections.count = 0;
	hr_check_sections(&check, &answer->range, &sections);
	return hr_check_has(&sections, HR_REASON_UNREADABLE) ? HR_UNKNOWN : HR_NO;
}

static struct hr_error *on_map_run(void *context, const struct hr_run *run)
{
	struct hr_map_walk *walk = context;

	if (run->state == HR_MAP_MAPPED)
		return walk->run(walk->context, run);
	if (run->state != HR_MAP_UNREADABLE)
		return NULL;
	walk->unreadable += run->leaf.size;
	return walk->unread ? walk->unread(walk->context, run) : NULL;
}

void hr_kernel_map_extent(const struct hr_kernel *kernel, enum hr_map map, uint64_t *ret_start,
			  uint64_t *ret_last)
{
	const struct hr_layout *layout = &kernel->layout;

	if (map == HR_MAP_LINEAR) {
		*ret_start = hr_half_base(&layout->geo);
		*ret_last = layout->linear_end - 1;
	} else {
		*ret_start = hr_layout_vmemmap_used(layout);
		*ret_last = layout->vmemmap_end - 1;
	}
}

struct hr_error *hr_kernel_walk_map(struct hr_kernel *kernel, enum hr_map map,
				    struct hr_map_walk *walk)
{
	const struct hr_visitor visitor = {
		.context = walk,
		.run = on_map_run,
	};
	uint64_t start, last;

	walk->unreadable = 0;
	hr_kernel_map_extent(kernel, map, &start, &last);
	return hr_walk_range(kernel->walker, start, last, &visitor);
}

void hr_answer_release(struct hr_answer *answer)
{
	hr_guard_release(&answer->guard);
	hr_plan_destroy(answer->plan);
	answer->plan = NULL;
}
