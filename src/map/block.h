/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory blocks: the units that go online and offline, and which of them exist. */
#ifndef HR_BLOCK_H
#define HR_BLOCK_H

#include <hotremove/hotremove.h>

#include "map/machine.h"

/* The most blocks that only the linear map shows, where a single entry may map very many. */
enum {
	HR_MAPPED_BLOCKS_MAX = 1 << 19
};

/* What the sections of a block say. */
struct hr_block_state {
	bool present; /* some section of it exists */
	bool online;  /* some section of it is online */
	bool early;   /* some section of it was present at boot */
};

/*
 * The state of the block at the physical address @start. Without sections it counts as present and
 * online. Error HR_ERROR_UNREADABLE.
 */
struct hr_error *hr_block_read(const struct hr_machine *machine, uint64_t start,
			       struct hr_block_state *ret);

/*
 * Like hr_block_read(). Sets *@ret_count to how many blocks from @start on are known to have that
 * state: at least one, and others only if they begin before @end.
 */
struct hr_error *hr_block_run(const struct hr_machine *machine, uint64_t start, uint64_t end,
			      struct hr_block_state *ret, uint64_t *ret_count);

/*
 * The first block at or above @start (a multiple of the size) and below @end that exists;
 * HR_NO_BLOCK if there is none, or nothing to determine it by. Without sections, a block exists if
 * the linear map maps part of it. Blocks for which this cannot be read are skipped, and set
 * *@ret_unread, which is otherwise left alone. So are blocks behind the last place that a walker
 * may look at in vain.
 */
uint64_t hr_block_next(const struct hr_machine *machine, uint64_t start, uint64_t end,
		       bool *ret_unread);

/*
 * The most memory blocks that can exist: each has its own section, which takes room in the source.
 * If more are found, mem_section leads to some of them more than once. Without sections it is a
 * limit of our own, HR_MAPPED_BLOCKS_MAX.
 */
uint64_t hr_block_most(const struct hr_machine *machine);

#endif
