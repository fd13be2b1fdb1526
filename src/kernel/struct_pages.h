/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the struct pages of a range lie. The linear map tells by its output addresses whether a
 * table is the right one; the vmemmap maps whatever memory was free. But no kernel uses a page
 * twice, or keeps struct pages where there is no memory, or in the memory that they describe,
 * unless that is a block with a memmap of its own.
 */
#ifndef HR_STRUCT_PAGES_H
#define HR_STRUCT_PAGES_H

#include "kernel/layout.h"
#include "walk/walk.h"

enum hr_struct_pages_flaw {
	HR_STRUCT_PAGES_SOUND,
	HR_STRUCT_PAGES_DOUBLED,   /* an output address or a table page stands twice */
	HR_STRUCT_PAGES_NO_MEMORY, /* where the linear map maps nothing */
	HR_STRUCT_PAGES_MISPLACED, /* where the linear map maps other memory */
	HR_STRUCT_PAGES_UNLIKE,	   /* in memory of the linear map; those of boot memory are not */
	HR_STRUCT_PAGES_FOREIGN,   /* mapped with the memory type of the linear map */
	HR_STRUCT_PAGES_TOO_MANY,  /* in more pieces than can be looked at */
};

struct hr_struct_pages_finding {
	enum hr_struct_pages_flaw flaw;
	uint64_t pa; /* where it was found */
	/*
	 * Some lie inside the range, not as memmap_on_memory has them, or a table that maps the
	 * range does, and where. Memory from boot may hold its own, other memory may not: the
	 * kernel takes them from memory that is there already.
	 */
	bool in_range, in_range_is_table;
	uint64_t in_range_pa;
	bool no_memory; /* for the pieces: nothing is known of them */
};

/* A piece of memory that holds struct pages, or a table of the vmemmap. */
struct hr_pa_piece {
	uint64_t pa;
	uint64_t size; /* bytes */
	uint64_t va;   /* of its first leaf; 0 for tables, and for what a block holds of itself */
};

/* More pieces than the first are not looked at; up to the second they take no memory. */
enum {
	HR_STRUCT_PAGES_MAX = 1 << 20,
	HR_STRUCT_PAGES_INLINE = 64
};

/* The pieces of one range, while the vmemmap is walked. */
struct hr_struct_pages {
	const struct hr_layout *layout;
	uint64_t pa_start, pa_end;  /* of the range that they describe, end exclusive */
	struct hr_pa_piece *pieces; /* @few, or memory of their own */
	size_t count, room;
	struct hr_pa_piece few[HR_STRUCT_PAGES_INLINE];
	struct hr_struct_pages_finding found;
};

/* Begin to collect for the physical range [@pa_start, @pa_end). */
void hr_struct_pages_begin(struct hr_struct_pages *pages, const struct hr_layout *layout,
			   uint64_t pa_start, uint64_t pa_end);

/* Take the leaves of @run, which map struct pages. */
void hr_struct_pages_add(struct hr_struct_pages *pages, const struct hr_run *run);

/* Does the table page at physical address @pa, through which a walk went, lie in the range? */
void hr_struct_pages_check_table(struct hr_struct_pages *pages, uint64_t pa);

/* The same, and take it as a piece: for tables of the vmemmap. */
void hr_struct_pages_add_table(struct hr_struct_pages *pages, uint64_t pa);

/*
 * What is wrong with the pieces, the first that is found. The linear map is asked about both ends
 * of each, and about what lies between, of four pieces for each section at most. What cannot be
 * read there is not a flaw. Releases @pages.
 */
struct hr_struct_pages_finding hr_struct_pages_end(struct hr_struct_pages *pages,
						   struct hr_walker *walker);

/*
 * Learn from the struct page of the kernel's root table whether the linear map maps the memory that
 * struct pages lie in: layout->struct_pages_are_mapped. It does in every kernel, but a core may
 * have been made with no more than the tables: layout->struct_pages_are_apart. And with which
 * memory types both maps have it: layout->vmemmap_type, linear_type.
 */
void hr_struct_pages_learn(struct hr_layout *layout, struct hr_walker *walker);

#endif
