// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * count_unpack - a library to preload: how many pages does a program decompress?
 *
 * It intercepts the functions that libkdumpfile calls once per page, and prints the count to
 * standard error when the program ends. The count includes the program's children, which share the
 * counter.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_ulong *calls;
static pid_t first;

static void begin(void) __attribute__((constructor));

static void begin(void)
{
	void *shared = mmap(NULL, sizeof(*calls), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		abort();
	calls = shared;
	first = getpid();
}

/*
 * The function that the program would have called. The libraries' own types are not needed for
 * that.
 */
static void *next_symbol(const char *name)
{
	void *symbol = dlsym(RTLD_NEXT, name);

	if (!symbol)
		abort();
	atomic_fetch_add(calls, 1);
	return symbol;
}

int inflateInit_(void *stream, const char *version, int size);
size_t ZSTD_decompress(void *out, size_t room, const void *in, size_t size);
int lzo1x_decompress_safe(const void *in, size_t size, void *out, size_t *room, void *work);
int snappy_uncompress(const char *in, size_t size, char *out, size_t *room);

int inflateInit_(void *stream, const char *version, int size)
{
	int (*next)(void *, const char *, int) = next_symbol(__func__);

	return next(stream, version, size);
}

size_t ZSTD_decompress(void *out, size_t room, const void *in, size_t size)
{
	size_t (*next)(void *, size_t, const void *, size_t) = next_symbol(__func__);

	return next(out, room, in, size);
}

int lzo1x_decompress_safe(const void *in, size_t size, void *out, size_t *room, void *work)
{
	int (*next)(const void *, size_t, void *, size_t *, void *) = next_symbol(__func__);

	return next(in, size, out, room, work);
}

int snappy_uncompress(const char *in, size_t size, char *out, size_t *room)
{
	int (*next)(const char *, size_t, char *, size_t *) = next_symbol(__func__);

	return next(in, size, out, room);
}

static void report(void) __attribute__((destructor));

/* The program ends by this function, which runs no destructor. */
void _exit(int status)
{
	report();
	syscall(SYS_exit_group, status);
	abort();
}

static void report(void)
{
	if (getpid() == first)
		fprintf(stderr, "pages decompressed: %lu\n", atomic_load(calls));
}
