/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What arch_remove_memory() does to one map of a kernel: which entries it clears, and which tables
 * it frees.
 */
#ifndef HR_REMOVE_H
#define HR_REMOVE_H

#include "kernel/layout.h"
#include "kernel/maps.h"
#include "predict/made_tables.h"

/* Memory that one call removes, in one map. */
struct hr_remove {
	const struct hr_layout *layout;
	enum hr_map map;
	struct hr_pa_range range;
};

/* What a removal takes from its neighbours: bytes of VA below and above the range. */
struct hr_torn {
	uint64_t below, above;
};

/*
 * Unmap @remove. A leaf that is only partly in the range is cleared as a whole, as
 * unmap_hotplug_range() does (mmu.c, 5.8 to 7.3): *@ret_torn is what the neighbours lose. Of a CONT
 * group, the members in the range are cleared. Errors: those of hr_made_table_open().
 */
struct hr_error *hr_remove_apply(struct hr_made_tables *tables, const struct hr_remove *remove,
				 struct hr_torn *ret_torn);

#endif
