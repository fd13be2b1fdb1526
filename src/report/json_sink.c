// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>

#include "report/json_block.h"
#include "report/json_device.h"
#include "report/json_diff.h"
#include "report/json_kernel.h"
#include "report/json_predicted.h"
#include "report/json_range.h"
#include "report/json_writer.h"
#include "report/leaf_pa.h"
#include "report/outputs.h"
#include "report/warning.h"

#define SCHEMA "hotremove-check/1"

/*
 * A document, printed member by member, so that its size does not matter. After an error it is
 * truncated, and not valid JSON.
 */
struct document {
	struct hr_sink sink;   /* must be first */
	uint64_t member_count; /* in the open list */
	/* Those printed last. To fill one again takes half as long as to make a new one. */
	struct json_object *block, *run;
};

/* The members for the queries. */
static const char *const keys[HR_QUERY_COUNT] = {
	[HR_QUERY_RANGES] = "ranges",
	[HR_QUERY_DEVICES] = "devices",
	[HR_QUERY_BLOCKS] = "blocks",
	[HR_QUERY_MAP] = "map",
	[HR_QUERY_SUGGESTIONS] = "suggestions",
	[HR_QUERY_VERIFY] = "verify",
	[HR_QUERY_DIFF] = "diff",
};

static struct document *document_of(struct hr_sink *sink)
{
	return (struct document *)sink;
}

static void begin_list(struct document *document, const char *key)
{
	document->member_count = 0;
	printf("\"%s\": [", key);
}

static void end_list(const struct document *document, const char *behind)
{
	printf("%s]%s%s", document->member_count ? hr_json_break() : "", behind, hr_json_break());
}

static void begin_item(struct hr_sink *sink)
{
	printf("%s%s", document_of(sink)->member_count++ ? "," : "", hr_json_break());
}

/* Print @object, which is consumed, as the next item of the open list. */
static struct hr_error *add(struct hr_sink *sink, struct json_object *object)
{
	begin_item(sink);
	return hr_json_print(object);
}

/* The same, but @object is kept. */
static struct hr_error *add_held(struct hr_sink *sink, struct json_object *object)
{
	begin_item(sink);
	return hr_json_print_held(object);
}

static void release(struct hr_sink *sink)
{
	hr_json_destroy(document_of(sink)->block);
	hr_json_destroy(document_of(sink)->run);
}

static struct hr_error *begin(struct hr_sink *sink)
{
	struct json_object *head = hr_json_new();

	hr_json_put_text(head, "schema", SCHEMA);
	hr_json_put_text(head, "version", HR_VERSION);
	hr_json_put_source(head, sink->session);
	hr_json_put_kernel(head, sink->session);
	hr_json_put_predicted(head, sink->session->kernel);
	printf("{%s", hr_json_break());
	return hr_json_print_members(head);
}

static struct hr_error *skip_query(struct hr_sink *sink, enum hr_query query)
{
	(void)sink;
	printf("\"%s\": null,%s", keys[query], hr_json_break());
	return NULL;
}

static bool is_list(enum hr_query query)
{
	return query != HR_QUERY_MAP && query != HR_QUERY_VERIFY && query != HR_QUERY_DIFF;
}

static struct hr_error *begin_query(struct hr_sink *sink, enum hr_query query)
{
	if (is_list(query)) {
		begin_list(document_of(sink), keys[query]);
		return NULL;
	}
	printf("\"%s\": {%s", keys[query], hr_json_break());
	if (query == HR_QUERY_VERIFY)
		begin_list(document_of(sink), "differences");
	return query == HR_QUERY_DIFF ? hr_json_print_diff_file(sink->session) : NULL;
}

static struct hr_error *end_query(struct hr_sink *sink, enum hr_query query)
{
	if (is_list(query))
		end_list(document_of(sink), ",");
	else
		printf("},%s", hr_json_break());
	return NULL;
}

