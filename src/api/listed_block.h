/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One memory block in the list of all blocks. */
#ifndef HR_LISTED_BLOCK_H
#define HR_LISTED_BLOCK_H

#include "api/kernel.h"

/* What maps the first or the last byte of a memory block. */
struct hr_block_edge {
	enum hr_map_state state; /* unmapped also if the map has no room for the block */
	bool has_leaf;		 /* mapped, or in a CONT group that lacks members: @leaf is valid */
	bool is_damaged;	 /* the group lacks members */
	bool crosses;		 /* the leaf extends beyond the block at this edge */
	struct hr_leaf leaf;
};

struct hr_block_edges {
	struct hr_block_edge start, end;
};

struct hr_listed_block {
	const struct hr_answer *answer; /* of depth HR_DEPTH_LEAVES */
	enum hr_tristate online;
	enum hr_tristate boot; /* present since boot; unknown without sections */
	struct hr_block_edges edges[HR_MAP_COUNT];
};

/*
 * Get the rest about the memory block of @answer from @kernel: its state, its origin, and what maps
 * its edges. On a running kernel the edges come from one reading of the tables, or from a second
 * one if the tables changed during the first. @ret refers to @answer, which must outlive it.
 */
void hr_kernel_list_block(struct hr_kernel *kernel, const struct hr_answer *answer,
			  struct hr_listed_block *ret);

#endif
