// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_memory.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/units.h"
#include "report/block_rows.h"
#include "report/html_bands.h"
#include "report/html_part.h"
#include "report/html_pieces.h"
#include "report/html_strip.h"
#include "report/html_table.h"
#include "report/html_text.h"

enum {
	LINE_CELLS = 128, /* of the machine as a whole */
	LINES = 16,	  /* at most, of each picture */
	TITLED_LINES = 8, /* with more, boxes have no titles */
	BLOCK_CELLS = 64, /* that a block has in its picture, if there are few blocks */
	MARKS_HEIGHT = 18,
};

struct hr_html_memory {
	const struct hr_session *session;
	const struct hr_kernel *kernel;
	uint64_t block_size;
	struct hr_html_pictures pictures;
	struct hr_block_rows *rows; /* NULL: blocks were not asked for */
	/* Of the linear map; positions of the pictures are VAs minus @origin without PAs. */
	uint64_t va_start, va_last, origin;
	uint64_t leaf_sizes[HR_PICTURE_KINDS];
	uint64_t part_bytes[HR_PART_COUNT];
	uint64_t part_blocks[HR_PART_COUNT];
};

struct hr_error *hr_html_memory_create(const struct hr_session *session,
				       struct hr_html_memory **ret)
{
	struct hr_html_memory *memory = calloc(1, sizeof(*memory));

	if (!memory)
		return hr_error_no_memory();
	memory->session = session;
	memory->kernel = session->kernel;
	memory->block_size = hr_kernel_facts(session->kernel)->memory_block_size;
	hr_kernel_map_extent(session->kernel, HR_MAP_LINEAR, &memory->va_start, &memory->va_last);
	if (!hr_kernel_has_pa(session->kernel, HR_MAP_LINEAR))
		memory->origin = memory->va_start;
	*ret = memory;
	return NULL;
}

void hr_html_memory_destroy(struct hr_html_memory *memory)
{
	if (!memory)
		return;
	hr_block_rows_destroy(memory->rows);
	hr_picture_destroy(memory->pictures.leaves);
	hr_picture_destroy(memory->pictures.parts);
	free(memory);
}

static struct hr_error *begin_picture(const struct hr_html_memory *memory,
				      struct hr_picture **picture)
{
	return *picture ? NULL : hr_picture_create(memory->block_size / BLOCK_CELLS, picture);
}

struct hr_error *hr_html_memory_add_block(struct hr_html_memory *memory,
					  const struct hr_listed_block *block)
{
	uint32_t ignored = memory->session->options->ignored;
	const struct hr_pa_range *range = &block->answer->range;
	enum hr_block_part part = hr_block_part_of(block, ignored);
	struct hr_error *error = begin_picture(memory, &memory->pictures.parts);

	if (!error && !memory->rows)
		error = hr_block_rows_create(memory->block_size, ignored, &memory->rows);
	if (!error)
		error = hr_block_rows_add(memory->rows, block);
	if (error)
		return error;
	memory->part_bytes[part] += range->end - range->start;
	memory->part_blocks[part]++;
	return hr_picture_add(memory->pictures.parts, range->start, range->end - range->start,
			      (enum hr_picture_kind)part);
}

struct hr_error *hr_html_memory_add_run(struct hr_html_memory *memory, const struct hr_run *run)
{
	uint64_t va = run->leaf.va, last = va + (run->leaf.size * run->count - 1);
	enum hr_picture_kind kind = HR_PICTURE_UNREADABLE;
	struct hr_error *error = begin_picture(memory, &memory->pictures.leaves);
	uint64_t start;

	if (error)
		return error;
	if (run->state == HR_MAP_MAPPED)
		kind = hr_picture_kind_of(&run->leaf);
	if (va < memory->va_start)
		va = memory->va_start;
	if (last > memory->va_last)
		last = memory->va_last;
	if (!memory->leaf_sizes[kind])
		memory->leaf_sizes[kind] = run->leaf.size;
	start = memory->origin ? va - memory->origin : hr_kernel_linear_pa(memory->kernel, va);
	return hr_picture_add(memory->pictures.leaves, start, last - va + 1, kind);
}

