/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table pages that a walk stands in, one for each level, and those it will come to next. What
 * is in them is what was read: this is where loops, zeros in the place of tables, and changes of
 * live tables are found.
 */
#ifndef HR_TABLE_CACHE_H
#define HR_TABLE_CACHE_H

#include <endian.h>

#include "descriptor.h"
#include "geometry.h"
#include "memory.h"
#include "walk.h"

/* Readings of one place on a live kernel before it counts as unreadable. */
enum {
	HR_LIVE_TRIES = 5
};

/* The table page last read at a level. */
struct hr_table_slot {
	uint64_t pa;
	bool loaded;
	uint64_t *desc; /* little-endian; @own, or a page that was read ahead */
	uint64_t *own;
};

/* Tables of one level that were read before the walk comes to them, in the order of the walk. */
struct hr_tables_ahead {
	uint64_t *desc; /* NULL: nothing was ever read ahead */
	size_t room;	/* tables that fit */
	size_t count, next;
	uint64_t *pas;
	bool *ok; /* this one was read, and on live memory its entry had not changed */
};

struct hr_table_cache {
	const struct hr_geometry *geo;
	const struct hr_memory *memory;
	uint64_t tables_read;
	uint64_t visits;      /* of tables, those that were in their slot already too */
	uint64_t visit_limit; /* beyond it the walk in hand must be in a loop */
	/*
	 * By half and level + 1: who asks about memory looks at the linear map and at the vmemmap in
	 * turn, which lie in different halves of the kernel's addresses.
	 */
	struct hr_table_slot halves[2][HR_LEVELS_MAX];
	struct hr_table_slot *slots; /* of the half that the walk is in */
	struct hr_tables_ahead ahead[HR_LEVELS_MAX];
	char why[HR_WHY_SIZE]; /* of the last failure, as a clause */
};

/* Memory for one page of each level; hr_table_cache_release() in any case. */
struct hr_error *hr_table_cache_init(struct hr_table_cache *cache, const struct hr_geometry *geo,
				     const struct hr_memory *memory);
void hr_table_cache_release(struct hr_table_cache *cache);

/* A new walk begins: what was read ahead is forgotten, and @limit more visits are allowed. */
void hr_table_cache_begin(struct hr_table_cache *cache, uint64_t limit);

/* The walk goes to @va now. */
void hr_table_cache_select(struct hr_table_cache *cache, uint64_t va);

/* Bring the table of @level at @pa into its slot; false, with the reason in @cache->why. */
bool hr_table_load(struct hr_table_cache *cache, int level, uint64_t pa);

/*
 * Bring the table that the entry at @index of the table of @level points to into its slot, as it
 * still stood afterwards: on live memory the entry is read again behind its table, and one that has
 * come to point to another table is followed there. The walk will go on up to the entry at @final,
 * so that tables up to there are read ahead where the source can do that. False, with the reason in
 * @cache->why, if it cannot be read or keeps changing.
 */
bool hr_table_load_child(struct hr_table_cache *cache, int level, size_t index, size_t final);

static inline const struct hr_table_slot *hr_table_slot(const struct hr_table_cache *cache,
							int level)
{
	return &cache->slots[level + 1];
}

/* The descriptor at @index of the table of @level in its slot. */
static inline uint64_t hr_table_desc(const struct hr_table_cache *cache, int level, size_t index)
{
	return le64toh(cache->slots[level + 1].desc[index]);
}

#endif
