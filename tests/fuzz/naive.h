/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second walk of translation tables, entry by entry, that shares no code with the first. It has
 * no runs, no reading ahead and no caches, and takes more time instead.
 */
#ifndef HR_FUZZ_NAIVE_H
#define HR_FUZZ_NAIVE_H

#include "base/memory.h"
#include "kernel/layout.h"

struct naive {
	const struct hr_layout *layout;
	const struct hr_memory *memory;
};

/* The content of a range of VAs: bytes, or how often something was found. */
struct naive_tally {
	uint64_t mapped, unmapped, unreadable;
	uint64_t broken;     /* CONT groups that lack members */
	uint64_t unexpected; /* entries or groups that Linux never creates */
	uint64_t misplaced;  /* entries or groups of the linear map for a PA other than their own */
	uint64_t entries;    /* leaf entries */
	uint64_t tables;     /* visited, readable or not */
	bool cut;	     /* there was too much to examine: none of these figures counts */
};

/* Walk [@va, @last], both in the kernel's half. */
void naive_walk(const struct naive *naive, uint64_t va, uint64_t last, struct naive_tally *ret);

enum naive_edge {
	NAIVE_CLEAN,  /* nothing extends across it */
	NAIVE_SPLIT,  /* a leaf or a group with a CONT member does */
	NAIVE_HIDDEN, /* a table or entry that would show this could not be read */
};

/* What extends across the edge before @va, which is not the first address of the half. */
enum naive_edge naive_edge_at(const struct naive *naive, uint64_t va);

#endif
