// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_table.h"

#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text_append.h"
#include "base/units.h"
#include "report/block_part.h"
#include "report/block_text.h"
#include "report/block_wrap.h"
#include "report/terminal.h"
#include "report/trimmed.h"

enum {
	TEXT_SIZE = HR_BLOCK_TEXT_SIZE,
	/* Lines that are kept to determine widths. The table is printed in parts of this size. */
	LINES_MAX = 16384
};

/* A line of the table: one block, or neighbours that differ only in their place. */
struct row {
	uint64_t start, end;
	enum hr_verdict verdict;
	char cells[HR_COLUMN_COUNT][TEXT_SIZE];
};

struct hr_block_table {
	const struct hr_session *session;
	const struct hr_options *options;
	const struct hr_kernel *kernel;
	struct hr_selection selection;
	struct libscols_table *table;
	size_t lines;
	struct row row;
	bool pending, any;
	struct hr_widths widths[HR_COLUMN_COUNT];
	uint64_t bytes[HR_PART_COUNT];
};

/* Most rows are merged with the one before, so columns that are not shown would cost the most. */
static void fill_edges(struct row *row, const struct hr_selection *selection,
		       const struct hr_listed_block *block)
{
	static const struct {
		enum hr_column column;
		enum hr_map map;
		bool at_end;
	} edges[] = {
		{ HR_COLUMN_LINEAR_START, HR_MAP_LINEAR, false },
		{ HR_COLUMN_LINEAR_END, HR_MAP_LINEAR, true },
		{ HR_COLUMN_VMEMMAP_START, HR_MAP_VMEMMAP, false },
		{ HR_COLUMN_VMEMMAP_END, HR_MAP_VMEMMAP, true },
	};

	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
		if (hr_column_is_selected(selection, edges[i].column))
			hr_block_edge_text(block, edges[i].map, edges[i].at_end,
					   row->cells[edges[i].column]);
}

/* What the system says about the block. It is asked only if somebody wants to know. */
static void fill_place(struct row *row, const struct hr_block_table *table)
{
	static const enum hr_column told[] = { HR_COLUMN_NODE, HR_COLUMN_ZONES, HR_COLUMN_DEVICE };
	uint64_t size = hr_kernel_facts(table->kernel)->memory_block_size;
	struct hr_place place = HR_PLACE_UNKNOWN;
	bool asked = false;

	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		asked |= hr_column_is_selected(&table->selection, told[i]);
	if (asked)
		hr_session_place(table->session, row->start / size, &place);
	hr_block_node_text(&place, row->cells[HR_COLUMN_NODE]);
	hr_block_zones_text(&place, row->cells[HR_COLUMN_ZONES]);
	snprintf(row->cells[HR_COLUMN_DEVICE], TEXT_SIZE, "%s", place.device);
}

/* Whether the block holds its own struct pages: a table is looked up only if that is wanted. */
static void fill_on_memory(struct row *row, const struct hr_block_table *table)
{
	static const char *const words[] = { "no", "yes" };
	enum hr_tristate holds = HR_UNKNOWN;

	if (hr_column_is_selected(&table->selection, HR_COLUMN_ON_MEMORY))
		holds = hr_kernel_memmap_on_memory(table->kernel, row->start);
	snprintf(row->cells[HR_COLUMN_ON_MEMORY], TEXT_SIZE, "%s",
		 holds == HR_UNKNOWN ? "?" : words[holds]);
}

static void fill_row(struct row *row, const struct hr_selection *selection,
		     const struct hr_listed_block *block)
{
	const struct hr_answer *answer = block->answer;
	const struct {
		enum hr_column column;
		const char *text;
	} words[] = {
		{ HR_COLUMN_STATE, hr_block_state_text(block) },
		{ HR_COLUMN_ORIGIN, hr_block_origin_text(block) },
		{ HR_COLUMN_VERDICT, hr_verdict_name(answer->verdict) },
		{ HR_COLUMN_CHECK, hr_guard_outcome_name(answer->guard.outcome) },
	};

	row->start = answer->range.start;
	row->end = answer->range.end;
	row->verdict = answer->verdict;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		row->cells[words[i].column][0] = '\0';
		hr_text_append(row->cells[words[i].column], TEXT_SIZE, "", words[i].text);
	}
	hr_block_leaves_text(block, HR_MAP_LINEAR, row->cells[HR_COLUMN_LINEAR]);
	hr_block_leaves_text(block, HR_MAP_VMEMMAP, row->cells[HR_COLUMN_VMEMMAP]);
	fill_edges(row, selection, block);
	hr_block_reasons_text(block, row->cells[HR_COLUMN_WHY]);
}

