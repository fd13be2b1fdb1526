// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk/lookup.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "walk/alike.h"
#include "walk/entry_group.h"
#include "walk/walker_state.h"

/* Note the outermost broken group on the way. Its entry here may be empty, a leaf or a table. */
static void lookup_group(const struct hr_geometry *geo, int level, uint64_t va,
			 const struct hr_entry_group *group, struct hr_lookup *ret)
{
	uint64_t size = hr_level_size(geo, level) * hr_cont_entries(geo, level);

	ret->may_split |= hr_group_is_open(group) && va & (size - 1);
	if (!hr_group_is_broken(group) || ret->in_broken_group)
		return;
	ret->in_broken_group = true;
	ret->broken_group = hr_leaf_of_group(geo, level, va, group);
}

/* The deepest level at which a leaf or group around @va can begin before it. */
static int deepest_before(const struct hr_geometry *geo, uint64_t va)
{
	int level = geo->root_level;

	while (level <= HR_LEVEL_PTE &&
	       va & (hr_level_size(geo, level) * hr_cont_entries(geo, level) - 1))
		level++;
	return level - 1;
}

static void lookup_finish(const struct hr_geometry *geo, uint64_t va,
			  const struct hr_entry_group *group, int level,
			  const struct hr_entry *entry, struct hr_lookup *ret)
{
	if (entry->kind == HR_ENTRY_LEAF && hr_group_is_complete(group))
		ret->leaf = hr_leaf_of_group(geo, level, va, group);
	else
		ret->leaf = hr_leaf_of_entry(geo, level, va, entry);
	ret->state = entry->kind == HR_ENTRY_LEAF ? HR_MAP_MAPPED : HR_MAP_UNMAPPED;
	ret->splits = (ret->state == HR_MAP_MAPPED && ret->leaf.va != va) ||
		      (ret->in_broken_group && ret->broken_group.va != va);
	if (!hr_entry_is_unsure(entry, group))
		return;
	ret->state = HR_MAP_UNREADABLE;
	memcpy(ret->why, HR_WHY_UNKNOWN, sizeof(HR_WHY_UNKNOWN));
}

/* Begin where an earlier lookup ended, at a table that is loaded then; false if none fits. */
static bool start_below(struct hr_walker *walker, uint64_t va, int last_level,
			struct hr_lookup *ret, int *ret_level)
{
	for (size_t i = 0; i < walker->start_count; i++) {
		const struct hr_lookup_start *start = &walker->starts[i];

		if (va < start->first || va > start->last || start->level > last_level)
			continue;
		if (!hr_table_return(&walker->tables, start->level, start->tables))
			return false;
		memcpy(ret->path, start->path, sizeof(ret->path));
		*ret_level = start->level;
		return true;
	}
	return false;
}

/* A later lookup may start at the table of @level, which this one has reached last. */
static void note_start(struct hr_walker *walker, uint64_t va, int level,
		       const struct hr_lookup *found)
{
	const struct hr_geometry *geo = walker->tables.geo;
	uint64_t span = hr_table_span(geo, level);
	struct hr_lookup_start *start = &walker->starts[walker->start_next];

	*start = (struct hr_lookup_start){
		.first = va & ~(span - 1),
		.last = va | (span - 1),
		.level = level,
	};
	for (int i = geo->root_level; i <= level; i++)
		start->tables[i + 1] = hr_table_slot(&walker->tables, i)->pa;
	memcpy(start->path, found->path, (size_t)(level + 1) * sizeof(*start->path));
	walker->start_next = (walker->start_next + 1) % HR_LOOKUP_STARTS;
	if (walker->start_count < HR_LOOKUP_STARTS)
		walker->start_count++;
}

/* The table of @level on the way to @va cannot be read. */
static void lookup_fail(const struct hr_walker *walker, uint64_t va, int level,
			struct hr_lookup *ret)
{
	ret->state = HR_MAP_UNREADABLE;
	ret->missing_last = va | (hr_table_span(walker->tables.geo, level) - 1);
	memcpy(ret->why, walker->tables.why, sizeof(ret->why));
}

