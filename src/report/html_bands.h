/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bands of a strip show: runs of equal cells, of two pictures (report/picture.h). */
#ifndef HR_HTML_BANDS_H
#define HR_HTML_BANDS_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "report/block_part.h"
#include "report/picture.h"

enum {
	HR_HTML_MIXED = HR_PART_COUNT, /* a cell with blocks of more than one part */
	HR_HTML_PARTS,
};

/* How high the bands of the two pictures are. */
enum {
	HR_HTML_LEAVES_HEIGHT = 16,
	HR_HTML_PARTS_HEIGHT = 10,
};

/*
 * A picture by leaf and one by part of block, in the same places. In the second, the kind of a cell
 * is an enum hr_block_part. NULL: it was not asked for.
 */
struct hr_html_pictures {
	struct hr_picture *leaves, *parts;
};

/* A line of both pictures: @count groups of @group cells from @first on, counted from place 0. */
struct hr_html_line {
	uint64_t first;
	size_t count;
	uint64_t group;
};

/* Give both pictures cells of the same size; with fit, each has at most @lines of @width cells. */
void hr_html_pictures_align(const struct hr_html_pictures *pictures);
void hr_html_pictures_fit(const struct hr_html_pictures *pictures, size_t width, size_t lines);
/* The larger size of their cells in bytes; 1 without pictures. */
uint64_t hr_html_cell_size(const struct hr_html_pictures *pictures);

/*
 * The line of at most @width cells that begins at the first cell in use at or after @place. A cell
 * that neither picture uses ends it. Returns false if there is none.
 */
bool hr_html_line_at(const struct hr_html_pictures *pictures, uint64_t place, size_t width,
		     struct hr_html_line *ret);

/* The line of [@start, @end) with at most @width groups. */
struct hr_html_line hr_html_line_of(const struct hr_html_pictures *pictures, uint64_t start,
				    uint64_t end, size_t width);

/* The class of the style sheet for what a box shows. */
const char *hr_html_leaf_class(enum hr_picture_kind kind);
const char *hr_html_part_class(unsigned int part);

/* What it is called, in short. */
const char *hr_html_leaf_name(enum hr_picture_kind kind);
const char *hr_html_part_name(unsigned int part);

/* How a band is drawn. */
struct hr_html_band {
	unsigned int y, height; /* pixels */
	size_t width;		/* of the strip, in groups */
	bool has_titles;	/* a pointer shows what a box is */
	uint64_t origin;	/* the address of place 0, for titles */
};

/*
 * Write the leaves, or the parts, of @line as boxes of a strip: one for each run of groups that
 * show the same. A group shows the leaves that map the most of it; what is not mapped at all is a
 * hole. Returns the kinds that are shown, by bit.
 */
uint32_t hr_html_put_leaves(FILE *stream, const struct hr_html_pictures *pictures,
			    const struct hr_html_line *line, const struct hr_html_band *band);
uint32_t hr_html_put_parts(FILE *stream, const struct hr_html_pictures *pictures,
			   const struct hr_html_line *line, const struct hr_html_band *band);

#endif
