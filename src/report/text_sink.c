// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>

#include "base/printable.h"
#include "base/units.h"
#include "report/clock.h"
#include "report/block_table.h"
#include "report/leaf_pa.h"
#include "report/map_drawing.h"
#include "report/outputs.h"
#include "report/terminal.h"
#include "report/text_devices.h"
#include "report/text_diff.h"
#include "report/text_kernel.h"
#include "report/text_range.h"
#include "report/text_suggestions.h"
#include "report/wrap.h"

enum {
	MAP_COLUMNS = 86 /* of a line of the map */
};

/* Characters between the columns of a map, and of its last column. */
struct spacing {
	int between, count;
};

/* Text for people. What it draws for a query exists only while the query is answered. */
struct text {
	struct hr_sink sink;	/* must be first */
	struct spacing spacing; /* of the map that is being printed */
	struct hr_block_table *table;
	struct hr_device_table *devices;
	struct hr_map_drawing *drawing;
};

static struct text *text_of(struct hr_sink *sink)
{
	return (struct text *)sink;
}

static void release(struct hr_sink *sink)
{
	hr_block_table_destroy(text_of(sink)->table);
	hr_device_table_destroy(text_of(sink)->devices);
	hr_drawing_destroy(text_of(sink)->drawing);
}

/* Who reads an answer about a part of a dump is to know that first. */
static struct hr_error *begin(struct hr_sink *sink)
{
	const struct hr_incomplete *incomplete = &sink->session->source->incomplete;
	char lack[HR_INCOMPLETE_TEXT];
	struct hr_wrap wrap;

	if (!incomplete->is_set)
		return NULL;
	hr_incomplete_describe(incomplete, lack);
	hr_wrap_begin(&wrap);
	printf("warning: %s\n\n", lack);
	hr_wrap_end(&wrap);
	return NULL;
}

static struct hr_error *begin_query(struct hr_sink *sink, enum hr_query query)
{
	const struct hr_session *session = sink->session;

	if (query == HR_QUERY_BLOCKS)
		return hr_block_table_create(session, &text_of(sink)->table);
	if (query == HR_QUERY_DEVICES)
		return hr_device_table_create(&text_of(sink)->devices);
	if (query == HR_QUERY_MAP)
		return hr_drawing_create(session->kernel, session->inputs->utf8,
					 &text_of(sink)->drawing);
	return NULL;
}

static struct hr_error *end_query(struct hr_sink *sink, enum hr_query query)
{
	if (query == HR_QUERY_BLOCKS)
		return hr_block_table_print(text_of(sink)->table);
	if (query == HR_QUERY_DEVICES)
		return hr_device_table_print(text_of(sink)->devices);
	if (query == HR_QUERY_MAP)
		hr_drawing_print(text_of(sink)->drawing);
	return NULL;
}

static struct hr_error *end(struct hr_sink *sink, const struct hr_summary *summary)
{
	struct hr_wrap wrap;

	(void)summary;
	hr_wrap_begin(&wrap);
	hr_text_kernel(sink->session);
	hr_wrap_end(&wrap);
	return NULL;
}

static struct hr_error *range(struct hr_sink *sink, const struct hr_answer *answer)
{
	struct hr_wrap wrap;

	hr_wrap_begin(&wrap);
	hr_text_range(sink->session, answer, sink->asked, sink->output->explains);
	hr_wrap_end(&wrap);
	return NULL;
}

static struct hr_error *block(struct hr_sink *sink, const struct hr_listed_block *block)
{
	return hr_block_table_add(text_of(sink)->table, block);
}

static struct hr_error *device(struct hr_sink *sink, const struct hr_told_device *device)
{
	return hr_device_table_add(text_of(sink)->devices, device);
}

/* A terminal of 80 columns has room for a map whose columns are closer to each other. */
static struct spacing map_spacing(void)
{
	static const struct spacing wide = { 2, 10 }, close = { 1, 7 };
	bool fits = !hr_terminal_is_output() || hr_terminal_columns() >= MAP_COLUMNS;

	return fits ? wide : close;
}

static struct hr_error *begin_map(struct hr_sink *sink, enum hr_map map)
{
	const struct spacing spacing = map_spacing();

	text_of(sink)->spacing = spacing;
	printf("%s\n%-37s  %-14s%*s%-8s%*s%9s%*s%*s\n", hr_map_name(map), "VA", "PA",
	       spacing.between, "", "LEVEL", spacing.between, "", "LEAF", spacing.between, "",
	       spacing.count, "COUNT");
	return NULL;
}

