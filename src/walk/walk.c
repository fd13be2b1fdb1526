// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk/walk.h"

#include <stdio.h>
#include <string.h>

#include "walk/alike.h"
#include "walk/entry_group.h"
#include "walk/walker_state.h"

/* Entries that the walks of two neighbours both visit: one per level at either end. */
#define ENTRIES_SHARED (UINT64_C(2) * HR_LEVELS_MAX)

/* A walk over a range: the run that is still growing, and where to report it. */
struct walk {
	struct hr_walker *walker;
	const struct hr_visitor *visitor;
	bool pending;
	struct hr_run run;
	char why[HR_WHY_SIZE];
};

static struct hr_error *walk_flush(struct walk *walk)
{
	if (!walk->pending)
		return NULL;
	walk->pending = false;
	return walk->visitor->run(walk->visitor->context, &walk->run);
}

static bool run_takes(const struct walk *walk, enum hr_map_state state, const struct hr_leaf *leaf)
{
	const struct hr_run *run = &walk->run;
	uint64_t bytes = run->leaf.size * run->count;

	if (run->state != state || run->leaf.va + bytes != leaf->va)
		return false;
	if (state == HR_MAP_UNMAPPED)
		return true;
	if (state == HR_MAP_UNREADABLE)
		return !strcmp(walk->why, walk->walker->tables.why);
	return run->leaf.level == leaf->level && run->leaf.cont == leaf->cont &&
	       run->leaf.valid == leaf->valid && run->leaf.expected == leaf->expected &&
	       run->leaf.pa + bytes == leaf->pa;
}

/* Report @count consecutive leaves, or one stretch without a mapping. */
static struct hr_error *walk_emit_many(struct walk *walk, enum hr_map_state state,
				       const struct hr_leaf *leaf, size_t count)
{
	struct hr_error *error;

	if (walk->pending && run_takes(walk, state, leaf)) {
		if (state == HR_MAP_MAPPED)
			walk->run.count += count;
		else
			walk->run.leaf.size += leaf->size;
		return NULL;
	}
	error = walk_flush(walk);
	if (error)
		return error;
	walk->run = (struct hr_run){ .state = state, .leaf = *leaf, .count = count };
	if (state == HR_MAP_UNREADABLE) {
		memcpy(walk->why, walk->walker->tables.why, sizeof(walk->why));
		walk->run.why = walk->why;
	}
	walk->pending = true;
	return NULL;
}

static struct hr_error *walk_emit(struct walk *walk, enum hr_map_state state,
				  const struct hr_leaf *leaf)
{
	return walk_emit_many(walk, state, leaf, 1);
}

/* Report that bytes [@va, @last] have no mapping that could be read. */
static struct hr_error *walk_emit_gap(struct walk *walk, enum hr_map_state state, int level,
				      uint64_t va, uint64_t last)
{
	struct hr_leaf gap = { .level = level, .va = va, .size = last - va + 1 };

	return walk_emit(walk, state, &gap);
}

static struct hr_error *walk_table(struct walk *walk, int level, uint64_t va, uint64_t last,
				   bool *ret_emptied);

/*
 * False, with the reason in the tables' why, if the walks of a pass have visited too many entries.
 */
static bool check_pass(struct hr_walker *walker)
{
	if (walker->entries <= walker->entry_limit)
		return true;
	snprintf(walker->tables.why, sizeof(walker->tables.why),
		 "the tables have more entries than the source has room for: some are used in "
		 "several places");
	return false;
}

/* Walk a table entry that maps [@va, @last]. Sets *@ret_gone if a teardown would free the table. */
static struct hr_error *walk_child(struct walk *walk, int level, size_t index, size_t final,
				   uint64_t va, uint64_t last, bool *ret_gone)
{
	const struct hr_visitor *visitor = walk->visitor;
	struct hr_error *error;
	bool emptied;

	*ret_gone = false;
	if (walk->walker->report)
		walk->walker->report(walk->walker->report_context, va);
	if (!check_pass(walk->walker))
		return walk_emit_gap(walk, HR_MAP_UNREADABLE, level, va, last);
	if (!hr_table_load_child(&walk->walker->tables, level, index, final))
		return walk_emit_gap(walk, HR_MAP_UNREADABLE, level, va, last);
	if (visitor->table)
		visitor->table(visitor->context,
			       hr_table_slot(&walk->walker->tables, level + 1)->pa);
	error = walk_table(walk, level + 1, va, last, &emptied);
	if (!error && emptied && visitor->emptied) {
		struct hr_emptied_table table = { level + 1, va, last };

		*ret_gone = visitor->emptied(visitor->context, &table);
	}
	return error;
}

