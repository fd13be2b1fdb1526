/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the struct pages of a range lie. For the linear map, output addresses show whether a table
 * is the right one. The vmemmap maps whatever memory was free. But no kernel uses a page twice, or
 * keeps struct pages where there is no memory, or in the memory that they describe, unless that is
 * a block with its own memmap.
 */
#ifndef HR_STRUCT_PAGES_H
#define HR_STRUCT_PAGES_H

#include <hotremove/hotremove.h>

#include "kernel/layout.h"
#include "walk/walk.h"

enum hr_struct_pages_flaw {
	HR_STRUCT_PAGES_SOUND,
	HR_STRUCT_PAGES_DOUBLED,   /* an output address or a table page occurs twice */
	HR_STRUCT_PAGES_NO_MEMORY, /* where the linear map maps nothing */
	HR_STRUCT_PAGES_MISPLACED, /* where the linear map maps other memory */
	HR_STRUCT_PAGES_UNLIKE,	   /* in memory of the linear map, unlike those of boot memory */
	HR_STRUCT_PAGES_FOREIGN,   /* mapped with the memory type of the linear map */
	HR_STRUCT_PAGES_TOO_MANY,  /* in more pieces than can be checked */
};

struct hr_struct_pages_finding {
	enum hr_struct_pages_flaw flaw;
	uint64_t pa; /* where it was found */
	/*
	 * Some struct pages lie inside the range, other than those of memmap_on_memory, or a table
	 * that maps the range does; and where. Boot memory may hold its own struct pages, other
	 * memory may not: the kernel allocates them from memory that it already has.
	 */
	bool in_range, in_range_is_table;
	uint64_t in_range_pa;
	/* Some struct pages lie inside the range, be it where memmap_on_memory puts them or not. */
	bool own_memory;
	bool no_memory; /* out of memory for the pieces: nothing is known about them */
};

/* A piece of memory that holds struct pages or a vmemmap table. */
struct hr_pa_piece {
	uint64_t pa;
	uint64_t size; /* bytes */
	uint64_t va;   /* of its first leaf; 0 for tables, and for a block's own memmap */
};

/*
 * Pieces beyond the first number are not checked; up to the second number they need no allocation.
 */
enum {
	HR_STRUCT_PAGES_MAX = 1 << 20,
	HR_STRUCT_PAGES_INLINE = 64
};

/* The pieces of one range, collected while the vmemmap is walked. */
struct hr_struct_pages {
	const struct hr_layout *layout;
	uint64_t pa_start, pa_end;  /* the range that they describe, end exclusive */
	struct hr_pa_piece *pieces; /* @few, or allocated */
	size_t count, room;
	struct hr_pa_piece few[HR_STRUCT_PAGES_INLINE];
	struct hr_struct_pages_finding found;
};

/* Start to collect pieces for the physical range [@pa_start, @pa_end). */
void hr_struct_pages_begin(struct hr_struct_pages *pages, const struct hr_layout *layout,
			   uint64_t pa_start, uint64_t pa_end);

/* Add the leaves of @run, which map struct pages. */
void hr_struct_pages_add(struct hr_struct_pages *pages, const struct hr_run *run);

/* Note whether the table page at the physical address @pa, which a walk used, lies in the range. */
void hr_struct_pages_check_table(struct hr_struct_pages *pages, uint64_t pa);

/* The same, but also add it as a piece. For vmemmap tables. */
void hr_struct_pages_add_table(struct hr_struct_pages *pages, uint64_t pa);

/*
 * Return the first flaw found in the pieces. Checks both ends of each piece against the linear map,
 * and for at most four pieces per section also what lies between. Parts of the linear map that
 * cannot be read are not a flaw. Releases @pages.
 */
struct hr_struct_pages_finding hr_struct_pages_end(struct hr_struct_pages *pages,
						   struct hr_walker *walker);

/*
 * Learn from the struct page of the kernel's root table whether the linear map maps the memory that
 * holds struct pages: layout->struct_pages_are_mapped. It does in every kernel, but a core may
 * contain nothing but the tables: layout->struct_pages_are_apart. Also learn whether the
 * memory type tells the maps apart: layout->linear_map_is_tagged.
 */
void hr_struct_pages_learn(struct hr_layout *layout, struct hr_walker *walker);

#endif
