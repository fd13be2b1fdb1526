// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/report_block_table.h"

#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "report/block_text.h"
#include "report/report_text.h"

enum column {
	COLUMN_RANGE,
	COLUMN_SIZE,
	COLUMN_STATE,
	COLUMN_ORIGIN,
	COLUMN_BLOCK,
	COLUMN_LINEAR,
	COLUMN_VMEMMAP,
	COLUMN_LINEAR_START,
	COLUMN_LINEAR_END,
	COLUMN_VMEMMAP_START,
	COLUMN_VMEMMAP_END,
	COLUMN_VERDICT,
	COLUMN_CHECK,
	COLUMN_WHY,
	COLUMN_COUNT,
};

static const struct {
	const char *name;
	bool is_usual; /* shown unless the user chooses */
	bool is_place; /* where a line is; all others are what it says */
	int flags;     /* SCOLS_FL_* */
} column_table[COLUMN_COUNT] = {
	[COLUMN_RANGE] = { "RANGE", true, true, SCOLS_FL_WRAP },
	[COLUMN_SIZE] = { "SIZE", true, true, SCOLS_FL_RIGHT },
	[COLUMN_STATE] = { "STATE", true, false, 0 },
	[COLUMN_ORIGIN] = { "ORIGIN", false, false, 0 },
	[COLUMN_BLOCK] = { "BLOCK", false, true, SCOLS_FL_RIGHT },
	[COLUMN_LINEAR] = { "LINEAR", true, false, SCOLS_FL_WRAP },
	[COLUMN_VMEMMAP] = { "VMEMMAP", false, false, SCOLS_FL_WRAP },
	[COLUMN_LINEAR_START] = { "LINEAR-START", false, false, SCOLS_FL_WRAP },
	[COLUMN_LINEAR_END] = { "LINEAR-END", false, false, SCOLS_FL_WRAP },
	[COLUMN_VMEMMAP_START] = { "VMEMMAP-START", false, false, SCOLS_FL_WRAP },
	[COLUMN_VMEMMAP_END] = { "VMEMMAP-END", false, false, SCOLS_FL_WRAP },
	[COLUMN_VERDICT] = { "VERDICT", true, false, SCOLS_FL_WRAP },
	[COLUMN_CHECK] = { "CHECK", true, false, SCOLS_FL_WRAP },
	[COLUMN_WHY] = { "WHY", true, false, SCOLS_FL_WRAP },
};

/* Where a cell may be broken into lines: behind commas, or at blanks and hyphens too. */
enum breaking {
	BREAK_COMMAS,
	BREAK_ALL,
	BREAKINGS,
};

/* What is made narrower in a terminal, one after the other until the table fits. */
static const struct {
	enum column column;
	enum breaking breaking;
} narrowing[] = {
	{ COLUMN_WHY, BREAK_COMMAS },	      { COLUMN_LINEAR_START, BREAK_COMMAS },
	{ COLUMN_LINEAR_END, BREAK_COMMAS },  { COLUMN_VMEMMAP_START, BREAK_COMMAS },
	{ COLUMN_VMEMMAP_END, BREAK_COMMAS }, { COLUMN_VMEMMAP, BREAK_COMMAS },
	{ COLUMN_LINEAR, BREAK_COMMAS },      { COLUMN_WHY, BREAK_ALL },
	{ COLUMN_VERDICT, BREAK_ALL },	      { COLUMN_CHECK, BREAK_ALL },
	{ COLUMN_RANGE, BREAK_ALL },
};

/* What a block is counted as in the lines below the table. */
enum part {
	PART_REMOVABLE,
	PART_WHOLE_LEAF, /* not on its own: a leaf reaches beyond it, or the kernel refuses it */
	PART_BOOT,
	PART_OTHER,
	PART_UNKNOWN,
	PART_COUNT,
};

enum {
	TEXT_SIZE = HR_BLOCK_TEXT_SIZE,
	/* Lines that are kept for their widths; the table is printed in parts of as many. */
	LINES_MAX = 16384
};

/* The columns to show. */
struct selection {
	enum column columns[COLUMN_COUNT];
	size_t count;
};

/* A line of the table: one block, or neighbours that agree in all but their place. */
struct row {
	uint64_t start, end;
	enum hr_verdict verdict;
	char cells[COLUMN_COUNT][TEXT_SIZE];
};

