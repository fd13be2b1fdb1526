// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/outputs.h"

#include <inttypes.h>
#include <stdio.h>

#include "report/html_diff.h"
#include "report/html_kernel.h"
#include "report/html_lists.h"
#include "report/html_memory.h"
#include "report/html_page.h"
#include "report/html_part.h"
#include "report/html_range.h"
#include "report/html_table.h"

/* Parts of the page. What bounds them is that a page of all of them has less than 2 MiB. */
enum part {
	PART_RANGES,
	PART_DETAILS, /* of ranges */
	PART_LINEAR,
	PART_VMEMMAP,
	PART_SUGGESTIONS,
	PART_DIFFERENCES,
	PART_CHANGES,
	PARTS,
};

static const size_t rooms[PARTS] = {
	[PART_RANGES] = 96 << 10,  [PART_DETAILS] = 224 << 10,	  [PART_LINEAR] = 96 << 10,
	[PART_VMEMMAP] = 48 << 10, [PART_SUGGESTIONS] = 64 << 10, [PART_DIFFERENCES] = 48 << 10,
	[PART_CHANGES] = 64 << 10,
};

/* A page of HTML, which is printed when all answers are there: what matters comes first. */
struct page {
	struct hr_sink sink; /* must be first */
	struct hr_html_part parts[PARTS];
	uint64_t told[PARTS]; /* answers of each part, also those that are left out */
	uint64_t left[PARTS]; /* those */
	struct hr_html_memory *memory;
	struct hr_html_marks marks;
};

static struct page *page_of(struct hr_sink *sink)
{
	return (struct page *)sink;
}

static void release(struct hr_sink *sink)
{
	struct page *page = page_of(sink);

	for (enum part part = 0; part < PARTS; part++)
		hr_html_part_release(&page->parts[part]);
	hr_html_memory_destroy(page->memory);
}

/* Count an answer of @part. Returns its stream, NULL if it has no room for one more. */
static FILE *room_in(struct page *page, enum part part)
{
	page->told[part]++;
	if (hr_html_part_has_room(&page->parts[part]))
		return page->parts[part].stream;
	page->left[part]++;
	return NULL;
}

static struct hr_error *begin(struct hr_sink *sink)
{
	struct page *page = page_of(sink);
	struct hr_error *error = NULL;

	for (enum part part = 0; !error && part < PARTS; part++)
		error = hr_html_part_open(&page->parts[part], rooms[part]);
	return error ? error : hr_html_memory_create(sink->session, &page->memory);
}

static void mark_range(struct page *page, const struct hr_kernel *kernel,
		       const struct hr_answer *answer)
{
	hr_html_marks_add(&page->marks, HR_HTML_MARK_RANGE, &answer->range);
	for (size_t i = 0; i < answer->check.count; i++) {
		const struct hr_reason *reason = &answer->check.reasons[i];
		struct hr_pa_range leaf;

		if (reason->has_leaf && reason->map == HR_MAP_LINEAR &&
		    hr_html_leaf_extent(kernel, reason->map, &reason->leaf, &leaf))
			hr_html_marks_add(&page->marks, HR_HTML_MARK_LEAF, &leaf);
	}
}

static struct hr_error *range(struct hr_sink *sink, const struct hr_answer *answer)
{
	struct page *page = page_of(sink);
	const struct hr_session *session = sink->session;
	FILE *details = room_in(page, PART_DETAILS);
	FILE *list = room_in(page, PART_RANGES);

	mark_range(page, session->kernel, answer);
	if (details)
		hr_html_put_range(details, session, answer, page->told[PART_RANGES]);
	if (list)
		hr_html_put_range_row(list, session->kernel, answer, page->told[PART_RANGES],
				      details);
	return NULL;
}

static struct hr_error *block(struct hr_sink *sink, const struct hr_listed_block *block)
{
	return hr_html_memory_add_block(page_of(sink)->memory, block);
}

static struct hr_error *run(struct hr_sink *sink, enum hr_map map, const struct hr_run *run)
{
	struct page *page = page_of(sink);

	if (run->state == HR_MAP_MAPPED) {
		FILE *list = room_in(page, map == HR_MAP_LINEAR ? PART_LINEAR : PART_VMEMMAP);

		if (list)
			hr_html_put_run(list, sink->session->kernel, map, run);
	}
	return map == HR_MAP_LINEAR ? hr_html_memory_add_run(page->memory, run) : NULL;
}

static struct hr_error *suggestions(struct hr_sink *sink, const struct hr_suggestions *found)
{
	hr_html_put_suggestions(page_of(sink)->parts[PART_SUGGESTIONS].stream, found,
				sink->session->options->suggest,
				hr_kernel_facts(sink->session->kernel)->memory_block_size);
	return NULL;
}

static struct hr_error *difference(struct hr_sink *sink, enum hr_map map,
				   const struct hr_difference *found)
{
	FILE *list = room_in(page_of(sink), PART_DIFFERENCES);

	if (list)
		hr_html_put_difference(list, map, found);
	return NULL;
}

static struct hr_error *fact_change(struct hr_sink *sink, const struct hr_fact_change *change)
{
	FILE *list = room_in(page_of(sink), PART_CHANGES);

	if (list)
		hr_html_put_fact_change(list, change);
	return NULL;
}

static struct hr_error *range_change(struct hr_sink *sink, const struct hr_block_change *change)
{
	FILE *list = room_in(page_of(sink), PART_CHANGES);

