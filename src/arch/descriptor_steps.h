/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many descriptors at once, for tables that this program makes. */
#ifndef HR_DESCRIPTOR_STEPS_H
#define HR_DESCRIPTOR_STEPS_H

#include <endian.h>

#include "arch/descriptor.h"

/*
 * Write @count little-endian descriptors, each with @step more than the one before. Whole chunks
 * are written without a branch, so that the compiler can vectorize the loop.
 */
static inline void hr_desc_write_steps(uint64_t *desc, size_t count, uint64_t first, uint64_t step)
{
	enum {
		CHUNK = 32
	};
	uint64_t steps[CHUNK];
	size_t i = 0;

	for (size_t k = 0; k < CHUNK; k++)
		steps[k] = k * step;
	for (; i + CHUNK <= count; i += CHUNK, first += CHUNK * step)
		for (size_t k = 0; k < CHUNK; k++)
			desc[i + k] = htole64(first + steps[k]);
	for (; i < count; i++, first += step)
		desc[i] = htole64(first);
}

#endif
