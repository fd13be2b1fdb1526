// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_kernel.h"

#include <inttypes.h>

#include "base/units.h"
#include "report/clock.h"
#include "report/html_table.h"
#include "report/html_text.h"
#include "report/warning.h"

static void put_warning_list(FILE *stream, const struct hr_session *session)
{
	const struct hr_incomplete *incomplete = &session->source->incomplete;
	struct hr_warning warning;

	fputs("<ul>\n", stream);
	if (incomplete->is_set) {
		char lack[HR_INCOMPLETE_TEXT];

		hr_incomplete_describe(incomplete, lack);
		fputs("<li>", stream);
		hr_html_put(stream, lack);
		fputs("</li>\n", stream);
	}
	for (size_t i = 0; hr_warning_at(session, i, &warning); i++) {
		fputs("<li>", stream);
		if (warning.is_told)
			hr_html_put_told(stream, warning.text);
		else
			hr_html_put(stream, warning.text);
		fputs("</li>\n", stream);
	}
	fputs("</ul>\n", stream);
}

static void put_overrides(FILE *stream, const struct hr_options *options)
{
	if (!options->echo_count)
		return;
	fputs("<p>Set by options, which take precedence over the source:</p>\n<ul>\n", stream);
	for (size_t i = 0; i < options->echo_count; i++) {
		fputs("<li><code>--", stream);
		hr_html_put(stream, options->echoes[i]);
		fputs("</code></li>\n", stream);
	}
	fputs("</ul>\n", stream);
}

void hr_html_put_warnings(FILE *stream, const struct hr_session *session)
{
	struct hr_warning warning;
	bool any = session->source->incomplete.is_set || hr_warning_at(session, 0, &warning);

	if (!any && !session->options->echo_count)
		return;
	fputs("<section>\n<h2>Assumptions and warnings</h2>\n", stream);
	if (any)
		put_warning_list(stream, session);
	put_overrides(stream, session->options);
	fputs("</section>\n", stream);
}

static const char *change_of(const struct hr_predicted *predicted)
{
	static const char *const kinds[] = {
		[HR_PREDICTED_ADDED] = "added",
		[HR_PREDICTED_REMOVED] = "removed",
		[HR_PREDICTED_RELEASE] = "another kernel from here on",
	};

	return predicted->refused ? "removed, which this kernel refuses: nothing changes"
				  : kinds[predicted->kind];
}

static void put_torn(FILE *stream, const struct hr_predicted *predicted)
{
	fputs("<td>", stream);
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		if (predicted->torn_below[map] || predicted->torn_above[map])
			hr_html_print(stream, "%s: %s below, %s above. ", hr_map_name(map),
				      hr_size_text(predicted->torn_below[map]).text,
				      hr_size_text(predicted->torn_above[map]).text);
	if (predicted->left_out)
		hr_html_print(stream, "Not mapped by a fault of the kernel: %s.",
			      hr_size_text(predicted->left_out).text);
	fputs("</td>", stream);
}

static void put_change(FILE *stream, const struct hr_predicted *predicted, size_t *memory_number)
{
	const struct hr_pa_range *range = &predicted->range;
	const char *calls = hr_calls_name(predicted->calls);

	hr_html_row_begin(stream);
	if (predicted->kind == HR_PREDICTED_RELEASE) {
		hr_html_head(stream, "kernel %s", predicted->release);
		hr_html_cell(stream, "%s", "");
	} else {
		hr_html_head(stream, "C%zu: %s", ++*memory_number,
			     hr_range_text(range->start, range->end).text);
		hr_html_cell(stream, "%s", hr_size_text(range->end - range->start).text);
	}
	hr_html_cell(stream, "%s%s%s%s", change_of(predicted),
		     predicted->memmap_on_memory ? ", with memmap_on_memory" : "",
		     calls ? ", calls: " : "", calls ? calls : "");
	put_torn(stream, predicted);
	hr_html_row_end(stream);
}

static void put_mapping(FILE *stream, const struct hr_session *session)
{
	enum hr_model_source from;
	const char *name = hr_mapping_name(hr_kernel_mapping(session->kernel, &from));
	const char *from_name = hr_model_source_name(from);

	hr_html_row_begin(stream);
	hr_html_head(stream, "mapping of added memory");
	hr_html_cell(stream, "%s", name ? name : "unknown");
	hr_html_cell(stream, "%s", from_name ? from_name : "");
	hr_html_row_end(stream);
}

void hr_html_put_predicted(FILE *stream, const struct hr_session *session)
{
	const struct hr_predicted *predicted = hr_kernel_predicted(session->kernel, 0);
	size_t memory_number = 0;

	if (!predicted)
		return;
	fputs("<section class=\"if\">\n<h2>A prediction</h2>\n<p>This page does not describe the "
	      "kernel as it is. It describes the kernel as it would be after these changes, none "
	      "of which has happened",
	      stream);
	if (session->memory.live)
		hr_html_print(stream, ", from the tables of the running kernel at %s",
			      hr_clock_now().text);
	fputs(". The same command without its options --if-added, --if-removed and --if-kernel "
	      "describes the present.</p>\n",
	      stream);
	hr_html_table_begin(stream,
			    HR_HTML_HEADS("As if", "Memory", "Were", "Mappings that are lost"),
			    "Predicted changes, in order");
	for (size_t i = 0; predicted; predicted = hr_kernel_predicted(session->kernel, ++i))
		put_change(stream, predicted, &memory_number);
	hr_html_table_end(stream);
	fputs("</section>\n", stream);
}

