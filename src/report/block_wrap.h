/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How wide the columns of the table of memory blocks are, and where their cells go on in a new
 * line.
 */
#ifndef HR_BLOCK_WRAP_H
#define HR_BLOCK_WRAP_H

#include "report/block_columns.h"

/* Where a cell may be broken into lines: behind commas, or at blanks and hyphens too. */
enum hr_breaking {
	HR_BREAK_COMMAS,
	HR_BREAK_ALL,
	HR_BREAKINGS,
};

/* How wide the cells of a column are, in bytes; all zeros before the first. */
struct hr_widths {
	size_t whole;		     /* on one line */
	size_t broken[HR_BREAKINGS]; /* the longest piece */
	size_t used;		     /* what they are made by hr_widths_fit() */
	enum hr_breaking breaking;   /* how, where that is less */
};

/* Make room for a heading, which is not broken. */
void hr_widths_add_heading(struct hr_widths *widths, const char *name);

/* Make room for the cell @text. */
void hr_widths_add(struct hr_widths *widths, const char *text);

/*
 * Decide on the widths of the columns of @selection in a line of @columns characters, with a blank
 * between two: each that can be narrower becomes so until they fit, or until none is left.
 */
void hr_widths_fit(struct hr_widths widths[HR_COLUMN_COUNT], const struct hr_selection *selection,
		   size_t columns);

/*
 * Copy @text to the @size bytes of @ret with newlines that keep its lines to @widths->used bytes.
 */
void hr_widths_break(const struct hr_widths *widths, const char *text, char *ret, size_t size);

#endif
