/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of memory blocks for people. */
#ifndef HR_REPORT_BLOCKS_H
#define HR_REPORT_BLOCKS_H

#include "report.h"

struct hr_block_table;

/* A table in the making; with @all a line for each block, otherwise neighbours that agree fold. */
struct hr_error *hr_block_table_create(bool all, struct hr_block_table **ret);
void hr_block_table_destroy(struct hr_block_table *table);

/* Add the next block in ascending order. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_block_table_add(struct hr_block_table *table,
				    const struct hr_listed_block *block);

/* Print the table and what the blocks amount to. */
struct hr_error *hr_block_table_print(struct hr_block_table *table);

#endif
