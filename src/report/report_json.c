// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report_json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/units.h"

/*
 * json-c tells of no memory by NULL at each step, and takes NULL for null. One flag for the
 * program collects it, so that nothing incomplete is printed as if it were whole.
 */
static bool out_of_memory;

void hr_json_prepare(void)
{
	json_global_set_string_hash(JSON_C_STR_HASH_PERLLIKE);
}

static struct json_object *checked(struct json_object *value)
{
	out_of_memory |= !value;
	return value;
}

static void put(struct json_object *object, const char *key, struct json_object *value)
{
	if (object && json_object_object_add(object, key, value))
		out_of_memory = true;
}

static struct json_object *put_new(struct json_object *object, const char *key)
{
	struct json_object *child = checked(json_object_new_object());

	put(object, key, child);
	return child;
}

static void put_null(struct json_object *object, const char *key)
{
	put(object, key, NULL);
}

static void put_count(struct json_object *object, const char *key, uint64_t value)
{
	put(object, key, checked(json_object_new_uint64(value)));
}

static void put_bool(struct json_object *object, const char *key, bool value)
{
	put(object, key, checked(json_object_new_boolean(value)));
}

static void put_tristate(struct json_object *object, const char *key, enum hr_tristate value)
{
	if (value == HR_UNKNOWN)
		put_null(object, key);
	else
		put_bool(object, key, value == HR_YES);
}

/* JSON must be UTF-8 whatever a file or its name holds: bytes that are none become '?'. */
static struct json_object *new_text(const char *value)
{
	char *text = strdup(value);
	struct json_object *object;

	for (char *at = text; text && *at;) {
		size_t len = hr_utf8_length(at);

		if (!len)
			*at = '?';
		at += len ? len : 1;
	}
	object = text ? json_object_new_string(text) : NULL;
	free(text);
	return checked(object);
}

static void put_text(struct json_object *object, const char *key, const char *value)
{
	put(object, key, value ? new_text(value) : NULL);
}

static void put_address(struct json_object *object, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	put_text(object, key, text);
}

/* An address that may not be known. */
static void put_known(struct json_object *object, const char *key, bool known, uint64_t value)
{
	if (known)
		put_address(object, key, value);
	else
		put_null(object, key);
}

static void put_extent(struct json_object *object, uint64_t start, uint64_t end)
{
	put_address(object, "start", start);
	put_address(object, "end", end - 1);
	put_count(object, "size", end - start);
}

static void put_source(struct json_object *document, const struct hr_session *session)
{
	struct json_object *object = put_new(document, "source");

	put_text(object, "kind", hr_source_kind_name(session->source->kind));
	put_text(object, "path", session->options->paths[0]);
	put_text(object, "format", session->source->format);
}

static void put_model(struct json_object *models, const char *key, const char *value,
		      enum hr_model_source from)
{
	struct json_object *object = put_new(models, key);

	put_text(object, "value", value);
	put_text(object, "from", hr_model_source_name(from));
}

static void put_models(struct json_object *object, const struct hr_models *from)
{
	struct json_object *models = put_new(object, "models");

	put_model(models, "teardown", hr_teardown_name(from->teardown), from->teardown_from);
	put_model(models, "flush", hr_flush_name(from->flush), from->flush_from);
	put_model(models, "guard", hr_guard_name(from->guard), from->guard_from);
}

static void put_linear_memory(struct json_object *object, const struct hr_kernel *kernel)
{
	struct hr_pa_range mapped;

	if (hr_kernel_linear_memory(kernel, &mapped))
		put_extent(put_new(object, "linear_map"), mapped.start, mapped.end);
	else
		put_null(object, "linear_map");
}

