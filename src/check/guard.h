/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answer of a kernel's own check at memory offlining, for each memory block. This follows the
 * kernel's test, including its bugs, so it is not the same as the physical truth.
 */
#ifndef HR_GUARD_H
#define HR_GUARD_H

#include <hotremove/hotremove.h>

#include "kernel/models.h"
#include "map/machine.h"

struct hr_guard_check {
	/*
	 * Without sections, every block counts as online. As it may be boot memory, which every
	 * kernel refuses, only a refusal is certain.
	 */
	struct hr_machine machine;
	enum hr_guard model;
	bool may_check; /* the model is unknown and may check leaves */
};

/*
 * What happens when the memory block at @start is taken offline. Every kernel refuses boot memory
 * (prevent_bootmem_remove_notifier(), 5.7 on). A block that is already offline, or never was
 * online, needs no offlining, so nothing checks it. For a block that holds its own memmap
 * (memmap_on_memory), the check starts after that memmap, as in the kernel.
 */
void hr_guard_block(const struct hr_guard_check *check, uint64_t start, struct hr_guard_block *ret);

/*
 * What happens when the memory blocks that [@start, @end) touches are taken offline one by one in
 * order to remove the range. @splits says that its removal would split a leaf, and @no_altmap that
 * a walk of a dump has shown that no block inside the range holds its own memmap. Error
 * HR_ERROR_NO_MEMORY; release @ret in any case.
 */
struct hr_error *hr_guard_range(const struct hr_guard_check *check, uint64_t start, uint64_t end,
				bool splits, bool no_altmap, struct hr_guard_result *ret);
void hr_guard_release(struct hr_guard_result *result);

#endif
