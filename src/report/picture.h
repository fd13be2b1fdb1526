/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A map drawn as lines of cells, one symbol each. Content is kept as sums by cell, and memory use
 * is bounded whatever the tables hold: beyond the bound, cells become larger. Positions are bytes
 * from any origin, as long as they are below HR_PICTURE_END.
 */
#ifndef HR_PICTURE_H
#define HR_PICTURE_H

#include <hotremove/hotremove.h>

/* Positions are below this, so that there is room for a cell after any of them. */
#define HR_PICTURE_END (UINT64_C(1) << 62)

enum {
	HR_PICTURE_CELLS_MAX = 65536,
	HR_PICTURE_LINES_MIN = 2, /* a smaller picture cannot hold everything */
};

/* What a cell shows: the kinds of leaves as in survey.h, and what is not a leaf. */
enum hr_picture_kind {
	HR_PICTURE_PUD = HR_LEAF_PUD,
	HR_PICTURE_CONT_PMD = HR_LEAF_CONT_PMD,
	HR_PICTURE_PMD = HR_LEAF_PMD,
	HR_PICTURE_CONT_PTE = HR_LEAF_CONT_PTE,
	HR_PICTURE_PTE = HR_LEAF_PTE,
	HR_PICTURE_OTHER = HR_LEAF_KINDS, /* leaves that Linux never creates */
	HR_PICTURE_UNREADABLE = HR_LEAF_KINDS + 1,
	HR_PICTURE_HOLE = HR_LEAF_KINDS + 2,
	HR_PICTURE_KINDS = HR_LEAF_KINDS + 3,
};

struct hr_picture;

/*
 * Create an empty picture whose cells have @cell_size bytes, rounded up to a power of two, until
 * they have to grow. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_picture_create(uint64_t cell_size, struct hr_picture **ret);
void hr_picture_destroy(struct hr_picture *picture);

static inline void hr_cleanup_picture(struct hr_picture **picture)
{
	hr_picture_destroy(*picture);
}

/* The kind that a leaf is shown as. */
enum hr_picture_kind hr_picture_kind_of(const struct hr_leaf *leaf);

/*
 * Add @size bytes of @kind at @start, after everything that was added before. Parts that overlap
 * it, or end beyond HR_PICTURE_END, are dropped. Holes need not be added. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_picture_add(struct hr_picture *picture, uint64_t start, uint64_t size,
				enum hr_picture_kind kind);

/*
 * Double the size of the cells until the picture has at most @lines lines (HR_PICTURE_LINES_MIN
 * or more) of at most @width cells (1 or more).
 */
void hr_picture_fit(struct hr_picture *picture, size_t width, size_t lines);

/* The size of a cell in bytes. */
uint64_t hr_picture_cell_size(const struct hr_picture *picture);

/* Bytes of @kind in the picture; for holes, those inside areas. */
uint64_t hr_picture_bytes(const struct hr_picture *picture, enum hr_picture_kind kind);

/*
 * A line. Empty cells separate areas, and each area begins on a new line. An area that is wider
 * than the picture continues on the next line.
 */
struct hr_picture_line {
	uint64_t start;	   /* first byte of the area, or of the next cell if it continues */
	size_t first;	   /* index of the first cell */
	size_t count;	   /* number of cells */
	bool is_continued; /* the previous line has the same area */
};

/* The line whose first cell is @first, initially 0. Returns false after the last line. */
bool hr_picture_line(const struct hr_picture *picture, size_t first, size_t width,
		     struct hr_picture_line *ret);

/*
 * What cell number @index shows: the kind with the most bytes in it. A hole counts only if it is
 * more than half of the cell, without the parts before and after an area.
 */
enum hr_picture_kind hr_picture_cell(const struct hr_picture *picture, size_t index);

/* Make the cells at least as large as @cell_size bytes. */
void hr_picture_coarsen(struct hr_picture *picture, uint64_t cell_size);

/* The number of cells that are not empty. */
size_t hr_picture_count(const struct hr_picture *picture);

/* Where cell number @index begins if cells are counted from position 0, in cells. */
uint64_t hr_picture_place(const struct hr_picture *picture, size_t index);

/* Bytes of @kind, which is not a hole, in cell number @index. */
uint64_t hr_picture_cell_bytes(const struct hr_picture *picture, size_t index,
			       enum hr_picture_kind kind);

/* The first cell that ends after @position; the number of cells if none does. */
size_t hr_picture_find(const struct hr_picture *picture, uint64_t position);

/* The symbol for @kind, one column wide, in UTF-8 or in ASCII. */
const char *hr_picture_symbol(enum hr_picture_kind kind, bool utf8);

#endif
