/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is marked in pictures of memory: the ranges asked for, the leaves in their way, changes. */
#ifndef HR_HTML_MARKS_H
#define HR_HTML_MARKS_H

#include <hotremove/hotremove.h>
#include <stddef.h>

enum {
	HR_HTML_MARKS_MAX = 96 /* more are not marked */
};

enum hr_html_mark_kind {
	HR_HTML_MARK_RANGE,
	HR_HTML_MARK_LEAF, /* in the way of a range */
	HR_HTML_MARK_CHANGE,
};

struct hr_html_mark {
	enum hr_html_mark_kind kind;
	struct hr_pa_range range;
	size_t number; /* of its kind, counted from 1 */
};

struct hr_html_marks {
	struct hr_html_mark list[HR_HTML_MARKS_MAX];
	size_t count;
	size_t numbers[HR_HTML_MARK_CHANGE +
		       1]; /* how many there are of each kind, marked or not */
};

/* Add a mark; one that is there already is not added again. */
void hr_html_marks_add(struct hr_html_marks *marks, enum hr_html_mark_kind kind,
		       const struct hr_pa_range *range);

/*
 * The physical memory that @leaf of @map stands for: what it maps, or in the vmemmap the memory
 * whose struct pages it maps. Returns false if that is not known.
 */
bool hr_html_leaf_extent(const struct hr_kernel *kernel, enum hr_map map,
			 const struct hr_leaf *leaf, struct hr_pa_range *ret);

#endif
