/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The widths of the columns of the table of memory blocks, and the line breaks in their cells. */
#ifndef HR_BLOCK_WRAP_H
#define HR_BLOCK_WRAP_H

#include "report/block_columns.h"

/* Where a cell may be broken: after commas, or also at blanks and hyphens. */
enum hr_breaking {
	HR_BREAK_COMMAS,
	HR_BREAK_ALL,
	HR_BREAKINGS,
};

/* The widths of a column's cells in bytes; all zeros before the first cell. */
struct hr_widths {
	size_t whole;		     /* unbroken */
	size_t broken[HR_BREAKINGS]; /* the longest piece */
	size_t used;		     /* the width chosen by hr_widths_fit() */
	enum hr_breaking breaking;   /* how to break cells, if that is less */
};

/* Make room for a heading, which is never broken. */
void hr_widths_add_heading(struct hr_widths *widths, const char *name);

/* Make room for the cell @text. */
void hr_widths_add(struct hr_widths *widths, const char *text);

/*
 * Choose the widths of the columns of @selection for a line of @columns characters, with a blank
 * between columns: narrows each column that can be narrowed until they fit, or until none is left.
 */
void hr_widths_fit(struct hr_widths widths[HR_COLUMN_COUNT], const struct hr_selection *selection,
		   size_t columns);

/*
 * Copy @text to the @size bytes of @ret, with newlines that limit its lines to @widths->used bytes.
 */
void hr_widths_break(const struct hr_widths *widths, const char *text, char *ret, size_t size);

#endif
