// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/suggest_blocks.h"

#include <stdlib.h>

#include "base/grow.h"
#include "map/altmap.h"
#include "map/block.h"
#include "search/removable.h"
#include "walk/lookup.h"
#include "walk/walk.h"

/* The table of one level in which the previous block ended. */
struct open_table {
	bool is_open;
	bool exists; /* a leaf could map all of its range */
	uint64_t base;
	uint32_t first, last;
};

struct search {
	const struct hr_suggest_query *query;
	struct hr_removable by;
	struct hr_block_facts *facts;
	uint64_t most; /* blocks that may exist */
	/* TLBIs of a leaf entry by level + 1, of a freed table, of clearing a root entry. */
	uint64_t entry_cost[HR_MAP_COUNT][HR_LEVELS_MAX];
	uint64_t table_cost, root_cost;
	uint64_t visits;				     /* table visits by walks of blocks */
	struct open_table open[HR_MAP_COUNT][HR_LEVELS_MAX]; /* by level + 1 */
};

static uint64_t page_flush_cost(const struct hr_tlbi_config *config)
{
	struct hr_tlbi_count count = { 0 };

	hr_tlbi_flush_pages(config, 1, &count);
	return count.tlbi;
}

uint64_t hr_range_flush_cost(const struct hr_tlbi_config *config, uint64_t va, uint64_t size)
{
	struct hr_tlbi_count count = { 0 };

	hr_tlbi_flush_range(config, va, va + size, &count, NULL);
	return count.tlbi;
}

/* The parts of a range's plan. The address of an entry does not matter, because it is aligned. */
static void init_costs(struct search *search)
{
	const struct hr_tlbi_config *config = search->query->form->tlbi;
	const struct hr_geometry *geo = &search->by.check->machine.layout->geo;
	enum hr_teardown teardown = search->query->form->teardown;
	struct hr_tlbi_count table = { 0 }, root = { 0 };

	hr_tlbi_flush_tables(config, 1, &table);
	hr_tlbi_clear_root(config, 1, &root);
	search->table_cost = table.tlbi;
	search->root_cost = root.tlbi;
	for (int level = geo->root_level; level <= HR_LEVEL_PTE; level++) {
		uint64_t *vmemmap = &search->entry_cost[HR_MAP_VMEMMAP][level + 1];

		*vmemmap = page_flush_cost(config);
		if (teardown == HR_TEARDOWN_PER_LEAF)
			search->entry_cost[HR_MAP_LINEAR][level + 1] = page_flush_cost(config);
		if (teardown == HR_TEARDOWN_BATCHED_WIDE && level < HR_LEVEL_PTE)
			*vmemmap = hr_range_flush_cost(config, 0, hr_level_size(geo, level));
	}
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		search->entry_cost[map][geo->root_level + 1] += root.tlbi;
}

static enum hr_verdict worse(enum hr_verdict a, enum hr_verdict b)
{
	if (a == HR_VERDICT_NOT_REMOVABLE || b == HR_VERDICT_REMOVABLE)
		return a;
	return b;
}

/* Walk the block at @start, unless damaged tables form a loop. */
static enum hr_verdict walk_block(struct search *search, uint64_t start, struct hr_survey *ret)
{
	const struct hr_check *check = search->by.check;
	uint64_t visits = hr_walker_visits(check->machine.walker);
	bool has_place = true;

	if (search->visits > hr_removable_visits(&search->by, search->facts->count))
		return HR_VERDICT_UNKNOWN;
	hr_survey_range(check->machine.layout, check->machine.walker, start,
			start + check->machine.block_size, NULL, NULL, ret);
	search->visits += hr_walker_visits(check->machine.walker) - visits;
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		has_place &= ret->maps[map].done;
	if (!has_place && hr_removable_counts(&search->by, HR_REASON_UNREADABLE))
		return HR_VERDICT_UNKNOWN;
	return hr_removable_survey(&search->by, ret);
}

/* Can the block of @fact be removed? If so, @survey holds the result of walking it. */
static enum hr_verdict check_block(struct search *search, struct hr_block_fact *fact,
				   struct hr_survey *survey)
{
	enum hr_verdict verdict = hr_removable_sections(&search->by, fact->start);
	struct hr_guard_block block;

	if (verdict == HR_VERDICT_NOT_REMOVABLE || !hr_removable_alone(&search->by, fact->start))
		return HR_VERDICT_NOT_REMOVABLE;
	hr_guard_block(search->by.guard, fact->start, &block);
	fact->refused = block.outcome == HR_GUARD_REFUSES;
	verdict = worse(verdict, hr_removable_guard(&search->by, &block));
	if (verdict == HR_VERDICT_NOT_REMOVABLE)
		return verdict;
	return worse(verdict, walk_block(search, fact->start, survey));
}

