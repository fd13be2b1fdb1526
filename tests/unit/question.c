// SPDX-License-Identifier: GPL-2.0-or-later
#include "question.h"

#include <string.h>

#include "base/cleanup.h"
#include "map/block.h"
#include "range_plan.h"
#include "walk/walker.h"

/* What asking needs. */
struct desk {
	struct hr_walker *walker;
	struct hr_sections *sections;
	struct hr_check check;
	struct hr_guard_check guard;
	struct hr_tlbi_config tlbi;
	bool live;
};

static void desk_release(struct desk *desk)
{
	hr_sections_destroy(desk->sections);
	hr_walker_destroy(desk->walker);
}

static struct hr_error *desk_init(struct desk *desk, const struct question *question)
{
	const struct hr_layout *layout = question->layout;
	struct hr_error *error =
		hr_walker_create(&layout->geo, question->memory, layout->swapper_pa, &desk->walker);

	if (!error && !question->without_sections)
		error = hr_sections_create(layout, question->memory, &desk->sections);
	desk->live = question->memory->live;
	desk->check = (struct hr_check){
		.machine.layout = layout,
		.machine.walker = desk->walker,
		.machine.sections = desk->sections,
		.machine.block_size = hr_section_size(layout),
		.ignored = question->ignored,
	};
	desk->guard = (struct hr_guard_check){
		.machine.layout = layout,
		.machine.walker = desk->walker,
		.machine.sections = desk->sections,
		.machine.block_size = hr_section_size(layout),
		.model = question->guard,
	};
	desk->tlbi = (struct hr_tlbi_config){
		.page_shift = layout->geo.page_shift,
		.lpa2 = layout->geo.lpa2,
		.range_ops = true,
		.flush = HR_FLUSH_RANGE_OPS,
	};
	return error;
}

static struct hr_error *ask_guard(const struct desk *desk, const struct hr_pa_range *range,
				  const struct hr_survey *survey, struct hr_check_result *result)
{
	struct hr_guard_result guard = { .count = 0 };
	struct hr_error *error = hr_guard_range(
		&desk->guard, range->start, range->end, hr_check_has(result, HR_REASON_SPLITS_LEAF),
		!desk->live && hr_survey_shows_no_altmap(survey), &guard);

	if (!error)
		hr_check_guard(&desk->check, &guard, desk->guard.model, result);
	hr_guard_release(&guard);
	return error;
}

static struct hr_error *ask(const struct desk *desk, const struct hr_pa_range *range,
			    struct said *ret)
{
	_cleanup_(hr_cleanup_plan) struct hr_plan *plan = NULL;
	const struct hr_check *check = &desk->check;
	struct hr_check_result result, inside = { .count = 0 };
	const struct hr_teardown_form form = {
		.tlbi = &desk->tlbi,
		.teardown = HR_TEARDOWN_BATCHED_WIDE,
		.memory_block_size = check->machine.block_size,
	};
	struct hr_survey survey;
	struct hr_error *error;

	hr_check_edges(check, range, &result);
	error = hr_plan_create(check->machine.layout, desk->walker, &form, range->start, range->end,
			       &survey, &plan);
	if (error)
		return error;
	hr_check_survey(check, &survey, &result);
	error = ask_guard(desk, range, &survey, &result);
	if (error)
		return error;
	ret->verdict = hr_check_verdict(check, &result);
	ret->tlbi = plan->batched.total.tlbi;
	for (size_t i = 0; i < result.count; i++)
		ret->codes |= 1u << result.reasons[i].code;
	hr_check_survey(check, &survey, &inside);
	hr_nearest_find(check, &desk->guard, range, inside.count, &ret->nearest);
	return NULL;
}

struct hr_error *question_ask(const struct question *question, struct said *ret)
{
	_cleanup_(desk_release) struct desk desk = { .walker = NULL };
	struct hr_error *error = desk_init(&desk, question);

	memset(ret, 0, sizeof(*ret));
	return error ? error : ask(&desk, &question->range, ret);
}

static uint64_t next_block(void *context, uint64_t start, bool *ret_unread)
{
	const struct desk *desk = context;
	const struct hr_machine *machine = &desk->check.machine;

	return hr_block_next(machine, start, UINT64_C(1) << machine->layout->pa_bits, ret_unread);
}

struct hr_error *question_suggest(const struct question *question, struct hr_suggestions *ret)
{
	_cleanup_(desk_release) struct desk desk = { .walker = NULL };
	struct hr_error *error = desk_init(&desk, question);
	const struct hr_teardown_form form = {
		.tlbi = &desk.tlbi,
		.teardown = HR_TEARDOWN_BATCHED,
		.memory_block_size = desk.check.machine.block_size,
	};
	const struct hr_suggest_query query = {
		.check = &desk.check,
		.guard = &desk.guard,
		.form = &form,
		.size = question->range.end - question->range.start,
		.next_block = next_block,
		.context = &desk,
	};

	*ret = (struct hr_suggestions){ .count = 0 };
	return error ? error : hr_suggest_find(&query, ret);
}