/* Does the table of @level have an entry outside the indices [@first, @final]? */
static bool has_entry_outside(const struct hr_walker *walker, int level, size_t first, size_t final)
{
	const struct hr_table_slot *slot = &walker->tables.slots[level + 1];
	size_t entries = hr_table_entries(walker->tables.geo, level);
	uint64_t seen = 0;

	for (size_t i = 0; i < first; i++)
		seen |= slot->desc[i];
	for (size_t i = final + 1; i < entries; i++)
		seen |= slot->desc[i];
	return seen;
}

/* The walk's position in a table. */
struct cursor {
	int level;
	size_t index, final;
	uint64_t va;   /* first byte to report */
	uint64_t last; /* last byte of the walk in this table */
	struct hr_entry_group group;
	size_t apart; /* no entry from @index up to this one is in a group with a CONT bit */
	bool kept;    /* an entry remains after a teardown */
};

/* Report the group around the cursor if it is complete. Sets *@ret_done if the entry is done. */
static struct hr_error *walk_group(struct walk *walk, struct cursor *at, bool *ret_done)
{
	const struct hr_geometry *geo = walk->walker->tables.geo;
	const struct hr_table_slot *slot = hr_table_slot(&walk->walker->tables, at->level);
	size_t entries = hr_cont_entries(geo, at->level);
	struct hr_leaf leaf;

	*ret_done = false;
	/* Up to @apart, groups are as the last one that was scanned. */
	if (at->index < at->apart || (at->index & (entries - 1) && at->group.entries))
		return NULL;
	hr_group_scan(geo, at->level, slot, at->index, &at->group);
	if (!at->group.members) {
		if (entries > 1)
			at->apart = hr_end_without_cont(geo, at->level, slot->desc, at->index,
							at->final);
		return NULL;
	}
	leaf = hr_leaf_of_group(geo, at->level, at->va, &at->group);
	if (hr_group_is_open(&at->group))
		return NULL;
	if (hr_group_is_broken(&at->group))
		return walk->visitor->broken_group
			       ? walk->visitor->broken_group(walk->visitor->context, &leaf)
			       : NULL;
	*ret_done = true;
	at->index = at->group.first + entries;
	at->va = leaf.va + leaf.size;
	return walk_emit(walk, HR_MAP_MAPPED, &leaf);
}

/* How many entries from the cursor on can be taken in one step; 0 if none can. */
static size_t count_at_cursor(const struct hr_geometry *geo, const uint64_t *table,
			      const struct cursor *at)
{
	size_t last = at->apart <= at->final ? at->apart - 1 : at->final;

	if (at->index < at->apart)
		return hr_count_alike_apart(geo, at->level, table, at->index, last);
	return hr_count_alike(geo, at->level, table, at->index, at->final);
}

/* Report the entries that can be taken in one step and skip them. Sets *@ret_done if there are. */
static struct hr_error *walk_alike(struct walk *walk, struct cursor *at, bool *ret_done)
{
	const struct hr_geometry *geo = walk->walker->tables.geo;
	const uint64_t *table = hr_table_slot(&walk->walker->tables, at->level)->desc;
	struct hr_entry entry = hr_desc_decode(geo, at->level, le64toh(table[at->index]));
	size_t group = 1, count = count_at_cursor(geo, table, at);
	struct hr_leaf leaf = hr_leaf_of_entry(geo, at->level, at->va, &entry);
	uint64_t va = at->va, last;

	*ret_done = count != 0;
	if (!count)
		return NULL;
	last = leaf.va + (leaf.size * count - 1);
	at->index += count;
	at->va = last + 1;
	if (entry.kind == HR_ENTRY_EMPTY)
		return walk_emit_gap(walk, HR_MAP_UNMAPPED, at->level, va,
				     last < at->last ? last : at->last);
	if (entry.cont && hr_cont_entries(geo, at->level) > 1) {
		group = hr_cont_entries(geo, at->level);
		leaf.cont = true;
		leaf.expected = true;
		leaf.size *= group;
	}
	return walk_emit_many(walk, HR_MAP_MAPPED, &leaf, count / group);
}

