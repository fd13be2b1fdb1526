// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_teardown.h"

#include "report/json_writer.h"

static void put_flushes(struct json_object *object, const char *key,
			const struct hr_tlbi_count *count)
{
	struct json_object *flushes = hr_json_put_new(object, key);

	hr_json_put_count(flushes, "flushes", count->flushes);
	hr_json_put_count(flushes, "tlbi", count->tlbi);
	hr_json_put_count(flushes, "range_ops", count->range_ops);
	hr_json_put_count(flushes, "single_ops", count->single_ops);
	hr_json_put_count(flushes, "full_flushes", count->full_flushes);
}

static void put_teardown_count(struct json_object *teardown, const char *key,
			       const struct hr_teardown_count *count)
{
	struct json_object *object = hr_json_put_new(teardown, key), *tables, *total;

	put_flushes(object, "linear", &count->linear);
	put_flushes(object, "vmemmap", &count->vmemmap);
	tables = hr_json_put_new(object, "tables");
	hr_json_put_count(tables, "freed", count->tables.flushes);
	hr_json_put_count(tables, "tlbi", count->tables.tlbi);
	total = hr_json_put_new(object, "total");
	hr_json_put_count(total, "tlbi", count->total.tlbi);
	hr_json_put_count(total, "dsb", count->total.dsb);
	hr_json_put_count(total, "isb", count->total.isb);
}

static struct json_object *new_range_op(const struct hr_range_op *op)
{
	struct json_object *object = hr_json_new();

	hr_json_put_address(object, "va", op->va);
	hr_json_put_count(object, "pages", op->pages);
	hr_json_put_count(object, "scale", op->scale);
	hr_json_put_count(object, "num", op->num);
	return object;
}

/* What one arch_remove_memory() call is assumed to cover, and the root entries that it clears. */
static void put_calls(struct json_object *teardown, const struct hr_kernel *kernel,
		      const struct hr_answer *answer)
{
	struct json_object *calls = hr_json_put_new(teardown, "calls"), *root;

	hr_json_put_text(calls, "value", hr_calls_name(answer->plan->calls));
	hr_json_put_count(calls, "count", answer->plan->call_count);
	hr_json_put_text(calls, "from", answer->calls_from);
	root = hr_json_put_new(teardown, "root_entries");
	hr_json_put_count(root, "linear", answer->contents[HR_MAP_LINEAR].root_entries);
	hr_json_put_count(root, "vmemmap", answer->contents[HR_MAP_VMEMMAP].root_entries);
	hr_json_put_bool(root, "flushed", hr_kernel_facts(kernel)->root_flush);
}

void hr_json_put_teardown(struct json_object *object, const struct hr_kernel *kernel,
			  const struct hr_answer *answer)
{
	struct json_object *teardown = hr_json_put_new(object, "teardown");
	struct json_object *ops = hr_json_new_array();
	const struct hr_plan *plan = answer->plan;

	hr_json_put_text(teardown, "model", hr_teardown_name(hr_kernel_facts(kernel)->teardown));
	put_teardown_count(teardown, "batched", &plan->batched);
	put_teardown_count(teardown, "per_leaf", &plan->per_leaf);
	for (size_t i = 0; ops && i < plan->op_count; i++)
		hr_json_append(ops, new_range_op(&plan->ops[i]));
	hr_json_put(teardown, "range_ops", ops);
	put_calls(teardown, kernel, answer);
}
