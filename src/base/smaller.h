/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HR_SMALLER_H
#define HR_SMALLER_H

#include <stddef.h>

/* The smaller of two sizes. */
static inline size_t hr_smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

#endif