static void put_layout(struct json_object *object, const struct hr_kernel *kernel)
{
	const struct hr_layout *layout = &kernel->layout;

	put_text(object, "release", layout->release[0] ? layout->release : NULL);
	put_count(object, "page_size", hr_page_size(&layout->geo));
	put_count(object, "va_bits", layout->geo.va_bits);
	put_count(object, "va_bits_actual", layout->geo.va_bits_actual);
	put_count(object, "levels", hr_live_levels(&layout->geo));
	put_bool(object, "lpa2", layout->geo.lpa2);
	put_address(object, "page_offset", layout->page_offset);
	put_known(object, "phys_offset", kernel->has_phys_offset, layout->phys_offset);
	put_known(object, "kimage_voffset", layout->has_kimage_voffset, layout->kimage_voffset);
	put_known(object, "swapper_pg_dir", !kernel->config.ptdump, layout->swapper_pa);
	put_linear_memory(object, kernel);
	put_address(object, "vmemmap_start", layout->vmemmap_start);
	put_count(object, "struct_page_size", layout->struct_page_size);
	put_count(object, "section_size", hr_section_size(layout));
}

static struct json_object *new_strings(const char *const *strings, size_t count)
{
	struct json_object *array = checked(json_object_new_array());

	for (size_t i = 0; array && i < count; i++)
		if (json_object_array_add(array, new_text(strings[i])))
			out_of_memory = true;
	return array;
}

static void put_kernel(struct json_object *document, const struct hr_session *session)
{
	const struct hr_options *options = session->options;
	const struct hr_kernel *kernel = session->kernel;
	struct json_object *object = put_new(document, "kernel"), *features;

	put_layout(object, kernel);
	put_count(object, "memory_block_size", kernel->memory_block_size);
	features = put_new(object, "features");
	put_tristate(features, "tlbi_range", kernel->features.tlbi_range);
	put_tristate(features, "repeat_tlbi", kernel->features.repeat_tlbi);
	put_models(object, &kernel->models);
	put(object, "overrides",
	    new_strings((const char *const *)options->echoes, options->echo_count));
}

static void put_leaf(struct json_object *parent, const char *key, const struct hr_leaf *leaf,
		     bool has_pa)
{
	struct json_object *object = put_new(parent, key);

	put_text(object, "level", hr_level_name(leaf->level, leaf->cont));
	put_address(object, "va", leaf->va);
	put_known(object, "pa", has_pa, leaf->pa);
	put_count(object, "size", leaf->size);
}

static struct json_object *new_reason(const struct hr_kernel *kernel,
				      const struct hr_reason *reason)
{
	struct json_object *object = checked(json_object_new_object());

	put_text(object, "code", hr_reason_name(reason->code));
	if (reason->has_leaf) {
		put_text(object, "map", hr_map_name(reason->map));
		put_text(object, "edge", hr_edge_name(reason->edge));
		put_address(object, "va", reason->va);
		put_leaf(object, "leaf", &reason->leaf, hr_kernel_has_pa(kernel, reason->map));
	} else {
		put_null(object, "map");
		put_null(object, "edge");
		put_null(object, "va");
		put_null(object, "leaf");
	}
	put_text(object, "message", reason->message);
	return object;
}

static void put_reasons(struct json_object *object, const struct hr_kernel *kernel,
			const struct hr_check_result *check)
{
	struct json_object *array = checked(json_object_new_array());

	for (size_t i = 0; array && i < check->count; i++)
		if (json_object_array_add(array, new_reason(kernel, &check->reasons[i])))
			out_of_memory = true;
	put(object, "reasons", array);
}

static void put_leaf_counts(struct json_object *object, const struct hr_map_survey *survey)
{
	struct json_object *leaves = put_new(object, "leaves");

	for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
		put_count(leaves, hr_leaf_kind_name(kind), survey->leaves[kind]);
}

static void put_map(struct json_object *object, const char *key, const struct hr_map_survey *survey)
{
	struct json_object *map = put_new(object, key);

	put_count(map, "mapped", survey->mapped);
	put_count(map, "unmapped", survey->unmapped);
	put_count(map, "unreadable", survey->unreadable);
	put_leaf_counts(map, survey);
}

static void put_flushes(struct json_object *object, const char *key,
			const struct hr_tlbi_count *count)
{
	struct json_object *flushes = put_new(object, key);

	put_count(flushes, "flushes", count->flushes);
	put_count(flushes, "tlbi", count->tlbi);
	put_count(flushes, "range_ops", count->range_ops);
	put_count(flushes, "single_ops", count->single_ops);
	put_count(flushes, "full_flushes", count->full_flushes);
}

