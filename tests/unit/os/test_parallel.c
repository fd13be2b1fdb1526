// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "os/parallel.h"

enum {
	ITEMS = 1000
};

struct job {
	unsigned char done[ITEMS];
};

static void count_up(void *context, size_t first, size_t end)
{
	struct job *job = context;

	for (; first < end; first++)
		job->done[first]++;
}

/* Begin and finish a job, cut into one piece for each CPU. */
static void run(struct hr_parallel *parallel, struct job *done, size_t count)
{
	size_t threads = hr_cpu_count(HR_PARALLEL_MAX);
	struct hr_job job = {
		.piece = count_up,
		.context = done,
		.count = count,
		.least = (count + threads - 1) / threads,
	};

	hr_parallel_begin(parallel, &job);
	hr_parallel_finish(parallel, &job);
}

static void each_item_is_done_once_and_before_the_return(void **state)
{
	static const size_t counts[] = { 0, 1, 2, 3, 4, 5, 63, 64, 999, ITEMS };
	struct hr_parallel *parallel = NULL;

	(void)state;
	assert_success(hr_parallel_create(&parallel));
	for (size_t round = 0; round < 200; round++) {
		size_t count = counts[round % COUNT_OF(counts)];
		struct job job;

		memset(&job, 0, sizeof(job));
		run(parallel, &job, count);
		for (size_t i = 0; i < ITEMS; i++)
			assert_int_equal(job.done[i], i < count);
	}
	hr_parallel_destroy(parallel);
}

/* Several jobs at a time, finished in a different order than they were begun. */
static void jobs_are_done_while_others_are_begun(void **state)
{
	enum {
		JOBS = 5
	};
	static const size_t counts[JOBS] = { 7, ITEMS, 0, 64, 1 };
	struct hr_parallel *parallel = NULL;

	(void)state;
	assert_success(hr_parallel_create(&parallel));
	for (size_t round = 0; round < 500; round++) {
		struct job done[JOBS];
		struct hr_job jobs[JOBS];

		memset(done, 0, sizeof(done));
		for (size_t i = 0; i < JOBS; i++) {
			jobs[i] = (struct hr_job){
				.piece = count_up,
				.context = &done[i],
				.count = counts[i],
				.least = 1 + round % 9,
			};
			hr_parallel_begin(parallel, &jobs[i]);
		}
		for (size_t i = 0; i < JOBS; i++) {
			size_t job = round % 2 ? i : JOBS - 1 - i;

			hr_parallel_finish(parallel, &jobs[job]);
			for (size_t j = 0; j < ITEMS; j++)
				assert_int_equal(done[job].done[j], j < counts[job]);
		}
	}
	hr_parallel_destroy(parallel);
}

static void helpers_without_work_can_go(void **state)
{
	(void)state;
	for (size_t i = 0; i < 20; i++) {
		struct hr_parallel *parallel = NULL;

		assert_success(hr_parallel_create(&parallel));
		hr_parallel_destroy(parallel);
	}
	hr_parallel_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_item_is_done_once_and_before_the_return),
		cmocka_unit_test(jobs_are_done_while_others_are_begun),
		cmocka_unit_test(helpers_without_work_can_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
