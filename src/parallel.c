// SPDX-License-Identifier: GPL-2.0-or-later
#include "parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

/* What a helper is to do. */
struct piece {
	struct hr_parallel *parallel;
	size_t first, end;
	bool pending; /* given out and not done yet */
};

struct hr_parallel {
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	pthread_t threads[HR_PARALLEL_MAX - 1];
	struct piece pieces[HR_PARALLEL_MAX - 1];
	size_t helpers;
	hr_piece_fn *fn;
	void *context;
	bool over;
};

static void *help(void *context)
{
	struct piece *piece = context;
	struct hr_parallel *parallel = piece->parallel;

	pthread_mutex_lock(&parallel->lock);
	for (;;) {
		while (!piece->pending && !parallel->over)
			pthread_cond_wait(&parallel->work, &parallel->lock);
		if (parallel->over)
			break;
		pthread_mutex_unlock(&parallel->lock);
		parallel->fn(parallel->context, piece->first, piece->end);
		pthread_mutex_lock(&parallel->lock);
		piece->pending = false;
		pthread_cond_signal(&parallel->done);
	}
	pthread_mutex_unlock(&parallel->lock);
	return NULL;
}

static size_t helpers_wanted(void)
{
	cpu_set_t cpus;
	size_t count;

	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return 0;
	count = (size_t)CPU_COUNT(&cpus);
	return (count < HR_PARALLEL_MAX ? count : HR_PARALLEL_MAX) - 1;
}

struct hr_error *hr_parallel_create(struct hr_parallel **ret)
{
	struct hr_parallel *parallel = calloc(1, sizeof(*parallel));
	size_t wanted = helpers_wanted();
	sigset_t all, before;

	if (!parallel)
		return hr_error_no_memory();
	pthread_mutex_init(&parallel->lock, NULL);
	pthread_cond_init(&parallel->work, NULL);
	pthread_cond_init(&parallel->done, NULL);
	/* Signals are for the thread that knows what to do with them. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (size_t i = 0; i < wanted; i++) {
		parallel->pieces[i].parallel = parallel;
		if (pthread_create(&parallel->threads[i], NULL, help, &parallel->pieces[i]))
			break;
		parallel->helpers++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
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

void hr_parallel_run(struct hr_parallel *parallel, hr_piece_fn *piece, void *context, size_t count)
{
	size_t share = count / (parallel->helpers + 1), first = 0;

	pthread_mutex_lock(&parallel->lock);
	parallel->fn = piece;
	parallel->context = context;
	for (size_t i = 0; i < parallel->helpers && share; i++, first += share) {
		parallel->pieces[i].first = first;
		parallel->pieces[i].end = first + share;
		parallel->pieces[i].pending = true;
	}
	pthread_cond_broadcast(&parallel->work);
	pthread_mutex_unlock(&parallel->lock);
	piece(context, first, count);
	pthread_mutex_lock(&parallel->lock);
	for (size_t i = 0; i < parallel->helpers; i++)
		while (parallel->pieces[i].pending)
			pthread_cond_wait(&parallel->done, &parallel->lock);
	pthread_mutex_unlock(&parallel->lock);
}