/* Report what the entry at the cursor maps and go to the next one. */
static struct hr_error *walk_entry(struct walk *walk, struct cursor *at)
{
	const struct hr_geometry *geo = walk->walker->tables.geo;
	uint64_t desc = hr_table_desc(&walk->walker->tables, at->level, at->index);
	struct hr_entry entry = hr_desc_decode(geo, at->level, desc);
	struct hr_leaf leaf = hr_leaf_of_entry(geo, at->level, at->va, &entry);
	uint64_t last = leaf.va + (leaf.size - 1);
	uint64_t va = at->va;
	size_t index = at->index++;
	struct hr_error *error;
	bool gone;

	if (last > at->last)
		last = at->last;
	at->va = last + 1;
	if (hr_entry_is_unsure(&entry, &at->group)) {
		memcpy(walk->walker->tables.why, HR_WHY_UNKNOWN, sizeof(HR_WHY_UNKNOWN));
		return walk_emit_gap(walk, HR_MAP_UNREADABLE, at->level, va, last);
	}
	if (entry.kind == HR_ENTRY_LEAF)
		return walk_emit(walk, HR_MAP_MAPPED, &leaf);
	if (entry.kind == HR_ENTRY_EMPTY)
		return walk_emit_gap(walk, HR_MAP_UNMAPPED, at->level, va, last);
	error = walk_child(walk, at->level, index, at->final, va, last, &gone);
	at->kept |= !gone;
	return error;
}

/*
 * Walk the loaded table of @level over [@va, @last]. Sets *@ret_emptied if it has no other entries.
 */
static struct hr_error *walk_table(struct walk *walk, int level, uint64_t va, uint64_t last,
				   bool *ret_emptied)
{
	const struct hr_geometry *geo = walk->walker->tables.geo;
	struct cursor at = {
		.level = level,
		.index = hr_table_index(geo, level, va),
		.final = hr_table_index(geo, level, last),
		.va = va,
		.last = last,
	};
	size_t first = at.index;

	walk->walker->entries += at.final - at.index + 1;
	while (at.index <= at.final) {
		bool done;
		struct hr_error *error = walk_alike(walk, &at, &done);

		if (!error && !done)
			error = walk_group(walk, &at, &done);
		if (!error && !done)
			error = walk_entry(walk, &at);
		if (error)
			return error;
	}
	*ret_emptied = walk->visitor->emptied && !at.kept &&
		       !has_entry_outside(walk->walker, level, first, at.final);
	return NULL;
}

void hr_walk_pass_begin(struct hr_walker *walker, unsigned int times)
{
	uint64_t limit = times * (walker->tables.memory->size / sizeof(uint64_t));

	walker->in_pass = true;
	walker->entry_limit = UINT64_MAX;
	if (limit < UINT64_MAX / 2)
		walker->entry_limit = walker->entries + limit;
}

void hr_walk_pass_end(struct hr_walker *walker)
{
	walker->in_pass = false;
	walker->entry_limit = UINT64_MAX;
}

struct hr_error *hr_walk_range(struct hr_walker *walker, uint64_t va_start, uint64_t va_last,
			       const struct hr_visitor *visitor)
{
	struct walk walk = { .walker = walker, .visitor = visitor };
	int root = walker->tables.geo->root_level;
	struct hr_error *error;
	bool emptied;

	if (walker->in_pass && walker->entry_limit < UINT64_MAX - ENTRIES_SHARED)
		walker->entry_limit += ENTRIES_SHARED;
	/* A tree has at most as many tables as the source has pages, twice that if it is live. */
	hr_table_cache_begin(&walker->tables, hr_walker_source_pages(walker) *
						      (walker->tables.memory->live ? 2 : 1));
	if (hr_table_load(&walker->tables, root, walker->root_pa))
		error = walk_table(&walk, root, va_start, va_last, &emptied);
	else
		error = walk_emit_gap(&walk, HR_MAP_UNREADABLE, root, va_start, va_last);
	if (!error)
		error = walk_flush(&walk);
	return error;
}