	if (list)
		hr_html_put_range_change(list, change);
	return NULL;
}

static struct hr_error *block_change(struct hr_sink *sink, const struct hr_block_change *change)
{
	FILE *list = room_in(page_of(sink), PART_CHANGES);

	if (list)
		hr_html_put_block_change(list, change);
	return NULL;
}

static struct hr_error *leaf_change(struct hr_sink *sink, const struct hr_leaf_change *change)
{
	FILE *list = room_in(page_of(sink), PART_CHANGES);

	if (list)
		hr_html_put_leaf_change(list, change);
	return NULL;
}

static void mark_changes(struct page *page, const struct hr_kernel *kernel)
{
	const struct hr_predicted *predicted = hr_kernel_predicted(kernel, 0);

	for (size_t i = 0; predicted; predicted = hr_kernel_predicted(kernel, ++i))
		if (predicted->kind != HR_PREDICTED_RELEASE)
			hr_html_marks_add(&page->marks, HR_HTML_MARK_CHANGE, &predicted->range);
}

/* The list of @part between its headings and what it leaves out. */
static struct hr_error *end_list(struct page *page, enum part part, const char *one,
				 const char *many)
{
	struct hr_error *error = hr_html_part_copy(&page->parts[part], stdout);

	hr_html_table_end(stdout);
	hr_html_put_left(stdout, page->left[part], one, many);
	return error;
}

static struct hr_error *put_ranges(struct page *page)
{
	struct hr_error *error;

	if (!page->told[PART_RANGES])
		return NULL;
	fputs("<section>\n<h2>Ranges</h2>\n", stdout);
	hr_html_begin_ranges(stdout);
	error = end_list(page, PART_RANGES, "more range", "more ranges");
	if (!error)
		error = hr_html_part_copy(&page->parts[PART_DETAILS], stdout);
	hr_html_put_left(stdout, page->left[PART_DETAILS], "range with details",
			 "ranges with details");
	fputs("</section>\n", stdout);
	return error;
}

static struct hr_error *put_map(struct page *page)
{
	static const enum part parts[HR_MAP_COUNT] = {
		[HR_MAP_LINEAR] = PART_LINEAR,
		[HR_MAP_VMEMMAP] = PART_VMEMMAP,
	};
	struct hr_error *error = NULL;

	fputs("<section>\n<h2>Leaves</h2>\n", stdout);
	for (enum hr_map map = 0; !error && map < HR_MAP_COUNT; map++) {
		printf("<details><summary>The %s map: %" PRIu64 " runs of leaves</summary>\n",
		       hr_map_name(map), page->told[parts[map]]);
		hr_html_begin_runs(stdout, map);
		error = end_list(page, parts[map], "more run", "more runs");
		fputs("</details>\n", stdout);
	}
	fputs("</section>\n", stdout);
	return error;
}

static struct hr_error *put_comparison(struct page *page)
{
	struct hr_error *error;

	fputs("<section>\n<h2>Comparison</h2>\n", stdout);
	if (!page->told[PART_DIFFERENCES]) {
		fputs("<p>The walk agrees with the kernel\xe2\x80\x99s text.</p>\n</section>\n",
		      stdout);
		return NULL;
	}
	hr_html_begin_differences(stdout);
	error = end_list(page, PART_DIFFERENCES, "more difference", "more differences");
	fputs("</section>\n", stdout);
	return error;
}

static struct hr_error *put_changes(struct page *page, const struct hr_summary *summary)
{
	struct hr_error *error = NULL;

	fputs("<section>\n<h2>Changes</h2>\n", stdout);
	hr_html_put_diff_result(stdout, page->sink.session->options->diff_path, summary);
	if (page->told[PART_CHANGES]) {
		hr_html_begin_changes(stdout);
		error = end_list(page, PART_CHANGES, "more change", "more changes");
	}
	fputs("</section>\n", stdout);
	return error;
}

static struct hr_error *end(struct hr_sink *sink, const struct hr_summary *summary)
{
	struct page *page = page_of(sink);
	const struct hr_session *session = sink->session;
	const struct hr_options *options = session->options;
	struct hr_error *error;

	mark_changes(page, session->kernel);
	hr_html_page_begin(stdout, session, summary);
	hr_html_put_predicted(stdout, session);
	hr_html_put_warnings(stdout, session);
	error = put_ranges(page);
	if (!error && (options->blocks || options->map))
		error = hr_html_memory_put(page->memory, &page->marks, stdout);
	if (!error && options->map)
		error = put_map(page);
	if (!error)
		error = hr_html_part_copy(&page->parts[PART_SUGGESTIONS], stdout);
	if (!error && options->verify_path)
		error = put_comparison(page);
	if (!error && options->diff_path)
		error = put_changes(page, summary);
	hr_html_put_kernel(stdout, session);
	hr_html_page_end(stdout);
	return error;
}

const struct hr_sink_ops hr_html_sink = {
	.depth = HR_DEPTH_PLAN,
	.size = sizeof(struct page),
	.release = release,
	.begin = begin,
	.end = end,
	.range = range,
	.block = block,
	.run = run,
	.suggestions = suggestions,
	.difference = difference,
	.fact_change = fact_change,
	.range_change = range_change,
	.block_change = block_change,
	.leaf_change = leaf_change,
};
