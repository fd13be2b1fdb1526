// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_pieces.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/names.h"
#include "base/text_append.h"
#include "base/units.h"
#include "report/block_text.h"
#include "report/html_strip.h"
#include "report/html_table.h"
#include "report/html_text.h"

enum {
	STRIP_CELLS = 64,    /* of the picture of a row */
	STRIPS_CELLS = 8192, /* of those of all rows */
	OPEN_ROWS = 48,	     /* a piece with more of them is folded at first */
};

/* What all rows are drawn by. */
struct drawing {
	const struct hr_block_rows *rows;
	const struct hr_html_pictures *pictures;
	uint64_t block_size;
	size_t cells; /* of the picture of a row */
};

/* The names of the values in a set of @bits, up to @last: "online, offline". */
static void put_set(FILE *stream, uint32_t bits, unsigned int last,
		    const char *(*name)(unsigned int value))
{
	char text[HR_BLOCK_TEXT_SIZE] = "";

	for (unsigned int value = 0; value <= last; value++)
		if (bits & 1u << value)
			hr_text_append(text, sizeof(text), ", ", name(value));
	hr_html_cell(stream, "%s", text);
}

/* Of tristates, by their value plus 1. */
static const struct hr_names states = HR_NAMES("?", "offline", "online");
static const struct hr_names origins = HR_NAMES("?", "hot-added", "boot");

static const char *state_name(unsigned int state)
{
	return hr_name_of(&states, state);
}

static const char *origin_name(unsigned int origin)
{
	return hr_name_of(&origins, origin);
}

static const char *verdict_name(unsigned int verdict)
{
	return hr_verdict_name((enum hr_verdict)verdict);
}

static const char *outcome_name(unsigned int outcome)
{
	return hr_guard_outcome_name((enum hr_guard_outcome)outcome);
}

/* "memory17-memory23", the size and range, and a picture of their leaves and parts. */
static void put_place(const struct drawing *drawing, const struct hr_block_row *row, FILE *stream)
{
	const struct hr_html_pictures *pictures = drawing->pictures;
	struct hr_html_line line = hr_html_line_of(pictures, row->start, row->end, drawing->cells);
	struct hr_html_band band = { .height = HR_HTML_LEAVES_HEIGHT, .width = line.count };
	const struct hr_name_text first = hr_block_name(row->start, drawing->block_size);
	const struct hr_name_text last = hr_block_name(row->end - 1, drawing->block_size);

	fputs("<th scope=\"row\" class=\"p\">", stream);
	hr_html_put(stream, first.text);
	if (row->count > 1)
		hr_html_print(stream, "-%s", last.text);
	hr_html_print(stream, ", %s", hr_size_text(row->count * drawing->block_size).text);
	fputs("<br/>", stream);
	hr_html_put(stream, hr_range_text(row->start, row->end).text);
	hr_html_strip_plain(stream, HR_HTML_LEAVES_HEIGHT + HR_HTML_PARTS_HEIGHT + 2);
	if (pictures->leaves)
		hr_html_put_leaves(stream, pictures, &line, &band);
	band.y = HR_HTML_LEAVES_HEIGHT + 2;
	band.height = HR_HTML_PARTS_HEIGHT;
	hr_html_put_parts(stream, pictures, &line, &band);
	hr_html_strip_end(stream);
	fputs("</th>", stream);
}

/* How many of the blocks of a joined row are of each part. */
static void put_counts(const struct hr_block_row *row, FILE *stream)
{
	const char *separator = "";

	for (enum hr_block_part part = 0; part < HR_PART_COUNT; part++) {
		if (!row->parts[part])
			continue;
		hr_html_print(stream, "%s%" PRIu64 " %s", separator, row->parts[part],
			      hr_html_part_name(part));
		separator = ", ";
	}
	fputs("<br/>", stream);
}

static void put_lines(const char *text, FILE *stream)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		_cleanup_free_ char *line = strndup(text, len);

		fputs("<li>", stream);
		hr_html_put_told(stream, line ? line : "");
		fputs("</li>", stream);
		text += len + (text[len] == '\n');
	}
}

/* The reasons in words, and the leaves at the edges. */
static void put_details(const struct hr_block_row *row, FILE *stream)
{
	if (!row->words && !row->edges)
		return;
	fputs("<details><summary>", stream);
	hr_html_print(stream, "%s%s", row->words ? "reasons, edges" : "edges",
		      row->count > 1 ? " of the first" : "");
	fputs("</summary><ul>", stream);
	put_lines(row->words ? row->words : "", stream);
	put_lines(row->edges ? row->edges : "", stream);
	fputs("</ul></details>", stream);
}

