// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pageflags PFN COUNT - what /proc/kpageflags says of COUNT pages from PFN on, at most 32768: how
 * many of them have each flag that shows what a page holds.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST 32768

static const struct {
	const char *name;
	int bit;
} flags[] = {
	{ "free", KPF_BUDDY },	      { "slab", KPF_SLAB },    { "page_table", KPF_PGTABLE },
	{ "hwpoison", KPF_HWPOISON }, { "hugetlb", KPF_HUGE }, { "offline", KPF_OFFLINE },
	{ "lru", KPF_LRU },
};

int main(int argc, char **argv)
{
	static uint64_t pages[MOST];
	uint64_t pfn = argc == 3 ? strtoull(argv[1], NULL, 0) : 0;
	size_t count = argc == 3 ? strtoul(argv[2], NULL, 0) : 0;
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	size_t bytes = count * sizeof(*pages);

	if (fd < 0 || !count || count > MOST) {
		fprintf(stderr, "usage: pageflags PFN COUNT\n");
		return 64;
	}
	if (pread(fd, pages, bytes, (off_t)(pfn * sizeof(*pages))) != (ssize_t)bytes) {
		perror("/proc/kpageflags");
		return 1;
	}
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		size_t found = 0;

		for (size_t page = 0; page < count; page++)
			found += pages[page] >> flags[i].bit & 1;
		printf("%s %zu\n", flags[i].name, found);
	}
	return 0;
}
