/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one flush_tlb_kernel_range() costs: TLBI instructions, range operations, barriers. */
#ifndef HR_TLBI_H
#define HR_TLBI_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/models.h"

struct hr_tlbi_config {
	unsigned int page_shift;
	bool lpa2;	/* range operations start at multiples of 64 KiB */
	bool range_ops; /* the CPUs have TLB range operations (FEAT_TLBIRANGE) */
	bool repeat;	/* ARM64_WORKAROUND_REPEAT_TLBI is active */
	enum hr_repeat repeat_form;
	enum hr_flush flush; /* unknown counts as range-ops */
	/* A root entry is cleared through the fixmap, whose page is flushed afterwards. */
	bool root_flush;
};

/* The most range operations that one flush can take: one for each SCALE. */
enum {
	HR_FLUSH_RANGE_OPS_MAX = 4
};

/*
 * Add to @count what flush_tlb_kernel_range(@va_start, @va_end) does; @va_end is exclusive. Stores
 * its range operations in @ops (room for HR_FLUSH_RANGE_OPS_MAX, or NULL) and returns their number.
 * (tlbflush.h: the page loop of 5.10 to 6.12, the range form of 6.13 to 7.3.)
 */
unsigned int hr_tlbi_flush_range(const struct hr_tlbi_config *config, uint64_t va_start,
				 uint64_t va_end, struct hr_tlbi_count *count,
				 struct hr_range_op *ops);

/* Add @times flushes of one page each, as hr_tlbi_flush_range() counts them. */
void hr_tlbi_flush_pages(const struct hr_tlbi_config *config, uint64_t times,
			 struct hr_tlbi_count *count);

/* Add @times flushes for a freed table: one TLBI VAAE1IS each (__flush_tlb_kernel_pgtable()). */
void hr_tlbi_flush_tables(const struct hr_tlbi_config *config, uint64_t times,
			  struct hr_tlbi_count *count);

/*
 * Add what clearing @entries entries of the root table costs in addition to the flushes of what
 * they map: one page flush each if @config->root_flush is set (set_swapper_pgd(), mmu.c, 5.7 to
 * 7.3).
 */
void hr_tlbi_clear_root(const struct hr_tlbi_config *config, uint64_t entries,
			struct hr_tlbi_count *count);

/* Add @more to @count. */
void hr_tlbi_add(struct hr_tlbi_count *count, const struct hr_tlbi_count *more);

#endif
