// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_diff.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/printable.h"
#include "base/units.h"
#include "report/form_text.h"
#include "report/wrap.h"

/*
 * The memory blocks [start, end), "memory40-memory47". The file may have smaller blocks, whose
 * numbers are not those of this kernel.
 */
static void put_blocks(const struct hr_pa_range *range, uint64_t block_size)
{
	if (range->start % block_size || range->end % block_size) {
		fputs(hr_range_text(range->start, range->end).text, stdout);
		return;
	}
	fputs(hr_block_name(range->start, block_size).text, stdout);
	if (range->end - range->start > block_size)
		printf("-%s", hr_block_name(range->end - block_size, block_size).text);
}

static void put_change(enum hr_change change, const char *before, const char *after)
{
	printf("  %s: %s -> %s\n", hr_change_name(change), before, after);
}

/* A value may come out of a dump. */
static void put_value(const char *value)
{
	hr_put_printable(value[0] ? value : "not known", stdout);
}

void hr_text_fact_change(const struct hr_fact_change *change)
{
	struct hr_wrap wrap;

	hr_wrap_begin(&wrap);
	printf("  kernel   %s: ", change->key);
	put_value(change->before);
	fputs(" -> ", stdout);
	put_value(change->after);
	putchar('\n');
	hr_wrap_end(&wrap);
}

void hr_text_range_change(const struct hr_block_change *change)
{
	char before[HR_FORM_TEXT_SIZE], after[HR_FORM_TEXT_SIZE];
	struct hr_wrap wrap;

	hr_range_form_text(&change->before, before);
	hr_range_form_text(&change->after, after);
	hr_wrap_begin(&wrap);
	printf("  range    %s", hr_range_text(change->range.start, change->range.end).text);
	put_change(change->change, before, after);
	hr_wrap_end(&wrap);
}

void hr_text_block_change(const struct hr_block_change *change, uint64_t block_size)
{
	char before[HR_FORM_TEXT_SIZE], after[HR_FORM_TEXT_SIZE];
	struct hr_wrap wrap;

	hr_block_form_text(&change->before, before);
	hr_block_form_text(&change->after, after);
	hr_wrap_begin(&wrap);
	fputs("  blocks   ", stdout);
	put_blocks(&change->range, block_size);
	put_change(change->change, before, after);
	hr_wrap_end(&wrap);
}

void hr_text_leaf_change(const struct hr_leaf_change *change)
{
	char before[HR_FORM_TEXT_SIZE], after[HR_FORM_TEXT_SIZE];
	struct hr_wrap wrap;

	hr_leaf_form_text(&change->before, before);
	hr_leaf_form_text(&change->after, after);
	hr_wrap_begin(&wrap);
	printf("  %-7s  %s", hr_map_name(change->map),
	       hr_range_text(change->range.start, change->range.end).text);
	put_change(change->change, before, after);
	hr_wrap_end(&wrap);
}

void hr_text_diff_result(const char *path, const struct hr_summary *summary)
{
	struct hr_wrap wrap;

	hr_wrap_begin(&wrap);
	hr_put_printable(path, stdout);
	printf(": %s", hr_diff_words(summary));
	if (summary->changes)
		printf(" (%s)", hr_count_text(summary->changes, "difference", "differences").text);
	fputs("\n\n", stdout);
	hr_wrap_end(&wrap);
}
