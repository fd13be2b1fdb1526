// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/map_drawing.h"

#include <hotremove/hotremove.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "report/picture.h"
#include "report/terminal.h"

enum {
	PICTURE_LINES = 16
};

struct hr_map_drawing {
	const struct hr_kernel *kernel;
	struct hr_picture *picture;
	uint64_t va_start, va_last; /* of the map, last inclusive */
	/* position of va_start, chosen so that cells begin at round PAs */
	uint64_t origin;
	uint64_t first, last;		       /* VAs in the picture, last inclusive */
	uint64_t leaf_sizes[HR_PICTURE_KINDS]; /* bytes */
	bool utf8, colour;
};

static uint64_t address_of(const struct hr_map_drawing *drawing, uint64_t va)
{
	if (!hr_kernel_has_pa(drawing->kernel, HR_MAP_LINEAR))
		return va;
	return hr_kernel_linear_pa(drawing->kernel, va);
}

struct hr_error *hr_drawing_create(const struct hr_kernel *kernel, bool utf8,
				   struct hr_map_drawing **ret)
{
	_cleanup_free_ struct hr_map_drawing *drawing = calloc(1, sizeof(*drawing));
	struct hr_error *error;

	if (!drawing)
		return hr_error_no_memory();
	drawing->kernel = kernel;
	drawing->first = UINT64_MAX;
	drawing->utf8 = utf8;
	drawing->colour = hr_terminal_has_colour();
	hr_kernel_map_extent(kernel, HR_MAP_LINEAR, &drawing->va_start, &drawing->va_last);
	drawing->origin = address_of(drawing, drawing->va_start) & (HR_PICTURE_END / 4 - 1);
	error = hr_picture_create(hr_kernel_facts(kernel)->memory_block_size, &drawing->picture);
	if (!error)
		*ret = hr_take(drawing);
	return error;
}

void hr_drawing_destroy(struct hr_map_drawing *drawing)
{
	if (!drawing)
		return;
	hr_picture_destroy(drawing->picture);
	free(drawing);
}

struct hr_error *hr_drawing_add(struct hr_map_drawing *drawing, const struct hr_run *run)
{
	uint64_t va = run->leaf.va, last = va + (run->leaf.size * run->count - 1);
	enum hr_picture_kind kind = HR_PICTURE_UNREADABLE;

	if (run->state == HR_MAP_MAPPED)
		kind = hr_picture_kind_of(&run->leaf);
	if (va < drawing->va_start)
		va = drawing->va_start;
	if (last > drawing->va_last)
		last = drawing->va_last;
	if (!drawing->leaf_sizes[kind])
		drawing->leaf_sizes[kind] = run->leaf.size;
	if (va < drawing->first)
		drawing->first = va;
	drawing->last = last;
	return hr_picture_add(drawing->picture, va - drawing->va_start + drawing->origin,
			      last - va + 1, kind);
}

/* Columns of the address before a line. */
static int address_width(const struct hr_map_drawing *drawing)
{
	int first = snprintf(NULL, 0, "0x%" PRIx64, address_of(drawing, drawing->first));
	int last = snprintf(NULL, 0, "0x%" PRIx64, address_of(drawing, drawing->last));

	return first > last ? first : last;
}

/* Cells in a line: a round number, so that the addresses of lines differ by round numbers. */
static size_t line_cells(int prefix)
{
	size_t cells = hr_terminal_columns() - (size_t)prefix;

	return cells & ~(size_t)(cells < 16 ? 7 : 15);
}

static const char *colour_of(enum hr_picture_kind kind)
{
	static const char *const colours[HR_PICTURE_KINDS] = {
		"\033[0;31m", "\033[0;35m", "\033[0;33m", "\033[0;36m",
		"\033[0;32m", "\033[0;7m",  "\033[0;7m",  "\033[0;2m",
	};

	return colours[kind];
}

