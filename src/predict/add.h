/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What arch_add_memory() does to one map of a kernel: which leaves it makes, and which tables.
 */
#ifndef HR_ADD_H
#define HR_ADD_H

#include "kernel/layout.h"
#include "kernel/maps.h"
#include "kernel/models.h"
#include "predict/made_tables.h"

/* Memory that one call adds, in one map. */
struct hr_add {
	const struct hr_layout *layout;
	enum hr_map map;
	struct hr_pa_range range; /* the memory, in whole memory blocks */
	/* The linear map: leaves as large as they can be, with CONT. Otherwise pages. */
	bool blocks;
	enum hr_standing standing;
	/* Bytes of memory that one call adds, which no leaf exceeds; 0: all of it. */
	uint64_t call_size;
	/*
	 * The vmemmap, with memmap_on_memory: bytes of the memory block that holds its own struct
	 * pages. 0: they are anywhere.
	 */
	uint64_t block_size;
};

/*
 * How many entries of @level added memory joins to a CONT group: 1 at the root, because the kernel
 * maps what one of its entries covers at a time (__create_pgd_mapping_locked(), 6.1 to 7.3).
 */
size_t hr_add_cont_entries(const struct hr_geometry *geo, int level);

/*
 * Map @add, which must outlive @tables. Nothing may map the range yet, except, in the vmemmap,
 * leaves of neighbours. *@ret_left_out is the number of bytes of VA that stay without a mapping:
 * see HR_STANDING_LEFT_EMPTY. Errors: HR_ERROR_INPUT: a table stands, and it is not known what this
 * kernel does with it; those of hr_made_table_open().
 */
struct hr_error *hr_add_apply(struct hr_made_tables *tables, const struct hr_add *add,
			      uint64_t *ret_left_out);

#endif
