// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_range.h"

#include <inttypes.h>

#include "base/units.h"
#include "report/html_guard.h"
#include "report/html_marks.h"
#include "report/html_strip.h"
#include "report/html_table.h"
#include "report/html_teardown.h"
#include "report/html_text.h"
#include "report/leaf_pa.h"
#include "report/page_text.h"

enum {
	LANE_HEIGHT = 16,
	LEAVES_DRAWN = 8
};

/* The picture of a range: lanes of the same stretch of memory. */
struct lanes {
	FILE *stream;
	struct hr_pa_range window;
	const struct hr_pa_range *range;
};

void hr_html_put_verdict(FILE *stream, enum hr_verdict verdict)
{
	static const struct {
		const char *class, *text;
	} badges[] = {
		[HR_VERDICT_UNKNOWN] = { "unknown", "UNKNOWN" },
		[HR_VERDICT_REMOVABLE] = { "yes", "REMOVABLE" },
		[HR_VERDICT_NOT_REMOVABLE] = { "no", "NOT REMOVABLE" },
	};

	fprintf(stream, "<strong class=\"%s\">%s</strong>", badges[verdict].class,
		badges[verdict].text);
}

static void widen(struct hr_pa_range *window, const struct hr_pa_range *range)
{
	if (range->start < window->start)
		window->start = range->start;
	if (range->end > window->end)
		window->end = range->end;
}

/* Draw @extent in a lane of its own, with lines where the range begins and ends. */
static void put_lane(const struct lanes *lanes, const char *class, const struct hr_pa_range *extent,
		     const char *name)
{
	const struct hr_pa_range *window = &lanes->window, *range = lanes->range;
	uint64_t span = window->end - window->start;
	struct hr_html_box box = { .y = 2, .height = LANE_HEIGHT - 4 };

	fputs("<div class=\"line\"><span>", lanes->stream);
	hr_html_put(lanes->stream, name);
	fputs("</span>", lanes->stream);
	hr_html_strip_begin(lanes->stream, LANE_HEIGHT, "%s: %s", name,
			    hr_range_text(extent->start, extent->end).text);
	if (hr_html_place(extent->start, extent->end, window->start, window->end, &box))
		hr_html_box_titled(lanes->stream, class, box, "%s: %s", name,
				   hr_range_text(extent->start, extent->end).text);
	for (int i = 0; i < 2; i++) {
		unsigned int x =
			hr_html_share((i ? range->end : range->start) - window->start, span);

		fprintf(lanes->stream,
			"<line class=\"e\" x1=\"%u.%02u%%\" x2=\"%u.%02u%%\" y1=\"0\" "
			"y2=\"%d\"/>",
			x / 100, x % 100, x / 100, x % 100, LANE_HEIGHT);
	}
	hr_html_strip_end(lanes->stream);
	fputs("</div>\n", lanes->stream);
}

/* The leaf of reason @index in @answer. Returns false if there is none to draw. */
static bool find_leaf(const struct hr_kernel *kernel, const struct hr_answer *answer, size_t index,
		      struct hr_pa_range *ret)
{
	const struct hr_reason *reason = &answer->check.reasons[index];

	return reason->has_leaf && hr_html_leaf_extent(kernel, reason->map, &reason->leaf, ret);
}

static struct hr_pa_range window_of(const struct hr_kernel *kernel, const struct hr_answer *answer)
{
	struct hr_pa_range window = answer->range, leaf;
	uint64_t margin;

	for (size_t i = 0; i < answer->check.count; i++)
		if (find_leaf(kernel, answer, i, &leaf))
			widen(&window, &leaf);
	if (answer->nearest.has_around)
		widen(&window, &answer->nearest.around);
	margin = (window.end - window.start) / 32;
	window.start -= margin < window.start ? margin : window.start;
	window.end += margin;
	return window;
}