static void describe_size(const struct hr_block_table *table, uint64_t bytes, char *text,
			  size_t size)
{
	if (table->options->bytes)
		snprintf(text, size, "%" PRIu64, bytes);
	else
		snprintf(text, size, "%s", hr_size_text(bytes).text);
}

static void describe_place(const struct hr_block_table *table, struct row *row)
{
	uint64_t block = hr_kernel_facts(table->kernel)->memory_block_size;
	uint64_t first = row->start / block, last = (row->end - 1) / block;

	snprintf(row->cells[HR_COLUMN_RANGE], TEXT_SIZE, "%s",
		 hr_range_text(row->start, row->end).text);
	describe_size(table, row->end - row->start, row->cells[HR_COLUMN_SIZE], TEXT_SIZE);
	snprintf(row->cells[HR_COLUMN_BLOCK], TEXT_SIZE, "%" PRIu64, first);
	if (last > first)
		snprintf(row->cells[HR_COLUMN_BLOCK], TEXT_SIZE, "%" PRIu64 "-%" PRIu64, first,
			 last);
}

void hr_block_table_destroy(struct hr_block_table *table)
{
	if (!table)
		return;
	scols_unref_table(table->table);
	free(table);
}

static struct hr_error *add_column(struct hr_block_table *table, enum hr_column column)
{
	const char *name = hr_columns[column].name;
	/*
	 * At least as wide as its name: without the heading, libsmartcols 2.41 does not reserve
	 * that width.
	 */
	struct libscols_column *added = scols_table_new_column(
		table->table, name, (double)strlen(name), hr_columns[column].flags);

	/* Cells break at newlines, which are inserted only if needed. */
	if (!added || scols_column_set_safechars(added, "\n") ||
	    (hr_columns[column].flags & SCOLS_FL_WRAP &&
	     scols_column_set_wrapfunc(added, scols_wrapnl_chunksize, scols_wrapnl_nextchunk,
				       NULL)))
		return hr_error_no_memory();
	hr_widths_add_heading(&table->widths[column], name);
	return NULL;
}

struct hr_error *hr_block_table_create(const struct hr_session *session,
				       struct hr_block_table **ret)
{
	_cleanup_(hr_cleanup_block_table) struct hr_block_table *table = calloc(1, sizeof(*table));
	struct hr_error *error;

	if (!table)
		return hr_error_no_memory();
	table->session = session;
	table->options = session->options;
	table->kernel = session->kernel;
	error = hr_columns_select(table->options->columns, &table->selection);
	if (error)
		return error;
	table->table = scols_new_table();
	if (!table->table)
		return hr_error_no_memory();
	for (size_t i = 0; !error && i < table->selection.count; i++)
		error = add_column(table, table->selection.columns[i]);
	if (error)
		return error;
	scols_table_enable_noheadings(table->table, table->options->no_headings);
	scols_table_enable_colors(table->table, hr_terminal_has_colour());
	/* The library would truncate cells; break_lines() wraps them instead. */
	scols_table_set_termforce(table->table, SCOLS_TERMFORCE_NEVER);
	*ret = hr_take(table);
	return NULL;
}

static struct hr_error *break_line(struct hr_block_table *table, struct libscols_line *line)
{
	for (size_t i = 0; i < table->selection.count; i++) {
		const struct hr_widths *widths = &table->widths[table->selection.columns[i]];
		struct libscols_cell *cell = scols_line_get_cell(line, i);
		const char *text = cell ? scols_cell_get_data(cell) : NULL;
		char broken[2 * TEXT_SIZE];

		if (!text || strlen(text) <= widths->used)
			continue;
		hr_widths_break(widths, text, broken, sizeof(broken));
		if (scols_cell_set_data(cell, broken))
			return hr_error_no_memory();
	}
	return NULL;
}

