// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk/walk.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "arch/descriptor.h"
#include "base/cleanup.h"
#include "walk/table_cache.h"

struct hr_walker {
	struct hr_table_cache tables;
	uint64_t root_pa;
	uint64_t position; /* VA of the table that a walk has come to, 0 without a walk */
	uint64_t entries;  /* that walks have stepped over */
	bool in_pass;
	uint64_t entry_limit; /* of the pass; UINT64_MAX without one */
};

/* Entries that the walks of two neighbours both step over: one a level, at either end. */
#define ENTRIES_SHARED (UINT64_C(2) * HR_LEVELS_MAX)

/* A group of aligned neighbours and how many of them carry the CONT bit. */
struct group {
	size_t first, entries, members;
	size_t unknown; /* entries of it that nobody knows */
	bool contiguous, valid;
	uint64_t pa; /* of the group, by its first member */
};

struct hr_error *hr_walker_create(const struct hr_geometry *geo, const struct hr_memory *memory,
				  uint64_t root_pa, struct hr_walker **ret)
{
	_cleanup_(hr_cleanup_walker) struct hr_walker *walker = calloc(1, sizeof(*walker));
	struct hr_error *error;

	if (!walker)
		return hr_error_no_memory();
	error = hr_table_cache_init(&walker->tables, geo, memory);
	if (error)
		return error;
	walker->root_pa = root_pa;
	walker->entry_limit = UINT64_MAX;
	*ret = hr_take(walker);
	return NULL;
}

void hr_walker_destroy(struct hr_walker *walker)
{
	if (!walker)
		return;
	hr_table_cache_release(&walker->tables);
	free(walker);
}

uint64_t hr_walker_tables_read(const struct hr_walker *walker)
{
	return walker->tables.tables_read;
}

uint64_t hr_walker_visits(const struct hr_walker *walker)
{
	return walker->tables.visits;
}

void hr_walker_forget_visits(struct hr_walker *walker, uint64_t visits)
{
	walker->tables.visits = visits;
}

uint64_t hr_walker_position(const struct hr_walker *walker)
{
	return walker->position;
}

uint64_t hr_walker_source_pages(const struct hr_walker *walker)
{
	return walker->tables.memory->size >> walker->tables.geo->page_shift;
}

_Static_assert(HR_DESC_UNKNOWN &HR_DESC_CONT, "an unknown entry may have the CONT bit");

/* Has an entry of @group the CONT bit, or is nothing known of one? Most groups have none such. */
static bool has_cont_bit(const struct hr_table_slot *slot, const struct group *group)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < group->entries; i++)
		seen |= slot->desc[group->first + i];
	return le64toh(seen) & HR_DESC_CONT;
}

static void group_scan(const struct hr_geometry *geo, int level, const struct hr_table_slot *slot,
		       size_t index, struct group *ret)
{
	size_t entries = hr_cont_entries(geo, level);
	uint64_t size = hr_level_size(geo, level);

	*ret = (struct group){ .first = index & ~(entries - 1), .entries = entries };
	if (entries == 1)
		return;
	ret->contiguous = ret->valid = true;
	if (!has_cont_bit(slot, ret))
		return;
	for (size_t i = 0; i < entries; i++) {
		struct hr_entry entry =
			hr_desc_decode(geo, level, le64toh(slot->desc[ret->first + i]));

		ret->unknown += entry.kind == HR_ENTRY_UNKNOWN;
		if (entry.kind != HR_ENTRY_LEAF || !entry.cont)
			continue;
		if (!ret->members++)
			ret->pa = entry.pa - i * size;
		ret->contiguous &= entry.pa == ret->pa + i * size;
		ret->valid &= entry.valid;
	}
	ret->contiguous &= !(ret->pa & (entries * size - 1));
}

static bool group_is_complete(const struct group *group)
{
	return group->members == group->entries && group->entries > 1;
}

static bool group_is_broken(const struct group *group)
{
	return group->members && group->members + group->unknown < group->entries;
}

/*
 * May the group around what is known be one, for all that is known of it? With a member that is known
 * it is one or several leaves; without one, those that are not known may have the CONT bit and then
 * make it malformed.
 */
