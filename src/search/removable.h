/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes a range of whole memory blocks removable, part by part: nothing is split where it
 * begins and ends, and each of its blocks may go. So the removable ranges among many need no trial
 * of each. The verdict on a part is "unknown" where something could not be read.
 */
#ifndef HR_REMOVABLE_H
#define HR_REMOVABLE_H

#include "check/guard.h"
#include "leaf_check.h"

struct hr_removable {
	const struct hr_check *check;
	const struct hr_guard_check *guard;
};

/* Does a reason of @code count, or is it ignored? */
bool hr_removable_counts(const struct hr_removable *by, enum hr_reason_code code);

/*
 * May a removable range begin at physical address @pa, or end in front of it? The edge splits
 * nothing, and the range's page next to it is mapped, as memory that exists must be.
 */
enum hr_verdict hr_removable_start(const struct hr_removable *by, uint64_t pa);
enum hr_verdict hr_removable_end(const struct hr_removable *by, uint64_t pa);

/* Where each memory block goes by itself: is nothing known to be split by that one at @start? */
bool hr_removable_alone(const struct hr_removable *by, uint64_t start);

/* Do this kernel, and the sections of the memory block at @start, let it go? */
enum hr_verdict hr_removable_sections(const struct hr_removable *by, uint64_t start);

/* Does the kernel's own check let @block go, of which hr_guard_block() said this? */
enum hr_verdict hr_removable_guard(const struct hr_removable *by,
				   const struct hr_guard_block *block);

/* Is memory mapped soundly of which a walk found this? */
enum hr_verdict hr_removable_survey(const struct hr_removable *by, const struct hr_survey *survey);

/*
 * How many tables a search that looks at @blocks memory blocks one by one may visit, by the count
 * of hr_walker_visits(): each table is passed about once, and those above it often. Beyond that,
 * damaged tables lead in circles.
 */
uint64_t hr_removable_visits(const struct hr_removable *by, uint64_t blocks);

#endif
