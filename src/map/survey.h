/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lies in a range of one map: leaves by size, tables that its removal empties, damage. */
#ifndef HR_SURVEY_H
#define HR_SURVEY_H

#include "kernel/layout.h"
#include "kernel/maps.h"
#include "kernel/struct_pages.h"
#include "walk/leaf.h"
#include "walk/walker.h"

/* The kinds of leaves that are counted, largest first. */
enum hr_leaf_kind {
	HR_LEAF_PUD,
	HR_LEAF_CONT_PMD,
	HR_LEAF_PMD,
	HR_LEAF_CONT_PTE,
	HR_LEAF_PTE,
	HR_LEAF_KINDS,
};

/* How often something was found, and the first of it. */
struct hr_finding {
	uint64_t count;
	struct hr_leaf first;
};

struct hr_map_survey {
	bool done;	     /* false: the range has no place in this map, or it was not walked */
	uint64_t va_start;   /* the range in this map, */
	uint64_t va_end;     /* exclusive */
	uint64_t mapped;     /* bytes under leaves, valid or not */
	uint64_t unmapped;   /* bytes */
	uint64_t unreadable; /* bytes */
	uint64_t leaves[HR_LEAF_KINDS]; /* wholly inside the range; a CONT group is one */
	uint64_t
		entries[HR_LEVELS_MAX]; /* leaf entries by level + 1 that map a byte of the range */
	uint64_t tables_emptied;	/* tables that the kernel frees behind the removal */
	uint64_t root_entries; /* entries of the root that are cleared: leaves, and freed tables */
	struct hr_finding broken_groups; /* some members with the CONT bit, not all */
	struct hr_finding unexpected;	 /* leaves that Linux never makes */
	struct hr_finding misplaced;	 /* linear leaves that map another PA than their own */
	struct hr_struct_pages_finding struct_pages; /* what is wrong with them, and with tables */
	char why[HR_WHY_SIZE];			     /* the first reason for unreadable bytes */
};

struct hr_survey {
	struct hr_map_survey maps[HR_MAP_COUNT];
};

/* Told of leaf entries of one kind in the vmemmap: @count from @va on, of @size bytes each. */
typedef void hr_entries_fn(void *context, uint64_t va, uint64_t size, uint64_t count);

/*
 * Walk the physical range [@pa_start, @pa_end) in both maps. @entries, which may be NULL, hears of
 * the vmemmap's leaf entries in ascending VA. Parts of the range that the linear map has no place
 * for count as unmapped.
 */
void hr_survey_range(const struct hr_layout *layout, struct hr_walker *walker, uint64_t pa_start,
		     uint64_t pa_end, hr_entries_fn *entries, void *context, struct hr_survey *ret);

/* The kind that @leaf counts as; false for levels that Linux makes no leaves at. */
bool hr_leaf_kind_of(const struct hr_leaf *leaf, enum hr_leaf_kind *ret);

const char *hr_leaf_kind_name(enum hr_leaf_kind kind);

#endif
