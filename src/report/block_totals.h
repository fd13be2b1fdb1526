/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sums below the table of memory blocks. */
#ifndef HR_BLOCK_TOTALS_H
#define HR_BLOCK_TOTALS_H

#include <hotremove/hotremove.h>
#include <stdbool.h>

#include "report/block_part.h"

/* Bytes; all zeros before the first block. */
struct hr_block_totals {
	uint64_t parts[HR_PART_COUNT];
	uint64_t states[HR_YES + 2]; /* by the value of "online" plus 1 */
};

/* Count @block; @ignored has reasons that do not count, as in hr_config. */
void hr_block_totals_add(struct hr_block_totals *totals, const struct hr_listed_block *block,
			 uint32_t ignored);

/* Print the sums and the size of a memory block, with @in_bytes all of them in bytes. */
void hr_block_totals_print(const struct hr_block_totals *totals, uint64_t block_size,
			   bool in_bytes);

#endif
