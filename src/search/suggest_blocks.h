/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each memory block means to a range that has it: may it go, and what does that take? */
#ifndef HR_SUGGEST_BLOCKS_H
#define HR_SUGGEST_BLOCKS_H

#include "search/suggest.h"

#define HR_NO_TABLE UINT32_MAX

/* What there is to know of a memory block; TLBIs are those of this kernel's teardown. */
struct hr_block_fact {
	uint64_t start;	 /* PA */
	uint64_t cost;	 /* TLBIs that it adds to any range that it is in, */
	uint64_t before; /* and for entries that begin in front of it, if it is the first, */
	uint64_t flush;	 /* and for its part of the linear map, if it is flushed by itself */
	uint32_t ending; /* the first shared table whose last block this is, or HR_NO_TABLE */
	/* Enum hr_verdict: on the block itself, and on a range that begins or ends with it. */
	unsigned char verdict, start_verdict, end_verdict;
	bool refused; /* the kernel would not take it offline */
	bool has_altmap;
	/*
	 * For the search: is it taken by a suggestion, and what do the tables in the window cost
	 * of which it is the first block?
	 */
	bool taken;
	uint64_t begun;
};

/* A table with entries of several blocks: a range that holds all of these frees it. */
struct hr_shared_table {
	uint32_t first, last; /* blocks */
	uint32_t next;	      /* another with the same last block, or HR_NO_TABLE */
	uint64_t cost;	      /* TLBIs that this takes */
};

struct hr_block_facts {
	struct hr_block_fact *blocks; /* those that exist, ascending */
	size_t count, capacity;
	struct hr_shared_table *tables;
	size_t table_count, table_capacity;
	bool unread; /* blocks may be missing for what could not be read */
};

/*
 * Look at all memory blocks that @query tells of; each is walked once, and of a table that blocks
 * share is found whose they are. Errors as hr_suggest_find(). Release @ret in any case.
 */
struct hr_error *hr_block_facts_collect(const struct hr_suggest_query *query,
					struct hr_block_facts *ret);
void hr_block_facts_release(struct hr_block_facts *facts);

/* TLBIs of one flush of the VAs [@va, @va + @size). */
uint64_t hr_range_flush_cost(const struct hr_tlbi_config *config, uint64_t va, uint64_t size);

#endif
