// SPDX-License-Identifier: GPL-2.0-or-later
#include "range_plan.h"

#include "base/cleanup.h"
#include "base/grow.h"
#include "map/altmap.h"

/* A plan under construction. */
struct planner {
	const struct hr_tlbi_config *config;
	struct hr_plan *plan;
	size_t capacity;
	bool no_memory;
};

static void keep_op(struct planner *planner, const struct hr_range_op *op)
{
	struct hr_plan *plan = planner->plan;
	struct hr_range_op *ops;

	if (plan->op_count == HR_PLAN_OPS_MAX) {
		plan->ops_cut = true;
		return;
	}
	ops = hr_grow(plan->ops, plan->op_count, &planner->capacity, sizeof(*ops));
	planner->no_memory |= !ops;
	if (!ops)
		return;
	plan->ops = ops;
	plan->ops[plan->op_count++] = *op;
}

static void flush_range(struct planner *planner, uint64_t va_start, uint64_t va_end,
			struct hr_tlbi_count *count)
{
	struct hr_range_op ops[HR_FLUSH_RANGE_OPS_MAX];
	unsigned int found = hr_tlbi_flush_range(planner->config, va_start, va_end, count, ops);

	for (unsigned int i = 0; i < found; i++)
		keep_op(planner, &ops[i]);
}

/*
 * Vmemmap leaf entries of a batched teardown. With batched-wide, the flush of a block covers the
 * whole block. A page is flushed as a page either way.
 */
static void on_vmemmap_entries(void *context, uint64_t va, uint64_t size, uint64_t count)
{
	struct planner *planner = context;
	struct hr_tlbi_count *vmemmap = &planner->plan->batched.vmemmap;

	if (!planner->plan->wide || size == UINT64_C(1) << planner->config->page_shift) {
		hr_tlbi_flush_pages(planner->config, count, vmemmap);
		return;
	}
	for (uint64_t i = 0; i < count; i++)
		flush_range(planner, va + i * size, va + (i + 1) * size, vmemmap);
}

/* Find the calls of arch_remove_memory(). The kernel removes blocks with an altmap one by one. */
static void find_calls(const struct hr_layout *layout, struct hr_walker *walker,
		       const struct hr_teardown_form *form, uint64_t pa_start, struct hr_plan *plan)
{
	if (pa_start % form->memory_block_size == 0)
		(void)hr_block_has_altmap(layout, walker, pa_start, &plan->has_altmap);
	plan->calls = form->calls;
	if (!plan->calls)
		plan->calls = plan->has_altmap ? HR_CALLS_BLOCK : HR_CALLS_RANGE;
}

/* The end of the call that begins at @pa. */
static uint64_t call_end(const struct hr_plan *plan, const struct hr_teardown_form *form,
			 uint64_t pa, uint64_t pa_end)
{
	uint64_t left = form->memory_block_size - pa % form->memory_block_size;

	return plan->calls == HR_CALLS_RANGE || pa_end - pa < left ? pa_end : pa + left;
}

/* Count one flush for each call; returns the number of calls. */
static uint64_t flush_linear(struct planner *planner, const struct hr_layout *layout,
			     const struct hr_teardown_form *form, uint64_t pa_start,
			     uint64_t pa_end, struct hr_tlbi_count *count)
{
	uint64_t calls = 0;

	for (uint64_t pa = pa_start, end; pa < pa_end; pa = end, calls++) {
		uint64_t va_start, va_end;

		end = call_end(planner->plan, form, pa, pa_end);
		if (hr_map_range(layout, HR_MAP_LINEAR, pa, end, &va_start, &va_end))
			flush_range(planner, va_start, va_end, count);
	}
	return calls;
}

static uint64_t sum_entries(const struct hr_map_survey *survey)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < HR_LEVELS_MAX; i++)
		sum += survey->entries[i];
	return sum;
}

static void count_total(struct hr_teardown_count *count)
{
	count->total = count->linear;
	hr_tlbi_add(&count->total, &count->vmemmap);
	hr_tlbi_add(&count->total, &count->tables);
}

/* Tables and root entries, which both forms of teardown treat the same way. */
static void count_tables(const struct hr_tlbi_config *config, const struct hr_survey *survey,
			 struct hr_teardown_count *count)
{
	hr_tlbi_clear_root(config, survey->maps[HR_MAP_LINEAR].root_entries, &count->linear);
	hr_tlbi_clear_root(config, survey->maps[HR_MAP_VMEMMAP].root_entries, &count->vmemmap);
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		hr_tlbi_flush_tables(config, survey->maps[map].tables_emptied, &count->tables);
	count_total(count);
}

static void plan_per_leaf(const struct hr_tlbi_config *config, const struct hr_survey *survey,
			  struct hr_teardown_count *count)
{
	hr_tlbi_flush_pages(config, sum_entries(&survey->maps[HR_MAP_LINEAR]), &count->linear);
	hr_tlbi_flush_pages(config, sum_entries(&survey->maps[HR_MAP_VMEMMAP]), &count->vmemmap);
	count_tables(config, survey, count);
}

/* The linear map's flushes on CPUs without TLB range operations. */
static void plan_without_range_ops(const struct hr_layout *layout,
				   const struct hr_teardown_form *form, uint64_t pa_start,
				   uint64_t pa_end, const struct hr_survey *survey,
				   struct hr_plan *plan)
{
	struct hr_tlbi_config without = *form->tlbi;
	struct planner planner = { .config = &without, .plan = plan };

	without.range_ops = false;
	flush_linear(&planner, layout, form, pa_start, pa_end, &plan->linear_without_range_ops);
	hr_tlbi_clear_root(&without, survey->maps[HR_MAP_LINEAR].root_entries,
			   &plan->linear_without_range_ops);
}

struct hr_error *hr_plan_create(const struct hr_layout *layout, struct hr_walker *walker,
				const struct hr_teardown_form *form, uint64_t pa_start,
				uint64_t pa_end, struct hr_survey *survey, struct hr_plan **ret)
{
	_cleanup_(hr_cleanup_plan) struct hr_plan *plan = calloc(1, sizeof(*plan));
	struct planner planner = { .config = form->tlbi, .plan = plan };

	if (!plan)
		return hr_error_no_memory();
	plan->wide = form->teardown == HR_TEARDOWN_BATCHED_WIDE;
	find_calls(layout, walker, form, pa_start, plan);
	plan->call_count =
		flush_linear(&planner, layout, form, pa_start, pa_end, &plan->batched.linear);
	hr_survey_range(layout, walker, pa_start, pa_end, on_vmemmap_entries, &planner, survey);
	if (planner.no_memory || survey->maps[HR_MAP_VMEMMAP].struct_pages.no_memory)
		return hr_error_no_memory();
	count_tables(form->tlbi, survey, &plan->batched);
	plan_per_leaf(form->tlbi, survey, &plan->per_leaf);
	plan_without_range_ops(layout, form, pa_start, pa_end, survey, plan);
	*ret = hr_take(plan);
	return NULL;
}

void hr_plan_destroy(struct hr_plan *plan)
{
	if (!plan)
		return;
	free(plan->ops);
	free(plan);
}
