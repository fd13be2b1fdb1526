/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The progress of the queries, in bytes of memory: of the requested ranges, and of all existing
 * memory for each query that covers everything.
 */
#ifndef HR_WORK_H
#define HR_WORK_H

#include "api/kernel.h"

enum {
	HR_WORK_AREAS = 64
};

struct hr_work {
	const struct hr_kernel *kernel;
	const struct hr_memory *memory; /* for reading without counting that as progress */
	uint64_t range_bytes, ranges_done;
	uint64_t passes, passes_done;
	bool in_pass;				 /* the current part covers all memory */
	struct hr_pa_range part;		 /* otherwise it is this range */
	uint64_t shown;				 /* bytes reported last: progress never goes back */
	bool measured;				 /* the next three are set */
	struct hr_pa_range areas[HR_WORK_AREAS]; /* where memory exists, ascending */
	size_t area_count;			 /* 0: unknown */
	uint64_t present;			 /* total bytes in the areas */
};

/*
 * Start: @range_bytes is the total of the ranges, and all memory is covered @passes times. @memory
 * is the kernel's memory.
 */
void hr_work_begin(struct hr_work *work, const struct hr_kernel *kernel,
		   const struct hr_memory *memory, uint64_t range_bytes, uint64_t passes);

/* The current part is done, and this one begins: a range, or with NULL all memory. */
void hr_work_next(struct hr_work *work, const struct hr_pa_range *range);

/* An hr_position_fn whose context is a struct hr_work. */
bool hr_work_position(void *context, uint64_t *ret_done, uint64_t *ret_total);

#endif
