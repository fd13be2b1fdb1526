// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_range.h"

#include "base/units.h"
#include "report/json_advice.h"
#include "report/json_device.h"
#include "report/json_pages.h"
#include "report/json_teardown.h"
#include "report/json_writer.h"
#include "report/leaf_pa.h"

void hr_json_put_leaf(struct json_object *parent, const char *key, const struct hr_kernel *kernel,
		      enum hr_map map, const struct hr_leaf *leaf)
{
	struct json_object *object = hr_json_put_new(parent, key);

	hr_json_put_text(object, "level", hr_level_name(leaf->level, leaf->cont));
	hr_json_put_address(object, "va", leaf->va);
	hr_json_put_known(object, "pa", hr_leaf_has_pa(kernel, map, leaf), leaf->pa);
	hr_json_put_count(object, "size", leaf->size);
}

static void put_reason(struct json_object *object, const struct hr_kernel *kernel,
		       const struct hr_reason *reason)
{
	hr_json_put_text(object, "code", hr_reason_name(reason->code));
	if (reason->has_leaf) {
		hr_json_put_text(object, "map", hr_map_name(reason->map));
		hr_json_put_text(object, "edge", hr_edge_name(reason->edge));
		hr_json_put_address(object, "va", reason->va);
		hr_json_put_leaf(object, "leaf", kernel, reason->map, &reason->leaf);
	} else {
		hr_json_put_null(object, "map");
		hr_json_put_null(object, "edge");
		hr_json_put_null(object, "va");
		hr_json_put_null(object, "leaf");
	}
	hr_json_put_told(object, "message", reason->message);
}

void hr_json_put_reasons(struct json_object *object, const struct hr_kernel *kernel,
			 const struct hr_check_result *check)
{
	struct json_object *array = hr_json_put_list(object, "reasons", check->count);

	for (size_t i = 0; i < check->count; i++)
		put_reason(hr_json_item(array, i), kernel, &check->reasons[i]);
}

void hr_json_put_leaf_counts(struct json_object *object, const struct hr_contents *contents)
{
	struct json_object *leaves = hr_json_put_new(object, "leaves");

	for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
		hr_json_put_count(leaves, hr_leaf_kind_name(kind), contents->leaves[kind]);
}

static void put_map(struct json_object *object, const char *key, const struct hr_contents *contents)
{
	struct json_object *map = hr_json_put_new(object, key);

	hr_json_put_count(map, "mapped", contents->mapped);
	hr_json_put_count(map, "unmapped", contents->unmapped);
	hr_json_put_count(map, "unreadable", contents->unreadable);
	hr_json_put_leaf_counts(map, contents);
}

static struct json_object *new_block(const struct hr_guard_block *block, uint64_t block_size)
{
	struct json_object *object = hr_json_new();

	hr_json_put_text(object, "name", hr_block_name(block->start, block_size).text);
	hr_json_put_address(object, "start", block->start);
	hr_json_put_address(object, "end", block->end - 1);
	hr_json_put_text(object, "outcome", hr_guard_outcome_name(block->outcome));
	hr_json_put_text(object, "rule", hr_guard_rule_name(block->rule));
	return object;
}

static void put_guard(struct json_object *object, const struct hr_guard_result *result,
		      uint64_t block_size)
{
	struct json_object *guard = hr_json_put_new(object, "guard");
	struct json_object *blocks = hr_json_new_array();

	hr_json_put_text(guard, "outcome", hr_guard_outcome_name(result->outcome));
	for (size_t i = 0; blocks && i < result->count; i++)
		hr_json_append(blocks, new_block(&result->blocks[i], block_size));
	hr_json_put(guard, "blocks", blocks);
}

static void put_nearest(struct json_object *nearest, const char *key, bool found,
			const struct hr_pa_range *range)
{
	if (found)
		hr_json_put_extent(hr_json_put_new(nearest, key), range->start, range->end);
	else
		hr_json_put_null(nearest, key);
}

struct json_object *hr_json_new_range(const struct hr_kernel *kernel,
				      const struct hr_answer *answer, const struct hr_asked *asked)
{
	struct json_object *object = hr_json_new(), *nearest;

	hr_json_put_extent(object, answer->range.start, answer->range.end);
	hr_json_put_asked(object, asked);
	hr_json_put_text(object, "verdict", hr_verdict_name(answer->verdict));
	hr_json_put_reasons(object, kernel, &answer->check);
	put_map(object, "linear", &answer->contents[HR_MAP_LINEAR]);
	put_map(object, "vmemmap", &answer->contents[HR_MAP_VMEMMAP]);
	put_guard(object, &answer->guard, hr_kernel_facts(kernel)->memory_block_size);
	hr_json_put_teardown(object, kernel, answer);
	nearest = hr_json_put_new(object, "nearest");
	put_nearest(nearest, "inside", answer->nearest.has_inside, &answer->nearest.inside);
	put_nearest(nearest, "around", answer->nearest.has_around, &answer->nearest.around);
	hr_json_put_advice(object, &answer->advice);
	/* What the driver that owns the memory would do is not known. */
	hr_json_put_null(object, "unplug");
	hr_json_put_pages(object, answer->pages);
	return object;
}
