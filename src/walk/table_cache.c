// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk/table_cache.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/page_buffer.h"
#include "base/zero.h"

struct hr_error *hr_table_cache_init(struct hr_table_cache *cache, const struct hr_geometry *geo,
				     const struct hr_memory *memory)
{
	size_t size = hr_page_size(geo);
	char *next;

	*cache = (struct hr_table_cache){
		.geo = geo,
		.memory = memory,
		.visit_limit = UINT64_MAX,
	};
	/* Of one buffer, only those pages take memory and time that are used. */
	cache->buffer = next = hr_page_buffer(size * HR_LEVELS_MAX * HR_TABLES_KEPT);
	if (!next)
		return hr_error_no_memory();
	for (size_t i = 0; i < HR_LEVELS_MAX; i++) {
		hr_tables_ahead_init(&cache->ahead[i], geo, memory);
		for (size_t j = 0; j < HR_TABLES_KEPT; j++, next += size)
			cache->pages[i][j].desc = (uint64_t *)next;
	}
	return NULL;
}

void hr_table_cache_release(struct hr_table_cache *cache)
{
	for (size_t i = 0; i < HR_LEVELS_MAX; i++)
		if (cache->ahead[i].memory)
			hr_tables_ahead_release(&cache->ahead[i]);
	free(cache->buffer);
}

void hr_table_cache_begin(struct hr_table_cache *cache, uint64_t limit)
{
	for (size_t i = 0; i < HR_LEVELS_MAX; i++)
		hr_tables_ahead_drop(&cache->ahead[i]);
	cache->visit_limit = cache->visits + HR_LIVE_TRIES + limit;
}

static struct hr_table_slot *slot_of(struct hr_table_cache *cache, int level)
{
	return &cache->slots[level + 1];
}

/* Read the entries of @page that were used again: are they unchanged? */
static bool page_is_unchanged(const struct hr_table_cache *cache, const struct hr_table_page *page)
{
	size_t len = (page->end - page->first) * sizeof(*page->desc);
	_cleanup_free_ uint64_t *again = NULL;
	struct hr_error *error;

	if (!page->loaded || !len)
		return true;
	again = hr_page_buffer(len);
	if (!again)
		return false;
	error = hr_memory_read(cache->memory, page->pa + page->first * sizeof(*again), again, len);
	if (error) {
		hr_error_destroy(error);
		return false;
	}
	return !memcmp(again, page->desc + page->first, len);
}

/* Forget what @page holds, unless it is from a dump, where it stays valid. */
static void page_settle(struct hr_table_cache *cache, struct hr_table_page *page)
{
	if (!cache->memory->live)
		return;
	if (cache->holds && !page_is_unchanged(cache, page))
		cache->torn = true;
	page->loaded = false;
	page->first = page->end = 0;
}

static void settle_all(struct hr_table_cache *cache)
{
	for (size_t i = 0; i < HR_LEVELS_MAX; i++)
		for (size_t j = 0; j < HR_TABLES_KEPT; j++)
			page_settle(cache, &cache->pages[i][j]);
}

void hr_table_cache_hold(struct hr_table_cache *cache)
{
	if (!cache->memory->live)
		return;
	settle_all(cache);
	cache->holds = true;
	cache->torn = false;
}

bool hr_table_cache_confirm(struct hr_table_cache *cache)
{
	if (!cache->memory->live)
		return true;
	settle_all(cache);
	cache->holds = false;
	return !cache->torn;
}

void hr_table_looked_at(struct hr_table_cache *cache, int level, size_t first, size_t count)
{
	struct hr_table_page *page = slot_of(cache, level)->page;

	if (!cache->holds || !page)
		return;
	if (page->first == page->end) {
		page->first = first;
		page->end = first + count;
	}
	page->first = first < page->first ? first : page->first;
	page->end = first + count > page->end ? first + count : page->end;
}

/*
 * False, with the reason in cache->why, if @pa is already in use as the table of a level above
 * @level.
 */
static bool check_loop(struct hr_table_cache *cache, int level, uint64_t pa)
{
	for (int above = cache->geo->root_level; above < level; above++) {
		if (slot_of(cache, above)->pa != pa)
			continue;
		snprintf(cache->why, sizeof(cache->why),
			 "the table at PA 0x%" PRIx64 " is reached again from a table below it",
			 pa);
		return false;
	}
	if (cache->visits < cache->visit_limit)
		return true;
	snprintf(cache->why, sizeof(cache->why),
		 "there are more tables than the source has pages: they form a loop, or there "
		 "are more than can be walked");
	return false;
}

/*
 * Is the table page in the slot of @level not all zeros? If it is, the reason goes to cache->why. A
 * predicted table is as it is: a kernel keeps an empty one if it maps more than the map has.
 */
static bool check_content(struct hr_table_cache *cache, int level)
{
	const struct hr_table_slot *slot = slot_of(cache, level);

	if (slot->pa & HR_PA_PREDICTED ||
	    !hr_is_zero(slot->desc, hr_table_entries(cache->geo, level) * sizeof(*slot->desc)))
		return true;
	snprintf(cache->why, sizeof(cache->why),
		 "the table page at PA 0x%" PRIx64 " reads as all zeros although it is in use",
		 slot->pa);
	return false;
}

/* The page that caches the table of @level at @pa, NULL if there is none. */
static struct hr_table_page *find_page(struct hr_table_cache *cache, int level, uint64_t pa)
{
	struct hr_table_page *pages = cache->pages[level + 1];

