/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What maps an address: a leaf, a CONT group, nothing, or unknown. */
#ifndef HR_LEAF_H
#define HR_LEAF_H

#include <stdbool.h>
#include <stdint.h>

/* Room for a reason. */
enum {
	HR_WHY_SIZE = 160
};

enum hr_map_state {
	HR_MAP_UNMAPPED,
	HR_MAP_MAPPED,
	HR_MAP_UNREADABLE,
};

/* One leaf, or a whole CONT group: what the hardware may hold as one TLB entry. */
struct hr_leaf {
	int level;
	bool cont;     /* a complete CONT group */
	bool valid;    /* every entry has its valid bit */
	bool expected; /* Linux creates such leaves, and a CONT group is contiguous */
	uint64_t va;   /* first byte */
	uint64_t pa;   /* first byte */
	uint64_t size; /* bytes */
};

#endif
