/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far the virtual addresses of a kernel are moved. Each of its areas moves as a whole and stays
 * inside of its bounds, which are the same in all kernels of one configuration. The vmemmap goes
 * with the linear map; the image moves by itself.
 */
#ifndef HR_MOVES_H
#define HR_MOVES_H

#include <hotremove/hotremove.h>

#include "kernel/layout.h"

enum hr_area_name {
	HR_AREA_LINEAR,
	HR_AREA_IMAGE, /* and all else between the linear map and the vmemmap */
	HR_AREA_VMEMMAP,
	HR_AREAS,
};

struct hr_moved_area {
	uint64_t first, last; /* VAs, inclusive */
	uint64_t by;	      /* modulo 2^64 */
};

struct hr_moves {
	struct hr_moved_area areas[HR_AREAS];
	/* Of struct pages: bytes of a page, and of the struct page. */
	uint64_t page_size, struct_page_size;
};

/* The areas of the kernel with @layout, which are not moved yet. */
struct hr_moves hr_moves_of(const struct hr_layout *layout);

/* Move the linear map by @by, a multiple of a page, and the vmemmap as that requires. */
void hr_moves_set_linear(struct hr_moves *moves, uint64_t by);

/* The area that has @va, HR_AREAS if there is none. */
enum hr_area_name hr_moves_area(const struct hr_moves *moves, uint64_t va);

/* Where @va is after the move. Returns false if it is in no area, or would leave its area. */
bool hr_moves_va(const struct hr_moves *moves, uint64_t va, uint64_t *ret);

/*
 * A word of memory after the move: an address, which may have a tag (arch/pointer.h), is moved, and
 * becomes 0 if it cannot be. What is in no area stays as it is.
 */
uint64_t hr_moves_word(const struct hr_moves *moves, uint64_t word);

#endif