static void put_teardown_count(struct json_object *teardown, const char *key,
			       const struct hr_teardown_count *count)
{
	struct json_object *object = put_new(teardown, key), *tables, *total;

	put_flushes(object, "linear", &count->linear);
	put_flushes(object, "vmemmap", &count->vmemmap);
	tables = put_new(object, "tables");
	put_count(tables, "freed", count->tables.flushes);
	put_count(tables, "tlbi", count->tables.tlbi);
	total = put_new(object, "total");
	put_count(total, "tlbi", count->total.tlbi);
	put_count(total, "dsb", count->total.dsb);
	put_count(total, "isb", count->total.isb);
}

static struct json_object *new_range_op(const struct hr_range_op *op)
{
	struct json_object *object = checked(json_object_new_object());

	put_address(object, "va", op->va);
	put_count(object, "pages", op->pages);
	put_count(object, "scale", op->scale);
	put_count(object, "num", op->num);
	return object;
}

/* What one arch_remove_memory() is taken to cover, and the entries of the root that it clears. */
static void put_calls(struct json_object *teardown, const struct hr_kernel *kernel,
		      const struct hr_answer *answer)
{
	struct json_object *calls = put_new(teardown, "calls"), *root;

	put_text(calls, "value", hr_calls_name(answer->plan->calls));
	put_count(calls, "count", answer->plan->call_count);
	put_text(calls, "from", answer->calls_from);
	root = put_new(teardown, "root_entries");
	put_count(root, "linear", answer->survey.maps[HR_MAP_LINEAR].root_entries);
	put_count(root, "vmemmap", answer->survey.maps[HR_MAP_VMEMMAP].root_entries);
	put_bool(root, "flushed", kernel->tlbi.root_flush);
}

static void put_teardown(struct json_object *object, const struct hr_kernel *kernel,
			 const struct hr_answer *answer)
{
	struct json_object *teardown = put_new(object, "teardown");
	struct json_object *ops = checked(json_object_new_array());
	const struct hr_plan *plan = answer->plan;

	put_text(teardown, "model", hr_teardown_name(kernel->models.teardown));
	put_teardown_count(teardown, "batched", &plan->batched);
	put_teardown_count(teardown, "per_leaf", &plan->per_leaf);
	for (size_t i = 0; ops && i < plan->op_count; i++)
		if (json_object_array_add(ops, new_range_op(&plan->ops[i])))
			out_of_memory = true;
	put(teardown, "range_ops", ops);
	put_calls(teardown, kernel, answer);
}

static struct json_object *new_block(const struct hr_guard_block *block, uint64_t block_size)
{
	struct json_object *object = checked(json_object_new_object());

	put_text(object, "name", hr_block_name(block->start, block_size).text);
	put_address(object, "start", block->start);
	put_address(object, "end", block->end - 1);
	put_text(object, "outcome", hr_guard_outcome_name(block->outcome));
	put_text(object, "rule", hr_guard_rule_name(block->rule));
	return object;
}

static void put_guard(struct json_object *object, const struct hr_guard_result *result,
		      uint64_t block_size)
{
	struct json_object *guard = put_new(object, "guard");
	struct json_object *blocks = checked(json_object_new_array());

	put_text(guard, "outcome", hr_guard_outcome_name(result->outcome));
	for (size_t i = 0; blocks && i < result->count; i++)
		if (json_object_array_add(blocks, new_block(&result->blocks[i], block_size)))
			out_of_memory = true;
	put(guard, "blocks", blocks);
}

static void put_nearest(struct json_object *nearest, const char *key, bool found,
			const struct hr_pa_range *range)
{
	if (found)
		put_extent(put_new(nearest, key), range->start, range->end);
	else
		put_null(nearest, key);
}

static struct json_object *new_range(const struct hr_kernel *kernel, const struct hr_answer *answer)
{
	struct json_object *object = checked(json_object_new_object()), *nearest;

