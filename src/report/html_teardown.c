// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_teardown.h"

#include <inttypes.h>

#include "base/units.h"
#include "report/html_strip.h"
#include "report/html_table.h"
#include "report/html_text.h"

enum {
	BAR_HEIGHT = 18,
	GAP = 60,   /* of the width, before a number */
	LEAST = 30, /* less would not be seen */
	OPS_SHOWN = 64
};

/* One way to tear the range down. */
struct way {
	const char *name;
	const struct hr_teardown_count *count;
};

enum {
	WAYS = 3
};

static void put_bar(FILE *stream, const struct way *way, uint64_t most)
{
	const struct {
		const char *class, *name;
		uint64_t tlbi;
	} parts[] = {
		{ "b0", "linear map", way->count->linear.tlbi },
		{ "b1", "vmemmap", way->count->vmemmap.tlbi },
		{ "b2", "tables", way->count->tables.tlbi },
	};
	struct hr_html_box box = { .y = 2, .height = BAR_HEIGHT - 4 };

	fputs("<div class=\"line\"><span>", stream);
	hr_html_put(stream, way->name);
	fputs("</span>", stream);
	hr_html_strip_begin(stream, BAR_HEIGHT, "%s: %" PRIu64 " TLBI", way->name,
			    way->count->total.tlbi);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].tlbi)
			continue;
		/* The longest bar leaves room for its number. */
		box.width = hr_html_share(parts[i].tlbi, most) * 3 / 4;
		if (box.width < LEAST)
			box.width = LEAST;
		hr_html_box_titled(stream, parts[i].class, box, "%s: %" PRIu64 " TLBI",
				   parts[i].name, parts[i].tlbi);
		box.x += box.width;
	}
	hr_html_label(stream, box.x + GAP, BAR_HEIGHT - 5, "%" PRIu64 " TLBI",
		      way->count->total.tlbi);
	hr_html_strip_end(stream);
	fputs("</div>\n", stream);
}

static void put_bars(FILE *stream, const struct way ways[WAYS])
{
	uint64_t most = 1;

	for (size_t i = 0; i < WAYS; i++)
		if (ways[i].count->total.tlbi > most)
			most = ways[i].count->total.tlbi;
	fputs("<figure><figcaption>TLB invalidations of the removal: of the linear map, the "
	      "vmemmap, and the tables that are freed</figcaption>\n",
	      stream);
	for (size_t i = 0; i < WAYS; i++)
		put_bar(stream, &ways[i], most);
	fputs("</figure>\n", stream);
}

static void put_flushes(FILE *stream, const char *way, const char *what,
			const struct hr_tlbi_count *count)
{
	const uint64_t values[] = {
		count->tlbi,	count->range_ops, count->single_ops, count->full_flushes,
		count->flushes, count->dsb,	  count->isb,
	};

	hr_html_row_begin(stream);
	hr_html_head(stream, "%s", way);
	hr_html_cell(stream, "%s", what);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		hr_html_count(stream, values[i]);
	hr_html_row_end(stream);
}

static void put_way(FILE *stream, const struct way *way)
{
	put_flushes(stream, way->name, "linear map", &way->count->linear);
	put_flushes(stream, way->name, "vmemmap", &way->count->vmemmap);
	put_flushes(stream, way->name, "tables freed", &way->count->tables);
	put_flushes(stream, way->name, "total", &way->count->total);
}

static void put_table(FILE *stream, const struct hr_kernel *kernel, const struct hr_answer *answer,
		      const struct way ways[WAYS])
{
	const struct hr_facts *facts = hr_kernel_facts(kernel);

	hr_html_table_begin(stream,
			    HR_HTML_HEADS("Teardown", "Of", "#TLBI", "#Range ops", "#Single ops",
					  "#Full flushes", "#Flushes", "#DSB", "#ISB"),
			    "Cost of removing %s",
			    hr_range_text(answer->range.start, answer->range.end).text);
	for (size_t i = 1; i < WAYS; i++)
		put_way(stream, &ways[i]);
	if (facts->tlbi_range == HR_UNKNOWN && facts->flush != HR_FLUSH_PAGE_LOOP)
		put_flushes(stream, ways[1].name, "linear map, on CPUs without range operations",
			    &answer->plan->linear_without_range_ops);
	hr_html_table_end(stream);
}

static void put_calls(FILE *stream, const struct hr_kernel *kernel, const struct hr_answer *answer)
{
	const struct hr_plan *plan = answer->plan;
	bool by_block = plan->calls == HR_CALLS_BLOCK;
	uint64_t linear = answer->contents[HR_MAP_LINEAR].root_entries;
	uint64_t vmemmap = answer->contents[HR_MAP_VMEMMAP].root_entries;
	bool flushed = hr_kernel_facts(kernel)->root_flush && linear + vmemmap;

	fputs("<p>", stream);
	hr_html_print(stream, "In %s of arch_remove_memory(), %s (%s). ",
		      hr_count_text(plan->call_count, "call", "calls").text,
		      by_block ? "one per memory block" : "for the whole range",
		      answer->calls_from);
	hr_html_print(stream,
		      "Root entries that are cleared: linear map %" PRIu64 ", vmemmap %" PRIu64
		      "%s.",
		      linear, vmemmap, flushed ? ", each with a flush of its own" : "");
	fputs("</p>\n", stream);
}

static void put_ops(FILE *stream, const struct hr_answer *answer)
{
	const struct hr_plan *plan = answer->plan;

	if (!plan->op_count)
		return;
	fputs("<details><summary>", stream);
	hr_html_print(stream, "TLB range operations of a batched teardown: %s%zu",
		      plan->ops_cut ? "more than " : "", plan->op_count);
	fputs("</summary>\n", stream);
	hr_html_table_begin(stream, HR_HTML_HEADS("VA", "#Pages", "#SCALE", "#NUM"),
			    "Range operations of removing %s",
			    hr_range_text(answer->range.start, answer->range.end).text);
	for (size_t i = 0; i < plan->op_count && i < OPS_SHOWN; i++) {
		hr_html_row_begin(stream);
		hr_html_head(stream, "0x%" PRIx64, plan->ops[i].va);
		hr_html_count(stream, plan->ops[i].pages);
		hr_html_count(stream, plan->ops[i].scale);
		hr_html_count(stream, plan->ops[i].num);
		hr_html_row_end(stream);
	}
	hr_html_table_end(stream);
	if (plan->op_count > OPS_SHOWN)
		hr_html_print(stream, "The first %d of them are listed; --json has the others.",
			      OPS_SHOWN);
	fputs("</details>\n", stream);
}

void hr_html_put_teardown(FILE *stream, const struct hr_kernel *kernel,
			  const struct hr_answer *answer)
{
	const struct hr_plan *plan = answer->plan;
	enum hr_teardown teardown = hr_kernel_facts(kernel)->teardown;
	const char *model = hr_teardown_name(teardown);
	char ours[64];
	const struct way ways[WAYS] = {
		{ ours, hr_plan_of(plan, teardown) },
		{ plan->wide ? "batched-wide" : "batched", &plan->batched },
		{ "leaf by leaf (per-leaf)", &plan->per_leaf },
	};

	snprintf(ours, sizeof(ours), "this kernel (%s)",
		 model ? model : "model unknown, as if batched");
	fputs("<h4>Teardown</h4>\n", stream);
	put_bars(stream, ways);
	put_calls(stream, kernel, answer);
	put_table(stream, kernel, answer, ways);
	put_ops(stream, answer);
}
