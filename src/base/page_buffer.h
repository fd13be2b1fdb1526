/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buffers that the kernel fills, by read(2) and the like. */
#ifndef HR_PAGE_BUFFER_H
#define HR_PAGE_BUFFER_H

#include <stddef.h>
#include <stdlib.h>

enum {
	HR_PAGE_BUFFER_ALIGNMENT = 4096
};

/*
 * Allocate @size bytes that begin at a multiple of 4096. Processors copy to such a target several
 * times faster than to the one that malloc(3) returns, which lies 16 bytes behind a page (Intel's
 * optimization manual, "fast string operations": REP MOVSB is slow if the target is misaligned).
 * Returns NULL without memory. The buffer belongs to the caller, who releases it with free(3).
 */
static inline void *hr_page_buffer(size_t size)
{
	void *buffer;

	return posix_memalign(&buffer, HR_PAGE_BUFFER_ALIGNMENT, size) ? NULL : buffer;
}

#endif
