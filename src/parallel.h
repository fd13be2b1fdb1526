/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pieces of one job on the CPUs that the program may use. */
#ifndef HR_PARALLEL_H
#define HR_PARALLEL_H

#include <stddef.h>

#include "error.h"

enum {
	HR_PARALLEL_MAX = 4 /* threads, the caller's included */
};

struct hr_parallel;

/*
 * Helpers for the caller, one less than there are CPUs, that wait for work; none on one CPU, or
 * where no thread can be made. They block all signals. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_parallel_create(struct hr_parallel **ret);
void hr_parallel_destroy(struct hr_parallel *parallel);

/* Does a piece: items from @first up to @end, exclusive. */
typedef void hr_piece_fn(void *context, size_t first, size_t end);

/*
 * Have @piece done for @count items, cut into one piece for each thread, of which the caller's is
 * one. Returns when all are done. Not to be called from two threads at a time.
 */
void hr_parallel_run(struct hr_parallel *parallel, hr_piece_fn *piece, void *context, size_t count);

#endif