static void put_reasons(const struct hr_block_row *row, FILE *stream)
{
	char reasons[HR_BLOCK_TEXT_SIZE];

	fputs("<td>", stream);
	if (row->is_joined)
		put_counts(row, stream);
	hr_reasons_text(row->set.reasons, reasons);
	hr_html_put_list(stream, reasons);
	put_details(row, stream);
	fputs("</td>", stream);
}

static void put_words(FILE *stream, const char *words)
{
	fputs("<td>", stream);
	hr_html_put_list(stream, words);
	fputs("</td>", stream);
}

static void put_row(const struct drawing *drawing, const struct hr_block_row *row, FILE *stream)
{
	char leaves[HR_BLOCK_TEXT_SIZE];

	hr_html_row_begin(stream);
	put_place(drawing, row, stream);
	put_set(stream, row->set.states, HR_YES + 1, state_name);
	put_set(stream, row->set.origins, HR_YES + 1, origin_name);
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		hr_leaves_text(row->set.leaves[map], leaves);
		put_words(stream, leaves);
	}
	put_set(stream, row->set.verdicts, HR_VERDICT_NOT_REMOVABLE, verdict_name);
	put_set(stream, row->set.outcomes, HR_GUARD_CANNOT_TELL, outcome_name);
	put_reasons(row, stream);
	hr_html_row_end(stream);
}

/* Rows [first, end) without a hole between them. */
struct piece {
	size_t first, end;
	uint64_t blocks;
	uint64_t removable;
};

static bool find_piece(const struct hr_block_rows *rows, size_t first, struct piece *ret)
{
	const struct hr_block_row *row = hr_block_rows_at(rows, first), *next = row;

	*ret = (struct piece){ first, first, 0, 0 };
	if (!row)
		return false;
	do {
		row = next;
		ret->end++;
		ret->blocks += row->count;
		ret->removable += row->parts[HR_PART_REMOVABLE];
		next = hr_block_rows_at(rows, ret->end);
	} while (next && next->start == row->end);
	return true;
}

size_t hr_html_piece_around(const struct hr_block_rows *rows, uint64_t start, uint64_t end)
{
	struct piece piece = { .end = 0 };
	size_t number = 0;

	while (find_piece(rows, piece.end, &piece)) {
		number++;
		if (hr_block_rows_at(rows, piece.end - 1)->end > start)
			return hr_block_rows_at(rows, piece.first)->start < end ? number : 0;
	}
	return 0;
}

static void put_piece(const struct drawing *drawing, const struct piece *piece, size_t number,
		      FILE *stream)
{
	const struct hr_range_text range =
		hr_range_text(hr_block_rows_at(drawing->rows, piece->first)->start,
			      hr_block_rows_at(drawing->rows, piece->end - 1)->end);

	fprintf(stream, "<details%s><summary>",
		piece->end - piece->first <= OPEN_ROWS ? " open=\"open\"" : "");
	hr_html_print(stream, "%s: %s, %" PRIu64 " of them removable", range.text,
		      hr_count_text(piece->blocks, "memory block", "memory blocks").text,
		      piece->removable);
	/* A link to what is folded unfolds it. */
	fprintf(stream, "</summary>\n<div id=\"p%zu\">\n", number);
	hr_html_table_begin(stream,
			    HR_HTML_HEADS("Memory blocks", "State", "Origin", "Linear map",
					  "vmemmap", "Verdict", "Kernel's check", "Reasons"),
			    "Memory blocks in %s", range.text);
	for (size_t i = piece->first; i < piece->end; i++)
		put_row(drawing, hr_block_rows_at(drawing->rows, i), stream);
	hr_html_table_end(stream);
	fputs("</div>\n</details>\n", stream);
}

/* With many rows, a picture of each has fewer cells. */
static size_t cells_of_row(const struct hr_block_rows *rows)
{
	size_t count = 0;

	while (hr_block_rows_at(rows, count))
		count++;
	if (count * STRIP_CELLS <= STRIPS_CELLS)
		return STRIP_CELLS;
	return STRIPS_CELLS / count;
}

void hr_html_put_pieces(const struct hr_block_rows *rows, const struct hr_html_pictures *pictures,
			uint64_t block_size, FILE *stream)
{
	const struct drawing drawing = { rows, pictures, block_size, cells_of_row(rows) };
	struct piece piece = { .end = 0 };
	size_t number = 0;

	fputs("<h3>Piece by piece, down to the memory block</h3>\n<p>Neighbouring blocks that are "
	      "alike share a row.",
	      stream);
	if (hr_block_rows_are_joined(rows))
		fprintf(stream,
			" There are more than %d rows of them, so rows of blocks that are not "
			"alike are joined, and say how many blocks of each kind they have.",
			HR_BLOCK_ROWS_MAX);
	fputs("</p>\n", stream);
	while (find_piece(rows, piece.end, &piece))
		put_piece(&drawing, &piece, ++number, stream);
}