/* Look at the entry for @va of the table of @level, which is in its slot. */
static struct hr_entry look_at(struct hr_walker *walker, uint64_t va, int level,
			       struct hr_entry_group *group, struct hr_lookup *ret)
{
	const struct hr_geometry *geo = walker->tables.geo;
	size_t index = hr_table_index(geo, level, va);

	ret->path[level + 1] = hr_table_desc(&walker->tables, level, index);
	hr_group_scan(geo, level, hr_table_slot(&walker->tables, level), index, group);
	hr_table_looked_at(&walker->tables, level, group->first, group->entries);
	lookup_group(geo, level, va, group, ret);
	return hr_desc_decode(geo, level, ret->path[level + 1]);
}

/* Read the path to @va once, down to @last_level at most. */
static void lookup_once(struct hr_walker *walker, uint64_t va, int last_level,
			struct hr_lookup *ret)
{
	const struct hr_geometry *geo = walker->tables.geo;
	uint64_t table_pa = walker->root_pa;
	struct hr_entry entry = { 0 };
	struct hr_entry_group group = { 0 };
	int level = geo->root_level, first;
	bool plain = !walker->tables.memory->live, loaded;

	/* A reason is long and seldom given. */
	memset(ret, 0, offsetof(struct hr_lookup, why));
	ret->why[0] = '\0';
	loaded = start_below(walker, va, last_level, ret, &level);
	for (first = loaded ? level : HR_LEVELS_MAX; level <= last_level; level++) {
		if (level != first && !hr_table_load(&walker->tables, level, table_pa)) {
			lookup_fail(walker, va, level, ret);
			return;
		}
		entry = look_at(walker, va, level, &group, ret);
		if (entry.kind != HR_ENTRY_TABLE || level == last_level)
			break;
		plain &= !group.members && !group.unknown;
		table_pa = entry.pa;
	}
	if (level > last_level)
		return;
	lookup_finish(geo, va, &group, level, &entry, ret);
	if (plain && level > geo->root_level && level != first)
		note_start(walker, va, level, ret);
}

static bool leaves_agree(const struct hr_leaf *a, const struct hr_leaf *b)
{
	return a->level == b->level && a->cont == b->cont && a->valid == b->valid &&
	       a->expected == b->expected && a->va == b->va && a->pa == b->pa && a->size == b->size;
}

static bool lookups_agree(const struct hr_lookup *a, const struct hr_lookup *b)
{
	return a->state == b->state && a->may_split == b->may_split &&
	       !memcmp(a->path, b->path, sizeof(a->path)) && leaves_agree(&a->leaf, &b->leaf) &&
	       a->in_broken_group == b->in_broken_group &&
	       leaves_agree(&a->broken_group, &b->broken_group);
}

static void lookup(struct hr_walker *walker, uint64_t va, int last_level, struct hr_lookup *ret)
{
	struct hr_lookup again;

	walker->tables.visit_limit = UINT64_MAX;
	lookup_once(walker, va, last_level, ret);
	if (!walker->tables.memory->live || walker->tables.holds)
		return;
	for (int i = 1; i < HR_LIVE_TRIES; i++) {
		lookup_once(walker, va, last_level, &again);
		if (lookups_agree(ret, &again))
			return;
		*ret = again;
	}
	ret->state = HR_MAP_UNREADABLE;
	snprintf(ret->why, sizeof(ret->why), "the tables kept changing while they were read");
}

void hr_walk_lookup(struct hr_walker *walker, uint64_t va, struct hr_lookup *ret)
{
	lookup(walker, va, HR_LEVEL_PTE, ret);
}

void hr_walk_lookup_end(struct hr_walker *walker, uint64_t va, struct hr_lookup *ret)
{
	lookup(walker, va, deepest_before(walker->tables.geo, va), ret);
}