static void print_run(const struct hr_run *run, struct spacing spacing, bool has_pa)
{
	uint64_t bytes = run->leaf.size * run->count;
	char pa[24] = "-";

	if (has_pa)
		snprintf(pa, sizeof(pa), "0x%" PRIx64, run->leaf.pa);
	printf("0x%016" PRIx64 "-0x%016" PRIx64 "  %-14s%*s%-8s%*s%9s%*s%*" PRIu64 "%s%s\n",
	       run->leaf.va, run->leaf.va + (bytes - 1), pa, spacing.between, "",
	       hr_level_name(run->leaf.level, run->leaf.cont), spacing.between, "",
	       hr_size_text(run->leaf.size).text, spacing.between, "", spacing.count, run->count,
	       run->leaf.valid ? "" : "  not valid",
	       run->leaf.expected ? "" : "  made by no kernel");
}

static struct hr_error *run(struct hr_sink *sink, enum hr_map map, const struct hr_run *run)
{
	if (run->state == HR_MAP_MAPPED)
		print_run(run, text_of(sink)->spacing,
			  hr_leaf_has_pa(sink->session->kernel, map, &run->leaf));
	return map == HR_MAP_LINEAR ? hr_drawing_add(text_of(sink)->drawing, run) : NULL;
}

static struct hr_error *end_map(struct hr_sink *sink, enum hr_map map)
{
	(void)sink;
	(void)map;
	putchar('\n');
	return NULL;
}

static struct hr_error *suggestions(struct hr_sink *sink, const struct hr_suggestions *found)
{
	return hr_text_suggestions(found, sink->session->options->suggest,
				   hr_kernel_facts(sink->session->kernel)->memory_block_size);
}

static struct hr_error *difference(struct hr_sink *sink, enum hr_map map,
				   const struct hr_difference *found)
{
	struct hr_wrap wrap;

	(void)sink;
	hr_wrap_begin(&wrap);
	printf("  %-7s  0x%016" PRIx64 "-0x%016" PRIx64 "  walk: %s, text: %s\n", hr_map_name(map),
	       found->va, found->last, found->walk, found->text);
	hr_wrap_end(&wrap);
	return NULL;
}

static struct hr_error *compared(struct hr_sink *sink, uint64_t leaves, uint64_t differences)
{
	struct hr_wrap wrap;

	hr_wrap_begin(&wrap);
	hr_put_printable(hr_input_name(sink->session->options->verify_path), stdout);
	printf(": %s (%s, %s)\n\n", differences ? "DIFFERS from the walk" : "agrees with the walk",
	       hr_count_text(leaves, "leaf", "leaves").text,
	       hr_count_text(differences, "difference", "differences").text);
	hr_wrap_end(&wrap);
	return NULL;
}

static struct hr_error *fact_change(struct hr_sink *sink, const struct hr_fact_change *change)
{
	(void)sink;
	hr_text_fact_change(change);
	return NULL;
}

static struct hr_error *range_change(struct hr_sink *sink, const struct hr_block_change *change)
{
	(void)sink;
	hr_text_range_change(change);
	return NULL;
}

static struct hr_error *block_change(struct hr_sink *sink, const struct hr_block_change *change)
{
	hr_text_block_change(change, hr_kernel_facts(sink->session->kernel)->memory_block_size);
	return NULL;
}

static struct hr_error *leaf_change(struct hr_sink *sink, const struct hr_leaf_change *change)
{
	(void)sink;
	hr_text_leaf_change(change);
	return NULL;
}

static struct hr_error *diff_result(struct hr_sink *sink, const struct hr_summary *summary)
{
	hr_text_diff_result(sink->session->options->diff_path, summary);
	return NULL;
}

struct hr_error *hr_text_change(bool is_first, const char *key, const char *before,
				const char *after)
{
	struct hr_wrap wrap;

	/* Two rounds may be days apart. */
	if (is_first)
		puts(hr_clock_now().text);
	hr_wrap_begin(&wrap);
	hr_put_printable(key, stdout);
	if (!before)
		fputs(": new: ", stdout);
	else
		fputs(after ? ": " : ": gone (was ", stdout);
	hr_put_printable(before ? before : "", stdout);
	fputs(before && after ? " -> " : "", stdout);
	hr_put_printable(after ? after : "", stdout);
	puts(after ? "" : ")");
	hr_wrap_end(&wrap);
	return NULL;
}

const struct hr_sink_ops hr_text_sink = {
	.depth = HR_DEPTH_PLAN,
	.size = sizeof(struct text),
	.release = release,
	.begin = begin,
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
	.fact_change = fact_change,
	.range_change = range_change,
	.block_change = block_change,
	.leaf_change = leaf_change,
	.diff_result = diff_result,
	.change = hr_text_change,
};