/* Mark what lies in [@start, @end), the stretch of a strip that goes on to @to. */
static void put_marks(FILE *stream, const struct hr_html_marks *marks, uint64_t start, uint64_t end,
		      uint64_t to)
{
	static const struct {
		const char *class, *letter;
	} forms[] = {
		[HR_HTML_MARK_RANGE] = { "m", "R" },
		[HR_HTML_MARK_LEAF] = { "w", "" },
		[HR_HTML_MARK_CHANGE] = { "c", "C" },
	};

	for (size_t i = 0; i < marks->count; i++) {
		const struct hr_html_mark *mark = &marks->list[i];
		bool is_leaf = mark->kind == HR_HTML_MARK_LEAF;
		uint64_t last = mark->range.end < end ? mark->range.end : end;
		struct hr_html_box box = {
			.y = is_leaf ? MARKS_HEIGHT - 1 : MARKS_HEIGHT - 6,
			.height = is_leaf ? HR_HTML_LEAVES_HEIGHT + 2 : 3,
		};

		if (!hr_html_place(mark->range.start, last, start, to, &box))
			continue;
		hr_html_box(stream, forms[mark->kind].class, box);
		if (!is_leaf)
			hr_html_label(stream, box.x, MARKS_HEIGHT - 8, "%s%zu",
				      forms[mark->kind].letter, mark->number);
	}
}

/* Kinds of leaves and parts that the picture shows, by bit. */
struct shown {
	uint32_t leaves, parts;
};

/* The address of a line, which leads to its memory blocks. */
static void put_address(const struct hr_html_memory *memory, uint64_t start, uint64_t end,
			FILE *stream)
{
	size_t piece = memory->rows ? hr_html_piece_around(memory->rows, start, end) : 0;

	fputs("<code>", stream);
	if (piece)
		fprintf(stream, "<a href=\"#p%zu\">", piece);
	fprintf(stream, "0x%" PRIx64 "%s</code>", memory->origin + start, piece ? "</a>" : "");
}

static void put_whole_line(const struct hr_html_memory *memory, const struct hr_html_marks *marks,
			   const struct hr_html_line *line, bool has_titles, struct shown *shown,
			   FILE *stream)
{
	const struct hr_html_pictures *pictures = &memory->pictures;
	uint64_t cell = hr_html_cell_size(pictures), start = line->first * cell;
	uint64_t end = start + line->count * cell, origin = memory->origin;
	struct hr_html_band band = {
		.y = MARKS_HEIGHT,
		.height = HR_HTML_LEAVES_HEIGHT,
		.width = LINE_CELLS,
		.has_titles = has_titles,
		.origin = origin,
	};

	fputs("<div class=\"line\">", stream);
	put_address(memory, start, end, stream);
	hr_html_strip_begin(stream, MARKS_HEIGHT + HR_HTML_LEAVES_HEIGHT + HR_HTML_PARTS_HEIGHT + 4,
			    "Memory %s; the tables below describe it",
			    hr_range_text(origin + start, origin + end).text);
	if (pictures->leaves)
		shown->leaves |= hr_html_put_leaves(stream, pictures, line, &band);
	band.y += HR_HTML_LEAVES_HEIGHT + 2;
	band.height = HR_HTML_PARTS_HEIGHT;
	if (pictures->parts)
		shown->parts |= hr_html_put_parts(stream, pictures, line, &band);
	put_marks(stream, marks, start, end, start + LINE_CELLS * cell);
	hr_html_strip_end(stream);
	fputs("</div>\n", stream);
}

static void put_swatch(FILE *stream, const char *class)
{
	fprintf(stream,
		"<svg width=\"28\" height=\"14\" aria-hidden=\"true\" focusable=\"false\">"
		"<rect class=\"%s\" x=\"1\" y=\"1\" width=\"26\" height=\"12\"/></svg>",
		class);
}

static void put_legend_row(FILE *stream, const char *class, const char *name, uint64_t bytes)
{
	fputs("<tr><td>", stream);
	if (class)
		put_swatch(stream, class);
	fputs("</td>", stream);
	hr_html_head(stream, "%s", name);
	hr_html_cell(stream, "%s", hr_size_text(bytes).text);
}

static void put_leaves_legend(const struct hr_html_memory *memory, uint32_t shown, FILE *stream)
{
	const struct hr_picture *picture = memory->pictures.leaves;

	hr_html_table_begin(
		stream, HR_HTML_HEADS("Sign", "Leaves of the linear map", "Memory", "Size of one"),
		"Upper band: which leaves map the memory");
	for (enum hr_picture_kind kind = 0; kind < HR_PICTURE_HOLE; kind++) {
		uint64_t bytes = hr_picture_bytes(picture, kind);

		if (!bytes)
			continue;
		put_legend_row(stream, (shown & 1u << kind) ? hr_html_leaf_class(kind) : NULL,
			       hr_html_leaf_name(kind), bytes);
		hr_html_cell(stream, "%s",
			     kind < HR_PICTURE_OTHER ? hr_size_text(memory->leaf_sizes[kind]).text
						     : "");
		hr_html_row_end(stream);
	}
	hr_html_table_end(stream);
}

