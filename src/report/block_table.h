/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of memory blocks: neighbours with the same content share a line. */
#ifndef HR_BLOCK_TABLE_H
#define HR_BLOCK_TABLE_H

#include <hotremove/hotremove.h>

#include "cli/session.h"

struct hr_block_table;

/*
 * Create an empty table of the blocks of @session according to its options. @session must outlive
 * it. Errors: HR_ERROR_NO_MEMORY, and those of hr_columns_select().
 */
struct hr_error *hr_block_table_create(const struct hr_session *session,
				       struct hr_block_table **ret);
void hr_block_table_destroy(struct hr_block_table *table);

static inline void hr_cleanup_block_table(struct hr_block_table **table)
{
	hr_block_table_destroy(*table);
}

/*
 * Add @block, which comes after all blocks added before. If there are many lines, they are printed
 * at once. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_block_table_add(struct hr_block_table *table,
				    const struct hr_listed_block *block);

/* Print the rest of @table and the totals. Error HR_ERROR_NO_MEMORY. */
struct hr_error *hr_block_table_print(struct hr_block_table *table);

#endif
