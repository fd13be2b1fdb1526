/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each memory block contributes to a range: can it be removed, and what does that cost? */
#ifndef HR_SUGGEST_BLOCKS_H
#define HR_SUGGEST_BLOCKS_H

#include <hotremove/hotremove.h>

#include "search/suggest.h"

#define HR_NO_TABLE UINT32_MAX

/* The facts about one memory block. TLBIs are those of this kernel's teardown. */
struct hr_block_fact {
	uint64_t start;	 /* PA */
	uint64_t cost;	 /* TLBIs that it adds to any range that contains it */
	uint64_t before; /* and for entries that begin before it, if it is the first */
	uint64_t flush;	 /* and for its part of the linear map, if flushed by itself */
	uint32_t ending; /* the first shared table whose last block is this, or HR_NO_TABLE */
	/* enum hr_verdict: of the block itself, and of a range that begins or ends with it. */
	unsigned char verdict, start_verdict, end_verdict;
	bool refused; /* the kernel would not take it offline */
	bool has_altmap;
	/*
	 * For the search: whether a suggestion has taken it, and the cost of the tables in the
	 * window whose first block it is.
	 */
	bool taken;
	uint64_t begun;
};

/* A table with entries of several blocks. A range that contains all of them frees it. */
struct hr_shared_table {
	uint32_t first, last; /* blocks */
	uint32_t next;	      /* another with the same last block, or HR_NO_TABLE */
	uint64_t cost;	      /* TLBIs that freeing it takes */
};

struct hr_block_facts {
	struct hr_block_fact *blocks; /* the existing ones, ascending */
	size_t count, capacity;
	struct hr_shared_table *tables;
	size_t table_count, table_capacity;
	bool unread; /* blocks may be missing because something could not be read */
};

/*
 * Examine all memory blocks of @query. Each is walked once, and for each shared table the blocks
 * that share it are found. Errors as in hr_suggest_find(). Release @ret in any case.
 */
struct hr_error *hr_block_facts_collect(const struct hr_suggest_query *query,
					struct hr_block_facts *ret);
void hr_block_facts_release(struct hr_block_facts *facts);

/* TLBIs of one flush of the VAs [@va, @va + @size). */
uint64_t hr_range_flush_cost(const struct hr_tlbi_config *config, uint64_t va, uint64_t size);

#endif
