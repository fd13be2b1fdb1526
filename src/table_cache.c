// SPDX-License-Identifier: GPL-2.0-or-later
#include "table_cache.h"

#include <inttypes.h>
#include <stdio.h>

#include "cleanup.h"
#include "zero.h"

enum {
	AHEAD_BYTES = 512 << 10, /* of tables of one level that are read ahead */
	AHEAD_MAX = AHEAD_BYTES / 4096,
};

struct hr_error *hr_table_cache_init(struct hr_table_cache *cache, const struct hr_geometry *geo,
				     const struct hr_memory *memory)
{
	*cache = (struct hr_table_cache){
		.geo = geo,
		.memory = memory,
		.visit_limit = UINT64_MAX,
	};
	cache->slots = cache->halves[0];
	for (size_t i = 0; i < HR_LEVELS_MAX; i++) {
		for (size_t half = 0; half < 2; half++) {
			struct hr_table_slot *slot = &cache->halves[half][i];

			slot->own = malloc(hr_page_size(geo));
			if (!slot->own)
				return hr_error_no_memory();
			slot->desc = slot->own;
		}
	}
	return NULL;
}

static void ahead_release(struct hr_tables_ahead *ahead)
{
	free(ahead->desc);
	free(ahead->pas);
	free(ahead->ok);
}

void hr_table_cache_release(struct hr_table_cache *cache)
{
	for (size_t i = 0; i < HR_LEVELS_MAX; i++) {
		free(cache->halves[0][i].own);
		free(cache->halves[1][i].own);
		ahead_release(&cache->ahead[i]);
	}
}

void hr_table_cache_begin(struct hr_table_cache *cache, uint64_t limit)
{
	for (size_t i = 0; i < HR_LEVELS_MAX; i++)
		cache->ahead[i].count = cache->ahead[i].next = 0;
	cache->visit_limit = cache->visits + HR_LIVE_TRIES + limit;
}

void hr_table_cache_select(struct hr_table_cache *cache, uint64_t va)
{
	cache->slots = cache->halves[va >> (cache->geo->va_bits_actual - 1) & 1];
}

static struct hr_table_slot *slot_of(struct hr_table_cache *cache, int level)
{
	return &cache->slots[level + 1];
}

/* False, with the reason in cache->why, if @pa is the table of a level above @level. */
static bool check_loop(struct hr_table_cache *cache, int level, uint64_t pa)
{
	for (int above = cache->geo->root_level; above < level; above++) {
		if (slot_of(cache, above)->pa != pa)
			continue;
		snprintf(cache->why, sizeof(cache->why),
			 "the table at PA 0x%" PRIx64 " is entered again from below itself", pa);
		return false;
	}
	if (cache->visits < cache->visit_limit)
		return true;
	snprintf(cache->why, sizeof(cache->why),
		 "the tables have more pages than the source: they form a loop");
	return false;
}

/* Is the table page in the slot of @level more than zeros? If not, the reason is in cache->why. */
static bool check_content(struct hr_table_cache *cache, int level)
{
	const struct hr_table_slot *slot = slot_of(cache, level);

	if (!hr_is_zero(slot->desc, hr_table_entries(cache->geo, level) * sizeof(*slot->desc)))
		return true;
	snprintf(cache->why, sizeof(cache->why),
		 "the table page at PA 0x%" PRIx64 " reads as all zeros although it is in use",
		 slot->pa);
	return false;
}

bool hr_table_load(struct hr_table_cache *cache, int level, uint64_t pa)
{
	struct hr_table_slot *slot = slot_of(cache, level);
	struct hr_error *error;

	if (!check_loop(cache, level, pa))
		return false;
	cache->visits++;
	if (slot->loaded && slot->pa == pa && !cache->memory->live)
		return true;
	slot->loaded = false;
	slot->pa = pa;
	slot->desc = slot->own;
	cache->tables_read++;
	error = hr_memory_read(cache->memory, pa, slot->desc, hr_page_size(cache->geo));
	if (error) {
		snprintf(cache->why, sizeof(cache->why), "the table page at PA 0x%" PRIx64 ": %s",
			 pa, error->message);
		hr_error_destroy(error);
		return false;
	}
	slot->loaded = check_content(cache, level);
	return slot->loaded;
}

