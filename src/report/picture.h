/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A map drawn as lines of cells, one symbol each. What is added is kept as sums by cell, so that
 * the memory for it has a bound of its own, whatever the tables hold: beyond that bound cells get
 * larger. Positions are bytes from anywhere, as long as they are below HR_PICTURE_END.
 */
#ifndef HR_PICTURE_H
#define HR_PICTURE_H

#include "map/survey.h"

/* Positions are below this, so that a cell has room behind any of them. */
#define HR_PICTURE_END (UINT64_C(1) << 62)

enum {
	HR_PICTURE_CELLS_MAX = 65536,
	HR_PICTURE_LINES_MIN = 2, /* no smaller picture can hold everything */
};

/* What a cell shows: the kinds of leaves as in survey.h, and what is none. */
enum hr_picture_kind {
	HR_PICTURE_PUD = HR_LEAF_PUD,
	HR_PICTURE_CONT_PMD = HR_LEAF_CONT_PMD,
	HR_PICTURE_PMD = HR_LEAF_PMD,
	HR_PICTURE_CONT_PTE = HR_LEAF_CONT_PTE,
	HR_PICTURE_PTE = HR_LEAF_PTE,
	HR_PICTURE_OTHER = HR_LEAF_KINDS, /* leaves that Linux never makes */
	HR_PICTURE_UNREADABLE = HR_LEAF_KINDS + 1,
	HR_PICTURE_HOLE = HR_LEAF_KINDS + 2,
	HR_PICTURE_KINDS = HR_LEAF_KINDS + 3,
};

struct hr_picture;

/*
 * An empty picture whose cells have @cell_size bytes, rounded up to a power of two, until they
 * have to grow. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_picture_create(uint64_t cell_size, struct hr_picture **ret);
void hr_picture_destroy(struct hr_picture *picture);

static inline void hr_cleanup_picture(struct hr_picture **picture)
{
	hr_picture_destroy(*picture);
}

/* What a leaf shows as. */
enum hr_picture_kind hr_picture_kind_of(const struct hr_leaf *leaf);

/*
 * Add @size bytes of @kind at @start, behind all that was added before: what overlaps is left out,
 * and so is what ends beyond HR_PICTURE_END. Holes need not be added. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_picture_add(struct hr_picture *picture, uint64_t start, uint64_t size,
				enum hr_picture_kind kind);

/*
 * Double the size of the cells until the picture has at most @lines lines (HR_PICTURE_LINES_MIN
 * or more) of at most @width cells (1 or more).
 */
void hr_picture_fit(struct hr_picture *picture, size_t width, size_t lines);

/* Bytes of a cell. */
uint64_t hr_picture_cell_size(const struct hr_picture *picture);

/* Bytes of @kind in the picture; of holes, those inside of areas. */
uint64_t hr_picture_bytes(const struct hr_picture *picture, enum hr_picture_kind kind);

/*
 * A line. Cells that have nothing in them separate areas, and each area begins a line of its own;
 * one that is wider than the picture goes on in the next line.
 */
struct hr_picture_line {
	uint64_t start;	   /* the area's first byte; where one goes on, that of its next cell */
	size_t first;	   /* cells: this one */
	size_t count;	   /* and as many */
	bool is_continued; /* the line before has the same area */
};

/* The line whose first cell is @first, 0 to begin with; false behind the last line. */
bool hr_picture_line(const struct hr_picture *picture, size_t first, size_t width,
		     struct hr_picture_line *ret);

/*
 * What cell number @index shows: the kind that has most of it; a hole only where more than half of
 * it is one, not counting what lies in front of an area and behind it.
 */
enum hr_picture_kind hr_picture_cell(const struct hr_picture *picture, size_t index);

/* The symbol for @kind, one column wide, in UTF-8 or in ASCII. */
const char *hr_picture_symbol(enum hr_picture_kind kind, bool utf8);

#endif
