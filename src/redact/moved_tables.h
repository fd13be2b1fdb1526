/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The content of tables after the addresses that they map have moved. */
#ifndef HR_MOVED_TABLES_H
#define HR_MOVED_TABLES_H

#include <hotremove/hotremove.h>

#include "redact/table_survey.h"

struct hr_moved_tables {
	struct hr_table_survey survey;
	struct hr_moves moves;
	/* The leaf by which the image maps the root table, without its group, if that is known. */
	bool has_leaf;
	uint64_t leaf_va;
	int leaf_level;
};

/*
 * The entries of the table in @piece, @entries, after the move: what maps nothing that an answer
 * needs is left out. The page has as many entries as fit, and @ret has room for as many. Returns
 * false if an entry seems to be an address, or has no place, as the survey did not see it.
 */
bool hr_moved_table(const struct hr_moved_tables *tables, const struct hr_table_piece *piece,
		    const uint64_t *entries, uint64_t *ret);

#endif
