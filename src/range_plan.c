// SPDX-License-Identifier: GPL-2.0-or-later
#include "range_plan.h"

#include "altmap.h"
#include "cleanup.h"
#include "grow.h"

/* A plan in the making. */
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
 * Vmemmap leaf entries of a batched teardown. Wide, each block is flushed over its size; a page is
 * flushed as a page either way.
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

/* What one arch_remove_memory() call covers: the kernel removes blocks with an altmap singly. */
static uint64_t bytes_per_call(const struct hr_layout *layout, struct hr_walker *walker,
			       uint64_t memory_block_size, uint64_t pa_start, uint64_t pa_end)
{
	bool has_altmap = false;

	if (pa_start % memory_block_size == 0)
		(void)hr_block_has_altmap(layout, walker, pa_start, &has_altmap);
	return has_altmap ? memory_block_size : pa_end - pa_start;
}

static void flush_linear(struct planner *planner, const struct hr_layout *layout, uint64_t pa_start,
			 uint64_t pa_end, uint64_t step, struct hr_tlbi_count *count)
{
	for (uint64_t pa = pa_start; pa < pa_end; pa += step) {
		uint64_t end = pa_end - pa < step ? pa_end : pa + step;
		uint64_t va_start, va_end;

		if (hr_map_range(layout, HR_MAP_LINEAR, pa, end, &va_start, &va_end))
			flush_range(planner, va_start, va_end, count);
	}
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

static void count_tables(const struct hr_tlbi_config *config, const struct hr_survey *survey,
			 struct hr_teardown_count *count)
{
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

struct hr_error *hr_plan_create(const struct hr_layout *layout, struct hr_walker *walker,
				const struct hr_tlbi_config *config, enum hr_teardown teardown,
				uint64_t memory_block_size, uint64_t pa_start, uint64_t pa_end,
				struct hr_survey *survey, struct hr_plan **ret)
{
	_cleanup_(hr_cleanup_plan) struct hr_plan *plan = calloc(1, sizeof(*plan));
	struct planner planner = { .config = config, .plan = plan };
	struct hr_tlbi_config without = *config;
	uint64_t step;

	if (!plan)
		return hr_error_no_memory();
	plan->wide = teardown == HR_TEARDOWN_BATCHED_WIDE;
	step = bytes_per_call(layout, walker, memory_block_size, pa_start, pa_end);
	flush_linear(&planner, layout, pa_start, pa_end, step, &plan->batched.linear);
	without.range_ops = false;
	planner.config = &without;
	flush_linear(&planner, layout, pa_start, pa_end, step, &plan->linear_without_range_ops);
	planner.config = config;
	hr_survey_range(layout, walker, pa_start, pa_end, on_vmemmap_entries, &planner, survey);
	if (planner.no_memory || survey->maps[HR_MAP_VMEMMAP].struct_pages.no_memory)
		return hr_error_no_memory();
	count_tables(config, survey, &plan->batched);
	plan_per_leaf(config, survey, &plan->per_leaf);
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
