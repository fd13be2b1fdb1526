// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_plan.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/units.h"

enum {
	RANGE_OPS_SHOWN = 8
};

/* "1 TLBI (1 range op)": the instructions of one part and their kinds. */
static void print_flushes(const char *what, const struct hr_tlbi_count *count)
{
	const struct {
		uint64_t count;
		const char *one, *many;
	} kinds[] = {
		{ count->range_ops, "range op", "range ops" },
		{ count->single_ops, "single op", "single ops" },
		{ count->full_flushes, "full flush", "full flushes" },
	};
	const char *separator = " (";

	printf("%s %" PRIu64, what, count->tlbi);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!kinds[i].count)
			continue;
		printf("%s%s", separator,
		       hr_count_text(kinds[i].count, kinds[i].one, kinds[i].many).text);
		separator = ", ";
	}
	fputs(*separator == ',' ? ")" : "", stdout);
}

static void print_calls(const struct hr_answer *answer)
{
	const struct hr_plan *plan = answer->plan;
	bool by_block = plan->calls == HR_CALLS_BLOCK;

	printf("  %-14s  in %s of arch_remove_memory()%s (%s)\n", "",
	       hr_count_text(plan->call_count, "call", "calls").text,
	       by_block ? ", one per memory block" : " for the whole range", answer->calls_from);
}

/* List the first range operations of a batched teardown. */
static void print_range_ops(const struct hr_plan *plan)
{
	for (size_t i = 0; i < plan->op_count && i < RANGE_OPS_SHOWN; i++)
		printf("  %-14s  range op %zu: VA 0x%" PRIx64 ", %s, SCALE %u, NUM %u\n", "", i + 1,
		       plan->ops[i].va, hr_count_text(plan->ops[i].pages, "page", "pages").text,
		       plan->ops[i].scale, plan->ops[i].num);
	if (plan->op_count > RANGE_OPS_SHOWN)
		printf("  %-14s  and %s%s; see --json\n", "", plan->ops_cut ? "over " : "",
		       hr_count_text(plan->op_count - RANGE_OPS_SHOWN, "more range op",
				     "more range ops")
			       .text);
}

/* The same, for when it is unknown whether the machine has range operations. */
static void print_without_range_ops(const struct hr_facts *facts, const struct hr_plan *plan)
{
	if (facts->tlbi_range != HR_UNKNOWN || facts->flush == HR_FLUSH_PAGE_LOOP)
		return;
	printf("  %-14s  without TLB range operations: ", "");
	print_flushes("linear map", &plan->linear_without_range_ops);
	putchar('\n');
}

static void print_count(const struct hr_teardown_count *count, enum hr_teardown model)
{
	printf("  %-14s  %s: %" PRIu64 " TLBI, %" PRIu64 " DSB; ", "teardown",
	       model ? hr_teardown_name(model) : "unknown model; if batched", count->total.tlbi,
	       count->total.dsb);
	print_flushes("linear map", &count->linear);
	print_flushes(", vmemmap", &count->vmemmap);
	printf(", %s freed\n", hr_count_text(count->tables.flushes, "table", "tables").text);
}

void hr_text_plan(const struct hr_kernel *kernel, const struct hr_answer *answer)
{
	const struct hr_facts *facts = hr_kernel_facts(kernel);
	const struct hr_plan *plan = answer->plan;
	const struct hr_teardown_count *ours = hr_plan_of(plan, facts->teardown);
	bool is_batched = ours == &plan->batched;
	const struct hr_teardown_count *other = is_batched ? &plan->per_leaf : &plan->batched;

	print_count(ours, facts->teardown);
	print_calls(answer);
	if (is_batched) {
		print_range_ops(plan);
		print_without_range_ops(facts, plan);
	}
	printf("  %-14s  a %s teardown would take %" PRIu64 " TLBI, %" PRIu64 " DSB\n", "",
	       is_batched ? "per-leaf" : "batched", other->total.tlbi, other->total.dsb);
}