	put_extent(object, answer->range.start, answer->range.end);
	put_text(object, "verdict", hr_verdict_name(answer->verdict));
	put_reasons(object, kernel, &answer->check);
	put_map(object, "linear", &answer->survey.maps[HR_MAP_LINEAR]);
	put_map(object, "vmemmap", &answer->survey.maps[HR_MAP_VMEMMAP]);
	put_guard(object, &answer->guard, kernel->memory_block_size);
	put_teardown(object, kernel, answer);
	nearest = put_new(object, "nearest");
	put_nearest(nearest, "inside", answer->nearest.has_inside, &answer->nearest.inside);
	put_nearest(nearest, "around", answer->nearest.has_around, &answer->nearest.around);
	return object;
}

static struct json_object *new_run(const struct hr_run *run, bool has_pa)
{
	struct json_object *object = checked(json_object_new_object());

	put_address(object, "va", run->leaf.va);
	put_known(object, "pa", has_pa, run->leaf.pa);
	put_text(object, "level", hr_level_name(run->leaf.level, run->leaf.cont));
	put_count(object, "leaf_size", run->leaf.size);
	put_count(object, "count", run->count);
	put_bool(object, "valid", run->leaf.valid);
	return object;
}

static void put_leaves(struct json_object *object, const char *key,
		       const struct hr_map_survey *survey)
{
	put_leaf_counts(put_new(object, key), survey);
}

static void put_edge(struct json_object *object, const char *key, const struct hr_block_edge *edge,
		     bool has_pa)
{
	if (edge->has_leaf)
		put_leaf(object, key, &edge->leaf, has_pa);
	else
		put_null(object, key);
}

static void put_edges(struct json_object *object, const struct hr_kernel *kernel,
		      const struct hr_listed_block *block)
{
	struct json_object *edges = put_new(object, "edges");

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		struct json_object *child = put_new(edges, hr_map_name(map));
		bool has_pa = hr_kernel_has_pa(kernel, map);

		put_edge(child, "start", &block->edges[map].start, has_pa);
		put_edge(child, "end", &block->edges[map].end, has_pa);
	}
}

static struct json_object *new_listed_block(const struct hr_kernel *kernel,
					    const struct hr_listed_block *block)
{
	static const char *const states[] = { "offline", "online" };
	struct json_object *object = checked(json_object_new_object());
	const struct hr_answer *answer = block->answer;
	uint64_t start = answer->range.start;

	put_text(object, "name", hr_block_name(start, kernel->memory_block_size).text);
	put_address(object, "start", start);
	put_address(object, "end", answer->range.end - 1);
	put_text(object, "state", block->online == HR_UNKNOWN ? NULL : states[block->online]);
	put_tristate(object, "boot", block->boot);
	put_text(object, "verdict", hr_verdict_name(answer->verdict));
	put_reasons(object, kernel, &answer->check);
	put_leaves(object, "linear", &answer->survey.maps[HR_MAP_LINEAR]);
	put_leaves(object, "vmemmap", &answer->survey.maps[HR_MAP_VMEMMAP]);
	put_text(object, "guard", hr_guard_outcome_name(answer->guard.outcome));
	put_edges(object, kernel, block);
	return object;
}

/* Print @object, which is consumed; false without memory, and then nothing is printed. */
/* json-c escapes control characters below U+0020 only; a terminal also heeds U+007F to U+009F. */
static void put_document(const char *text)
{
	const char *at;

	while ((at = strpbrk(text, "\x7f\xc2"))) {
		unsigned char second = (unsigned char)(at[0] == 0x7f ? 0 : at[1]);

		fwrite(text, 1, (size_t)(at - text), stdout);
		if (at[0] == 0x7f)
			fputs("\\u007f", stdout);
		else if (second < 0xa0)
			printf("\\u%04x", second);
		else
			fwrite(at, 1, 2, stdout);
		text = at + (at[0] == 0x7f ? 1 : 2);
	}
	fputs(text, stdout);
}

static bool print_object(struct json_object *object)
{
	int flags =
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text = out_of_memory ? NULL : json_object_to_json_string_ext(object, flags);

	if (text)
		put_document(text);
	json_object_put(object);
	return text != NULL;
}

static bool print_member(struct hr_json *json, struct json_object *object)
{
	fputs(json->members++ ? ",\n" : "\n", stdout);
	return print_object(object);
}

