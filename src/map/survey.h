/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The content of a range in one map: leaves by size, tables that its removal empties, damage. */
#ifndef HR_SURVEY_H
#define HR_SURVEY_H

#include <hotremove/hotremove.h>

#include "kernel/layout.h"
#include "kernel/maps.h"
#include "kernel/struct_pages.h"
#include "walk/walker.h"
#include "walk/why.h"

/* How often something was found, and the first occurrence. */
struct hr_finding {
	uint64_t count;
	struct hr_leaf first;
};

struct hr_map_survey {
	bool done;	     /* false: the map has no room for the range, or it was not walked */
	uint64_t va_start;   /* the range in this map */
	uint64_t va_end;     /* exclusive */
	uint64_t mapped;     /* bytes under leaves, valid or not */
	uint64_t unmapped;   /* bytes */
	uint64_t unreadable; /* bytes */
	/* completely inside the range; a CONT group counts as one */
	uint64_t leaves[HR_LEAF_KINDS];
	uint64_t
		/* leaf entries that map a byte of the range, by level + 1 */
		entries[HR_LEVELS_MAX];
	uint64_t tables_emptied; /* tables that the kernel frees after the removal */
	uint64_t root_entries;	 /* root entries that are cleared: leaves and freed tables */
	struct hr_finding broken_groups; /* only some members have the CONT bit */
	struct hr_finding unexpected;	 /* leaves that Linux never creates */
	struct hr_finding misplaced;	 /* linear map leaves that map a PA other than their own */
	struct hr_struct_pages_finding struct_pages; /* a flaw in the struct pages or tables */
	char why[HR_WHY_SIZE];			     /* the first reason for unreadable bytes */
};

struct hr_survey {
	struct hr_map_survey maps[HR_MAP_COUNT];
};

/* Called with leaf entries of one kind in the vmemmap: @count from @va on, of @size bytes each. */
typedef void hr_entries_fn(void *context, uint64_t va, uint64_t size, uint64_t count);

/*
 * Walk the physical range [@pa_start, @pa_end) in both maps. Calls @entries, which may be NULL,
 * with the vmemmap's leaf entries in ascending VA order. Parts of the range that the linear map has
 * no room for count as unmapped.
 */
void hr_survey_range(const struct hr_layout *layout, struct hr_walker *walker, uint64_t pa_start,
		     uint64_t pa_end, hr_entries_fn *entries, void *context, struct hr_survey *ret);

/*
 * Does no memory block inside the range of @survey hold its own memmap? True only if the walk saw
 * all of the vmemmap there, and it maps no memory of the range.
 */
bool hr_survey_shows_no_altmap(const struct hr_survey *survey);

#endif
