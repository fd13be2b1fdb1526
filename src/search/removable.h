/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes a range of whole memory blocks removable, part by part: its ends split nothing, and
 * each of its blocks can be removed. So removable ranges can be found without trying each range.
 * The verdict on a part is "unknown" if something could not be read.
 */
#ifndef HR_REMOVABLE_H
#define HR_REMOVABLE_H

#include <hotremove/hotremove.h>

#include "check/guard.h"
#include "leaf_check.h"

struct hr_removable {
	const struct hr_check *check;
	const struct hr_guard_check *guard;
};

/* Does a reason of @code count, or is it ignored? */
bool hr_removable_counts(const struct hr_removable *by, enum hr_reason_code code);

/*
 * Can a removable range begin at the physical address @pa, or end there? The edge must split
 * nothing, and the range's page next to it must be mapped, as all existing memory is.
 */
enum hr_verdict hr_removable_start(const struct hr_removable *by, uint64_t pa);
enum hr_verdict hr_removable_end(const struct hr_removable *by, uint64_t pa);

/*
 * If each memory block is removed by itself: is nothing known that the removal of the one at @start
 * would split?
 */
bool hr_removable_alone(const struct hr_removable *by, uint64_t start);

/* Do this kernel and the sections of the memory block at @start allow its removal? */
enum hr_verdict hr_removable_sections(const struct hr_removable *by, uint64_t start);

/* Does the kernel's own check let @block, the result of hr_guard_block(), go offline? */
enum hr_verdict hr_removable_guard(const struct hr_removable *by,
				   const struct hr_guard_block *block);

/* Is the memory that @survey describes mapped correctly? */
enum hr_verdict hr_removable_survey(const struct hr_removable *by, const struct hr_survey *survey);

/*
 * How many tables a search that examines @blocks memory blocks one by one may visit, as counted by
 * hr_walker_visits(): each table about once, and those above it often. If it visits more, damaged
 * tables form a loop.
 */
uint64_t hr_removable_visits(const struct hr_removable *by, uint64_t blocks);

#endif
