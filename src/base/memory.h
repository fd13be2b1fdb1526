/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls of the memory callback. */
#ifndef HR_MEMORY_H
#define HR_MEMORY_H

#include <hotremove/hotremove.h>

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