/* The members of @object as the first ones of the document. */
static bool print_members(struct json_object *object)
{
	bool ok = !out_of_memory;

	json_object_object_foreach(object, key, value)
	{
		printf("\"%s\": ", key);
		ok = ok && print_object(json_object_get(value));
		fputs(",\n", stdout);
	}
	json_object_put(object);
	return ok;
}

bool hr_json_begin(const struct hr_session *session)
{
	struct json_object *head = checked(json_object_new_object());

	put_text(head, "schema", HR_SCHEMA);
	put_text(head, "version", HR_VERSION);
	put_source(head, session);
	put_kernel(head, session);
	fputs("{\n", stdout);
	return print_members(head);
}

void hr_json_begin_list(struct hr_json *json, const char *key)
{
	json->members = 0;
	printf("\"%s\": [", key);
}

void hr_json_end_list(const struct hr_json *json, bool last)
{
	printf("%s]%s\n", json->members ? "\n" : "", last ? "" : ",");
}

void hr_json_null(const char *key)
{
	printf("\"%s\": null,\n", key);
}

void hr_json_begin_object(const char *key)
{
	printf("\"%s\": {\n", key);
}

void hr_json_end_object(void)
{
	fputs("},\n", stdout);
}

bool hr_json_range(struct hr_json *json, const struct hr_kernel *kernel,
		   const struct hr_answer *answer)
{
	return print_member(json, new_range(kernel, answer));
}

bool hr_json_block(struct hr_json *json, const struct hr_kernel *kernel,
		   const struct hr_listed_block *block)
{
	return print_member(json, new_listed_block(kernel, block));
}

bool hr_json_suggestion(struct hr_json *json, const struct hr_suggestion *suggestion)
{
	struct json_object *object = checked(json_object_new_object());

	put_extent(object, suggestion->range.start, suggestion->range.end);
	put_count(object, "blocks", suggestion->blocks);
	put_count(object, "refused", suggestion->refused);
	put_count(object, "tlbi", suggestion->tlbi);
	put_text(object, "verdict", hr_verdict_name(HR_VERDICT_REMOVABLE));
	return print_member(json, object);
}

bool hr_json_run(struct hr_json *json, const struct hr_run *run, bool has_pa)
{
	return print_member(json, new_run(run, has_pa));
}

bool hr_json_difference(struct hr_json *json, enum hr_map map,
			const struct hr_difference *difference)
{
	struct json_object *object = checked(json_object_new_object());

	put_text(object, "map", hr_map_name(map));
	put_address(object, "va", difference->va);
	put_address(object, "end", difference->last);
	put_text(object, "walk", difference->walk);
	put_text(object, "text", difference->text);
	return print_member(json, object);
}

void hr_json_last_count(const char *key, uint64_t value)
{
	printf("\"%s\": %" PRIu64 "\n", key, value);
}

bool hr_json_end(const struct hr_kernel *kernel)
{
	struct json_object *warnings = new_strings(kernel->warnings, kernel->warning_count);
	bool ok;

	fputs("\"warnings\": ", stdout);
	ok = print_object(warnings);
	fputs("\n}\n", stdout);
	return ok;
}

void hr_json_print_error(const char *message)
{
	struct json_object *document;

	/* Of what there was no memory for, nothing is held any more. */
	out_of_memory = false;
	document = checked(json_object_new_object());
	put_text(document, "schema", HR_SCHEMA);
	put_text(put_new(document, "error"), "message", message);
	if (print_object(document))
		putchar('\n');
}

bool hr_json_print_change(const char *key, const char *before, const char *after)
{
	int flags = JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
	struct json_object *document = checked(json_object_new_object());
	struct json_object *change;
	const char *text = NULL;

	put_text(document, "schema", HR_SCHEMA);
	change = put_new(document, "change");
	put_text(change, "what", key);
	put_text(change, "before", before);
	put_text(change, "after", after);
	if (!out_of_memory)
		text = json_object_to_json_string_ext(document, flags);
	if (text) {
		put_document(text);
		putchar('\n');
	}
	json_object_put(document);
	return text != NULL;
}
