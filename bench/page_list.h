/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code that the references share: reading mkcore's lists of table pages, and processing each page.
 */
#ifndef BENCH_PAGE_LIST_H
#define BENCH_PAGE_LIST_H

#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Read the physical addresses in the list at @path, which begins with the size of a page. The
 * caller frees them.
 */
static inline uint64_t *page_list_read(const char *path, uint64_t *page_size, size_t *count)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint64_t *pages;

	if (fd < 0 || fstat(fd, &st))
		err(EXIT_FAILURE, "%s", path);
	*count = (size_t)st.st_size / sizeof(*pages) - 1;
	pages = malloc(*count * sizeof(*pages) + 1);
	if (!pages || read(fd, page_size, sizeof(*page_size)) != sizeof(*page_size) ||
	    read(fd, pages, *count * sizeof(*pages)) != (ssize_t)(*count * sizeof(*pages)))
		err(EXIT_FAILURE, "%s", path);
	close(fd);
	return pages;
}

/* In the header, so that each reference compiles it with its own options. */
static inline uint64_t page_sum_words(const void *bytes, size_t size)
{
	const uint64_t *words = bytes;
	uint64_t sum = 0;

	for (size_t i = 0; i < size / sizeof(*words); i++)
		sum += words[i];
	return sum;
}

#endif
