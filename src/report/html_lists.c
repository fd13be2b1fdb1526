// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_lists.h"

#include <inttypes.h>
#include <string.h>

#include "base/text_append.h"
#include "base/units.h"
#include "report/block_text.h"
#include "report/html_range.h"
#include "report/html_table.h"
#include "report/html_text.h"
#include "report/leaf_pa.h"
#include "report/sink.h"

void hr_html_begin_runs(FILE *stream, enum hr_map map)
{
	hr_html_table_begin(stream, HR_HTML_HEADS("VA", "PA", "Level", "Leaf", "#Count", "Remarks"),
			    "Leaves of the %s map, run by run", hr_map_name(map));
}

void hr_html_put_run(FILE *stream, const struct hr_kernel *kernel, enum hr_map map,
		     const struct hr_run *run)
{
	const struct hr_leaf *leaf = &run->leaf;
	uint64_t last = leaf->va + (leaf->size * run->count - 1);

	hr_html_row_begin(stream);
	hr_html_head(stream, "0x%" PRIx64 "-0x%" PRIx64, leaf->va, last);
	if (hr_leaf_has_pa(kernel, map, leaf))
		hr_html_cell(stream, "0x%" PRIx64, leaf->pa);
	else
		hr_html_cell(stream, "%s", "");
	hr_html_cell(stream, "%s", hr_level_name(leaf->level, leaf->cont));
	hr_html_cell(stream, "%s", hr_size_text(leaf->size).text);
	hr_html_count(stream, run->count);
	hr_html_cell(stream, "%s%s%s", leaf->valid ? "" : "not valid",
		     leaf->valid || leaf->expected ? "" : ", ",
		     leaf->expected ? "" : "made by no kernel");
	hr_html_row_end(stream);
}

static void put_suggestion(FILE *stream, const struct hr_suggestion *suggestion,
			   uint64_t block_size)
{
	const struct hr_pa_range *range = &suggestion->range;

	hr_html_row_begin(stream);
	hr_html_head(stream, "%s", hr_range_text(range->start, range->end).text);
	hr_html_cell(stream, "%s", hr_size_text(range->end - range->start).text);
	hr_html_cell(stream, "%s-%s", hr_block_name(range->start, block_size).text,
		     hr_block_name(range->end - 1, block_size).text);
	hr_html_count(stream, suggestion->blocks);
	hr_html_count(stream, suggestion->tlbi);
	hr_html_count(stream, suggestion->refused);
	hr_html_row_end(stream);
}

static void put_none(FILE *stream, const struct hr_suggestions *suggestions, uint64_t wanted)
{
	fputs("<p>", stream);
	hr_html_print(stream, "No range of at least %s is %s. ", hr_size_text(wanted).text,
		      suggestions->unread ? "known to be removable: some memory could not be read"
					  : "removable");
	if (suggestions->has_largest)
		hr_html_print(
			stream, "The largest removable range is %s (%s).",
			hr_range_text(suggestions->largest.start, suggestions->largest.end).text,
			hr_size_text(suggestions->largest.end - suggestions->largest.start).text);
	fputs("</p>\n", stream);
}

void hr_html_put_suggestions(FILE *stream, const struct hr_suggestions *suggestions,
			     uint64_t wanted, uint64_t block_size)
{
	fputs("<section>\n<h2>Suggestions</h2>\n", stream);
	if (suggestions->count) {
		hr_html_table_begin(stream,
				    HR_HTML_HEADS("Range", "Memory", "Memory blocks", "#Blocks",
						  "#TLBI", "#Refused by the kernel"),
				    "Removable ranges of at least %s, best first",
				    hr_size_text(wanted).text);
		for (size_t i = 0; i < hr_suggestions_listed(suggestions); i++)
			put_suggestion(stream, &suggestions->list[i], block_size);
		hr_html_table_end(stream);
		hr_html_put_left(stream, suggestions->count - hr_suggestions_listed(suggestions),
				 "suggestion", "suggestions");
	} else {
		put_none(stream, suggestions, wanted);
	}
	fputs("</section>\n", stream);
}

void hr_html_begin_differences(FILE *stream)
{
	hr_html_table_begin(stream, HR_HTML_HEADS("VA", "Map", "Walk", "Text"),
			    "Where the walk and the kernel's text of its page tables differ");
}

void hr_html_put_difference(FILE *stream, enum hr_map map, const struct hr_difference *found)
{
	hr_html_row_begin(stream);
	hr_html_head(stream, "0x%" PRIx64 "-0x%" PRIx64, found->va, found->last);
	hr_html_cell(stream, "%s", hr_map_name(map));
	hr_html_cell(stream, "%s", found->walk);
	hr_html_cell(stream, "%s", found->text);
	hr_html_row_end(stream);
}

void hr_html_begin_ranges(FILE *stream)
{
	hr_html_table_begin(
		stream,
		HR_HTML_HEADS("Range", "Memory", "Verdict", "Reasons", "Kernel's check", "#TLBI"),
		"The ranges asked for, in order");
}

void hr_html_put_range_row(FILE *stream, const struct hr_kernel *kernel,
			   const struct hr_answer *answer, size_t number, bool has_details)
{
	char reasons[HR_BLOCK_TEXT_SIZE];

	hr_reasons_text(hr_answer_form(answer).reasons, reasons);
	hr_html_row_begin(stream);
	fputs("<th scope=\"row\">", stream);
	if (has_details)
		fprintf(stream, "<a href=\"#r%zu\">R%zu</a> ", number, number);
	hr_html_put(stream, hr_range_text(answer->range.start, answer->range.end).text);
	fputs("</th>", stream);
	hr_html_cell(stream, "%s", hr_size_text(answer->range.end - answer->range.start).text);
	fputs("<td>", stream);
	hr_html_put_verdict(stream, answer->verdict);
	fputs("</td><td>", stream);
	hr_html_put_list(stream, reasons);
	fputs("</td>", stream);
	hr_html_cell(stream, "%s", hr_guard_outcome_name(answer->guard.outcome));
	hr_html_count(stream, hr_answer_tlbi(kernel, answer));
	hr_html_row_end(stream);
}

void hr_html_put_left(FILE *stream, uint64_t left, const char *one, const char *many)
{
	if (!left)
		return;
	fputs("<p>", stream);
	hr_html_print(stream, "There are %s, which this page has no room for; --json lists them.",
		      hr_count_text(left, one, many).text);
	fputs("</p>\n", stream);
}