static bool group_is_open(const struct group *group)
{
	return group->unknown && !group_is_broken(group);
}

static struct hr_leaf leaf_of_group(const struct hr_geometry *geo, int level, uint64_t va,
				    const struct group *group)
{
	uint64_t size = hr_level_size(geo, level) * group->entries;

	return (struct hr_leaf){
		.level = level,
		.cont = true,
		.valid = group->valid,
		.expected = group->contiguous,
		.va = va & ~(size - 1),
		.pa = group->pa,
		.size = size,
	};
}

static struct hr_leaf leaf_of_entry(const struct hr_geometry *geo, int level, uint64_t va,
				    const struct hr_entry *entry)
{
	uint64_t size = hr_level_size(geo, level);

	return (struct hr_leaf){
		.level = level,
		.valid = entry->valid,
		.expected = hr_leaf_is_expected(geo, level, entry->cont),
		.va = va & ~(size - 1),
		.pa = entry->pa,
		.size = size,
	};
}

/* Note the outermost broken group on the way; its entry here may be empty, a leaf or a table. */
static void lookup_group(const struct hr_geometry *geo, int level, uint64_t va,
			 const struct group *group, struct hr_lookup *ret)
{
	uint64_t size = hr_level_size(geo, level) * hr_cont_entries(geo, level);

	ret->may_split |= group_is_open(group) && va & (size - 1);
	if (!group_is_broken(group) || ret->in_broken_group)
		return;
	ret->in_broken_group = true;
	ret->broken_group = leaf_of_group(geo, level, va, group);
}

/* The deepest level at which a leaf or group around @va may begin in front of it. */
static int deepest_before(const struct hr_geometry *geo, uint64_t va)
{
	int level = geo->root_level;

	while (level <= HR_LEVEL_PTE &&
	       va & (hr_level_size(geo, level) * hr_cont_entries(geo, level) - 1))
		level++;
	return level - 1;
}

static const char why_unknown[] = "nothing is known of the entry there";

static void lookup_finish(const struct hr_geometry *geo, uint64_t va, const struct group *group,
			  int level, const struct hr_entry *entry, struct hr_lookup *ret)
{
	if (entry->kind == HR_ENTRY_LEAF && group_is_complete(group))
		ret->leaf = leaf_of_group(geo, level, va, group);
	else
		ret->leaf = leaf_of_entry(geo, level, va, entry);
	ret->state = entry->kind == HR_ENTRY_LEAF ? HR_MAP_MAPPED : HR_MAP_UNMAPPED;
	ret->splits = (ret->state == HR_MAP_MAPPED && ret->leaf.va != va) ||
		      (ret->in_broken_group && ret->broken_group.va != va);
	if (entry->kind != HR_ENTRY_UNKNOWN &&
	    !(entry->kind == HR_ENTRY_LEAF && entry->cont && group_is_open(group)))
		return;
	ret->state = HR_MAP_UNREADABLE;
	memcpy(ret->why, why_unknown, sizeof(why_unknown));
}

/* One reading of the way to @va, down to @last_level at most. */
static void lookup_once(struct hr_walker *walker, uint64_t va, int last_level,
			struct hr_lookup *ret)
{
	const struct hr_geometry *geo = walker->tables.geo;
	uint64_t table_pa = walker->root_pa;
	struct hr_entry entry = { 0 };
	struct group group = { 0 };
	int level = geo->root_level;

