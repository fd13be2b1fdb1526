// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/picture.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/grow.h"

enum {
	SHIFT_MAX = 62
};

/* A cell that is not empty. */
struct cell {
	uint64_t index;			  /* its position in cells */
	uint64_t start, end;		  /* extent of its content, end exclusive */
	uint64_t bytes[HR_PICTURE_KINDS]; /* the entry for holes is not used */
};

struct hr_picture {
	unsigned int shift; /* log2 of the size of a cell in bytes */
	uint64_t end;	    /* end of everything that was added */
	uint64_t totals[HR_PICTURE_KINDS];
	struct cell *cells; /* in ascending order */
	size_t count, room;
};

struct hr_error *hr_picture_create(uint64_t cell_size, struct hr_picture **ret)
{
	struct hr_picture *picture = calloc(1, sizeof(*picture));

	if (!picture)
		return hr_error_no_memory();
	while (picture->shift < SHIFT_MAX && UINT64_C(1) << picture->shift < cell_size)
		picture->shift++;
	*ret = picture;
	return NULL;
}

void hr_picture_destroy(struct hr_picture *picture)
{
	if (!picture)
		return;
	free(picture->cells);
	free(picture);
}

enum hr_picture_kind hr_picture_kind_of(const struct hr_leaf *leaf)
{
	enum hr_leaf_kind kind;

	return leaf->expected && hr_leaf_kind_of(leaf, &kind) ? (enum hr_picture_kind)kind
							      : HR_PICTURE_OTHER;
}

static void cell_merge(struct cell *cell, const struct cell *other)
{
	cell->end = other->end;
	for (size_t kind = 0; kind < HR_PICTURE_KINDS; kind++)
		cell->bytes[kind] += other->bytes[kind];
}

/* Double the size of the cells. */
static void coarsen(struct hr_picture *picture)
{
	size_t count = 0;

	for (size_t i = 0; i < picture->count; i++) {
		struct cell *last = count ? &picture->cells[count - 1] : NULL;
		struct cell cell = picture->cells[i];

		cell.index /= 2;
		if (last && last->index == cell.index)
			cell_merge(last, &cell);
		else
			picture->cells[count++] = cell;
	}
	picture->count = count;
	picture->shift++;
}

/* Is @position after the last cell? */
static bool needs_cell(const struct hr_picture *picture, uint64_t position)
{
	return !picture->count ||
	       picture->cells[picture->count - 1].index != position >> picture->shift;
}

/* The cell around @position, which is in the last cell or after it. NULL without memory. */
static struct cell *cell_at(struct hr_picture *picture, uint64_t position)
{
	struct cell *cells;

	while (picture->count == HR_PICTURE_CELLS_MAX && needs_cell(picture, position))
		coarsen(picture);
	if (needs_cell(picture, position)) {
		cells = hr_grow(picture->cells, picture->count, &picture->room, sizeof(*cells));
		if (!cells)
			return NULL;
		picture->cells = cells;
		picture->cells[picture->count++] = (struct cell){
			.index = position >> picture->shift,
			.start = position,
		};
	}
	return &picture->cells[picture->count - 1];
}

struct hr_error *hr_picture_add(struct hr_picture *picture, uint64_t start, uint64_t size,
				enum hr_picture_kind kind)
{
	uint64_t end = start + size;

	if (kind == HR_PICTURE_HOLE || start > HR_PICTURE_END || size > HR_PICTURE_END - start)
		return NULL;
	if (start < picture->end)
		start = picture->end;
	while (start < end) {
		struct cell *cell = cell_at(picture, start);
		uint64_t next;

		if (!cell)
			return hr_error_no_memory();
		next = (cell->index + 1) << picture->shift;
		if (next > end)
			next = end;
		cell->bytes[kind] += next - start;
		cell->end = next;
		picture->totals[kind] += next - start;
		picture->end = start = next;
	}
	return NULL;
}

uint64_t hr_picture_cell_size(const struct hr_picture *picture)
{
	return UINT64_C(1) << picture->shift;
}