static void print_cells(const struct hr_map_drawing *drawing, const struct hr_picture_line *line)
{
	enum hr_picture_kind before = HR_PICTURE_KINDS;

	for (size_t i = 0; i < line->count; i++) {
		enum hr_picture_kind kind = hr_picture_cell(drawing->picture, line->first + i);

		if (drawing->colour && kind != before)
			fputs(colour_of(kind), stdout);
		fputs(hr_picture_symbol(kind, drawing->utf8), stdout);
		before = kind;
	}
	puts(drawing->colour ? "\033[0m" : "");
}

/* *@ret_shown receives the visible kinds, by bit. */
static void print_lines(const struct hr_map_drawing *drawing, size_t width, uint32_t *ret_shown)
{
	struct hr_picture_line line = { .first = 0 };
	int prefix = address_width(drawing);

	*ret_shown = 0;
	while (hr_picture_line(drawing->picture, line.first + line.count, width, &line)) {
		uint64_t va = drawing->va_start + (line.start - drawing->origin);
		char address[24];

		snprintf(address, sizeof(address), "0x%" PRIx64, address_of(drawing, va));
		printf("%-*s  ", prefix, address);
		print_cells(drawing, &line);
		for (size_t i = 0; i < line.count; i++)
			*ret_shown |= 1u << hr_picture_cell(drawing->picture, line.first + i);
	}
}

static bool is_group(enum hr_leaf_kind kind)
{
	return kind == HR_LEAF_CONT_PMD || kind == HR_LEAF_CONT_PTE;
}

/* "in PUD leaves of 1 GiB" */
static void print_kind(const struct hr_map_drawing *drawing, enum hr_picture_kind kind)
{
	if (kind == HR_PICTURE_OTHER)
		fputs("in leaves that Linux never creates", stdout);
	else if (kind == HR_PICTURE_UNREADABLE)
		fputs("unreadable", stdout);
	else if (kind == HR_PICTURE_HOLE)
		fputs("not mapped (holes)", stdout);
	else
		printf("in %s %s of %s", hr_leaf_kind_name((enum hr_leaf_kind)kind),
		       is_group((enum hr_leaf_kind)kind) ? "groups" : "leaves",
		       hr_size_text(drawing->leaf_sizes[kind]).text);
}

/* Explain the symbols, and list kinds that are present but dominate no cell. */
static void print_legend(const struct hr_map_drawing *drawing, uint32_t shown)
{
	for (enum hr_picture_kind kind = 0; kind < HR_PICTURE_KINDS; kind++) {
		uint64_t bytes = hr_picture_bytes(drawing->picture, kind);
		bool seen = shown & 1u << kind;

		if (!seen && (!bytes || kind == HR_PICTURE_HOLE))
			continue;
		if (drawing->colour && seen)
			fputs(colour_of(kind), stdout);
		fputs(seen ? hr_picture_symbol(kind, drawing->utf8) : " ", stdout);
		fputs(drawing->colour && seen ? "\033[0m" : "", stdout);
		printf("  %10s ", hr_size_text(bytes).text);
		print_kind(drawing, kind);
		puts("");
	}
	putchar('\n');
}

static void print_whole(const struct hr_map_drawing *drawing)
{
	struct hr_picture *picture = drawing->picture;
	size_t width = line_cells(address_width(drawing) + 2);
	uint32_t shown;

	hr_picture_fit(picture, width, PICTURE_LINES);
	printf("linear map by %s, %s per cell\n",
	       hr_kernel_has_pa(drawing->kernel, HR_MAP_LINEAR) ? "PA" : "VA",
	       hr_size_text(hr_picture_cell_size(picture)).text);
	print_lines(drawing, width, &shown);
	putchar('\n');
	print_legend(drawing, shown);
}

void hr_drawing_print(const struct hr_map_drawing *drawing)
{
	if (drawing->first > drawing->last)
		puts("linear map: nothing is mapped\n");
	else
		print_whole(drawing);
}
