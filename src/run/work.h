/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The progress of the queries, in bytes of memory: of the requested ranges, and of all existing
 * memory for each query that covers everything.
 */
#ifndef HR_WORK_H
#define HR_WORK_H

#include <hotremove/hotremove.h>

enum {
	HR_WORK_AREAS = 64
};

struct hr_work {
	const struct hr_kernel *kernel;
	uint64_t range_bytes, ranges_done;
	uint64_t passes, passes_done;
	bool in_pass;				 /* the current part covers all memory */
	struct hr_pa_range part;		 /* otherwise it is this range */
	uint64_t shown;				 /* bytes reported last: progress never goes back */
	struct hr_pa_range areas[HR_WORK_AREAS]; /* where memory exists, ascending */
	size_t area_count;			 /* 0: unknown */
	uint64_t present;			 /* total bytes in the areas */
};

/* Start: @range_bytes is the total of the ranges, and all memory is covered @passes times. */
void hr_work_begin(struct hr_work *work, const struct hr_kernel *kernel, uint64_t range_bytes,
		   uint64_t passes);

/* Find the memory that exists. Without it, the progress of a pass is unknown. */
void hr_work_measure(struct hr_work *work);

/* The current part is done, and this one begins: a range, or with NULL all memory. */
void hr_work_next(struct hr_work *work, const struct hr_pa_range *range);

/* An hr_position_fn whose context is a struct hr_work. */
bool hr_work_position(void *context, uint64_t pa, uint64_t *ret_done, uint64_t *ret_total);

#endif
