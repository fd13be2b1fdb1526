// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_totals.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/units.h"

void hr_block_totals_add(struct hr_block_totals *totals, const struct hr_listed_block *block,
			 uint32_t ignored)
{
	uint64_t size = block->answer->range.end - block->answer->range.start;

	totals->parts[hr_block_part_of(block, ignored)] += size;
	totals->states[block->online + 1] += size;
}

/* Print @bytes so that they stand under each other. */
static void print_size(uint64_t bytes, bool in_bytes)
{
	if (in_bytes)
		printf("%16" PRIu64, bytes);
	else
		printf("%10s", hr_size_text(bytes).text);
}

/* In the words and the order of lsmem. */
static void print_states(const struct hr_block_totals *totals, uint64_t block_size, bool in_bytes)
{
	const struct {
		const char *label;
		uint64_t bytes;
		bool is_shown;
	} lines[] = {
		{ "Memory block size:", block_size, true },
		{ "Total online memory:", totals->states[HR_YES + 1], true },
		{ "Total offline memory:", totals->states[HR_NO + 1], true },
		{ "Memory of unknown state:", totals->states[HR_UNKNOWN + 1],
		  totals->states[HR_UNKNOWN + 1] != 0 },
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!lines[i].is_shown)
			continue;
		printf("%-24s ", lines[i].label);
		print_size(lines[i].bytes, in_bytes);
		putchar('\n');
	}
	putchar('\n');
}

static void print_parts(const struct hr_block_totals *totals, bool in_bytes)
{
	bool any = false;

	for (enum hr_block_part part = 0; part < HR_PART_COUNT; part++) {
		if (!totals->parts[part])
			continue;
		print_size(totals->parts[part], in_bytes);
		printf("  %s\n", hr_block_part_text(part));
		any = true;
	}
	if (any)
		putchar('\n');
}

void hr_block_totals_print(const struct hr_block_totals *totals, uint64_t block_size, bool in_bytes)
{
	print_states(totals, block_size, in_bytes);
	print_parts(totals, in_bytes);
}
