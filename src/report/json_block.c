// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_block.h"

#include "base/units.h"
#include "report/json_device.h"
#include "report/json_pages.h"
#include "report/json_range.h"
#include "report/json_writer.h"

static void put_leaves(struct json_object *object, const char *key,
		       const struct hr_contents *contents)
{
	hr_json_put_leaf_counts(hr_json_put_new(object, key), contents);
}

static void put_edge(struct json_object *object, const char *key, const struct hr_kernel *kernel,
		     enum hr_map map, const struct hr_block_edge *edge)
{
	if (edge->has_leaf)
		hr_json_put_leaf(object, key, kernel, map, &edge->leaf);
	else
		hr_json_put_null(object, key);
}

static void put_edges(struct json_object *object, const struct hr_kernel *kernel,
		      const struct hr_listed_block *block)
{
	struct json_object *edges = hr_json_put_new(object, "edges");

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		struct json_object *child = hr_json_put_new(edges, hr_map_name(map));

		put_edge(child, "start", kernel, map, &block->edges[map].start);
		put_edge(child, "end", kernel, map, &block->edges[map].end);
	}
}

static void put_place(struct json_object *object, const struct hr_session *session, uint64_t number)
{
	struct hr_place place;

	hr_session_place(session, number, &place);
	hr_json_put_place(object, &place);
}

void hr_json_put_block(struct json_object *object, const struct hr_session *session,
		       const struct hr_listed_block *block)
{
	static const char *const states[] = { "offline", "online" };
	const struct hr_kernel *kernel = session->kernel;
	const struct hr_answer *answer = block->answer;
	uint64_t start = answer->range.start;
	uint64_t block_size = hr_kernel_facts(kernel)->memory_block_size;

	hr_json_put_text(object, "name", hr_block_name(start, block_size).text);
	hr_json_put_address(object, "start", start);
	hr_json_put_address(object, "end", answer->range.end - 1);
	hr_json_put_text(object, "state",
			 block->online == HR_UNKNOWN ? NULL : states[block->online]);
	hr_json_put_tristate(object, "boot", block->boot);
	put_place(object, session, start / block_size);
	hr_json_put_text(object, "verdict", hr_verdict_name(answer->verdict));
	hr_json_put_reasons(object, kernel, &answer->check);
	put_leaves(object, "linear", &answer->contents[HR_MAP_LINEAR]);
	put_leaves(object, "vmemmap", &answer->contents[HR_MAP_VMEMMAP]);
	hr_json_put_text(object, "guard", hr_guard_outcome_name(answer->guard.outcome));
	put_edges(object, kernel, block);
	hr_json_put_pages(object, answer->pages);
}
