// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kdref - how long a library alone takes to decompress the table pages of a list, each once.
 *
 *   kdref DUMP LIST [THREADS [CACHE_PAGES]]
 *
 * LIST is what mkcore wrote beside DUMP. Each thread opens the dump again and has a contiguous
 * share of the list. Prints the seconds that it took, with and without opening the dump, and the
 * sum of the pages' words.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libkdumpfile/kdumpfile.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "page_list.h"

enum {
	THREADS_MAX = 64
};

struct share {
	const char *path;
	unsigned long cache_pages;
	uint64_t page_size;
	const uint64_t *pages;
	size_t count;
	uint64_t sum;
	double opened;
	pthread_t thread;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void check(kdump_ctx_t *ctx, kdump_status status)
{
	if (status != KDUMP_OK)
		errx(EXIT_FAILURE, "libkdumpfile: %s", kdump_get_err(ctx));
}

static kdump_ctx_t *open_dump(const struct share *share)
{
	kdump_ctx_t *ctx = kdump_new();
	int fd = open(share->path, O_RDONLY | O_CLOEXEC);

	if (!ctx || fd < 0)
		err(EXIT_FAILURE, "%s", share->path);
	check(ctx, kdump_set_number_attr(ctx, KDUMP_ATTR_FILE_MMAP_POLICY, KDUMP_MMAP_NEVER));
	check(ctx, kdump_open_fd(ctx, fd));
	if (share->cache_pages)
		check(ctx, kdump_set_number_attr(ctx, "cache.size", share->cache_pages));
	return ctx;
}

static void *work(void *context)
{
	struct share *share = context;
	kdump_ctx_t *ctx = open_dump(share);
	uint64_t *page = malloc(share->page_size);

	if (!page)
		err(EXIT_FAILURE, "malloc");
	share->opened = now();
	for (size_t i = 0; i < share->count; i++) {
		size_t size = share->page_size;

		check(ctx, kdump_read(ctx, KDUMP_MACHPHYSADDR, share->pages[i], page, &size));
		share->sum += page_sum_words(page, share->page_size);
	}
	free(page);
	kdump_free(ctx);
	return NULL;
}

int main(int argc, char **argv)
{
	size_t threads = argc > 3 ? strtoul(argv[3], NULL, 10) : 1, count;
	struct share shares[THREADS_MAX];
	uint64_t page_size, sum = 0, *pages;
	double start, opened;

	if (argc < 3 || !threads || threads > THREADS_MAX)
		errx(EXIT_FAILURE, "usage: kdref DUMP LIST [THREADS [CACHE_PAGES]]");
	pages = page_list_read(argv[2], &page_size, &count);
	start = now();
	for (size_t i = 0; i < threads; i++) {
		size_t first = count * i / threads, end = count * (i + 1) / threads;

		shares[i] = (struct share){
			.path = argv[1],
			.cache_pages = argc > 4 ? strtoul(argv[4], NULL, 10) : 0,
			.page_size = page_size,
			.pages = pages + first,
			.count = end - first,
		};
		if (i && pthread_create(&shares[i].thread, NULL, work, &shares[i]))
			errx(EXIT_FAILURE, "pthread_create");
	}
	work(&shares[0]);
	for (size_t i = 1; i < threads; i++)
		pthread_join(shares[i].thread, NULL);
	for (size_t i = 0; i < threads; i++)
		sum += shares[i].sum;
	opened = shares[0].opened;
	printf("{\"seconds\": %.6f, \"reading\": %.6f, \"pages\": %zu, \"sum\": %" PRIu64 "}\n",
	       now() - start, now() - opened, count, sum);
	free(pages);
	return EXIT_SUCCESS;
}
