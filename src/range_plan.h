/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the teardown of a range costs in TLB invalidations under each model, counted separately for
 * the linear map, the vmemmap and the freed tables.
 */
#ifndef HR_RANGE_PLAN_H
#define HR_RANGE_PLAN_H

#include <hotremove/hotremove.h>
#include <stddef.h>

#include "kernel/tlbi.h"
#include "map/survey.h"

/* How a kernel tears down memory, as far as a plan needs to know. */
struct hr_teardown_form {
	const struct hr_tlbi_config *tlbi;
	enum hr_teardown teardown; /* unknown counts as batched */
	/*
	 * Unknown: one call for each memory block if the first holds its own memmap
	 * (memmap_on_memory; 6.8 on, before that there was only one block), otherwise one call for
	 * the range.
	 */
	enum hr_calls calls;
	uint64_t memory_block_size; /* bytes */
};

/*
 * Walk the physical range [@pa_start, @pa_end) and count what its teardown by @form takes. A call
 * of arch_remove_memory() takes one flush over its whole linear range if batched, otherwise one per
 * leaf entry. The vmemmap is flushed leaf by leaf. Each freed table takes one flush, by the call
 * that empties it (unmap_hotplug_range() and free_empty_tables(), mmu.c), and each root entry that
 * is cleared takes what hr_tlbi_clear_root() says. @survey receives what the walk found. Error
 * HR_ERROR_NO_MEMORY.
 */
struct hr_error *hr_plan_create(const struct hr_layout *layout, struct hr_walker *walker,
				const struct hr_teardown_form *form, uint64_t pa_start,
				uint64_t pa_end, struct hr_survey *survey, struct hr_plan **ret);
void hr_plan_destroy(struct hr_plan *plan);

static inline void hr_cleanup_plan(struct hr_plan **plan)
{
	hr_plan_destroy(*plan);
}

#endif
