/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory blocks as a bounded number of rows. Neighbours that are alike share a row. If there are
 * still too many rows, those of neighbouring blocks are joined, and say how many of each kind they
 * have: no block is left out.
 */
#ifndef HR_BLOCK_ROWS_H
#define HR_BLOCK_ROWS_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>

#include "report/block_part.h"
#include "report/block_set.h"

enum {
	HR_BLOCK_ROWS_MAX = 768,
	HR_BLOCK_ROW_WORDS = 8 /* blocks of a row whose reasons are kept as text */
};

/* The blocks of [start, end), which may have holes if the row is joined. */
struct hr_block_row {
	uint64_t start, end;
	uint64_t count;		       /* of blocks */
	uint64_t parts[HR_PART_COUNT]; /* how many of them are of each part */
	struct hr_block_set set;
	bool is_joined; /* the blocks are not alike */
	/* Of the first blocks: their names and reasons, or NULL, a line for each. */
	char *words;
	size_t worded; /* blocks that are in it */
	/* Of the first block: the leaves at its edges (hr_block_edge_text()), or NULL. */
	char *edges;
};

struct hr_block_rows;

/* Rows for blocks of @block_size bytes. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_block_rows_create(uint64_t block_size, uint32_t ignored,
				      struct hr_block_rows **ret);
void hr_block_rows_destroy(struct hr_block_rows *rows);

/* Add @block after those before it. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_block_rows_add(struct hr_block_rows *rows, const struct hr_listed_block *block);

/* Row number @index, NULL after the last. */
const struct hr_block_row *hr_block_rows_at(const struct hr_block_rows *rows, size_t index);

/* Were rows joined because there were too many? */
bool hr_block_rows_are_joined(const struct hr_block_rows *rows);

#endif