static void put_leaf_lanes(const struct lanes *lanes, const struct hr_kernel *kernel,
			   const struct hr_answer *answer)
{
	size_t drawn = 0;

	for (size_t i = 0; i < answer->check.count && drawn < LEAVES_DRAWN; i++) {
		const struct hr_reason *reason = &answer->check.reasons[i];
		struct hr_pa_range leaf;
		char name[64];

		if (!find_leaf(kernel, answer, i, &leaf))
			continue;
		snprintf(name, sizeof(name), "%s of the %s in the way",
			 hr_level_name(reason->leaf.level, reason->leaf.cont),
			 reason->map == HR_MAP_LINEAR ? "linear map" : "vmemmap");
		put_lane(lanes, "w", &leaf, name);
		drawn++;
	}
}

static void put_picture(FILE *stream, const struct hr_kernel *kernel,
			const struct hr_answer *answer)
{
	static const char *const classes[] = {
		[HR_VERDICT_UNKNOWN] = "v4",
		[HR_VERDICT_REMOVABLE] = "v0",
		[HR_VERDICT_NOT_REMOVABLE] = "v1",
	};
	const struct lanes lanes = { stream, window_of(kernel, answer), &answer->range };

	fprintf(stream,
		"<figure><figcaption>Physical memory %s. A leaf of the vmemmap is drawn where the "
		"memory is whose struct pages it maps.</figcaption>\n",
		hr_range_text(lanes.window.start, lanes.window.end).text);
	put_lane(&lanes, classes[answer->verdict], &answer->range, "asked for");
	put_leaf_lanes(&lanes, kernel, answer);
	if (answer->nearest.has_inside)
		put_lane(&lanes, "v0", &answer->nearest.inside, "removable inside");
	if (answer->nearest.has_around)
		put_lane(&lanes, "v0", &answer->nearest.around, "removable around");
	fputs("</figure>\n", stream);
}

static void put_leaf(FILE *stream, const struct hr_kernel *kernel, const struct hr_reason *reason)
{
	const struct hr_leaf *leaf = &reason->leaf;

	if (!reason->has_leaf) {
		fputs("<td></td><td></td><td></td><td></td><td></td>", stream);
		return;
	}
	hr_html_cell(stream, "%s%s%s", hr_map_name(reason->map), reason->edge ? ", " : "",
		     reason->edge ? hr_edge_name(reason->edge) : "");
	hr_html_cell(stream, "0x%" PRIx64, reason->va);
	hr_html_cell(stream, "%s, %s", hr_level_name(leaf->level, leaf->cont),
		     hr_size_text(leaf->size).text);
	hr_html_cell(stream, "%s", hr_range_text(leaf->va, leaf->va + leaf->size).text);
	hr_html_cell(stream, "%s",
		     hr_leaf_has_pa(kernel, reason->map, leaf)
			     ? hr_range_text(leaf->pa, leaf->pa + leaf->size).text
			     : "");
}

static void put_reason(FILE *stream, const struct hr_session *session,
		       const struct hr_reason *reason)
{
	bool ignored = session->options->ignored & 1u << reason->code;

	hr_html_row_begin(stream);
	hr_html_head(stream, "%s%s", hr_reason_name(reason->code), ignored ? " (ignored)" : "");
	fputs("<td class=\"w\">", stream);
	hr_html_put_told(stream, reason->message);
	fputs("</td>", stream);
	put_leaf(stream, session->kernel, reason);
	hr_html_row_end(stream);
}

static void put_reasons(FILE *stream, const struct hr_session *session,
			const struct hr_answer *answer)
{
	const struct hr_check_result *check = &answer->check;

	if (!check->count)
		return;
	hr_html_table_begin(stream,
			    HR_HTML_HEADS("Reason", "In words", "Map, edge", "VA of the edge",
					  "Leaf", "VA of the leaf", "PA of the leaf"),
			    "Reasons against removing %s",
			    hr_range_text(answer->range.start, answer->range.end).text);
	for (size_t i = 0; i < check->count; i++)
		put_reason(stream, session, &check->reasons[i]);
	hr_html_table_end(stream);
	fputs("<dl>\n", stream);
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++) {
		if (!hr_check_has(check, code))
			continue;
		fputs("<dt>", stream);
		hr_html_print(stream, "Why %s matters", hr_reason_name(code));
		fputs("</dt><dd>", stream);
		hr_html_put_told(stream, hr_explain_reason(code));
		fputs("</dd>\n", stream);
	}
	fputs("</dl>\n", stream);
}

