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
#include "report/block_totals.h"
#include "report/block_wrap.h"
#include "report/page_text.h"
#include "report/table_row.h"
#include "report/terminal.h"
#include "report/trimmed.h"

enum {
	TEXT_SIZE = HR_BLOCK_TEXT_SIZE,
	/* Lines that are kept to determine widths. The table is printed in parts of this size. */
	LINES_MAX = 16384
};

struct hr_block_table {
	const struct hr_session *session;
	const struct hr_options *options;
	const struct hr_kernel *kernel;
	enum hr_table_form form;
	struct hr_selection selection;
	struct hr_selection split;  /* a difference in one of these begins a line */
	struct hr_selection wanted; /* all of both */
	struct libscols_table *table;
	size_t lines;
	struct hr_table_row row;
	bool pending, any;
	struct hr_widths widths[HR_COLUMN_COUNT];
	struct hr_block_totals totals;
};

/* What the system says about the block. It is asked only if somebody wants to know. */
static void fill_place(struct hr_table_row *row, const struct hr_block_table *table)
{
	static const enum hr_column told[] = { HR_COLUMN_NODE, HR_COLUMN_ZONES, HR_COLUMN_DEVICE };
	uint64_t size = hr_kernel_facts(table->kernel)->memory_block_size;
	struct hr_place place = HR_PLACE_UNKNOWN;
	bool asked = false;

	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		asked |= hr_column_is_selected(&table->wanted, told[i]);
	if (asked)
		hr_session_place(table->session, row->start / size, &place);
	hr_block_node_text(&place, row->cells[HR_COLUMN_NODE]);
	hr_block_zones_text(&place, row->cells[HR_COLUMN_ZONES]);
	snprintf(row->cells[HR_COLUMN_DEVICE], TEXT_SIZE, "%s", place.device);
}

/* Whether the block holds its own struct pages: a table is looked up only if that is wanted. */
static void fill_on_memory(struct hr_table_row *row, const struct hr_block_table *table)
{
	static const char *const words[] = { "no", "yes" };
	enum hr_tristate holds = HR_UNKNOWN;

	if (hr_column_is_selected(&table->wanted, HR_COLUMN_ON_MEMORY))
		holds = hr_kernel_memmap_on_memory(table->kernel, row->start);
	snprintf(row->cells[HR_COLUMN_ON_MEMORY], TEXT_SIZE, "%s",
		 holds == HR_UNKNOWN ? "?" : words[holds]);
}

static void describe_size(const struct hr_block_table *table, uint64_t bytes, char *text,
			  size_t size)
{
	if (table->options->bytes)
		snprintf(text, size, "%" PRIu64, bytes);
	else
		snprintf(text, size, "%s", hr_size_text(bytes).text);
}

/* Addresses are padded as lsmem pads them, so that they stand under each other. */
static void describe_place(const struct hr_block_table *table, struct hr_table_row *row)
{
	const struct hr_facts *facts = hr_kernel_facts(table->kernel);
	uint64_t block = facts->memory_block_size, page = facts->page_size;
	uint64_t first = row->start / block, last = (row->end - 1) / block;

	snprintf(row->cells[HR_COLUMN_RANGE], TEXT_SIZE, "0x%016" PRIx64 "-0x%016" PRIx64,
		 row->start, row->end - 1);
	describe_size(table, row->end - row->start, row->cells[HR_COLUMN_SIZE], TEXT_SIZE);
	snprintf(row->cells[HR_COLUMN_PFN], TEXT_SIZE, "0x%" PRIx64 "-0x%" PRIx64,
		 row->start / page, (row->end - 1) / page);
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

/* Columns that are shown by default if something is known of them. */
static uint32_t known_columns(const struct hr_session *session)
{
	uint32_t known = session->options->pages ? 1u << HR_COLUMN_PAGES : 0;

	if (hr_session_knows_nodes(session))
		known |= 1u << HR_COLUMN_NODE;
	if (hr_session_knows_devices(session))
		known |= 1u << HR_COLUMN_DEVICE;
	return known;
}

static struct hr_error *select_columns(struct hr_block_table *table)
{
	const struct hr_options *options = table->options;
	struct hr_error *error = NULL;

	if (options->all_columns)
		hr_columns_select_all(&table->selection);
	else
		error = hr_columns_select(options->columns, known_columns(table->session),
					  &table->selection);
	table->split = table->selection;
	if (!error && options->split)
		error = hr_columns_select_split(options->split, &table->split);
	table->wanted = table->selection;
	hr_columns_add(&table->wanted, &table->split);
	return error;
}

static void set_form(struct hr_block_table *table)
{
	scols_table_enable_noheadings(table->table, table->options->no_headings);
	scols_table_enable_export(table->table, table->form == HR_TABLE_PAIRS);
	scols_table_enable_raw(table->table, table->form == HR_TABLE_RAW);
	scols_table_enable_colors(table->table,
				  table->form == HR_TABLE_TEXT && hr_terminal_has_colour());
	/* The library would truncate cells; break_lines() wraps them instead. */
	scols_table_set_termforce(table->table, SCOLS_TERMFORCE_NEVER);
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
	table->form = table->options->output->form;
	error = select_columns(table);
	if (error)
		return error;
	table->table = scols_new_table();
	if (!table->table)
		return hr_error_no_memory();
	for (size_t i = 0; !error && i < table->selection.count; i++)
		error = add_column(table, table->selection.columns[i]);
	if (error)
		return error;
	set_form(table);
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

	if (table->form == HR_TABLE_TEXT && isatty(STDOUT_FILENO))
		error = break_lines(table, scols_table_get_termwidth(table->table));
	if (error)
		return error;
	if (scols_print_table_to_string(table->table, &text))
		return hr_error_no_memory();
	if (text && table->form == HR_TABLE_TEXT)
		hr_print_trimmed(text);
	else if (text && table->lines)
		puts(text);
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

/* Do @row and the pending one share a line? */
static bool row_continues(const struct hr_block_table *table, const struct hr_table_row *row)
{
	return table->pending && !table->options->all && table->row.end == row->start &&
	       hr_table_row_is_alike(&table->row, &table->split, row);
}

struct hr_error *hr_block_table_add(struct hr_block_table *table,
				    const struct hr_listed_block *block)
{
	struct hr_error *error;
	struct hr_table_row row;

	hr_table_row_fill(&row, &table->wanted, block);
	fill_place(&row, table);
	hr_pages_word(block->answer->pages, row.cells[HR_COLUMN_PAGES], TEXT_SIZE);
	fill_on_memory(&row, table);
	hr_block_totals_add(&table->totals, block, table->options->ignored);
	if (row_continues(table, &row)) {
		hr_table_row_take(&table->row, &table->wanted, &row);
		return NULL;
	}
	error = flush_row(table);
	table->row = row;
	table->pending = table->any = true;
	return error;
}

static void print_totals(const struct hr_block_table *table)
{
	/* Every kernel has memory blocks. */
	puts(table->any ? "" : "no memory block could be read\n");
	hr_block_totals_print(&table->totals, hr_kernel_facts(table->kernel)->memory_block_size,
			      table->options->bytes);
}

struct hr_error *hr_block_table_print(struct hr_block_table *table)
{
	struct hr_error *error = flush_row(table);

	if (!error)
		error = print_lines(table);
	if (!error && table->form == HR_TABLE_TEXT)
		print_totals(table);
	return error;
}
