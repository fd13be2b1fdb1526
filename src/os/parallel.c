// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#include "os/signals.h"

/*
 * How often a thread polls what another thread will change before it sleeps: some ten microseconds,
 * which is the time that it takes to wake it up again.
 */
enum {
	SPINS = 400
};

struct hr_parallel {
	pthread_mutex_t lock; /* guards everything but @threads, and our fields of jobs */
	pthread_cond_t work, done;
	pthread_t threads[HR_PARALLEL_MAX - 1];
	size_t helpers;
	struct hr_job *_Atomic first; /* queue of jobs with items that nobody has taken yet */
	struct hr_job *last;
	size_t idle;  /* sleeping helpers */
	bool awaited; /* the caller sleeps until a piece is done */
	bool over;
};

static void relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

/* Remove @job from any place in the queue. */
static void job_unlink(struct hr_parallel *parallel, const struct hr_job *job)
{
	struct hr_job *before = NULL, *at = parallel->first;

	while (at != job) {
		before = at;
		at = at->next;
	}
	if (before)
		before->next = job->next;
	else
		parallel->first = job->next;
	if (parallel->last == job)
		parallel->last = before;
}

/*
 * Take a piece of @job: an equal share of what is left, so that all threads finish at about the
 * same time. A job with nothing left leaves the queue. Returns false if nothing is left. Call with
 * the lock held.
 */
static bool job_take(struct hr_parallel *parallel, struct hr_job *job, size_t *ret_first,
		     size_t *ret_end)
{
	size_t left = job->count - job->taken, share = left / (parallel->helpers + 1);

	if (!left)
		return false;
	if (share < job->least)
		share = job->least < left ? job->least : left;
	*ret_first = job->taken;
	*ret_end = job->taken += share;
	if (job->taken == job->count)
		job_unlink(parallel, job);
	return true;
}

/* Work on the jobs in the queue until it is empty. The lock is held before and after. */
static void help_all(struct hr_parallel *parallel)
{
	struct hr_job *job;
	size_t first, end;

	while ((job = parallel->first) != NULL && job_take(parallel, job, &first, &end)) {
		pthread_mutex_unlock(&parallel->lock);
		job->piece(job->context, first, end);
		pthread_mutex_lock(&parallel->lock);
		/* A job may be freed as soon as its last item is seen to be done. */
		atomic_fetch_sub(&job->left, end - first);
		if (parallel->awaited)
			pthread_cond_signal(&parallel->done);
	}
}

static void *help(void *context)
{
	struct hr_parallel *parallel = context;

	pthread_mutex_lock(&parallel->lock);
	while (!parallel->over) {
		help_all(parallel);
		pthread_mutex_unlock(&parallel->lock);
		for (int i = 0; i < SPINS && !atomic_load(&parallel->first); i++)
			relax();
		pthread_mutex_lock(&parallel->lock);
		parallel->idle++;
		while (!parallel->first && !parallel->over)
			pthread_cond_wait(&parallel->work, &parallel->lock);
		parallel->idle--;
	}
	pthread_mutex_unlock(&parallel->lock);
	return NULL;
}

size_t hr_cpu_count(size_t most)
{
	cpu_set_t cpus;
	size_t count;

	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return 1;
	count = (size_t)CPU_COUNT(&cpus);
	return count < most ? count : most;
}

/* The number of helpers is set before the first job, so they can read it without the lock. */
static void make_helpers(struct hr_parallel *parallel)
{
	size_t wanted = hr_cpu_count(HR_PARALLEL_MAX) - 1;
	sigset_t all, before;

	/* Only the main thread handles signals, except for a thread's own errors. */
	sigfillset(&all);
	for (int number = 1; number < NSIG; number++)
		if (hr_signal_tells_of_fault(number))
			sigdelset(&all, number);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (parallel->helpers < wanted &&
	       !pthread_create(&parallel->threads[parallel->helpers], NULL, help, parallel))
		parallel->helpers++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct hr_error *hr_parallel_create(struct hr_parallel **ret)
{
	struct hr_parallel *parallel = calloc(1, sizeof(*parallel));

	if (!parallel)
		return hr_error_no_memory();
	pthread_mutex_init(&parallel->lock, NULL);
	pthread_cond_init(&parallel->work, NULL);
	pthread_cond_init(&parallel->done, NULL);
	make_helpers(parallel);
	*ret = parallel;
	return NULL;
}

void hr_parallel_destroy(struct hr_parallel *parallel)
{
	if (!parallel)
		return;
	pthread_mutex_lock(&parallel->lock);
	parallel->over = true;
	pthread_cond_broadcast(&parallel->work);
	pthread_mutex_unlock(&parallel->lock);
	for (size_t i = 0; i < parallel->helpers; i++)
		pthread_join(parallel->threads[i], NULL);
	pthread_cond_destroy(&parallel->done);
	pthread_cond_destroy(&parallel->work);
	pthread_mutex_destroy(&parallel->lock);
	free(parallel);
}

void hr_parallel_begin(struct hr_parallel *parallel, struct hr_job *job)
{
	job->taken = 0;
	job->next = NULL;
	atomic_init(&job->left, job->count);
	if (!job->count)
		return;
	pthread_mutex_lock(&parallel->lock);
	if (parallel->first)
		parallel->last->next = job;
	else
		parallel->first = job;
	parallel->last = job;
	if (parallel->idle)
		pthread_cond_broadcast(&parallel->work);
	pthread_mutex_unlock(&parallel->lock);
}

void hr_parallel_finish(struct hr_parallel *parallel, struct hr_job *job)
{
	size_t first, end;

	pthread_mutex_lock(&parallel->lock);
	while (job_take(parallel, job, &first, &end)) {
		pthread_mutex_unlock(&parallel->lock);
		job->piece(job->context, first, end);
		atomic_fetch_sub(&job->left, end - first);
		pthread_mutex_lock(&parallel->lock);
	}
	pthread_mutex_unlock(&parallel->lock);
	for (int i = 0; i < SPINS && atomic_load(&job->left); i++)
		relax();
	if (!atomic_load(&job->left))
		return;
	pthread_mutex_lock(&parallel->lock);
	parallel->awaited = true;
	while (atomic_load(&job->left))
		pthread_cond_wait(&parallel->done, &parallel->lock);
	parallel->awaited = false;
	pthread_mutex_unlock(&parallel->lock);
}
