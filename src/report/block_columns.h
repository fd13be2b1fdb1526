/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of the table of memory blocks, and their selection by --output. */
#ifndef HR_BLOCK_COLUMNS_H
#define HR_BLOCK_COLUMNS_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hr_column {
	HR_COLUMN_RANGE,
	HR_COLUMN_SIZE,
	HR_COLUMN_STATE,
	HR_COLUMN_ORIGIN,
	HR_COLUMN_NODE,
	HR_COLUMN_ZONES,
	HR_COLUMN_DEVICE,
	HR_COLUMN_ON_MEMORY,
	HR_COLUMN_BLOCK,
	HR_COLUMN_PFN,
	HR_COLUMN_LINEAR,
	HR_COLUMN_VMEMMAP,
	HR_COLUMN_LINEAR_START,
	HR_COLUMN_LINEAR_END,
	HR_COLUMN_VMEMMAP_START,
	HR_COLUMN_VMEMMAP_END,
	HR_COLUMN_VERDICT,
	HR_COLUMN_CHECK,
	HR_COLUMN_PAGES,
	HR_COLUMN_WHY,
	HR_COLUMN_COUNT,
};

struct hr_column_form {
	const char *name;
	bool is_usual; /* shown by default */
	bool is_place; /* it identifies the line; the others describe it */
	int flags;     /* SCOLS_FL_* */
	const char *help;
};
extern const struct hr_column_form hr_columns[HR_COLUMN_COUNT];

/* The name of column number @index, and what it has; NULL after the last. */
const char *hr_column_at(size_t index, const char **ret_help);

/* The columns to show, in order. */
struct hr_selection {
	enum hr_column columns[HR_COLUMN_COUNT];
	size_t count;
};

/*
 * Select the columns that @text names: "WHY,BLOCK", "+ORIGIN" to add to the default ones, NULL for
 * the default, which also has the columns @more, of bits (1 << enum hr_column). Error
 * HR_ERROR_USAGE, whose message lists all names.
 */
struct hr_error *hr_columns_select(const char *text, uint32_t more, struct hr_selection *ret);

/* Select all columns. */
void hr_columns_select_all(struct hr_selection *ret);

/* The same for the value @text of --split, which may be "none" but not add to the default ones. */
struct hr_error *hr_columns_select_split(const char *text, struct hr_selection *ret);

/* Check that @output and @split, the values of these options or NULL, name columns. */
struct hr_error *hr_columns_check(const char *output, const char *split);

/* Add the columns of @added that @selection does not have. */
void hr_columns_add(struct hr_selection *selection, const struct hr_selection *added);

bool hr_column_is_selected(const struct hr_selection *selection, enum hr_column column);

#endif
