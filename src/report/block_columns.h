/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns that the table of memory blocks can have, and the choice of --output. */
#ifndef HR_BLOCK_COLUMNS_H
#define HR_BLOCK_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum hr_column {
	HR_COLUMN_RANGE,
	HR_COLUMN_SIZE,
	HR_COLUMN_STATE,
	HR_COLUMN_ORIGIN,
	HR_COLUMN_BLOCK,
	HR_COLUMN_LINEAR,
	HR_COLUMN_VMEMMAP,
	HR_COLUMN_LINEAR_START,
	HR_COLUMN_LINEAR_END,
	HR_COLUMN_VMEMMAP_START,
	HR_COLUMN_VMEMMAP_END,
	HR_COLUMN_VERDICT,
	HR_COLUMN_CHECK,
	HR_COLUMN_WHY,
	HR_COLUMN_COUNT,
};

struct hr_column_form {
	const char *name;
	bool is_usual; /* shown unless the user chooses */
	bool is_place; /* where a line is; all others are what it says */
	int flags;     /* SCOLS_FL_* */
};
extern const struct hr_column_form hr_columns[HR_COLUMN_COUNT];

/* The columns to show, in that order. */
struct hr_selection {
	enum hr_column columns[HR_COLUMN_COUNT];
	size_t count;
};

/*
 * Select the columns that @text names: "WHY,BLOCK", "+ORIGIN" for more than the usual ones, NULL
 * for those. Error HR_ERROR_USAGE, whose message has all names.
 */
struct hr_error *hr_columns_select(const char *text, struct hr_selection *ret);

/* The same without a choice: are they names of columns? */
struct hr_error *hr_columns_check(const char *text);

bool hr_column_is_selected(const struct hr_selection *selection, enum hr_column column);

#endif