/* How wide the cells of a column are. */
struct widths {
	size_t whole;		  /* on one line */
	size_t broken[BREAKINGS]; /* the longest piece */
	size_t used;		  /* what they are made */
	enum breaking breaking;	  /* how, where that is less */
};

struct hr_block_table {
	const struct hr_options *options;
	const struct hr_kernel *kernel;
	struct selection selection;
	struct libscols_table *table;
	size_t lines;
	struct row row;
	bool pending, any;
	struct widths widths[COLUMN_COUNT];
	uint64_t bytes[PART_COUNT];
};

static bool is_selected(const struct selection *selection, enum column column)
{
	for (size_t i = 0; i < selection->count; i++)
		if (selection->columns[i] == column)
			return true;
	return false;
}

/* A column that is there already stays where it is. */
static void select_column(struct selection *selection, enum column column)
{
	if (!is_selected(selection, column))
		selection->columns[selection->count++] = column;
}

static struct hr_error *unknown_column(const char *name, size_t len)
{
	char names[256] = "";

	for (enum column column = 0; column < COLUMN_COUNT; column++)
		hr_text_append(names, sizeof(names), ", ", column_table[column].name);
	return hr_error_new(HR_ERROR_USAGE, "--output has no column '%.*s'; there are %s",
			    len < 64 ? (int)len : 64, name, names);
}

static struct hr_error *select_name(struct selection *selection, const char *name, size_t len)
{
	for (enum column column = 0; column < COLUMN_COUNT; column++) {
		const char *known = column_table[column].name;

		if (strlen(known) != len || strncasecmp(known, name, len) != 0)
			continue;
		select_column(selection, column);
		return NULL;
	}
	return unknown_column(name, len);
}

static struct hr_error *select_columns(const char *text, struct selection *ret)
{
	struct hr_error *error = NULL;

	ret->count = 0;
	for (enum column column = 0; column < COLUMN_COUNT; column++)
		if (column_table[column].is_usual && (!text || *text == '+'))
			select_column(ret, column);
	if (!text)
		return NULL;
	text += *text == '+';
	do {
		size_t len = strcspn(text, ",");

		error = select_name(ret, text, len);
		text += len;
	} while (!error && *text++);
	return error;
}

struct hr_error *hr_block_table_check_columns(const char *columns)
{
	struct selection selection;

	return select_columns(columns, &selection);
}

static void fill_row(struct row *row, const struct hr_listed_block *block)
{
	const struct hr_answer *answer = block->answer;
	const struct {
		enum column column;
		const char *text;
	} words[] = {
		{ COLUMN_STATE, hr_block_state_text(block) },
		{ COLUMN_ORIGIN, hr_block_origin_text(block) },
		{ COLUMN_VERDICT, hr_verdict_name(answer->verdict) },
		{ COLUMN_CHECK, hr_guard_outcome_name(answer->guard.outcome) },
	};

	row->start = answer->range.start;
	row->end = answer->range.end;
	row->verdict = answer->verdict;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		snprintf(row->cells[words[i].column], TEXT_SIZE, "%s", words[i].text);
	hr_block_leaves_text(block, HR_MAP_LINEAR, row->cells[COLUMN_LINEAR]);
	hr_block_leaves_text(block, HR_MAP_VMEMMAP, row->cells[COLUMN_VMEMMAP]);
	hr_block_edge_text(block, HR_MAP_LINEAR, false, row->cells[COLUMN_LINEAR_START]);
	hr_block_edge_text(block, HR_MAP_LINEAR, true, row->cells[COLUMN_LINEAR_END]);
	hr_block_edge_text(block, HR_MAP_VMEMMAP, false, row->cells[COLUMN_VMEMMAP_START]);
	hr_block_edge_text(block, HR_MAP_VMEMMAP, true, row->cells[COLUMN_VMEMMAP_END]);
	hr_block_reasons_text(block, row->cells[COLUMN_WHY]);
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
	uint64_t block = table->kernel->memory_block_size;
	uint64_t first = row->start / block, last = (row->end - 1) / block;

	snprintf(row->cells[COLUMN_RANGE], TEXT_SIZE, "%s",
		 hr_range_text(row->start, row->end).text);
	describe_size(table, row->end - row->start, row->cells[COLUMN_SIZE], TEXT_SIZE);
	snprintf(row->cells[COLUMN_BLOCK], TEXT_SIZE, "%" PRIu64, first);
	if (last > first)
		snprintf(row->cells[COLUMN_BLOCK], TEXT_SIZE, "%" PRIu64 "-%" PRIu64, first, last);
}