	memset(ret, 0, sizeof(*ret));
	for (; level <= last_level; level++) {
		size_t index = hr_table_index(geo, level, va);

		if (!hr_table_load(&walker->tables, level, table_pa)) {
			ret->state = HR_MAP_UNREADABLE;
			memcpy(ret->why, walker->tables.why, sizeof(ret->why));
			return;
		}
		ret->path[level + 1] = hr_table_desc(&walker->tables, level, index);
		entry = hr_desc_decode(geo, level, ret->path[level + 1]);
		group_scan(geo, level, hr_table_slot(&walker->tables, level), index, &group);
		hr_table_looked_at(&walker->tables, level, group.first, group.entries);
		lookup_group(geo, level, va, &group, ret);
		if (entry.kind != HR_ENTRY_TABLE || level == last_level)
			break;
		table_pa = entry.pa;
	}
	if (level <= last_level)
		lookup_finish(geo, va, &group, level, &entry, ret);
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

void hr_walk_hold(struct hr_walker *walker)
{
	hr_table_cache_hold(&walker->tables);
}

bool hr_walk_confirm(struct hr_walker *walker)
{
	return hr_table_cache_confirm(&walker->tables);
}

bool hr_walk_path(struct hr_walker *walker, uint64_t va, int last_level,
		  uint64_t path[HR_LEVELS_MAX], char why[HR_WHY_SIZE])
{
	struct hr_lookup found;

	lookup(walker, va, last_level, &found);
	memcpy(path, found.path, sizeof(found.path));
	memcpy(why, found.why, sizeof(found.why));
	return found.state != HR_MAP_UNREADABLE;
}

/* A walk over a range: the run that is still growing, and where it reports. */
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

/* @count leaves one behind the other, or one stretch without a mapping. */
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

/* Bytes [@va, @last] without a mapping that could be read. */
static struct hr_error *walk_emit_gap(struct walk *walk, enum hr_map_state state, int level,
				      uint64_t va, uint64_t last)
{
	struct hr_leaf gap = { .level = level, .va = va, .size = last - va + 1 };

	return walk_emit(walk, state, &gap);
}

static struct hr_error *walk_table(struct walk *walk, int level, uint64_t va, uint64_t last,
				   bool *ret_emptied);

/* False, with the reason in the tables' why, if the walks of a pass have come by too much. */
static bool check_pass(struct hr_walker *walker)
{
	if (walker->entries <= walker->entry_limit)
		return true;
	snprintf(walker->tables.why, sizeof(walker->tables.why),
		 "the tables have more entries than the source has room for: some are in several "
		 "places");
	return false;
}

/* A table entry that maps [@va, @last]; *@ret_gone if a teardown would free the table. */
static struct hr_error *walk_child(struct walk *walk, int level, size_t index, size_t final,
				   uint64_t va, uint64_t last, bool *ret_gone)
{
	const struct hr_visitor *visitor = walk->visitor;
	struct hr_error *error;
	bool emptied;

	*ret_gone = false;
	walk->walker->position = va;
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

/* Has the table of @level an entry outside of the indices [@first, @final]? */
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

/* Where in a table the walk stands. */
struct cursor {
	int level;
	size_t index, final;
	uint64_t va;   /* first byte to show */
	uint64_t last; /* last byte of the walk in this table */
	struct group group;
	bool kept; /* an entry stays behind after a teardown */
};

/* Show the group around the cursor if it is complete; *@ret_done if that dealt with the entry. */
static struct hr_error *walk_group(struct walk *walk, struct cursor *at, bool *ret_done)
{
	const struct hr_geometry *geo = walk->walker->tables.geo;
	size_t entries = hr_cont_entries(geo, at->level);
	struct hr_leaf leaf;

	*ret_done = false;
	if (at->index & (entries - 1) && at->group.entries)
		return NULL;
	group_scan(geo, at->level, hr_table_slot(&walk->walker->tables, at->level), at->index,
		   &at->group);
	if (!at->group.members)
		return NULL;
	leaf = leaf_of_group(geo, at->level, at->va, &at->group);
	if (group_is_open(&at->group))
		return NULL;
	if (group_is_broken(&at->group))
		return walk->visitor->broken_group
			       ? walk->visitor->broken_group(walk->visitor->context, &leaf)
			       : NULL;
	*ret_done = true;
	at->index = at->group.first + entries;
	at->va = leaf.va + leaf.size;
	return walk_emit(walk, HR_MAP_MAPPED, &leaf);
}

/*
 * How many of @max descriptors from @desc on each add @step to the one before. Whole chunks are
 * compared without a branch, which the compiler turns into vector code.
 */
static size_t count_steps(const uint64_t *desc, size_t max, uint64_t step)
{
	enum {
		CHUNK = 32
	};
	uint64_t steps[CHUNK], wanted = le64toh(desc[0]);
	size_t count;

	if (max < 2 || le64toh(desc[1]) != wanted + step)
		return 1;
	for (size_t i = 0; i < CHUNK; i++)
		steps[i] = i * step;
	for (count = 0; count + CHUNK <= max; count += CHUNK, wanted += CHUNK * step) {
		uint64_t differ = 0;

		for (size_t i = 0; i < CHUNK; i++)
			differ |= (le64toh(desc[count + i]) - steps[i]) ^ wanted;
		if (differ)
			break;
	}
	for (; count < max && le64toh(desc[count]) == wanted; wanted += step)
		count++;
	return count;
}

/*
 * Whole aligned groups of entries at the cursor that differ in their output address alone, or that
 * are all empty; 0 if there is none. @entry is the first.
 */
static size_t count_alike(const struct walk *walk, const struct cursor *at,
			  const struct hr_entry *entry, uint64_t desc)
{
	const struct hr_geometry *geo = walk->walker->tables.geo;
	size_t entries = hr_cont_entries(geo, at->level), max = at->final + 1 - at->index, count;
	const uint64_t *table = &walk->walker->tables.slots[at->level + 1].desc[at->index];
	uint64_t size = hr_level_size(geo, at->level);

	if (at->index & (entries - 1) || max < entries)
		return 0;
	if (entry->kind == HR_ENTRY_EMPTY)
		return count_steps(table, max, 0) & ~(entries - 1);
	if (entry->kind != HR_ENTRY_LEAF || (entry->cont && entry->pa & (size * entries - 1)))
		return 0;
	count = count_steps(table, max, size);
	if (count > hr_desc_room_in_place(geo, desc) / size)
		return 0;
	return count & ~(entries - 1);
}

/* Show what count_alike() has found and step over it; *@ret_done if there was something. */
static struct hr_error *walk_alike(struct walk *walk, struct cursor *at, bool *ret_done)
{
	const struct hr_geometry *geo = walk->walker->tables.geo;
	uint64_t desc = hr_table_desc(&walk->walker->tables, at->level, at->index);
	struct hr_entry entry = hr_desc_decode(geo, at->level, desc);
	size_t count = count_alike(walk, at, &entry, desc), group = 1;
	struct hr_leaf leaf = leaf_of_entry(geo, at->level, at->va, &entry);
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

/* Show what the entry at the cursor maps and step over it. */
static struct hr_error *walk_entry(struct walk *walk, struct cursor *at)
{
	const struct hr_geometry *geo = walk->walker->tables.geo;
	uint64_t desc = hr_table_desc(&walk->walker->tables, at->level, at->index);
	struct hr_entry entry = hr_desc_decode(geo, at->level, desc);
	struct hr_leaf leaf = leaf_of_entry(geo, at->level, at->va, &entry);
	uint64_t last = leaf.va + (leaf.size - 1);
	uint64_t va = at->va;
	size_t index = at->index++;
	struct hr_error *error;
	bool gone;

	if (last > at->last)
		last = at->last;
	at->va = last + 1;
	if (entry.kind == HR_ENTRY_UNKNOWN ||
	    (entry.kind == HR_ENTRY_LEAF && entry.cont && group_is_open(&at->group))) {
		memcpy(walk->walker->tables.why, why_unknown, sizeof(why_unknown));
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

/* The loaded table of @level over [@va, @last]; *@ret_emptied if nothing else is in it. */
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
	/* A tree has no more tables than the source has pages, twice over if it is live. */
	hr_table_cache_begin(&walker->tables, hr_walker_source_pages(walker) *
						      (walker->tables.memory->live ? 2 : 1));
	if (hr_table_load(&walker->tables, root, walker->root_pa))
		error = walk_table(&walk, root, va_start, va_last, &emptied);
	else
		error = walk_emit_gap(&walk, HR_MAP_UNREADABLE, root, va_start, va_last);
	if (!error)
		error = walk_flush(&walk);
	walker->position = 0;
	return error;
}