/* TLBIs for the entry around @va if it begins before @va. */
static uint64_t cost_before(const struct search *search, enum hr_map map, uint64_t va)
{
	const struct hr_check *check = search->by.check;
	struct hr_lookup found;

	hr_walk_lookup(check->machine.walker, va, &found);
	if (found.state != HR_MAP_MAPPED ||
	    !(va & (hr_level_size(&check->machine.layout->geo, found.leaf.level) - 1)))
		return 0;
	return search->entry_cost[map][found.leaf.level + 1];
}

/* TLBIs of the tables that removing this block alone would free, and of their root entries. */
static uint64_t cost_of_tables(const struct search *search, const struct hr_map_survey *found)
{
	int root_level = search->by.check->machine.layout->geo.root_level;
	uint64_t in_root = found->root_entries - found->entries[root_level + 1];

	return found->tables_emptied * search->table_cost + in_root * search->root_cost;
}

/*
 * What the block adds to a range. An entry that maps parts of two blocks counts for the first one;
 * tables that blocks share are handled elsewhere.
 */
static void find_costs(const struct search *search, const struct hr_survey *survey,
		       struct hr_block_fact *fact)
{
	const struct hr_check *check = search->by.check;
	const struct hr_map_survey *linear = &survey->maps[HR_MAP_LINEAR];

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		const struct hr_map_survey *found = &survey->maps[map];

		if (!found->done)
			continue;
		for (size_t i = 0; i < HR_LEVELS_MAX; i++)
			fact->cost += found->entries[i] * search->entry_cost[map][i];
		fact->cost += cost_of_tables(search, found);
		fact->before += cost_before(search, map, found->va_start);
	}
	fact->cost -= fact->before;
	if (linear->done)
		fact->flush = hr_range_flush_cost(search->query->form->tlbi, linear->va_start,
						  linear->va_end - linear->va_start);
	/* If it cannot be read, that is already a reason against the block. */
	(void)hr_block_has_altmap(check->machine.layout, check->machine.walker, fact->start,
				  &fact->has_altmap);
}

/*
 * Does the kernel free this table once it is empty? Only if its whole range lies within the map, as
 * in hr_survey_range().
 */
static bool is_freeable(const struct hr_layout *layout, enum hr_map map, int level, uint64_t base)
{
	uint64_t span = hr_level_size(&layout->geo, level - 1);
	bool linear = map == HR_MAP_LINEAR;
	uint64_t floor = linear ? layout->page_offset : layout->vmemmap_start;
	uint64_t ceiling = (linear ? layout->linear_end : layout->vmemmap_end) & -span;

	return base >= floor && base + (span - 1) <= ceiling - 1;
}

/*
 * No more blocks have entries in this table. A table of one block alone is in that block's survey.
 */
static struct hr_error *close_table(struct search *search, enum hr_map map, int level)
{
	const struct open_table *open = &search->open[map][level + 1];
	bool in_root = level - 1 == search->by.check->machine.layout->geo.root_level;
	struct hr_shared_table *tables;
	struct hr_block_fact *last;

	if (!open->is_open || !open->exists || open->first == open->last ||
	    !is_freeable(search->by.check->machine.layout, map, level, open->base))
		return NULL;
	tables = hr_grow(search->facts->tables, search->facts->table_count,
			 &search->facts->table_capacity, sizeof(*tables));
	if (!tables)
		return hr_error_no_memory();
	search->facts->tables = tables;
	last = &search->facts->blocks[open->last];
	search->facts->tables[search->facts->table_count] = (struct hr_shared_table){
		.first = open->first,
		.last = open->last,
		.next = last->ending,
		.cost = search->table_cost + (in_root ? search->root_cost : 0),
	};
	last->ending = (uint32_t)search->facts->table_count++;
	return NULL;
}

/*
 * The last block has entries in the table of @level at @base. As far as the block shows, the table
 * @exists.
 */
static struct hr_error *note_table(struct search *search, enum hr_map map, int level, uint64_t base,
				   bool exists)
{
	struct open_table *open = &search->open[map][level + 1];
	uint32_t block = (uint32_t)search->facts->count - 1;
	struct hr_error *error = NULL;

	if (open->is_open && open->base == base) {
		open->last = block;
		open->exists |= exists;
		return NULL;
	}
	error = close_table(search, map, level);
	*open = (struct open_table){
		.is_open = true,
		.exists = exists,
		.base = base,
		.first = block,
		.last = block,
	};
	return error;
}

/* Note the tables around @va that extend beyond the VAs [@start, @last] of the last block. */
static struct hr_error *note_tables(struct search *search, enum hr_map map, uint64_t start,
				    uint64_t last, uint64_t va)
{
	const struct hr_check *check = search->by.check;
	const struct hr_geometry *geo = &check->machine.layout->geo;
	struct hr_error *error = NULL;
	struct hr_lookup found;

	/*
	 * If the path ends above, the table of that level is replaced by a leaf or does not exist.
	 */
	hr_walk_lookup(check->machine.walker, va, &found);
	for (int level = geo->root_level + 1; !error && level <= HR_LEVEL_PTE; level++) {
		uint64_t span = hr_level_size(geo, level - 1), base = va & -span;

		if (base < start || base + (span - 1) > last)
			error = note_table(search, map, level, base,
					   found.state != HR_MAP_UNREADABLE &&
						   level <= found.leaf.level);
	}
	return error;
}

