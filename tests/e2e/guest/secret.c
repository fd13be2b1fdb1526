// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * secret MIB - hold memory that the kernel has taken out of its linear map, until killed.
 *
 * Prints the lowest and the highest physical address of its pages, from /proc/self/pagemap, and
 * then that it is ready.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PFN_MASK (((uint64_t)1 << 55) - 1)

static int failed(const char *what)
{
	perror(what);
	return 1;
}

static char *map_secret(size_t size)
{
	int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)size))
		return MAP_FAILED;
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static int print_span(const char *memory, size_t size, size_t page)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t low = UINT64_MAX, high = 0;

	if (fd < 0)
		return failed("/proc/self/pagemap");
	for (size_t at = 0; at < size; at += page) {
		uint64_t entry, pa;
		off_t offset = (off_t)(((uintptr_t)memory + at) / page * sizeof(entry));

		if (pread(fd, &entry, sizeof(entry), offset) != sizeof(entry))
			return failed("pagemap");
		pa = (entry & PFN_MASK) * page;
		low = pa < low ? pa : low;
		high = pa > high ? pa : high;
	}
	printf("%#" PRIx64 " %#" PRIx64 " ready\n", low, high);
	return 0;
}

int main(int argc, char **argv)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) << 20 : 0;
	char *memory;

	if (!size) {
		fprintf(stderr, "usage: secret MIB\n");
		return 64;
	}
	memory = map_secret(size);
	if (memory == MAP_FAILED)
		return failed("memfd_secret");
	for (size_t at = 0; at < size; at += page)
		memory[at] = 1;
	if (print_span(memory, size, page))
		return 1;
	fflush(stdout);
	for (;;)
		pause();
}
