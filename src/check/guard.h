/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answer of a kernel's own check at memory offlining, for each memory block. This follows the
 * kernel's test, including its bugs, so it is not the same as the physical truth.
 */
#ifndef HR_GUARD_H
#define HR_GUARD_H

#include "kernel/layout.h"
#include "kernel/models.h"
#include "kernel/section.h"
#include "walk/walker.h"

enum hr_guard_outcome {
	HR_GUARD_ACCEPTS,
	HR_GUARD_REFUSES,
	HR_GUARD_ACCEPTS_UNSAFELY, /* lets a split happen */
	HR_GUARD_NO_CHECK,	   /* this kernel has no check */
	HR_GUARD_CANNOT_TELL,
};

enum hr_guard_rule {
	HR_RULE_NONE,
	HR_RULE_SPLITS_LINEAR,
	HR_RULE_SPLITS_VMEMMAP,
	HR_RULE_BOOT_MEMORY,
};

struct hr_guard_block {
	uint64_t start; /* PA of the memory block */
	uint64_t end;	/* exclusive */
	enum hr_guard_outcome outcome;
	enum hr_guard_rule rule; /* why the block is refused */
	/*
	 * A verdict needs the outcome, but it is not known: something could not be read, or the
	 * check is unknown and one of the possible checks refuses.
	 */
	bool undecided;
	/*
	 * The physical range in the kernel's message, end exclusive; 0 to 0 if there is no message.
	 */
	uint64_t message_start, message_end;
};

struct hr_guard_check {
	const struct hr_layout *layout;
	struct hr_walker *walker;
	/*
	 * NULL: every block counts as online. As it may be boot memory, which every kernel refuses,
	 * only a refusal is certain.
	 */
	struct hr_sections *sections;
	uint64_t memory_block_size; /* bytes */
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
 * The kernel's test (can_unmap_without_split(), mmu.c, 7.1 on): would unmapping [@va, ...) or [...,
 * @va) split the leaf at @va? Returns false if a table could not be read; otherwise *@ret is set.
 */
bool hr_guard_splits(const struct hr_layout *layout, struct hr_walker *walker, uint64_t va,
		     bool *ret);

/* Blocks beyond this number are checked, but not listed. */
enum {
	HR_GUARD_BLOCKS_MAX = 65536
};

struct hr_guard_result {
	enum hr_guard_outcome outcome; /* the worst of all blocks */
	bool undecided;		       /* true if any block is undecided */
	struct hr_guard_block *blocks; /* the existing ones, ascending */
	size_t count;
	bool cut;	       /* there were more than HR_GUARD_BLOCKS_MAX */
	uint64_t vetoed;       /* blocks refused for a split, listed or not */
	uint64_t vetoed_first; /* PA of the first of them */
};

/*
 * What happens when the memory blocks that [@start, @end) touches are taken offline one by one in
 * order to remove the range. @splits says that its removal would split a leaf. Error
 * HR_ERROR_NO_MEMORY; release @ret in any case.
 */
struct hr_error *hr_guard_range(const struct hr_guard_check *check, uint64_t start, uint64_t end,
				bool splits, struct hr_guard_result *ret);
void hr_guard_release(struct hr_guard_result *result);

const char *hr_guard_outcome_name(enum hr_guard_outcome outcome);

/* "splits-linear" and so on; NULL if there is no rule. */
const char *hr_guard_rule_name(enum hr_guard_rule rule);

#endif