/* Without memory there is no reading ahead. */
static bool ahead_create(const struct hr_table_cache *cache, struct hr_tables_ahead *ahead)
{
	uint64_t page = hr_page_size(cache->geo);

	if (ahead->desc)
		return true;
	ahead->room = AHEAD_BYTES / page;
	ahead->desc = malloc(ahead->room * page);
	ahead->pas = calloc(ahead->room, sizeof(*ahead->pas));
	ahead->ok = calloc(ahead->room, sizeof(*ahead->ok));
	if (ahead->desc && ahead->pas && ahead->ok)
		return true;
	ahead_release(ahead);
	*ahead = (struct hr_tables_ahead){ .room = 0 };
	return false;
}

/* Those entries from @index up to @final of the table of @level that still are what they were. */
static void ahead_confirm(struct hr_table_cache *cache, int level, const size_t *indices)
{
	const struct hr_table_slot *slot = slot_of(cache, level);
	struct hr_tables_ahead *ahead = &cache->ahead[level + 2];
	size_t first = indices[0], span = indices[ahead->count - 1] + 1 - first;
	_cleanup_free_ uint64_t *again = malloc(span * sizeof(*again));
	bool sound = again;

	if (again) {
		struct hr_error *error =
			hr_memory_read(cache->memory, slot->pa + first * sizeof(*again), again,
				       span * sizeof(*again));

		sound = !error;
		hr_error_destroy(error);
	}
	for (size_t i = 0; i < ahead->count; i++)
		ahead->ok[i] = ahead->ok[i] && sound &&
			       again[indices[i] - first] == slot->desc[indices[i]];
}

/* Read the tables that entries from @index up to @final of the table of @level point to. */
static void ahead_fill(struct hr_table_cache *cache, int level, size_t index, size_t final)
{
	struct hr_tables_ahead *ahead = &cache->ahead[level + 2];
	uint64_t page = hr_page_size(cache->geo);
	size_t indices[AHEAD_MAX];

	ahead->count = ahead->next = 0;
	if (!ahead_create(cache, ahead))
		return;
	/* What the slots of the next level have may be pages of the buffer. */
	cache->halves[0][level + 2].loaded = cache->halves[1][level + 2].loaded = false;
	for (; index <= final && ahead->count < ahead->room; index++) {
		struct hr_entry entry =
			hr_desc_decode(cache->geo, level, hr_table_desc(cache, level, index));

		if (entry.kind != HR_ENTRY_TABLE)
			continue;
		indices[ahead->count] = index;
		ahead->pas[ahead->count++] = entry.pa;
	}
	if (ahead->count < 2) {
		ahead->count = 0;
		return;
	}
	cache->memory->read_many(cache->memory->context, ahead->pas, ahead->count, page,
				 ahead->desc, ahead->ok);
	if (cache->memory->live)
		ahead_confirm(cache, level, indices);
}

/*
 * Bring the table that @desc, the entry at @index of @level, points to into its slot from what was
 * read ahead, reading more if that is used up; false if it is to be read alone.
 */
static bool take_ahead(struct hr_table_cache *cache, int level, size_t index, size_t final,
		       uint64_t desc)
{
	struct hr_tables_ahead *ahead = &cache->ahead[level + 2];
	struct hr_table_slot *slot = slot_of(cache, level + 1);
	struct hr_entry entry = hr_desc_decode(cache->geo, level, desc);
	size_t at;

	if (!cache->memory->read_many || entry.kind != HR_ENTRY_TABLE)
		return false;
	if (ahead->next == ahead->count)
		ahead_fill(cache, level, index, final);
	at = ahead->next;
	if (at == ahead->count || ahead->pas[at] != entry.pa)
		return false;
	ahead->next++;
	if (!ahead->ok[at] || !check_loop(cache, level + 1, entry.pa))
		return false;
	cache->visits++;
	cache->tables_read++;
	slot->pa = entry.pa;
	slot->desc = ahead->desc + at * (hr_page_size(cache->geo) / sizeof(*slot->desc));
	slot->loaded = check_content(cache, level + 1);
	return slot->loaded;
}

/*
 * Read the entry at @index of the table of @level again, into its slot; true if it is what it was,
 * which it always is in a dump.
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
	slot_of(cache, level + 1)->loaded = false;
	snprintf(cache->why, sizeof(cache->why),
		 "the table entry at PA 0x%" PRIx64 " changed while it was followed",
		 slot_of(cache, level)->pa + index * sizeof(uint64_t));
	return false;
}