/* Break cells that are too wide for a terminal of @columns columns. */
static struct hr_error *break_lines(struct hr_block_table *table, size_t columns)
{
	struct libscols_iter *iter = scols_new_iter(SCOLS_ITER_FORWARD);
	struct libscols_line *line = NULL;
	struct hr_error *error = NULL;

	if (!iter)
		return hr_error_no_memory();
	hr_widths_fit(table->widths, &table->selection, columns);
	while (!error && !scols_table_next_line(table->table, iter, &line))
		error = break_line(table, line);
	scols_free_iter(iter);
	return error;
}

/* Print the collected lines and clear them. */
static struct hr_error *print_lines(struct hr_block_table *table)
{
	_cleanup_free_ char *text = NULL;
	struct hr_error *error = NULL;

	if (isatty(STDOUT_FILENO))
		error = break_lines(table, scols_table_get_termwidth(table->table));
	if (error)
		return error;
	if (scols_print_table_to_string(table->table, &text))
		return hr_error_no_memory();
	if (text)
		hr_print_trimmed(text);
	scols_table_remove_lines(table->table);
	scols_table_enable_noheadings(table->table, true);
	table->lines = 0;
	return NULL;
}

static struct hr_error *set_cell(struct hr_block_table *table, struct libscols_line *line,
				 size_t index)
{
	static const char *const colours[] = {
		[HR_VERDICT_REMOVABLE] = "\033[1;32m",
		[HR_VERDICT_NOT_REMOVABLE] = "\033[1;31m",
		[HR_VERDICT_UNKNOWN] = "\033[1;33m",
	};
	enum hr_column column = table->selection.columns[index];
	const char *text = table->row.cells[column];

	hr_widths_add(&table->widths[column], text);
	if (scols_line_set_data(line, index, text) ||
	    (column == HR_COLUMN_VERDICT &&
	     scols_cell_set_color(scols_line_get_cell(line, index), colours[table->row.verdict])))
		return hr_error_no_memory();
	return NULL;
}

/* Add the pending row to the table. */
static struct hr_error *flush_row(struct hr_block_table *table)
{
	struct hr_error *error = NULL;
	struct libscols_line *line;

	if (!table->pending)
		return NULL;
	table->pending = false;
	describe_place(table, &table->row);
	line = scols_table_new_line(table->table, NULL);
	if (!line)
		return hr_error_no_memory();
	for (size_t i = 0; !error && i < table->selection.count; i++)
		error = set_cell(table, line, i);
	if (!error && ++table->lines == LINES_MAX)
		error = print_lines(table);
	return error;
}

/* Are neighbours equal in all shown columns? */
static bool row_continues(const struct hr_block_table *table, const struct row *row)
{
	if (table->row.end != row->start)
		return false;
	for (size_t i = 0; i < table->selection.count; i++) {
		enum hr_column column = table->selection.columns[i];

		if (!hr_columns[column].is_place &&
		    strcmp(table->row.cells[column], row->cells[column]) != 0)
			return false;
	}
	return true;
}

struct hr_error *hr_block_table_add(struct hr_block_table *table,
				    const struct hr_listed_block *block)
{
	struct hr_error *error;
	struct row row;

	fill_row(&row, &table->selection, block);
	fill_place(&row, table);
	fill_on_memory(&row, table);
	table->bytes[hr_block_part_of(block, table->options->ignored)] += row.end - row.start;
	if (table->pending && !table->options->all && row_continues(table, &row)) {
		table->row.end = row.end;
		return NULL;
	}
	error = flush_row(table);
	table->row = row;
	table->pending = table->any = true;
	return error;
}

static void print_parts(const struct hr_block_table *table)
{
	/* Every kernel has memory blocks. */
	puts(table->any ? "" : "no memory block could be read");
	for (enum hr_block_part part = 0; part < HR_PART_COUNT; part++) {
		char text[32];

		if (!table->bytes[part])
			continue;
		describe_size(table, table->bytes[part], text, sizeof(text));
		printf("%*s  %s\n", table->options->bytes ? 16 : 10, text,
		       hr_block_part_text(part));
	}
	putchar('\n');
}

struct hr_error *hr_block_table_print(struct hr_block_table *table)
{
	struct hr_error *error = flush_row(table);

	if (!error)
		error = print_lines(table);
	if (!error)
		print_parts(table);
	return error;
}