/* A truncated list must be reported. Text output does so at the list. */
static void warn_of_cuts(struct hr_kernel *kernel, const struct hr_answer *answer)
{
	_Static_assert(HR_GUARD_BLOCKS_MAX == 65536, "the sentence names the limit");
	_Static_assert(HR_PLAN_OPS_MAX == 65536, "the sentence names the limit");

	if (answer->guard.cut)
		hr_kernel_warn(kernel, "a range has more than 65536 memory blocks: \"guard\" lists "
				       "only the first 65536");
	if (answer->plan->ops_cut)
		hr_kernel_warn(kernel, "a range takes more than 65536 TLB range operations: only "
				       "the first 65536 are listed");
}

static struct hr_error *range(struct hr_sink *sink, const struct hr_answer *answer)
{
	struct hr_kernel *kernel = sink->session->kernel;

	warn_of_cuts(kernel, answer);
	return add(sink, hr_json_new_range(kernel, answer, sink->asked));
}

static struct hr_error *device(struct hr_sink *sink, const struct hr_told_device *device)
{
	return add(sink, hr_json_new_device(device));
}

static struct hr_error *block(struct hr_sink *sink, const struct hr_listed_block *block)
{
	struct document *document = document_of(sink);

	if (!document->block)
		document->block = hr_json_new();
	hr_json_put_block(document->block, sink->session, block);
	return add_held(sink, document->block);
}

static struct hr_error *begin_map(struct hr_sink *sink, enum hr_map map)
{
	begin_list(document_of(sink), hr_map_name(map));
	return NULL;
}

static void put_run(struct json_object *object, const struct hr_run *run, bool has_pa)
{
	hr_json_put_address(object, "va", run->leaf.va);
	hr_json_put_known(object, "pa", has_pa, run->leaf.pa);
	hr_json_put_text(object, "level", hr_level_name(run->leaf.level, run->leaf.cont));
	hr_json_put_count(object, "leaf_size", run->leaf.size);
	hr_json_put_count(object, "count", run->count);
	hr_json_put_bool(object, "valid", run->leaf.valid);
	hr_json_put_bool(object, "expected", run->leaf.expected);
}

static struct hr_error *run(struct hr_sink *sink, enum hr_map map, const struct hr_run *run)
{
	struct document *document = document_of(sink);

	if (run->state != HR_MAP_MAPPED)
		return NULL;
	if (!document->run)
		document->run = hr_json_new();
	put_run(document->run, run, hr_leaf_has_pa(sink->session->kernel, map, &run->leaf));
	return add_held(sink, document->run);
}

static struct hr_error *end_map(struct hr_sink *sink, enum hr_map map)
{
	end_list(document_of(sink), map + 1 == HR_MAP_COUNT ? "" : ",");
	return NULL;
}

static struct json_object *new_suggestion(const struct hr_suggestion *suggestion)
{
	struct json_object *object = hr_json_new();

	hr_json_put_extent(object, suggestion->range.start, suggestion->range.end);
	hr_json_put_count(object, "blocks", suggestion->blocks);
	hr_json_put_count(object, "refused", suggestion->refused);
	hr_json_put_count(object, "tlbi", suggestion->tlbi);
	hr_json_put_text(object, "verdict", hr_verdict_name(HR_VERDICT_REMOVABLE));
	return object;
}

static struct hr_error *suggestions(struct hr_sink *sink, const struct hr_suggestions *found)
{
	struct hr_error *error = NULL;

	_Static_assert(HR_SUGGESTIONS_LISTED == 64, "the sentence names the limit");
	for (size_t i = 0; !error && i < hr_suggestions_listed(found); i++)
		error = add(sink, new_suggestion(&found->list[i]));
	if (found->count > HR_SUGGESTIONS_LISTED)
		hr_kernel_warn(sink->session->kernel,
			       "there are more than 64 suggestions: only the best 64 are listed");
	return error;
}

static struct hr_error *difference(struct hr_sink *sink, enum hr_map map,
				   const struct hr_difference *found)
{
	struct json_object *object = hr_json_new();

	hr_json_put_text(object, "map", hr_map_name(map));
	hr_json_put_address(object, "va", found->va);
	hr_json_put_address(object, "end", found->last);
	hr_json_put_text(object, "walk", found->walk);
	hr_json_put_text(object, "text", found->text);
	return add(sink, object);
}

