/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table pages that a walk is in, one for each level, recently used ones, and those that were
 * read ahead. Their content is what was read: this is where loops, zeros in place of tables, and
 * changes of live tables are detected.
 */
#ifndef HR_TABLE_CACHE_H
#define HR_TABLE_CACHE_H

#include <endian.h>
#include <hotremove/hotremove.h>

#include "arch/descriptor.h"
#include "arch/geometry.h"
#include "base/memory.h"
#include "walk/tables_ahead.h"
#include "walk/why.h"

/* How often one place is read on a live kernel before it counts as unreadable. */
enum {
	HR_LIVE_TRIES = 5
};

/*
 * Cached tables of one level. Queries look at the first and the last byte of a range, in the linear
 * map and in the vmemmap, and return to each of them. In between, the memory of struct pages is
 * looked up in the linear map, at up to four other places.
 */
enum {
	HR_TABLES_KEPT = 8
};

/* A table page as it was read. */
struct hr_table_page {
	uint64_t pa;
	bool loaded;
	uint64_t used; /* when it was last requested, by hr_table_cache.clock */
	/* While the cache holds: entries [first, end) were used. */
	size_t first, end;
	uint64_t *desc; /* little-endian; in the cache's buffer */
};

/* The table that the walk is in at a level. */
struct hr_table_slot {
	uint64_t pa;
	uint64_t *desc;		    /* little-endian; in a cached page or one that was read ahead */
	struct hr_table_page *page; /* NULL: it was read ahead */
};

struct hr_table_cache {
	const struct hr_geometry *geo;
	const struct hr_memory *memory;
	uint64_t tables_read;
	uint64_t visits;      /* tables visited, including cached ones */
	uint64_t visit_limit; /* beyond it, the current walk must be in a loop */
	uint64_t clock;
	bool holds; /* live tables are read once, and confirmed at the end */
	bool torn;  /* while it holds, something changed or could not be read */
	struct hr_table_slot slots[HR_LEVELS_MAX]; /* by level + 1 */
	struct hr_table_page pages[HR_LEVELS_MAX][HR_TABLES_KEPT];
	char *buffer;				     /* of all pages */
	struct hr_tables_ahead ahead[HR_LEVELS_MAX]; /* by the level of those tables + 1 */
	char why[HR_WHY_SIZE];			     /* the last failure, as a clause */
};

/* Allocate the pages of each level. Call hr_table_cache_release() in any case. */
struct hr_error *hr_table_cache_init(struct hr_table_cache *cache, const struct hr_geometry *geo,
				     const struct hr_memory *memory);
void hr_table_cache_release(struct hr_table_cache *cache);

/* Start a new walk: forget what was read ahead, and allow @limit more visits. */
void hr_table_cache_begin(struct hr_table_cache *cache, uint64_t limit);

/*
 * From now on, read each table of live memory only once, no matter how often it is loaded, until
 * hr_table_cache_confirm(). In a dump this is always so.
 */
void hr_table_cache_hold(struct hr_table_cache *cache);

/*
 * Stop holding. Returns true if every table could be read and all entries that were used since
 * hr_table_cache_hold() are unchanged; they are read again here.
 */
bool hr_table_cache_confirm(struct hr_table_cache *cache);

/* Note that entries [@first, @first + @count) of the table of @level, in its slot, were used. */
void hr_table_looked_at(struct hr_table_cache *cache, int level, size_t first, size_t count);

/*
 * Load the table of @level at @pa into its slot. Returns false, with the reason in @cache->why, if
 * that fails.
 */
bool hr_table_load(struct hr_table_cache *cache, int level, uint64_t pa);

/*
 * In a dump: come back to a table of @level on whose way nothing was wrong. @tables are the PAs of
 * that table and of those above it, by level + 1. Returns false if it is not cached any more.
 */
bool hr_table_return(struct hr_table_cache *cache, int level, const uint64_t tables[HR_LEVELS_MAX]);

/*
 * Load the table that the entry at @index of the table of @level points to into its slot. On live
 * memory, the entry is read again after its table, and if it now points to another table, that one
 * is loaded instead. The walk will continue up to the entry at @final, so tables up to there are
 * read ahead if the source supports that. Returns false, with the reason in @cache->why, if the
 * table cannot be read or keeps changing. Do not call this while the cache holds.
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
