/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far the queries of a report are, in bytes of memory: of the ranges that were asked for, and
 * of all that exists for each query that goes over all of it.
 */
#ifndef HR_WORK_H
#define HR_WORK_H

#include "api/kernel.h"

enum {
	HR_WORK_AREAS = 64
};

struct hr_work {
	const struct hr_kernel *kernel;
	const struct hr_memory *memory; /* to look at without being asked how far that is */
	uint64_t range_bytes, ranges_done;
	uint64_t passes, passes_done;
	bool in_pass;		 /* the part in hand goes over all memory */
	struct hr_pa_range part; /* else it is this range */
	uint64_t shown;		 /* bytes that were told last: there is no way back */
	bool measured;		 /* the next three are filled in */
	struct hr_pa_range areas[HR_WORK_AREAS]; /* where there is memory, ascending */
	size_t area_count;			 /* 0: not known */
	uint64_t present;			 /* bytes in them */
};

/*
 * There are @range_bytes in ranges to go over, and all memory @passes times. @memory is the
 * kernel's.
 */
void hr_work_begin(struct hr_work *work, const struct hr_kernel *kernel,
		   const struct hr_memory *memory, uint64_t range_bytes, uint64_t passes);

/* The part in hand is done, and this one begins: a range, or with NULL all memory. */
void hr_work_next(struct hr_work *work, const struct hr_pa_range *range);

/* An hr_position_fn whose context is a struct hr_work. */
bool hr_work_position(void *context, uint64_t *ret_done, uint64_t *ret_total);

#endif