static struct hr_error *compared(struct hr_sink *sink, uint64_t leaves, uint64_t differences)
{
	(void)differences;
	end_list(document_of(sink), ",");
	printf("\"leaves\": %" PRIu64 "%s", leaves, hr_json_break());
	return NULL;
}

static struct hr_error *begin_part(struct hr_sink *sink, enum hr_diff_part part)
{
	if (part)
		end_list(document_of(sink), ",");
	begin_list(document_of(sink), hr_json_diff_key(part));
	return NULL;
}

static struct hr_error *fact_change(struct hr_sink *sink, const struct hr_fact_change *change)
{
	return add(sink, hr_json_new_fact_change(change));
}

/* Memory blocks, and ranges that were asked for. */
static struct hr_error *block_change(struct hr_sink *sink, const struct hr_block_change *change)
{
	return add(sink, hr_json_new_block_change(change));
}

static struct hr_error *leaf_change(struct hr_sink *sink, const struct hr_leaf_change *change)
{
	return add(sink, hr_json_new_leaf_change(change));
}

static struct hr_error *diff_result(struct hr_sink *sink, const struct hr_summary *summary)
{
	end_list(document_of(sink), ",");
	hr_json_print_diff_result(summary);
	return NULL;
}

/* Who reads an answer about a part of a dump is to know that first. */
static struct json_object *new_warnings(const struct hr_session *session)
{
	const struct hr_incomplete *incomplete = &session->source->incomplete;
	struct json_object *array = hr_json_new_array();
	struct hr_warning warning;

	if (incomplete->is_set) {
		char lack[HR_INCOMPLETE_TEXT];

		hr_incomplete_describe(incomplete, lack);
		hr_json_append_text(array, lack);
	}
	for (size_t i = 0; hr_warning_at(session, i, &warning); i++) {
		if (warning.is_told)
			hr_json_append_told(array, warning.text);
		else
			hr_json_append_text(array, warning.text);
	}
	return array;
}

static struct hr_error *end(struct hr_sink *sink, const struct hr_summary *summary)
{
	struct hr_error *error;

	(void)summary;
	fputs("\"warnings\": ", stdout);
	error = hr_json_print(new_warnings(sink->session));
	printf("%s}\n", hr_json_break());
	return error;
}

/* A separate document in one line. */
static struct hr_error *change(bool is_first, const char *key, const char *before,
			       const char *after)
{
	struct json_object *document = hr_json_new(), *object;

	(void)is_first;
	hr_json_put_text(document, "schema", SCHEMA);
	object = hr_json_put_new(document, "change");
	hr_json_put_text(object, "what", key);
	hr_json_put_text(object, "before", before);
	hr_json_put_text(object, "after", after);
	return hr_json_print_line(document);
}

static void print_error(const char *message)
{
	struct json_object *document = hr_json_new();
	struct hr_error *error;

	hr_json_put_text(document, "schema", SCHEMA);
	hr_json_put_text(hr_json_put_new(document, "error"), "message", message);
	error = hr_json_print(document);
	if (!error)
		putchar('\n');
	hr_error_destroy(error);
}

const struct hr_sink_ops hr_json_sink = {
	.depth = HR_DEPTH_PLAN,
	.schema = SCHEMA,
	.size = sizeof(struct document),
	.release = release,
	.begin = begin,
	.skip_query = skip_query,
	.begin_query = begin_query,
	.end_query = end_query,
	.end = end,
	.range = range,
	.device = device,
	.block = block,
	.begin_map = begin_map,
	.run = run,
	.end_map = end_map,
	.suggestions = suggestions,
	.difference = difference,
	.compared = compared,
	.begin_part = begin_part,
	.fact_change = fact_change,
	.range_change = block_change,
	.block_change = block_change,
	.leaf_change = leaf_change,
	.diff_result = diff_result,
	.change = change,
	.error = print_error,
};