/* Does the area of the cell before @index continue in it? */
static bool is_continued(const struct hr_picture *picture, size_t index)
{
	return index && index < picture->count &&
	       picture->cells[index - 1].index + 1 == picture->cells[index].index;
}

bool hr_picture_line(const struct hr_picture *picture, size_t first, size_t width,
		     struct hr_picture_line *ret)
{
	size_t count = 1;

	if (first >= picture->count)
		return false;
	while (count < width && is_continued(picture, first + count))
		count++;
	ret->first = first;
	ret->count = count;
	ret->is_continued = is_continued(picture, first);
	ret->start = ret->is_continued ? picture->cells[first].index << picture->shift
				       : picture->cells[first].start;
	return true;
}

/* Does the picture have more than @lines lines? */
static bool is_longer(const struct hr_picture *picture, size_t width, size_t lines)
{
	struct hr_picture_line line = { .first = 0 };

	for (size_t i = 0; i <= lines; i++)
		if (!hr_picture_line(picture, line.first + line.count, width, &line))
			return false;
	return true;
}

void hr_picture_fit(struct hr_picture *picture, size_t width, size_t lines)
{
	while (picture->shift < SHIFT_MAX && is_longer(picture, width, lines))
		coarsen(picture);
}

static uint64_t bytes_used(const struct cell *cell)
{
	uint64_t sum = 0;

	for (enum hr_picture_kind kind = 0; kind < HR_PICTURE_HOLE; kind++)
		sum += cell->bytes[kind];
	return sum;
}

/* The bytes of the cell that lie in its area, including holes. */
static uint64_t bytes_in_area(const struct hr_picture *picture, size_t index)
{
	const struct cell *cell = &picture->cells[index];
	uint64_t start = cell->start, end = cell->end;

	if (is_continued(picture, index))
		start = cell->index << picture->shift;
	if (is_continued(picture, index + 1))
		end = (cell->index + 1) << picture->shift;
	return end - start;
}

uint64_t hr_picture_bytes(const struct hr_picture *picture, enum hr_picture_kind kind)
{
	uint64_t bytes = 0;

	if (kind != HR_PICTURE_HOLE)
		return picture->totals[kind];
	for (size_t i = 0; i < picture->count; i++)
		bytes += bytes_in_area(picture, i) - bytes_used(&picture->cells[i]);
	return bytes;
}

enum hr_picture_kind hr_picture_cell(const struct hr_picture *picture, size_t index)
{
	const struct cell *cell = &picture->cells[index];
	uint64_t used = bytes_used(cell);
	enum hr_picture_kind most = 0;

	if (bytes_in_area(picture, index) - used > used)
		return HR_PICTURE_HOLE;
	for (enum hr_picture_kind kind = 0; kind < HR_PICTURE_HOLE; kind++)
		if (cell->bytes[kind] > cell->bytes[most])
			most = kind;
	return most;
}

void hr_picture_coarsen(struct hr_picture *picture, uint64_t cell_size)
{
	while (picture->shift < SHIFT_MAX && UINT64_C(1) << picture->shift < cell_size)
		coarsen(picture);
}

size_t hr_picture_count(const struct hr_picture *picture)
{
	return picture->count;
}

uint64_t hr_picture_place(const struct hr_picture *picture, size_t index)
{
	return picture->cells[index].index;
}

uint64_t hr_picture_cell_bytes(const struct hr_picture *picture, size_t index,
			       enum hr_picture_kind kind)
{
	return picture->cells[index].bytes[kind];
}

size_t hr_picture_find(const struct hr_picture *picture, uint64_t position)
{
	size_t first = 0, end = picture->count;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (picture->cells[middle].index < position >> picture->shift)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

const char *hr_picture_symbol(enum hr_picture_kind kind, bool utf8)
{
	static const char *const symbols[HR_PICTURE_KINDS][2] = {
		{ "#", "█" }, { "%", "▓" }, { "*", "▒" }, { "=", "░" },
		{ ":", ":" }, { "!", "!" }, { "?", "?" }, { ".", "·" },
	};

	return symbols[kind][utf8];
}
