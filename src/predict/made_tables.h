/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables as they would be after a change that has not happened, in front of the memory that
 * has the real ones. A table is copied when a change reaches into it; all others are read from
 * where they are. A table that a change makes and fills by one rule is computed when it is read, so
 * 16 TiB of memory that is not there cost no more than 1 GiB.
 */
#ifndef HR_MADE_TABLES_H
#define HR_MADE_TABLES_H

#include <hotremove/hotremove.h>

#include "base/memory.h"
#include "kernel/layout.h"

/* Bytes of copied tables. A change reaches into a few tables; more stand only in odd kernels. */
#define HR_MADE_TABLES_MAX (UINT64_C(64) << 20)

struct hr_made_tables;

/*
 * Fill the table of @level whose first byte is mapped at @va, of all zeros before, as a change that
 * covers all that it maps would. @desc is little-endian. Must not call hr_made_table_open().
 */
typedef void hr_fill_table_fn(void *context, int level, uint64_t va, uint64_t *desc);

/*
 * Start with the tables of a kernel of @layout in @below, unchanged; both must outlive *@ret. The
 * geometry of @layout must allow predicted addresses. Errors: HR_ERROR_UNREADABLE: the root table
 * cannot be read; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_made_tables_create(const struct hr_layout *layout,
				       const struct hr_memory *below, struct hr_made_tables **ret);
void hr_made_tables_destroy(struct hr_made_tables *tables);

static inline void hr_cleanup_made_tables(struct hr_made_tables **tables)
{
	hr_made_tables_destroy(*tables);
}

/* Compute with @fill, from now on, what hr_made_table_whole() has stood for in [@va, @va_last]. */
struct hr_error *hr_made_tables_fill(struct hr_made_tables *tables, uint64_t va, uint64_t va_last,
				     hr_fill_table_fn *fill, void *context);

/* The root table, to be changed in place. Little-endian. */
uint64_t *hr_made_root(struct hr_made_tables *tables);

/* The PA at which a walk begins. */
uint64_t hr_made_root_pa(const struct hr_made_tables *tables);

/*
 * The table to which @entry points, to be changed in place; a new one if @entry is empty. @entry,
 * little-endian, then points to a copy. It must be in a table that this function or hr_made_root()
 * returned, and must not be a leaf. Errors: HR_ERROR_UNREADABLE: the table cannot be read;
 * HR_ERROR_INPUT: more than HR_MADE_TABLES_MAX; HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_made_table_open(struct hr_made_tables *tables, uint64_t *entry, uint64_t **ret);

/* A little-endian entry for the table of @level at @va, which is computed when it is read. */
uint64_t hr_made_table_whole(const struct hr_geometry *geo, int level, uint64_t va);

/*
 * The memory of @tables, for a walker and nothing else: what is below, with the tables of this
 * object, and without the bit of real descriptors that marks predicted addresses. It has @room
 * bytes more than what is below, for tables that are computed. If what is below is live and a table
 * that was copied has changed since, it is HR_ERROR_UNREADABLE. Valid as long as @tables.
 */
struct hr_memory hr_made_tables_memory(struct hr_made_tables *tables, uint64_t room);

#endif
