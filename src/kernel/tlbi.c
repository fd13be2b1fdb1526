// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/tlbi.h"

#include <stddef.h>

/* Pages in one unit of SCALE, and the largest NUM; TLBI RVAALE1IS by the architecture. */
enum {
	SCALE_MAX = 3,
	UNITS_MAX = 32
};

/* With LPA2, range operations start at multiples of this: BaseADDR is VA >> 16. */
#define LPA2_BASE_ALIGN UINT64_C(0x10000)

/*
 * MAX_DVM_OPS, which is PTRS_PER_PTE, and the number of pages up to which range operations are
 * used.
 */
static uint64_t max_ops(const struct hr_tlbi_config *config)
{
	return UINT64_C(1) << (config->page_shift - 3);
}

#define MAX_RANGE_PAGES (UINT64_C(1) << (5 * SCALE_MAX + 1 + 5))

/* Add the barriers and repetitions of @times flushes of @ops instructions each. */
static void add_flushes(const struct hr_tlbi_config *config, uint64_t times, uint64_t ops,
			struct hr_tlbi_count *count)
{
	count->flushes += times;
	count->tlbi += times * ops;
	count->dsb += times * 2;
	count->isb += times;
	if (!config->repeat)
		return;
	if (config->repeat_form == HR_REPEAT_LAST)
		ops = 1;
	count->tlbi += times * ops;
	count->dsb += times * ops;
}

static void flush_all(const struct hr_tlbi_config *config, struct hr_tlbi_count *count)
{
	count->full_flushes++;
	add_flushes(config, 1, 1, count);
}

static void flush_singles(const struct hr_tlbi_config *config, uint64_t pages,
			  struct hr_tlbi_count *count)
{
	count->single_ops += pages;
	add_flushes(config, 1, pages, count);
}

/*
 * One range operation of @scale at the start of @pages at @va. Returns its pages, 0 if it covers
 * none.
 */
static uint64_t range_op(uint64_t va, uint64_t pages, unsigned int scale, struct hr_range_op *ret)
{
	unsigned int shift = 5 * scale + 1;
	uint64_t units = pages >> shift;

	if (!units)
		return 0;
	if (units > UNITS_MAX)
		units = UNITS_MAX;
	*ret = (struct hr_range_op){ va, units << shift, scale, (unsigned int)units - 1 };
	return ret->pages;
}

/*
 * __flush_tlb_range_op() of 6.13 to 7.3 for kernel ranges: largest SCALE first, single operations
 * for the odd page and, with LPA2, up to the first multiple of 64 KiB.
 */
static unsigned int flush_by_range(const struct hr_tlbi_config *config, uint64_t va, uint64_t pages,
				   struct hr_tlbi_count *count, struct hr_range_op *ops)
{
	uint64_t singles = 0;
	unsigned int found = 0;
	int scale = SCALE_MAX;

	while (pages) {
		struct hr_range_op op;
		uint64_t done;

		if (pages == 1 || (config->lpa2 && va % LPA2_BASE_ALIGN)) {
			singles++;
			done = 1;
		} else {
			done = range_op(va, pages, (unsigned int)scale, &op);
			if (done && ops)
				ops[found] = op;
			found += done != 0;
			scale--;
		}
		pages -= done;
		va += done << config->page_shift;
	}
	count->range_ops += found;
	count->single_ops += singles;
	add_flushes(config, 1, found + singles, count);
	return found;
}

unsigned int hr_tlbi_flush_range(const struct hr_tlbi_config *config, uint64_t va_start,
				 uint64_t va_end, struct hr_tlbi_count *count,
				 struct hr_range_op *ops)
{
	uint64_t mask = (UINT64_C(1) << config->page_shift) - 1;
	uint64_t va = va_start & ~mask;
	uint64_t pages = (((va_end + mask) & ~mask) - va) >> config->page_shift;

	if (config->flush == HR_FLUSH_PAGE_LOOP) {
		if (va_end - va_start > max_ops(config) << config->page_shift)
			flush_all(config, count);
		else
			flush_singles(config, pages, count);
		return 0;
	}
	if (pages > MAX_RANGE_PAGES || (!config->range_ops && pages >= max_ops(config))) {
		flush_all(config, count);
		return 0;
	}
	if (!config->range_ops) {
		flush_singles(config, pages, count);
		return 0;
	}
	return flush_by_range(config, va, pages, count, ops);
}

void hr_tlbi_flush_pages(const struct hr_tlbi_config *config, uint64_t times,
			 struct hr_tlbi_count *count)
{
	count->single_ops += times;
	add_flushes(config, times, 1, count);
}

void hr_tlbi_flush_tables(const struct hr_tlbi_config *config, uint64_t times,
			  struct hr_tlbi_count *count)
{
	add_flushes(config, times, 1, count);
}

void hr_tlbi_clear_root(const struct hr_tlbi_config *config, uint64_t entries,
			struct hr_tlbi_count *count)
{
	if (config->root_flush)
		hr_tlbi_flush_pages(config, entries, count);
}

void hr_tlbi_add(struct hr_tlbi_count *count, const struct hr_tlbi_count *more)
{
	count->flushes += more->flushes;
	count->tlbi += more->tlbi;
	count->range_ops += more->range_ops;
	count->single_ops += more->single_ops;
	count->full_flushes += more->full_flushes;
	count->dsb += more->dsb;
	count->isb += more->isb;
}
