// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_diff.h"

#include "base/units.h"
#include "report/form_text.h"
#include "report/html_table.h"
#include "report/html_text.h"

void hr_html_put_diff_result(FILE *stream, const char *path, const struct hr_summary *summary)
{
	fputs("<p>", stream);
	hr_html_put(stream, path);
	hr_html_print(stream, ": %s", hr_diff_words(summary));
	fputs("</p>\n", stream);
}

void hr_html_begin_changes(FILE *stream)
{
	hr_html_table_begin(stream, HR_HTML_HEADS("Where", "What", "Change", "Before", "After"),
			    "What has changed since then");
}

static void put_row(FILE *stream, const char *where, const char *what, const char *change,
		    const char *const forms[2])
{
	hr_html_row_begin(stream);
	hr_html_head(stream, "%s", where);
	hr_html_cell(stream, "%s", what);
	hr_html_cell(stream, "%s", change);
	for (size_t i = 0; i < 2; i++)
		hr_html_cell(stream, "%s", forms[i]);
	hr_html_row_end(stream);
}

static const char *known(const char *value)
{
	return value[0] ? value : "not known";
}

void hr_html_put_fact_change(FILE *stream, const struct hr_fact_change *change)
{
	bool is_certain = change->before[0] && change->after[0];
	const char *const forms[] = { known(change->before), known(change->after) };

	put_row(stream, change->key, "kernel",
		hr_change_name(is_certain ? HR_CHANGE_OTHER : HR_CHANGE_UNKNOWN), forms);
}

typedef void form_text_fn(const struct hr_block_form *form, char text[HR_FORM_TEXT_SIZE]);

static void put_memory(FILE *stream, const struct hr_block_change *change, const char *what,
		       form_text_fn *form_text)
{
	char before[HR_FORM_TEXT_SIZE], after[HR_FORM_TEXT_SIZE];
	const char *const forms[] = { before, after };

	form_text(&change->before, before);
	form_text(&change->after, after);
	put_row(stream, hr_range_text(change->range.start, change->range.end).text, what,
		hr_change_name(change->change), forms);
}

void hr_html_put_range_change(FILE *stream, const struct hr_block_change *change)
{
	put_memory(stream, change, "range", hr_range_form_text);
}

void hr_html_put_block_change(FILE *stream, const struct hr_block_change *change)
{
	put_memory(stream, change, "memory blocks", hr_block_form_text);
}

void hr_html_put_leaf_change(FILE *stream, const struct hr_leaf_change *change)
{
	char before[HR_FORM_TEXT_SIZE], after[HR_FORM_TEXT_SIZE];
	const char *const forms[] = { before, after };

	hr_leaf_form_text(&change->before, before);
	hr_leaf_form_text(&change->after, after);
	put_row(stream, hr_range_text(change->range.start, change->range.end).text,
		hr_map_name(change->map), hr_change_name(change->change), forms);
}
