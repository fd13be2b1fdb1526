/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A row of the table of memory blocks. A row of blocks that differ looks no better than any of
 * them: its verdict is the worst, and what one of them has the row has.
 */
#ifndef HR_TABLE_ROW_H
#define HR_TABLE_ROW_H

#include "report/block_columns.h"
#include "report/block_set.h"
#include "report/block_text.h"

struct hr_table_row {
	uint64_t start, end;
	struct hr_block_set set; /* what its blocks have */
	enum hr_verdict verdict; /* the worst of them */
	/*
	 * Of columns that depend on the place, on the system or on pages, nothing yet; of leaves
	 * at edges, what is wanted.
	 */
	char cells[HR_COLUMN_COUNT][HR_BLOCK_TEXT_SIZE];
};

/* Make @row of @block; of the leaves at its edges, describe those whose columns are @wanted. */
void hr_table_row_fill(struct hr_table_row *row, const struct hr_selection *wanted,
		       const struct hr_listed_block *block);

/* Add the row @next, which begins where @row ends; both have the same columns @wanted. */
void hr_table_row_take(struct hr_table_row *row, const struct hr_selection *wanted,
		       const struct hr_table_row *next);

/* Are the rows equal in the columns of @selection, apart from those that tell their place? */
bool hr_table_row_is_alike(const struct hr_table_row *row, const struct hr_selection *selection,
			   const struct hr_table_row *other);

#endif