	for (size_t i = 0; i < HR_TABLES_KEPT; i++)
		if (pages[i].pa == pa && pages[i].loaded)
			return &pages[i];
	return NULL;
}

/* The least recently used page of @level, without content that still matters. */
static struct hr_table_page *free_page(struct hr_table_cache *cache, int level)
{
	struct hr_table_page *pages = cache->pages[level + 1], *oldest = pages;

	for (size_t i = 1; i < HR_TABLES_KEPT; i++)
		if (pages[i].used < oldest->used)
			oldest = &pages[i];
	page_settle(cache, oldest);
	return oldest;
}

static void enter_page(struct hr_table_cache *cache, int level, struct hr_table_page *page)
{
	page->used = ++cache->clock;
	*slot_of(cache, level) = (struct hr_table_slot){ page->pa, page->desc, page };
}

static bool read_page(struct hr_table_cache *cache, int level, uint64_t pa)
{
	struct hr_table_page *page = free_page(cache, level);
	struct hr_error *error;

	page->loaded = false;
	page->pa = pa;
	enter_page(cache, level, page);
	cache->tables_read++;
	error = hr_memory_read(cache->memory, pa, page->desc, hr_page_size(cache->geo));
	if (error) {
		snprintf(cache->why, sizeof(cache->why), "the table page at PA 0x%" PRIx64 ": %s",
			 pa, error->message);
		hr_error_destroy(error);
		return false;
	}
	page->loaded = check_content(cache, level);
	return page->loaded;
}

bool hr_table_load(struct hr_table_cache *cache, int level, uint64_t pa)
{
	struct hr_table_page *page = NULL;
	bool done = check_loop(cache, level, pa);

	cache->visits += done;
	if (done && (cache->holds || !cache->memory->live))
		page = find_page(cache, level, pa);
	if (page)
		enter_page(cache, level, page);
	else if (done)
		done = read_page(cache, level, pa);
	cache->torn |= !done;
	return done;
}

/* The tables above are needed to find loops below. */
bool hr_table_return(struct hr_table_cache *cache, int level, const uint64_t tables[HR_LEVELS_MAX])
{
	const struct hr_table_slot *slot = slot_of(cache, level);
	struct hr_table_page *page = slot->page;

	if (!page || !page->loaded || page->pa != tables[level + 1])
		page = find_page(cache, level, tables[level + 1]);
	if (!page)
		return false;
	for (int above = cache->geo->root_level; above < level; above++)
		if (slot_of(cache, above)->pa != tables[above + 1])
			*slot_of(cache, above) = (struct hr_table_slot){ .pa = tables[above + 1] };
	cache->visits++;
	enter_page(cache, level, page);
	return true;
}

/*
 * Load the table that @desc, the entry at @index of @level, points to into its slot from what was
 * read ahead. Returns false if it must be read individually, or is cached from a dump.
 */
static bool take_ahead(struct hr_table_cache *cache, int level, size_t index, size_t final,
		       uint64_t desc)
{
	struct hr_tables_ahead *ahead = &cache->ahead[level + 2];
	const struct hr_table_slot *slot = slot_of(cache, level);
	const struct hr_ahead_parent parent = { level, slot->pa, slot->desc };
	struct hr_entry entry = hr_desc_decode(cache->geo, level, desc);
	uint64_t *table;

	if (entry.kind != HR_ENTRY_TABLE)
		return false;
	if (!cache->memory->live && hr_tables_ahead_is_used_up(ahead) &&
	    find_page(cache, level + 1, entry.pa))
		return false;
	table = hr_tables_ahead_take(ahead, &parent, index, final, entry.pa);
	if (!table || !check_loop(cache, level + 1, entry.pa))
		return false;
	cache->visits++;
	cache->tables_read++;
	*slot_of(cache, level + 1) = (struct hr_table_slot){ entry.pa, table, NULL };
	return check_content(cache, level + 1);
}

/*
 * Read the entry at @index of the table of @level again, into its slot. Returns true if it is
 * unchanged, which is always the case in a dump.
 */
static bool entry_is_unchanged(struct hr_table_cache *cache, int level, size_t index)
{
	struct hr_table_slot *slot = slot_of(cache, level);
	uint64_t before = slot->desc[index];
	struct hr_error *error;

	if (!cache->memory->live)
		return true;
	error = hr_memory_read(cache->memory, slot->pa + index * sizeof(before), &slot->desc[index],
			       sizeof(before));
	if (error) {
		hr_error_destroy(error);
		return false;
	}
	return slot->desc[index] == before;
}

bool hr_table_load_child(struct hr_table_cache *cache, int level, size_t index, size_t final)
{
	if (take_ahead(cache, level, index, final, hr_table_desc(cache, level, index)))
		return true;
	for (int i = 0; i < HR_LIVE_TRIES; i++) {
		uint64_t desc = hr_table_desc(cache, level, index);
		struct hr_entry entry = hr_desc_decode(cache->geo, level, desc);

		bool is_table = entry.kind == HR_ENTRY_TABLE;

		if (is_table && !hr_table_load(cache, level + 1, entry.pa))
			return false;
		if (entry_is_unchanged(cache, level, index) && is_table)
			return true;
	}
	snprintf(cache->why, sizeof(cache->why),
		 "the table entry at PA 0x%" PRIx64 " changed while it was followed",
		 slot_of(cache, level)->pa + index * sizeof(uint64_t));
	return false;
}
