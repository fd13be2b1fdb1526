/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of the linear map and of the vmemmap, and what becomes of each when both move.
 *
 * Addresses move by multiples of a step, so a table that maps no more than a step stays as it is.
 * If an entry maps no more than that, all entries of the table go on by the same number of places.
 * In other tables an entry goes where what is below it goes.
 */
#ifndef HR_TABLE_SURVEY_H
#define HR_TABLE_SURVEY_H

#include <hotremove/hotremove.h>

#include "base/memory.h"
#include "kernel/layout.h"
#include "redact/moves.h"

/* What becomes of the entries of a table. */
enum hr_table_fate {
	HR_TABLE_STAYS,
	HR_TABLE_ROTATES, /* in the area and of the level of the piece */
	HR_TABLE_CHANGES, /* it maps what begins at the VA of the piece */
};

/* Neighbouring pages of memory, with tables of one fate. */
struct hr_table_piece {
	uint64_t start, end; /* PA, the end exclusive */
	enum hr_table_fate fate;
	int level; /* 0 where it does not matter, like the next two */
	enum hr_area_name area;
	uint64_t va;
};

/* A table below the root, which maps more than a step, in one area. */
struct hr_wide_table {
	int level;
	enum hr_area_name area;
	uint64_t va;	      /* first byte that the table could map */
	uint64_t first, last; /* VAs: what its entries map in the area; inclusive */
};

struct hr_table_survey {
	struct hr_geometry geo;
	uint64_t steps[HR_AREAS];  /* addresses move by multiples of this power of two */
	uint64_t aligns[HR_AREAS]; /* and of this one, as there are leaves or groups of that size */
	bool is_mapped[HR_AREAS];
	uint64_t first[HR_AREAS], last[HR_AREAS]; /* VAs: what is mapped there; inclusive */
	struct hr_wide_table *tables;		  /* by level, then by area, then by VA */
	size_t table_count, table_room;
	struct hr_table_piece *pieces; /* ascending and apart */
	size_t piece_count, piece_room;
};

/* The distance by which the linear map of a kernel with pages of @geo can move. */
uint64_t hr_table_survey_step(const struct hr_geometry *geo);

/*
 * Look at all tables of the kernel with @layout in @memory. One that cannot be read moves as a
 * whole, with all that it could map. Errors: HR_ERROR_INPUT if a page is more than one table, so
 * that it could not change in two ways, or there are more tables than the source has pages;
 * HR_ERROR_NO_MEMORY. Release @ret in any case.
 */
struct hr_error *hr_table_survey_make(const struct hr_layout *layout,
				      const struct hr_memory *memory, struct hr_table_survey *ret);
void hr_table_survey_release(struct hr_table_survey *survey);

/* Add the table at @pa, of @level, that maps what begins at @va, and changes; sort afterwards. */
struct hr_error *hr_table_survey_add(struct hr_table_survey *survey, uint64_t pa, int level,
				     uint64_t va);
struct hr_error *hr_table_survey_sort(struct hr_table_survey *survey);

/* The piece around @pa; NULL if no table is there. */
const struct hr_table_piece *hr_table_survey_find(const struct hr_table_survey *survey,
						  uint64_t pa);

/* Do tables of @level stay as they are in @area? */
bool hr_table_survey_is_narrow(const struct hr_table_survey *survey, enum hr_area_name area,
			       int level);

/* The wide table of @level in @area that begins at @va; NULL if there is none. */
const struct hr_wide_table *hr_table_survey_wide(const struct hr_table_survey *survey, int level,
						 enum hr_area_name area, uint64_t va);

#endif
