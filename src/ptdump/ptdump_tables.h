/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Translation tables that a ptdump text describes, as memory that can be walked: each table page is
 * synthesized when it is read. So a text gives the same answers as a kernel's memory, by the same
 * rules.
 *
 * Physical addresses of the linear map follow from the layout. Those of other mappings are unknown:
 * neighbours there get contiguous addresses, which mean nothing.
 */
#ifndef HR_PTDUMP_TABLES_H
#define HR_PTDUMP_TABLES_H

#include <hotremove/hotremove.h>

#include "base/memory.h"
#include "kernel/layout.h"
#include "ptdump_parse.h"

struct hr_ptdump_tables;

/*
 * Create the tables of @ptdump in a kernel of @layout; both must outlive them. Error
 * HR_ERROR_INPUT: the lines do not fit the geometry, see hr_ptdump_check().
 */
struct hr_error *hr_ptdump_tables_create(const struct hr_ptdump *ptdump,
					 const struct hr_layout *layout,
					 struct hr_ptdump_tables **ret);
void hr_ptdump_tables_destroy(struct hr_ptdump_tables *tables);

static inline void hr_cleanup_ptdump_tables(struct hr_ptdump_tables **tables)
{
	hr_ptdump_tables_destroy(*tables);
}

/* The PA at which a walk with geometry @geo begins. */
uint64_t hr_ptdump_root_pa(const struct hr_geometry *geo);

/*
 * The memory that holds the tables and nothing else. Entries without a line are HR_DESC_UNKNOWN.
 * Reads elsewhere fail with HR_ERROR_UNREADABLE, and so do all reads when 4,294,967,296 entries
 * have been made: one line can stand for far more. Its size has room for as many, which bounds a
 * walk. Valid as long as @tables.
 */
struct hr_memory hr_ptdump_tables_memory(struct hr_ptdump_tables *tables);

#endif
