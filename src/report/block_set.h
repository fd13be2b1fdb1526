/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several memory blocks have, as sets: nothing that one of them has is lost. */
#ifndef HR_BLOCK_SET_H
#define HR_BLOCK_SET_H

#include <hotremove/hotremove.h>
#include <stdbool.h>

struct hr_block_set {
	/* By bit of the value, for tristates of the value plus 1. */
	uint32_t states, origins, verdicts, outcomes;
	uint32_t reasons;	       /* by bit of the code */
	uint32_t leaves[HR_MAP_COUNT]; /* hr_block_leaves() */
};

/* What @block has. */
struct hr_block_set hr_block_set_of(const struct hr_listed_block *block);

/* Add what is in @other to @set. */
void hr_block_set_add(struct hr_block_set *set, const struct hr_block_set *other);

bool hr_block_set_is_equal(const struct hr_block_set *one, const struct hr_block_set *other);

/* The worst of @verdicts, bits (1 << enum hr_verdict): what is not removable, then unknown. */
enum hr_verdict hr_worst_verdict(uint32_t verdicts);

#endif
