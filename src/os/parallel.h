/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pieces of one job on the CPUs that the program may use, at once or while the caller goes on. */
#ifndef HR_PARALLEL_H
#define HR_PARALLEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum {
	HR_PARALLEL_MAX = 4 /* threads, the caller's included */
};

/* The CPUs that the program may use, @most at most; 1 where that cannot be told. */
size_t hr_cpu_count(size_t most);

struct hr_parallel;

/*
 * Helpers for the caller, one less than there are CPUs, that wait for work; none on one CPU, or
 * where no thread can be made. They block all signals. Error HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_parallel_create(struct hr_parallel **ret);

/* No job may be underway. */
void hr_parallel_destroy(struct hr_parallel *parallel);

/* Does a piece: items from @first up to @end, exclusive. */
typedef void hr_piece_fn(void *context, size_t first, size_t end);

/* Items that are to be done, in pieces that whoever is free takes from the front. */
struct hr_job {
	hr_piece_fn *piece;
	void *context;
	size_t count; /* items */
	size_t least; /* items of a piece, 1 at least; the last may have fewer */
	/* From the beginning of the job to its end, the following belong to hr_parallel. */
	size_t taken;	     /* items that someone has or had in hand */
	atomic_size_t left;  /* items that are not done */
	struct hr_job *next; /* the one begun behind it */
};

/* Have the helpers begin with @job, behind those begun before, and return at once. */
void hr_parallel_begin(struct hr_parallel *parallel, struct hr_job *job);

/*
 * Do what is left of @job and wait for what the helpers have in hand of it. All calls of one
 * hr_parallel come from one thread.
 */
void hr_parallel_finish(struct hr_parallel *parallel, struct hr_job *job);

#endif