static void put_nearest(FILE *stream, const char *what, bool found, const struct hr_pa_range *range)
{
	if (!found)
		return;
	hr_html_print(stream, "Removable %s: %s (%s). ", what,
		      hr_range_text(range->start, range->end).text,
		      hr_size_text(range->end - range->start).text);
}

/* How the memory could be added so that each of its blocks can go. */
static void put_advice(FILE *stream, const struct hr_advice *advice)
{
	if (!advice->found)
		return;
	hr_html_print(stream, "Advice: added%s", advice->again ? " again" : "");
	if (advice->pieces)
		hr_html_print(stream, " in pieces of at most %s",
			      hr_size_text(advice->pieces).text);
	if (advice->mapping)
		hr_html_print(stream, " by %s", hr_mapping_name(advice->mapping));
	if (advice->without_own_memmap)
		hr_html_print(stream, "%s without memmap_on_memory",
			      advice->pieces || advice->mapping ? " and" : "");
	hr_html_print(stream, ", each memory block of %s could be removed. ",
		      hr_range_text(advice->range.start, advice->range.end).text);
}

static void put_leaves(FILE *stream, const struct hr_answer *answer)
{
	hr_html_table_begin(
		stream,
		HR_HTML_HEADS("Map", "Mapped", "Unmapped", "Unreadable", "#PUD", "#CONT_PMD",
			      "#PMD", "#CONT_PTE", "#PTE", "#Tables freed"),
		"Leaves inside %s", hr_range_text(answer->range.start, answer->range.end).text);
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		const struct hr_contents *contents = &answer->contents[map];

		hr_html_row_begin(stream);
		hr_html_head(stream, "%s", hr_map_name(map));
		hr_html_cell(stream, "%s", hr_size_text(contents->mapped).text);
		hr_html_cell(stream, "%s", hr_size_text(contents->unmapped).text);
		hr_html_cell(stream, "%s", hr_size_text(contents->unreadable).text);
		for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
			hr_html_count(stream, contents->leaves[kind]);
		hr_html_count(stream, contents->tables_emptied);
		hr_html_row_end(stream);
	}
	hr_html_table_end(stream);
}

/* What lies in the range, if that was asked for. */
static void put_pages(FILE *stream, const struct hr_kernel *kernel, const struct hr_pages *pages)
{
	char text[HR_PAGE_TEXT_SIZE];

	if (!pages)
		return;
	hr_pages_text(pages, hr_kernel_facts(kernel)->page_size, text);
	hr_html_print(stream, " In its memory: %s.", text);
}

void hr_html_put_range(FILE *stream, const struct hr_session *session,
		       const struct hr_answer *answer, size_t number)
{
	fprintf(stream, "<article id=\"r%zu\">\n<h3>R%zu: ", number, number);
	hr_html_print(stream, "%s (%s) ",
		      hr_range_text(answer->range.start, answer->range.end).text,
		      hr_size_text(answer->range.end - answer->range.start).text);
	hr_html_put_verdict(stream, answer->verdict);
	fputs("</h3>\n", stream);
	put_picture(stream, session->kernel, answer);
	put_reasons(stream, session, answer);
	fputs("<p>", stream);
	put_nearest(stream, "inside", answer->nearest.has_inside, &answer->nearest.inside);
	put_nearest(stream, "around", answer->nearest.has_around, &answer->nearest.around);
	put_advice(stream, &answer->advice);
	hr_html_put_guard(stream, session->kernel, answer);
	put_pages(stream, session->kernel, answer->pages);
	fputs("</p>\n", stream);
	hr_html_put_guard_blocks(stream, session->kernel, answer);
	hr_html_put_teardown(stream, session->kernel, answer);
	put_leaves(stream, answer);
	fputs("</article>\n", stream);
}