static void put_source(FILE *stream, const struct hr_session *session)
{
	const struct hr_source *source = session->source;

	hr_html_fact(stream, "source", "%s", session->options->paths[0]);
	hr_html_fact(stream, "kind", "%s, %s", hr_source_kind_name(source->kind), source->format);
	if (session->memory.live)
		hr_html_fact(stream, "read at", "%s", hr_clock_now().text);
}

static void put_known(FILE *stream, const char *name, bool known, uint64_t value)
{
	if (known)
		hr_html_fact(stream, name, "0x%" PRIx64, value);
	else
		hr_html_fact(stream, name, "unknown");
}

static void put_addresses(FILE *stream, const struct hr_kernel *kernel)
{
	const struct hr_facts *facts = hr_kernel_facts(kernel);
	struct hr_pa_range mapped;

	put_known(stream, "PAGE_OFFSET", true, facts->page_offset);
	put_known(stream, "PHYS_OFFSET", facts->has_phys_offset, facts->phys_offset);
	put_known(stream, "kimage_voffset", facts->has_kimage_voffset, facts->kimage_voffset);
	put_known(stream, "PA of swapper_pg_dir", facts->has_swapper_pa, facts->swapper_pa);
	put_known(stream, "VMEMMAP_START", true, facts->vmemmap_start);
	if (hr_kernel_linear_memory(kernel, &mapped))
		hr_html_fact(stream, "mapped memory", "%s",
			     hr_range_text(mapped.start, mapped.end).text);
	else
		hr_html_fact(stream, "mapped memory", "unknown");
}

static void put_layout(FILE *stream, const struct hr_kernel *kernel)
{
	const struct hr_facts *facts = hr_kernel_facts(kernel);

	hr_html_fact(stream, "release", "%s", facts->release ? facts->release : "unknown");
	hr_html_fact(stream, "pages", "%s", hr_size_text(facts->page_size).text);
	hr_html_fact(stream, "VA bits", "%u, %u in use", facts->va_bits, facts->va_bits_actual);
	hr_html_fact(stream, "levels", "%u%s", facts->levels, facts->lpa2 ? ", LPA2" : "");
	hr_html_fact(stream, "memory blocks", "%s", hr_size_text(facts->memory_block_size).text);
	hr_html_fact(stream, "sections", "%s%s", hr_size_text(facts->section_size).text,
		     facts->has_sections ? "" : ", mem_section is not known");
	hr_html_fact(stream, "struct page", "%s", hr_size_text(facts->struct_page_size).text);
	put_addresses(stream, kernel);
}

static void put_feature(FILE *stream, const char *name, enum hr_tristate value)
{
	static const char *const words[] = { "unknown", "no", "yes" };

	hr_html_fact(stream, name, "%s", words[value + 1]);
}

static void put_model(FILE *stream, const char *what, const char *value, enum hr_model_source from)
{
	const char *from_name = hr_model_source_name(from);

	hr_html_row_begin(stream);
	hr_html_head(stream, "%s", what);
	hr_html_cell(stream, "%s", value ? value : "unknown");
	hr_html_cell(stream, "%s", from_name ? from_name : "");
	hr_html_row_end(stream);
}

static void put_models(FILE *stream, const struct hr_session *session)
{
	const struct hr_facts *facts = hr_kernel_facts(session->kernel);

	hr_html_table_begin(stream, HR_HTML_HEADS("Model", "Value", "Known from"),
			    "What this kernel does when memory comes and goes");
	put_model(stream, "teardown", hr_teardown_name(facts->teardown), facts->teardown_from);
	put_model(stream, "flush", hr_flush_name(facts->flush), facts->flush_from);
	put_model(stream, "check at offlining", hr_guard_name(facts->guard), facts->guard_from);
	put_mapping(stream, session);
	hr_html_table_end(stream);
}

void hr_html_put_kernel(FILE *stream, const struct hr_session *session)
{
	const struct hr_facts *facts = hr_kernel_facts(session->kernel);

	fputs("<section>\n<h2>The kernel</h2>\n<div class=\"beside\">\n", stream);
	hr_html_table_begin(stream, HR_HTML_HEADS("Fact", "Value"), "Source and layout");
	put_source(stream, session);
	put_layout(stream, session->kernel);
	hr_html_table_end(stream);
	fputs("<div>\n", stream);
	put_models(stream, session);
	hr_html_table_begin(stream, HR_HTML_HEADS("Feature", "Value"),
			    "Features of the CPUs and the kernel");
	put_feature(stream, "TLB range operations", facts->tlbi_range);
	put_feature(stream, "erratum of repeated TLBIs", facts->repeat_tlbi);
	put_feature(stream, "splits leaves in use (BBML2 without aborts)",
		    hr_kernel_bbml2_noabort(session->kernel));
	hr_html_fact(stream, "can remove memory", "%s", facts->no_hotremove ? "no" : "yes");
	hr_html_table_end(stream);
	fputs("</div>\n</div>\n</section>\n", stream);
}
