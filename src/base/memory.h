/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one thing that the core needs from a source: the bytes at a physical address, or why not. */
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
	void *buffer; /* destination, one piece after the other */
	bool *ok;     /* which pieces were read */
	void *job;    /* private to the source */
};

struct hr_memory {
	/*
	 * Read all @len bytes at the physical address @pa into @buffer. A short read is an error.
	 * Memory that the source leaves out (excluded, truncated, a hole) is HR_ERROR_UNREADABLE,
	 * never zeros.
	 */
	struct hr_error *(*read)(void *context, uint64_t pa, void *buffer, size_t len);
	/*
	 * NULL if the source is no faster in batches. Read the pieces of @batch, and report which
	 * of them were read, by the same rules as @read. Neighbours may be read together, and on
	 * more than one CPU.
	 */
	void (*finish)(void *context, struct hr_batch *batch);
	/*
	 * May be NULL, and is NULL without @finish. Begin to read @batch while the caller does
	 * something else. Until @finish, what @batch points to belongs to the source. Each batch
	 * that was begun must be finished, in any order.
	 */
	void (*begin)(void *context, struct hr_batch *batch);
	void *context;
	uint64_t size; /* most bytes that the source holds, which bounds the number of tables */
	bool live;     /* the memory may change between two reads */
};

static inline struct hr_error *hr_memory_read(const struct hr_memory *memory, uint64_t pa,
					      void *buffer, size_t len)
{
	return memory->read(memory->context, pa, buffer, len);
}

/* Begin to read @batch, if the source can. Only for sources that read batches. */
static inline void hr_memory_begin(const struct hr_memory *memory, struct hr_batch *batch)
{
	if (memory->begin)
		memory->begin(memory->context, batch);
}

/* Finish reading @batch, after hr_memory_begin(). */
static inline void hr_memory_finish(const struct hr_memory *memory, struct hr_batch *batch)
{
	memory->finish(memory->context, batch);
}

#endif
