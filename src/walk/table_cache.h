/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table pages that a walk stands in, one for each level, those that it was in before, and those
 * it will come to next. What is in them is what was read: this is where loops, zeros in the place
 * of tables, and changes of live tables are found.
 */
#ifndef HR_TABLE_CACHE_H
#define HR_TABLE_CACHE_H

#include <endian.h>

#include "arch/descriptor.h"
#include "arch/geometry.h"
#include "base/memory.h"
#include "walk/leaf.h"
#include "walk/tables_ahead.h"

/* Readings of one place on a live kernel before it counts as unreadable. */
enum {
	HR_LIVE_TRIES = 5
};

/*
 * Tables of one level that are kept. Who asks about memory looks at the first and the last byte of
 * a range, in the linear map and in the vmemmap, and comes back to each.
 */
enum {
	HR_TABLES_KEPT = 4
};

/* A table page as it was read. */
struct hr_table_page {
	uint64_t pa;
	bool loaded;
	uint64_t used; /* when it was last asked for, by hr_table_cache.clock */
	/* While the cache holds: entries [first, end) were looked at. */
	size_t first, end;
	uint64_t *desc; /* little-endian */
};

/* The table that the walk stands in at a level. */
struct hr_table_slot {
	uint64_t pa;
	uint64_t *desc; /* little-endian; of a page that is kept, or of one that was read ahead */
	struct hr_table_page *page; /* NULL: it was read ahead */
};

struct hr_table_cache {
	const struct hr_geometry *geo;
	const struct hr_memory *memory;
	uint64_t tables_read;
	uint64_t visits;      /* of tables, those that were kept too */
	uint64_t visit_limit; /* beyond it the walk in hand must be in a loop */
	uint64_t clock;
	bool holds; /* live tables are read once, and confirmed in the end */
	bool torn;  /* since it holds, something changed or could not be read */
	struct hr_table_slot slots[HR_LEVELS_MAX]; /* by level + 1 */
	struct hr_table_page pages[HR_LEVELS_MAX][HR_TABLES_KEPT];
	struct hr_tables_ahead ahead[HR_LEVELS_MAX]; /* by the level of the tables, + 1 */
	char why[HR_WHY_SIZE];			     /* of the last failure, as a clause */
};

/* Memory for the pages of each level; hr_table_cache_release() in any case. */
struct hr_error *hr_table_cache_init(struct hr_table_cache *cache, const struct hr_geometry *geo,
				     const struct hr_memory *memory);
void hr_table_cache_release(struct hr_table_cache *cache);

/* A new walk begins: what was read ahead is forgotten, and @limit more visits are allowed. */
void hr_table_cache_begin(struct hr_table_cache *cache, uint64_t limit);

/*
 * From here on each table of live memory is read once however often it is loaded, until
 * hr_table_cache_confirm(). In a dump that is so anyway.
 */
void hr_table_cache_hold(struct hr_table_cache *cache);

/*
 * Hold no longer. True if every table could be read and all entries that were looked at since
 * hr_table_cache_hold(), which are read again here, still are what they were.
 */
bool hr_table_cache_confirm(struct hr_table_cache *cache);

/* Entries [@first, @first + @count) of the table of @level, in its slot, were looked at. */
void hr_table_looked_at(struct hr_table_cache *cache, int level, size_t first, size_t count);

/* Bring the table of @level at @pa into its slot; false, with the reason in @cache->why. */
bool hr_table_load(struct hr_table_cache *cache, int level, uint64_t pa);

/*
 * Bring the table that the entry at @index of the table of @level points to into its slot, as it
 * still stood afterwards: on live memory the entry is read again behind its table, and one that has
 * come to point to another table is followed there. The walk will go on up to the entry at @final,
 * so that tables up to there are read ahead where the source can do that. False, with the reason in
 * @cache->why, if it cannot be read or keeps changing. Not while the cache holds.
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