/* The table. */

void hr_block_table_destroy(struct hr_block_table *table)
{
	if (!table)
		return;
	scols_unref_table(table->table);
	free(table);
}

static struct hr_error *add_column(struct hr_block_table *table, enum column column)
{
	const char *name = column_table[column].name;
	/* At least as wide as its name: without the line of names, libsmartcols 2.41 forgets it. */
	struct libscols_column *added = scols_table_new_column(
		table->table, name, (double)strlen(name), column_table[column].flags);

	/* Cells break where there is a newline, and one is put there only if they have to. */
	if (!added || scols_column_set_safechars(added, "\n") ||
	    (column_table[column].flags & SCOLS_FL_WRAP &&
	     scols_column_set_wrapfunc(added, scols_wrapnl_chunksize, scols_wrapnl_nextchunk,
				       NULL)))
		return hr_error_no_memory();
	table->widths[column].whole = strlen(name);
	for (size_t i = 0; i < BREAKINGS; i++)
		table->widths[column].broken[i] = table->widths[column].whole;
	return NULL;
}

struct hr_error *hr_block_table_create(const struct hr_session *session,
				       struct hr_block_table **ret)
{
	_cleanup_(hr_cleanup_block_table) struct hr_block_table *table = calloc(1, sizeof(*table));
	struct hr_error *error;

	if (!table)
		return hr_error_no_memory();
	table->options = session->options;
	table->kernel = session->kernel;
	error = select_columns(table->options->columns, &table->selection);
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
	scols_table_enable_colors(table->table, hr_text_has_colour());
	/* The library would cut cells off; narrow_columns() does better. */
	scols_table_set_termforce(table->table, SCOLS_TERMFORCE_NEVER);
	*ret = hr_take(table);
	return NULL;
}

/* Bytes of @text up to where it may be broken first, all of it if nowhere. */
static size_t piece_length(const char *text, enum breaking breaking)
{
	size_t len = strcspn(text, breaking == BREAK_ALL ? " ,-" : ",");

	if (text[len] == ',' || text[len] == '-')
		len++;
	return len;
}

static void measure(struct widths *widths, const char *text)
{
	size_t whole = strlen(text);

	if (whole > widths->whole)
		widths->whole = whole;
	for (enum breaking breaking = 0; breaking < BREAKINGS; breaking++) {
		for (const char *at = text; *at;) {
			size_t len = piece_length(at, breaking);

			if (len > widths->broken[breaking])
				widths->broken[breaking] = len;
			at += len;
			at += *at == ' ';
		}
	}
}

/*
 * Decide on the widths of the columns in a terminal of @columns columns: each that can be narrower
 * becomes so until the table fits, or until none is left.
 */
static void narrow_columns(struct hr_block_table *table, size_t columns)
{
	size_t total = table->selection.count - 1;

	for (size_t i = 0; i < table->selection.count; i++) {
		struct widths *widths = &table->widths[table->selection.columns[i]];

		widths->used = widths->whole;
		total += widths->used;
	}
	for (size_t i = 0; i < sizeof(narrowing) / sizeof(narrowing[0]) && total > columns; i++) {
		struct widths *widths = &table->widths[narrowing[i].column];
		size_t least = widths->broken[narrowing[i].breaking];
		size_t surplus = total - columns;

		if (!is_selected(&table->selection, narrowing[i].column) || widths->used <= least)
			continue;
		if (surplus > widths->used - least)
			surplus = widths->used - least;
		widths->used -= surplus;
		widths->breaking = narrowing[i].breaking;
		total -= surplus;
	}
}

/* Copy @text with newlines that keep its lines to @widths->used bytes. */
static void break_text(const struct widths *widths, const char *text, char *ret, size_t size)
{
	size_t line = 0, used = 0;

	while (*text) {
		size_t len = piece_length(text, widths->breaking);
		size_t space = text[len] == ' ';

		if (line && line + len > widths->used) {
			if (ret[used - 1] == ' ')
				used--;
			ret[used++] = '\n';
			line = 0;
		}
		if (used + len + space + 2 > size)
			break;
		memcpy(ret + used, text, len + space);
		used += len + space;
		line += len + space;
		text += len + space;
	}
	ret[used] = '\0';
}

