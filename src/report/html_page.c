// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_page.h"

#include <inttypes.h>

#include "base/units.h"
#include "report/form_text.h"
#include "report/html_range.h"
#include "report/html_style.h"
#include "report/html_text.h"

static void put_head(FILE *stream, const struct hr_session *session)
{
	fprintf(stream,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'sha256-%s'; base-uri 'none'; form-action 'none'\"/>\n"
		"<meta name=\"referrer\" content=\"no-referrer\"/>\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		"<meta name=\"generator\" content=\"hotremove-check %s\"/>\n<title>",
		hr_html_style_hash, HR_VERSION);
	fputs("Can this memory be removed? ", stream);
	hr_html_put(stream, session->options->paths[0]);
	fprintf(stream, "</title>\n<style>%s</style>\n</head>\n<body>\n%s<main>\n", hr_html_style,
		hr_html_patterns);
}

static void put_ranges(FILE *stream, const struct hr_summary *summary)
{
	const struct {
		enum hr_verdict verdict;
		const char *text;
	} rows[] = {
		{ HR_VERDICT_REMOVABLE, "removable" },
		{ HR_VERDICT_NOT_REMOVABLE, "not removable" },
		{ HR_VERDICT_UNKNOWN, "unknown" },
	};

	const char *separator = ":";

	fputs("<li>", stream);
	hr_html_print(stream, "%s asked for",
		      hr_count_text(summary->ranges, "range", "ranges").text);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!summary->verdicts[rows[i].verdict])
			continue;
		hr_html_print(stream, "%s %" PRIu64 " %s", separator,
			      summary->verdicts[rows[i].verdict], rows[i].text);
		separator = ",";
	}
	fputs("</li>\n", stream);
}

static void put_results(FILE *stream, const struct hr_options *options,
			const struct hr_summary *summary)
{
	if (summary->ranges)
		put_ranges(stream, summary);
	if (options->blocks)
		fprintf(stream, "<li>%" PRIu64 " of %s removable block by block: %s</li>\n",
			summary->removable_blocks,
			hr_count_text(summary->blocks, "memory block is", "memory blocks are").text,
			hr_size_text(summary->removable_blocks * summary->block_size).text);
	if (options->map)
		fprintf(stream, "<li>mapped: %s in the linear map, %s in the vmemmap</li>\n",
			hr_size_text(summary->mapped[HR_MAP_LINEAR]).text,
			hr_size_text(summary->mapped[HR_MAP_VMEMMAP]).text);
	if (options->suggest)
		fprintf(stream, "<li>%s of at least %s</li>\n",
			hr_count_text(summary->suggestions, "suggestion", "suggestions").text,
			hr_size_text(summary->wanted).text);
	if (options->diff_path)
		fprintf(stream, "<li>%s: %s</li>\n", hr_diff_words(summary),
			hr_count_text(summary->changes, "difference", "differences").text);
	if (options->verify_path)
		fprintf(stream, "<li>%s between the walk and the text</li>\n",
			hr_count_text(summary->differences, "difference", "differences").text);
	if (summary->incomplete)
		fputs("<li><strong class=\"unknown\">INCOMPLETE</strong> Part of what was asked "
		      "for could not be read.</li>\n",
		      stream);
}

void hr_html_page_begin(FILE *stream, const struct hr_session *session,
			const struct hr_summary *summary)
{
	const struct hr_facts *facts = hr_kernel_facts(session->kernel);

	put_head(stream, session);
	fputs("<h1>Can this memory be removed?</h1>\n<p class=\"lead\">", stream);
	hr_html_put(stream, hr_input_name(session->options->paths[0]));
	fputs(": kernel ", stream);
	hr_html_put(stream, facts->release ? facts->release : "of unknown release");
	hr_html_print(stream, ", %s pages, memory blocks of %s",
		      hr_size_text(facts->page_size).text,
		      hr_size_text(facts->memory_block_size).text);
	fputs("</p>\n<section>\n<h2>Result</h2>\n<ul>\n", stream);
	put_results(stream, session->options, summary);
	fputs("</ul>\n</section>\n", stream);
}

void hr_html_page_end(FILE *stream)
{
	fprintf(stream,
		"</main>\n<footer><p class=\"lead\">hotremove-check %s</p></footer>\n"
		"</body>\n</html>\n",
		HR_VERSION);
}
