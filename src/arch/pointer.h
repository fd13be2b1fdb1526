/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pointers with a tag. With top byte ignore, the hardware takes no part of an address from bits
 * 63:56: bit 55 selects the half of the address space. Kernels with KASAN by tags or MTE keep a tag
 * there, in pointers to memory that an allocator gave out.
 */
#ifndef HR_POINTER_H
#define HR_POINTER_H

#include <stdint.h>

/* The address that @pointer stands for: bit 55 is its sign. */
static inline uint64_t hr_untagged(uint64_t pointer)
{
	return (uint64_t)((int64_t)(pointer << 8) >> 8);
}

#endif
