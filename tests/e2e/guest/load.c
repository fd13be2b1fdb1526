// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load KIND MIB - use memory in one way until killed. Prints "ready" once it does.
 *
 * The kinds are those of the table below.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MIB	      (1ul << 20)
#define PAGE	      4096ul
#define PIPE_BYTES    (64 * 1024)
#define TABLE_SPAN    (2 * MIB) /* what one page table maps */
#define FILES_PER_MIB 512ul

static int failed(const char *what)
{
	perror(what);
	return 1;
}

static char *map_anonymous(size_t size, int flags)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

static int load_anon(size_t size)
{
	char *memory = map_anonymous(size, MAP_POPULATE);

	return memory == MAP_FAILED ? failed("mmap") : 0;
}

/* Pages that no large folio holds. */
static int load_small(size_t size)
{
	char *memory = map_anonymous(size, 0);

	if (memory == MAP_FAILED || madvise(memory, size, MADV_NOHUGEPAGE))
		return failed("mmap");
	for (size_t at = 0; at < size; at += PAGE)
		memory[at] = 1;
	return 0;
}

static int load_mlock(size_t size)
{
	return load_small(size) || mlockall(MCL_CURRENT) ? failed("mlockall") : 0;
}

static int fill(int fd, size_t size)
{
	static char block[MIB];

	memset(block, 1, sizeof(block));
	for (size_t done = 0; done < size; done += sizeof(block))
		if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block))
			return failed("write");
	return 0;
}

/* Memory with swap behind it, as in tmpfs. */
static int load_shared(size_t size)
{
	int fd = memfd_create("load", MFD_CLOEXEC);

	return fd < 0 ? failed("memfd_create") : fill(fd, size);
}

/* A file without swap or a disk behind it. */
static int load_ramfs(size_t size)
{
	int fd;

	mkdir("/ram", 0700);
	if (mount("none", "/ram", "ramfs", 0, NULL))
		return failed("mount");
	fd = open("/ram/load", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	/* It is gone with this process. */
	if (fd < 0 || umount2("/ram", MNT_DETACH))
		return failed("/ram/load");
	return fill(fd, size);
}

/* Pages that the kernel has taken out of its linear map. */
static int load_secret(size_t size)
{
	int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);
	char *memory;

	if (fd < 0 || ftruncate(fd, (off_t)size))
		return failed("memfd_secret");
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return failed("mmap");
	for (size_t at = 0; at < size; at += PAGE)
		memory[at] = 1;
	return 0;
}

/* One page in each span, for which the kernel needs a table each; all of them map the same one. */
static int load_tables(size_t size)
{
	size_t tables = size / PAGE;
	char *area = map_anonymous(tables * TABLE_SPAN, MAP_NORESERVE);

	if (area == MAP_FAILED || madvise(area, tables * TABLE_SPAN, MADV_NOHUGEPAGE))
		return failed("mmap");
	for (size_t i = 0; i < tables; i++)
		if (*(volatile char *)(area + i * TABLE_SPAN))
			return 1;
	return 0;
}

static int load_pipes(size_t size)
{
	static char block[PIPE_BYTES];

	for (size_t done = 0; done < size; done += PIPE_BYTES) {
		int ends[2];

		if (pipe2(ends, O_CLOEXEC) ||
		    write(ends[1], block, PIPE_BYTES) != (ssize_t)PIPE_BYTES)
			return failed("pipe");
	}
	return 0;
}

/* Pages of this process that pipes hold. */
static int load_vmsplice(size_t size)
{
	char *memory = map_anonymous(size, MAP_POPULATE);

	for (size_t done = 0; memory != MAP_FAILED && done < size; done += PIPE_BYTES) {
		struct iovec piece = { memory + done, PIPE_BYTES };
		int ends[2];

		if (pipe2(ends, O_CLOEXEC) || vmsplice(ends[1], &piece, 1, 0) != PIPE_BYTES)
			return failed("vmsplice");
	}
	return memory == MAP_FAILED ? failed("mmap") : 0;
}

/* Pages of this process that the kernel has pinned for a long time. */
static int load_uring(size_t size)
{
	struct io_uring_params parameters = { 0 };
	int ring = (int)syscall(SYS_io_uring_setup, 4, &parameters);
	struct iovec buffer = { map_anonymous(size, MAP_POPULATE), size };

	if (ring < 0 || buffer.iov_base == MAP_FAILED)
		return failed("io_uring_setup");
	return syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &buffer, 1)
		       ? failed("io_uring_register")
		       : 0;
}

/* Inodes, which are slab. */
static int load_slab(size_t size)
{
	size_t files = size / MIB * FILES_PER_MIB;

	for (size_t i = 0; i < files; i++) {
		char name[64];
		int fd;

		snprintf(name, sizeof(name), "/tmp/load-%d-%zu", (int)getpid(), i);
		fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		if (fd < 0)
			return failed(name);
		close(fd);
	}
	return 0;
}

static const struct {
	const char *name;
	int (*load)(size_t size);
} kinds[] = {
	{ "anon", load_anon },	   { "small", load_small },	  { "mlock", load_mlock },
	{ "shared", load_shared }, { "ramfs", load_ramfs },	  { "tables", load_tables },
	{ "pipes", load_pipes },   { "vmsplice", load_vmsplice }, { "uring", load_uring },
	{ "slab", load_slab },	   { "secret", load_secret },
};

int main(int argc, char **argv)
{
	size_t size = argc == 3 ? strtoul(argv[2], NULL, 10) * MIB : 0;
	const struct rlimit most = { 1 << 16, 1 << 16 };

	setrlimit(RLIMIT_NOFILE, &most);
	for (size_t i = 0; size && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, argv[1]) != 0)
			continue;
		if (kinds[i].load(size))
			return 1;
		puts("ready");
		fflush(stdout);
		for (;;)
			pause();
	}
	fprintf(stderr, "usage: load KIND MIB\n");
	return 64;
}
