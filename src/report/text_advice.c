// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_advice.h"

#include <stdio.h>

#include "base/units.h"

void hr_text_advice(const struct hr_kernel *kernel, const struct hr_advice *advice)
{
	const struct hr_pa_range *range = &advice->range;
	uint64_t block = hr_kernel_facts(kernel)->memory_block_size;

	if (!advice->found)
		return;
	printf("  %-14s  added%s", "advice", advice->again ? " again" : "");
	if (advice->pieces)
		printf(" in pieces of at most %s", hr_size_text(advice->pieces).text);
	if (advice->mapping)
		printf(" by %s", hr_mapping_name(advice->mapping));
	if (advice->without_own_memmap)
		printf("%s without memmap_on_memory",
		       advice->pieces || advice->mapping ? " and" : "");
	printf(", %s%s could be removed\n",
	       range->end - range->start > block ? "each memory block of " : "",
	       hr_range_text(range->start, range->end).text);
}
