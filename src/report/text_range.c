// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_range.h"

#include <ctype.h>
#include <hotremove/hotremove.h>
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/printable.h"
#include "base/units.h"
#include "cli/fields.h"
#include "report/leaf_pa.h"
#include "report/page_text.h"
#include "report/terminal.h"
#include "report/text_advice.h"
#include "report/text_guard.h"
#include "report/text_plan.h"
#include "report/wrap.h"

enum {
	EXPLAIN_COLUMNS = 80,
	EXPLAIN_INDENT = 6
};

static void print_verdict(enum hr_verdict verdict)
{
	static const char *const colours[] = {
		[HR_VERDICT_REMOVABLE] = "\033[1;32m",
		[HR_VERDICT_NOT_REMOVABLE] = "\033[1;31m",
		[HR_VERDICT_UNKNOWN] = "\033[1;33m",
	};
	bool colour = hr_terminal_has_colour();

	fputs(colour ? colours[verdict] : "", stdout);
	for (const char *at = hr_verdict_name(verdict); *at; at++)
		putchar(*at == '-' ? ' ' : toupper((unsigned char)*at));
	fputs(colour ? "\033[0m" : "", stdout);
}

static void print_reason(const struct hr_session *session, const struct hr_reason *reason)
{
	const struct hr_leaf *leaf = &reason->leaf;

	printf("  %-14s  ", hr_reason_name(reason->code));
	hr_fields_print(reason->message, stdout);
	puts(session->options->ignored & 1u << reason->code ? " (ignored)" : "");
	if (!reason->has_leaf)
		return;
	printf("  %-14s  %s at VA 0x%" PRIx64 "-0x%" PRIx64, "",
	       hr_level_name(leaf->level, leaf->cont), leaf->va, leaf->va + leaf->size - 1);
	if (hr_leaf_has_pa(session->kernel, reason->map, leaf))
		printf(", PA 0x%" PRIx64 "-0x%" PRIx64, leaf->pa, leaf->pa + leaf->size - 1);
	putchar('\n');
}

static bool set_cell(struct libscols_line *line, size_t column, const char *text)
{
	return !scols_line_set_data(line, column, text);
}

static bool set_count(struct libscols_line *line, size_t column, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return set_cell(line, column, text);
}

static bool add_map_line(struct libscols_table *table, enum hr_map map,
			 const struct hr_contents *contents)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	bool ok = line && set_cell(line, 0, hr_map_name(map)) &&
		  set_cell(line, 1, hr_size_text(contents->mapped).text) &&
		  set_cell(line, 2, hr_size_text(contents->unmapped).text) &&
		  set_cell(line, 3, hr_size_text(contents->unreadable).text);

	for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
		ok = ok && set_count(line, 4 + kind, contents->leaves[kind]);
	return ok;
}

/* Print the lines of @table beside their label, or below it where a terminal is too narrow. */
static void print_table(char *table)
{
	size_t width = strcspn(table, "\n") + HR_LABEL_COLUMNS;
	bool is_narrow = hr_terminal_is_output() && hr_terminal_columns() < width;
	const char *line;
	char *rest = table;

	if (is_narrow)
		puts("  leaves");
	while ((line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		if (is_narrow)
			printf("    %s\n", line);
		else
			printf("  %-14s  %s\n", line == table ? "leaves" : "", line);
	}
}

/* The leaves of the range, map by map. Without memory for a table, prints none. */
static void print_leaves(const struct hr_contents contents[HR_MAP_COUNT])
{
	static const char *const columns[] = { "MAP",	     "MAPPED",	 "UNMAPPED",
					       "UNREADABLE", "PUD",	 "CONT_PMD",
					       "PMD",	     "CONT_PTE", "PTE" };
	struct libscols_table *table = scols_new_table();
	_cleanup_free_ char *text = NULL;
	bool ok = table != NULL;

	for (size_t i = 0; ok && i < sizeof(columns) / sizeof(columns[0]); i++)
		ok = scols_table_new_column(table, columns[i], 0, i ? SCOLS_FL_RIGHT : 0);
	for (enum hr_map map = 0; ok && map < HR_MAP_COUNT; map++)
		ok = add_map_line(table, map, &contents[map]);
	if (ok && !scols_print_table_to_string(table, &text))
		print_table(text);
	scols_unref_table(table);
}

static void print_nearest(const char *label, const char *what, bool found,
			  const struct hr_pa_range *range)
{
	if (found)
		printf("  %-14s  %s: %s (%s)\n", label, what,
		       hr_range_text(range->start, range->end).text,
		       hr_size_text(range->end - range->start).text);
}

/* Print @text in lines that end before EXPLAIN_COLUMNS. */
static void print_wrapped(const char *text)
{
	while (*text) {
		size_t len = strlen(text);

		if (len > EXPLAIN_COLUMNS - EXPLAIN_INDENT) {
			len = EXPLAIN_COLUMNS - EXPLAIN_INDENT;
			while (len && text[len] != ' ')
				len--;
		}
		printf("%*s%.*s\n", EXPLAIN_INDENT, "", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
}

/* Without memory the rule names fields, not options. */
static void print_rule(enum hr_reason_code code)
{
	const char *rule = hr_explain_reason(code);
	_cleanup_free_ char *named = hr_fields_to_options(rule);

	printf("  why %s\n", hr_reason_name(code));
	print_wrapped(named ? named : rule);
}

/* Print the rule behind each reason, once for all reasons of the same kind. */
static void print_rules(const struct hr_check_result *check)
{
	for (size_t i = 0; i < check->count; i++) {
		enum hr_reason_code code = check->reasons[i].code;
		size_t first = 0;

		while (check->reasons[first].code != code)
			first++;
		if (first != i)
			continue;
		print_rule(code);
	}
}

static void print_pages(const struct hr_kernel *kernel, const struct hr_pages *pages)
{
	char text[HR_PAGE_TEXT_SIZE];

	if (!pages)
		return;
	hr_pages_text(pages, hr_kernel_facts(kernel)->page_size, text);
	printf("  %-14s  %s\n", "pages", text);
}

/* Whose memory it is, if that was asked for. */
static void print_asked(const struct hr_asked *asked)
{
	if (asked->device) {
		hr_put_printable(asked->device, stdout);
		fputs(": ", stdout);
	} else if (asked->node != HR_NO_NODE) {
		printf("node %d: ", asked->node);
	}
}

void hr_text_range(const struct hr_session *session, const struct hr_answer *answer,
		   const struct hr_asked *asked, bool explains)
{
	uint64_t size = answer->range.end - answer->range.start;

	print_asked(asked);
	printf("%s (%s): ", hr_range_text(answer->range.start, answer->range.end).text,
	       hr_size_text(size).text);
	print_verdict(answer->verdict);
	putchar('\n');
	for (size_t i = 0; i < answer->check.count; i++)
		print_reason(session, &answer->check.reasons[i]);
	if (explains)
		print_rules(&answer->check);
	print_nearest("removable", "inside it", answer->nearest.has_inside,
		      &answer->nearest.inside);
	print_nearest(answer->nearest.has_inside ? "" : "removable", "around it",
		      answer->nearest.has_around, &answer->nearest.around);
	hr_text_advice(session->kernel, &answer->advice);
	hr_text_guard(session->kernel, answer);
	print_pages(session->kernel, answer->pages);
	hr_text_plan(session->kernel, answer);
	print_leaves(answer->contents);
	putchar('\n');
}