static void put_parts_legend(const struct hr_html_memory *memory, uint32_t shown, FILE *stream)
{
	hr_html_table_begin(stream, HR_HTML_HEADS("Sign", "Memory blocks", "Memory", "#Blocks"),
			    "Lower band: what is known of the memory blocks");
	for (enum hr_block_part part = 0; part < HR_PART_COUNT; part++) {
		if (!memory->part_blocks[part])
			continue;
		put_legend_row(stream, (shown & 1u << part) ? hr_html_part_class(part) : NULL,
			       hr_block_part_text(part), memory->part_bytes[part]);
		hr_html_count(stream, memory->part_blocks[part]);
		hr_html_row_end(stream);
	}
	if (shown & 1u << HR_HTML_MIXED) {
		fputs("<tr><td>", stream);
		put_swatch(stream, hr_html_part_class(HR_HTML_MIXED));
		fputs("</td>", stream);
		hr_html_head(stream, "blocks of more than one of these");
		fputs("<td></td><td></td></tr>\n", stream);
	}
	hr_html_table_end(stream);
}

static void put_marks_legend(const struct hr_html_marks *marks, FILE *stream)
{
	if (!marks->count)
		return;
	fputs("<p>", stream);
	if (marks->numbers[HR_HTML_MARK_RANGE])
		fputs("R and a number mark the ranges asked for, ", stream);
	if (marks->numbers[HR_HTML_MARK_CHANGE])
		fputs("C and a number mark memory that is predicted to be added or removed, ",
		      stream);
	fputs("in the order in which they are listed.", stream);
	if (marks->numbers[HR_HTML_MARK_LEAF])
		fputs(" A frame is drawn around each leaf that is in the way of a range.", stream);
	fputs("</p>\n", stream);
}

static size_t count_lines(const struct hr_html_pictures *pictures)
{
	struct hr_html_line line = { .first = 0 };
	size_t lines = 0;

	while (hr_html_line_at(pictures, line.first + line.count, LINE_CELLS, &line))
		lines++;
	return lines;
}

static void put_whole(struct hr_html_memory *memory, const struct hr_html_marks *marks,
		      FILE *stream)
{
	struct hr_html_pictures *pictures = &memory->pictures;
	struct hr_html_line line = { .first = 0 };
	struct shown shown = { 0 };
	bool has_titles;

	hr_html_pictures_fit(pictures, LINE_CELLS, LINES);
	has_titles = count_lines(pictures) <= TITLED_LINES;
	fprintf(stream,
		"<h3>The machine as a whole</h3>\n<figure><figcaption>Memory by %s address. Each "
		"stretch of memory begins a line of up to %s; a cell is %s.</figcaption>\n",
		memory->origin ? "virtual" : "physical",
		hr_size_text(LINE_CELLS * hr_html_cell_size(pictures)).text,
		hr_size_text(hr_html_cell_size(pictures)).text);
	while (hr_html_line_at(pictures, line.first + line.count, LINE_CELLS, &line))
		put_whole_line(memory, marks, &line, has_titles, &shown, stream);
	fputs("</figure>\n", stream);
	put_marks_legend(marks, stream);
	fputs("<div class=\"beside\">\n", stream);
	if (pictures->leaves)
		put_leaves_legend(memory, shown.leaves, stream);
	if (pictures->parts)
		put_parts_legend(memory, shown.parts, stream);
	fputs("</div>\n", stream);
}

/* The pictures of rows need small cells, and that of the machine large ones. */
static struct hr_error *put_both(struct hr_html_memory *memory, const struct hr_html_marks *marks,
				 FILE *stream)
{
	_cleanup_(hr_html_part_release) struct hr_html_part pieces = { .stream = NULL };
	struct hr_error *error = hr_html_part_open(&pieces, 0);

	if (error)
		return error;
	hr_html_pictures_align(&memory->pictures);
	if (memory->rows)
		hr_html_put_pieces(memory->rows, &memory->pictures, memory->block_size,
				   pieces.stream);
	put_whole(memory, marks, stream);
	return hr_html_part_copy(&pieces, stream);
}

struct hr_error *hr_html_memory_put(struct hr_html_memory *memory,
				    const struct hr_html_marks *marks, FILE *stream)
{
	struct hr_error *error = NULL;

	fputs("<section>\n<h2>Memory</h2>\n", stream);
	if (memory->pictures.leaves || memory->pictures.parts)
		error = put_both(memory, marks, stream);
	else
		fputs("<p>Nothing is mapped, and no memory block could be read.</p>\n", stream);
	fputs("</section>\n", stream);
	return error;
}
