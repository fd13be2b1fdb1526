/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run pieces of a job on all CPUs that the program may use, while the caller waits or continues. */
#ifndef HR_PARALLEL_H
#define HR_PARALLEL_H

#include <hotremove/hotremove.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	HR_PARALLEL_MAX = 4 /* threads, including the caller */
};

/* The number of CPUs that the program may use, at most @most; 1 if that is unknown. */
size_t hr_cpu_count(size_t most);

struct hr_parallel;

/*
 * Create helper threads for the caller, one less than there are CPUs, that wait for work. There are
 * none on a single CPU, or if no thread can be created. They block all signals. Error
 * HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_parallel_create(struct hr_parallel **ret);

/* No job may be in progress. */
void hr_parallel_destroy(struct hr_parallel *parallel);

/* Does a piece: items from @first up to @end, exclusive. */
typedef void hr_piece_fn(void *context, size_t first, size_t end);

/* Items to process, in pieces that free threads take from the front. */
struct hr_job {
	hr_piece_fn *piece;
	void *context;
	size_t count; /* items */
	size_t least; /* items in a piece, at least 1; the last piece may have fewer */
	/* While the job is in progress, the following fields belong to hr_parallel. */
	size_t taken;	     /* items that have been taken */
	atomic_size_t left;  /* items that are not done */
	struct hr_job *next; /* the job that was begun after it */
};

/* Let the helpers begin with @job, after jobs that were begun before, and return at once. */
void hr_parallel_begin(struct hr_parallel *parallel, struct hr_job *job);

/*
 * Do the rest of @job and wait for the pieces that the helpers are processing. All calls for one
 * hr_parallel must come from one thread.
 */
void hr_parallel_finish(struct hr_parallel *parallel, struct hr_job *job);

#endif
