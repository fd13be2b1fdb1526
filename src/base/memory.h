/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one thing the core asks of a source: bytes at a physical address, or why not. */
#ifndef HR_MEMORY_H
#define HR_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Pieces of memory that are read while the caller does something else. */
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
	 * May be NULL. Read @count pieces of @len bytes at the physical addresses @pas into @buffer,
	 * one behind the other, and say in @ret_ok which of them came, by the same rules as @read.
	 * It is there to read neighbours as one, and on more than one CPU.
	 */
	void (*read_many)(void *context, const uint64_t *pas, size_t count, size_t len,
			  void *buffer, bool *ret_ok);
	/*
	 * May be NULL, both. As @read_many, in two steps: what @batch points to belongs to the source
	 * from the one to the other. Each batch is finished, in whatever order.
	 */
	void (*begin)(void *context, struct hr_batch *batch);
	void (*finish)(void *context, struct hr_batch *batch);
	void *context;
	uint64_t size; /* bytes that the source holds at most: no more tables than fit it exist */
	bool live;     /* the memory may change between two reads */
};

static inline struct hr_error *hr_memory_read(const struct hr_memory *memory, uint64_t pa,
					      void *buffer, size_t len)
{
	return memory->read(memory->context, pa, buffer, len);
}

#endif