/* The number of entries from the leaf that @found names on that map on from it, with the leaf. */
static size_t count_on_from(const struct hr_walker *walker, const struct hr_lookup *found)
{
	const struct hr_geometry *geo = walker->tables.geo;
	int level = found->leaf.level;
	const uint64_t *table = hr_table_slot(&walker->tables, level)->desc;
	size_t index = hr_table_index(geo, level, found->leaf.va);
	size_t final = hr_table_entries(geo, level) - 1;

	if (found->leaf.cont)
		return hr_count_alike(geo, level, table, index, final);
	/* An entry with the CONT bit in a group that is not complete. */
	if (found->path[level + 1] & HR_DESC_CONT)
		return 0;
	return hr_count_alike_apart(geo, level, table, index, final);
}

void hr_walk_lookup_on(struct hr_walker *walker, uint64_t va, struct hr_lookup *ret,
		       uint64_t *ret_last)
{
	size_t count = 0;
	uint64_t size;

	hr_walk_lookup(walker, va, ret);
	*ret_last = va;
	if (ret->state != HR_MAP_MAPPED)
		return;
	if (!walker->tables.memory->live)
		count = count_on_from(walker, ret);
	size = count * hr_level_size(walker->tables.geo, ret->leaf.level);
	*ret_last = ret->leaf.va + ((size > ret->leaf.size ? size : ret->leaf.size) - 1);
}

/*
 * Where the groups from the one around @index on end in which each entry is empty or a table,
 * without the CONT bit.
 */
static size_t end_of_tables(const struct hr_geometry *geo, int level, const uint64_t *table,
			    size_t index)
{
	size_t final = hr_table_entries(geo, level) - 1;
	size_t end = hr_end_without_cont(geo, level, table, index, final);
	size_t first = index & ~(hr_cont_entries(geo, level) - 1), at = first;

	while (at < end && hr_desc_decode(geo, level, le64toh(table[at])).kind != HR_ENTRY_LEAF)
		at++;
	return at < end ? at & ~(hr_cont_entries(geo, level) - 1) : end;
}

uint64_t hr_walk_edges_on(const struct hr_walker *walker, uint64_t va, uint64_t step,
			  const struct hr_lookup *found)
{
	const struct hr_geometry *geo = walker->tables.geo;
	int level = deepest_before(geo, va), below = level < HR_LEVEL_PTE ? level + 1 : level;
	uint64_t least =
		hr_level_size(geo, below) * (below > level ? hr_cont_entries(geo, below) : 1);
	uint64_t size, span;
	const uint64_t *table;
	size_t index, end;

	if (walker->tables.memory->live || level < geo->root_level || !found->leaf.size ||
	    found->leaf.level != level || step % least)
		return va;
	size = hr_level_size(geo, level);
	span = hr_table_span(geo, level);
	table = hr_table_slot(&walker->tables, level)->desc;
	index = hr_table_index(geo, level, va);
	if (step % size || va % size)
		end = end_of_tables(geo, level, table, index);
	else
		end = hr_end_without_cont(geo, level, table, index,
					  hr_table_entries(geo, level) - 1);
	return end > index ? (va & ~(span - 1)) + (end * size - 1) : va;
}

bool hr_walk_together(struct hr_walker *walker, void (*look)(void *context), void *context)
{
	for (int i = 0; i < HR_LIVE_TRIES; i++) {
		hr_table_cache_hold(&walker->tables);
		look(context);
		if (hr_table_cache_confirm(&walker->tables))
			return true;
	}
	look(context);
	return false;
}

bool hr_walk_path(struct hr_walker *walker, uint64_t va, int last_level,
		  uint64_t path[HR_LEVELS_MAX], char why[HR_WHY_SIZE])
{
	struct hr_lookup found;

	lookup(walker, va, last_level, &found);
	memcpy(path, found.path, sizeof(found.path));
	if (found.state != HR_MAP_UNREADABLE)
		return true;
	memcpy(why, found.why, sizeof(found.why));
	return false;
}
