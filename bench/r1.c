// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * r1 - the physical limit: read the table pages of a list, in its order, and sum their words.
 *
 *   r1 CORE LIST METHOD THREADS
 *
 * LIST is what mkcore wrote beside CORE. METHOD is mmap, or the most KiB that one call of pread
 * reads, into a buffer that begins at a page: neighbours in the list that follow each other in
 * memory are read at once. Each thread has a contiguous share of the list. Prints the seconds that
 * it took, without reading the list, and the sum.
 */
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "page_list.h"

enum {
	THREADS_MAX = 64,
	KIB_MAX = 4096
};

struct core {
	int fd;
	uint64_t pa, offset, size; /* of the memory: the last PT_LOAD */
	uint64_t page_size;
	const unsigned char *bytes;
};

struct share {
	const struct core *core;
	size_t most; /* bytes that are read at once; 0: mmap */
	const uint64_t *pages;
	size_t count;
	uint64_t sum;
	pthread_t thread;
};

static void read_all(int fd, void *buffer, size_t size, uint64_t offset)
{
	if (pread(fd, buffer, size, (off_t)offset) != (ssize_t)size)
		err(EXIT_FAILURE, "pread");
}

static void open_core(const char *path, struct core *core)
{
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdr;

	core->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (core->fd < 0)
		err(EXIT_FAILURE, "%s", path);
	read_all(core->fd, &ehdr, sizeof(ehdr), 0);
	read_all(core->fd, &phdr, sizeof(phdr), ehdr.e_phoff + (ehdr.e_phnum - 1u) * sizeof(phdr));
	core->pa = phdr.p_paddr;
	core->offset = phdr.p_offset;
	core->size = phdr.p_filesz;
}

static void map_core(struct core *core)
{
	void *bytes = mmap(NULL, core->size, PROT_READ, MAP_SHARED, core->fd, (off_t)core->offset);

	if (bytes == MAP_FAILED)
		err(EXIT_FAILURE, "mmap");
	core->bytes = bytes;
}

static size_t run_length(const struct share *share, size_t first)
{
	uint64_t size = share->core->page_size;
	size_t most = share->most / size, n = 1;

	while (n < most && first + n < share->count &&
	       share->pages[first + n] == share->pages[first] + n * size)
		n++;
	return n;
}

static void sum_reads(struct share *share)
{
	const struct core *core = share->core;
	size_t room = share->most > core->page_size ? share->most : core->page_size;
	unsigned char *buffer = aligned_alloc(4096, room);

	if (!buffer)
		err(EXIT_FAILURE, "aligned_alloc");
	for (size_t i = 0; i < share->count;) {
		size_t n = run_length(share, i), size = n * core->page_size;

		read_all(core->fd, buffer, size, core->offset + (share->pages[i] - core->pa));
		share->sum += page_sum_words(buffer, size);
		i += n;
	}
	free(buffer);
}

static void sum_mapping(struct share *share)
{
	const struct core *core = share->core;

	for (size_t i = 0; i < share->count; i++)
		share->sum +=
			page_sum_words(core->bytes + (share->pages[i] - core->pa), core->page_size);
}

static void *work(void *context)
{
	struct share *share = context;

	if (share->most)
		sum_reads(share);
	else
		sum_mapping(share);
	return NULL;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static uint64_t sum_list(const struct core *core, size_t most, const uint64_t *pages, size_t count,
			 size_t threads)
{
	struct share shares[THREADS_MAX];
	uint64_t sum = 0;

	for (size_t i = 0; i < threads; i++) {
		size_t first = count * i / threads, end = count * (i + 1) / threads;

		shares[i] = (struct share){ core, most, pages + first, end - first, 0, 0 };
		if (i && pthread_create(&shares[i].thread, NULL, work, &shares[i]))
			errx(EXIT_FAILURE, "pthread_create");
	}
	work(&shares[0]);
	for (size_t i = 0; i < threads; i++) {
		if (i)
			pthread_join(shares[i].thread, NULL);
		sum += shares[i].sum;
	}
	return sum;
}

/* Bytes of a piece; 0: mmap. */
static size_t parse_method(const char *text)
{
	size_t kib;

	if (!strcmp(text, "mmap"))
		return 0;
	kib = strtoul(text, NULL, 10);
	if (!kib || kib > KIB_MAX || kib % 4)
		errx(EXIT_FAILURE, "no such method: %s", text);
	return kib << 10;
}

int main(int argc, char **argv)
{
	struct core core = { 0 };
	size_t count, threads, most;
	uint64_t *pages, sum;
	double start;

	if (argc != 5)
		errx(EXIT_FAILURE, "usage: r1 CORE LIST KIB|mmap THREADS");
	threads = strtoul(argv[4], NULL, 10);
	if (!threads || threads > THREADS_MAX)
		errx(EXIT_FAILURE, "from 1 to %d threads", THREADS_MAX);
	pages = page_list_read(argv[2], &core.page_size, &count);
	open_core(argv[1], &core);
	most = parse_method(argv[3]);
	start = now();
	if (!most)
		map_core(&core);
	sum = sum_list(&core, most, pages, count, threads);
	printf("{\"seconds\": %.6f, \"pages\": %zu, \"sum\": %" PRIu64 "}\n", now() - start, count,
	       sum);
	free(pages);
	return EXIT_SUCCESS;
}
