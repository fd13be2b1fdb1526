/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A range of physical memory. */
#ifndef HR_RANGE_H
#define HR_RANGE_H

#include <stdint.h>

/* A physical range in bytes; @end is exclusive. */
struct hr_pa_range {
	uint64_t start;
	uint64_t end;
};

#endif
