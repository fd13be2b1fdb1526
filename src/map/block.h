/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory blocks: what goes online and offline as one, and which of them exist. */
#ifndef HR_BLOCK_H
#define HR_BLOCK_H

#include "kernel/layout.h"
#include "kernel/section.h"
#include "walk/walker.h"

/* What is not a memory block. */
#define HR_NO_BLOCK UINT64_MAX

struct hr_blocks {
	const struct hr_layout *layout;
	struct hr_sections *sections; /* NULL: every block may exist */
	uint64_t size;		      /* bytes; a power of two, a section or more */
	struct hr_walker *walker;     /* tells what exists if sections do not; may be NULL */
};

/* What the sections of a block say. */
struct hr_block_state {
	bool present; /* some section of it exists */
	bool online;  /* some section of it is online */
	bool early;   /* some section of it was there at boot */
};

/*
 * The state of the block at physical address @start. Without sections it counts as present and
 * online. Error HR_ERROR_UNREADABLE.
 */
struct hr_error *hr_block_read(const struct hr_blocks *blocks, uint64_t start,
			       struct hr_block_state *ret);

/*
 * The first block from @start (a multiple of the size) on and before @end that exists;
 * HR_NO_BLOCK if there is none, or nothing to tell by. Without sections a block exists if the
 * linear map maps some of it. Blocks of which that cannot be read are stepped over, and set
 * *@ret_unread, which is left alone otherwise.
 */
uint64_t hr_block_next(const struct hr_blocks *blocks, uint64_t start, uint64_t end,
		       bool *ret_unread);

/*
 * The most memory blocks that there can be: each has a section of its own, which takes room in the
 * source. Where more are found, mem_section leads to some more than once. UINT64_MAX without
 * sections.
 */
uint64_t hr_block_most(const struct hr_blocks *blocks);

#endif