/*
 * Does the block at @start have nothing in @map? Firmware may reserve memory, which is not mapped.
 */
static bool is_empty(const struct hr_check *check, enum hr_map map, uint64_t start)
{
	struct hr_survey survey;
	struct hr_lookup found;

	/* Most blocks have their first page mapped. The others take little walking. */
	hr_walk_lookup(check->machine.walker, hr_map_va(check->machine.layout, map, start), &found);
	if (found.state != HR_MAP_UNMAPPED)
		return false;
	hr_survey_range(check->machine.layout, check->machine.walker, start,
			start + check->machine.block_size, NULL, NULL, &survey);
	return !survey.maps[map].mapped && !survey.maps[map].unreadable;
}

/*
 * Note which tables the last block shares with others. If the block cannot be removed and is mapped
 * at all, it keeps them from being freed, because no range contains it.
 */
static struct hr_error *share_tables(struct search *search, const struct hr_survey *survey)
{
	const struct hr_check *check = search->by.check;
	const struct hr_block_fact *fact = &search->facts->blocks[search->facts->count - 1];
	uint64_t end = fact->start + check->machine.block_size;
	struct hr_error *error = NULL;

	for (enum hr_map map = 0; !error && map < HR_MAP_COUNT; map++) {
		uint64_t va, last;

		if (!hr_map_range(check->machine.layout, map, fact->start, end, &va, &last))
			continue;
		last--;
		if (fact->verdict == HR_VERDICT_REMOVABLE ? !survey->maps[map].mapped
							  : is_empty(check, map, fact->start))
			continue;
		error = note_tables(search, map, va, last, va);
		if (!error)
			error = note_tables(search, map, va, last, last);
	}
	return error;
}

/* May another block be added? */
static struct hr_error *check_count(const struct search *search)
{
	bool mapped = !search->by.check->machine.sections;
	int limit = mapped ? HR_MAPPED_BLOCKS_MAX : HR_SUGGEST_BLOCKS_MAX;

	if (search->facts->count >= (size_t)limit)
		return hr_error_new(HR_ERROR_INPUT,
				    "there are more than %d memory blocks, the most that can be "
				    "searched for removable ranges%s",
				    limit, mapped ? " without mem_section" : "");
	if (search->facts->count == search->most)
		return hr_error_new(HR_ERROR_UNREADABLE,
				    "mem_section is damaged: it has more memory blocks than the "
				    "source can hold sections for");
	return NULL;
}

static struct hr_error *add_block(struct search *search, uint64_t start)
{
	struct hr_survey survey = { 0 };
	struct hr_block_fact *facts, *fact;
	struct hr_error *error = check_count(search);

	if (error)
		return error;
	facts = hr_grow(search->facts->blocks, search->facts->count, &search->facts->capacity,
			sizeof(*facts));
	if (!facts)
		return hr_error_no_memory();
	search->facts->blocks = facts;
	fact = &search->facts->blocks[search->facts->count++];
	*fact = (struct hr_block_fact){ .start = start, .ending = HR_NO_TABLE };
	fact->verdict = check_block(search, fact, &survey);
	if (fact->verdict != HR_VERDICT_NOT_REMOVABLE) {
		fact->start_verdict = hr_removable_start(&search->by, start);
		fact->end_verdict =
			hr_removable_end(&search->by, start + search->by.check->machine.block_size);
	}
	if (fact->verdict == HR_VERDICT_REMOVABLE)
		find_costs(search, &survey, fact);
	return share_tables(search, &survey);
}

static struct hr_error *look_at_blocks(struct search *search)
{
	const struct hr_suggest_query *query = search->query;
	uint64_t start = query->next_block(query->context, 0, &search->facts->unread);
	struct hr_error *error = NULL;

	/*
	 * Once for the costs and once to see whether it is empty, both also for the places of
	 * struct pages.
	 */
	hr_walk_pass_begin(query->check->machine.walker, 4);
	while (!error && start != HR_NO_BLOCK) {
		error = add_block(search, start);
		start = query->next_block(query->context, start + query->check->machine.block_size,
					  &search->facts->unread);
	}
	hr_walk_pass_end(query->check->machine.walker);
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		for (int level = -1; !error && level <= HR_LEVEL_PTE; level++)
			error = close_table(search, map, level);
	return error;
}

struct hr_error *hr_block_facts_collect(const struct hr_suggest_query *query,
					struct hr_block_facts *ret)
{
	struct search search = {
		.query = query,
		.by = { query->check, query->guard },
		.facts = ret,
	};

	*ret = (struct hr_block_facts){ 0 };
	search.most = hr_block_most(&query->check->machine);
	init_costs(&search);
	return look_at_blocks(&search);
}

void hr_block_facts_release(struct hr_block_facts *facts)
{
	free(facts->blocks);
	free(facts->tables);
	*facts = (struct hr_block_facts){ 0 };
}
