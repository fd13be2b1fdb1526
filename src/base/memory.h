/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one thing the core asks of a source: bytes at a physical address, or why not. */
#ifndef HR_MEMORY_H
#define HR_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Pieces of memory of the same length that are read together. */
struct hr_batch {
	const uint64_t *pas;
	size_t count;
	size_t len;   /* bytes of each piece */
	void *buffer; /* where they go, one behind the other */
	bool *ok;     /* which of them came */
	void *job;    /* the source's own */
};

struct hr_memory {
	/*
	 * Read all of @len bytes at physical address @pa into @buffer. A short read is an error,
	 * and memory that the source leaves out (excluded, cut off, a hole) is HR_ERROR_UNREADABLE,
	 * never zeros.
	 */
	struct hr_error *(*read)(void *context, uint64_t pa, void *buffer, size_t len);
	/*
	 * May be NULL: the source is no faster in batches. Read the pieces of @batch, and say which
	 * of them came, by the same rules as @read. Neighbours can be read as one, and on more than
	 * one CPU.
	 */
	void (*finish)(void *context, struct hr_batch *batch);
	/*
	 * May be NULL, as it is without @finish. Begin to read @batch, while the caller does
	 * something else: until @finish, what @batch points to belongs to the source. Each batch
	 * that was begun is finished, in whatever order.
	 */
	void (*begin)(void *context, struct hr_batch *batch);
	void *context;
	uint64_t size; /* bytes that the source holds at most: no more tables than fit it exist */
	bool live;     /* the memory may change between two reads */
};

static inline struct hr_error *hr_memory_read(const struct hr_memory *memory, uint64_t pa,
					      void *buffer, size_t len)
{
	return memory->read(memory->context, pa, buffer, len);
}

/* Begin to read @batch, where the source can; it reads batches. */
static inline void hr_memory_begin(const struct hr_memory *memory, struct hr_batch *batch)
{
	if (memory->begin)
		memory->begin(memory->context, batch);
}

/* Have @batch read, which hr_memory_begin() was called for. */
static inline void hr_memory_finish(const struct hr_memory *memory, struct hr_batch *batch)
{
	memory->finish(memory->context, batch);
}

#endif