static struct hr_error *break_line(struct hr_block_table *table, struct libscols_line *line)
{
	for (size_t i = 0; i < table->selection.count; i++) {
		const struct widths *widths = &table->widths[table->selection.columns[i]];
		struct libscols_cell *cell = scols_line_get_cell(line, i);
		const char *text = cell ? scols_cell_get_data(cell) : NULL;
		char broken[2 * TEXT_SIZE];

		if (!text || strlen(text) <= widths->used)
			continue;
		break_text(widths, text, broken, sizeof(broken));
		if (scols_cell_set_data(cell, broken))
			return hr_error_no_memory();
	}
	return NULL;
}

/* Break what is too wide for a terminal of @columns columns. */
static struct hr_error *break_lines(struct hr_block_table *table, size_t columns)
{
	struct libscols_iter *iter = scols_new_iter(SCOLS_ITER_FORWARD);
	struct libscols_line *line = NULL;
	struct hr_error *error = NULL;

	if (!iter)
		return hr_error_no_memory();
	narrow_columns(table, columns);
	while (!error && !scols_table_next_line(table->table, iter, &line))
		error = break_line(table, line);
	scols_free_iter(iter);
	return error;
}

/* Without the blanks that empty cells leave at the ends of lines. */
static void print_trimmed(const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n"), shown = len;

		while (shown && text[shown - 1] == ' ')
			shown--;
		printf("%.*s\n", (int)shown, text);
		text += len + (text[len] == '\n');
	}
}

/* Print the lines that are there, and forget them. */
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
		print_trimmed(text);
	scols_table_remove_lines(table->table);
	scols_table_enable_noheadings(table->table, true);
	table->lines = 0;
	return NULL;
}

static struct hr_error *set_cell(struct hr_block_table *table, struct libscols_line *line,
				 size_t index)
{
	static const char *const colours[] = { "\033[1;32m", "\033[1;31m", "\033[1;33m" };
	enum column column = table->selection.columns[index];
	const char *text = table->row.cells[column];

	measure(&table->widths[column], text);
	if (scols_line_set_data(line, index, text) ||
	    (column == COLUMN_VERDICT &&
	     scols_cell_set_color(scols_line_get_cell(line, index), colours[table->row.verdict])))
		return hr_error_no_memory();
	return NULL;
}

/* Put the row that is pending into the table. */
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

static enum part part_of(const struct hr_block_table *table, const struct hr_listed_block *block)
{
	uint32_t leaf = 1u << HR_REASON_SPLITS_LEAF | 1u << HR_REASON_GUARD_VETO |
			1u << HR_REASON_UNREADABLE;
	uint32_t reasons = hr_block_reasons(block) & ~table->options->ignored;

	if (block->answer->verdict == HR_VERDICT_REMOVABLE)
		return PART_REMOVABLE;
	if (block->answer->verdict == HR_VERDICT_UNKNOWN)
		return PART_UNKNOWN;
	if (reasons & 1u << HR_REASON_BOOT_MEMORY)
		return PART_BOOT;
	return (reasons & ~leaf) ? PART_OTHER : PART_WHOLE_LEAF;
}

/* Do neighbours say the same in all columns that are shown? */
static bool row_continues(const struct hr_block_table *table, const struct row *row)
{
	if (table->row.end != row->start)
		return false;
	for (size_t i = 0; i < table->selection.count; i++) {
		enum column column = table->selection.columns[i];

		if (!column_table[column].is_place &&
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

	fill_row(&row, block);
	table->bytes[part_of(table, block)] += row.end - row.start;
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
	static const char *const texts[PART_COUNT] = {
		"removable block by block",
		"not block by block: a leaf reaches beyond, or the kernel refuses",
		"boot memory",
		"not removable for other reasons",
		"not known",
	};

	puts(table->any ? "" : "there are no memory blocks");
	for (enum part part = 0; part < PART_COUNT; part++) {
		char text[32];

		if (!table->bytes[part])
			continue;
		describe_size(table, table->bytes[part], text, sizeof(text));
		printf("%*s  %s\n", table->options->bytes ? 16 : 10, text, texts[part]);
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
