// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk_fixture.h"

#include <string.h>

#include "walk/table_cache.h"

static void lookup_finds_each_kind_in_each_geometry(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAKE_SHAPES * FAKE_KINDS; i++) {
		enum fake_kind kind = i % FAKE_KINDS;
		struct fixture fixture;
		struct hr_lookup first, last;
		uint64_t size;

		set_up(&fixture, i / FAKE_KINDS);
		size = fake_kind_size(&fixture.tables.geo, kind);
		if (kind_exists(&fixture.tables.geo, kind)) {
			fake_map(&fixture.tables, fixture.base + size, PA + size, kind);
			first = lookup(&fixture, fixture.base + size);
			last = lookup(&fixture, fixture.base + 2 * size - 1);
			assert_int_equal(first.state, HR_MAP_MAPPED);
			assert_leaf(&first.leaf, kind, fixture.base + size, PA + size, size);
			assert_true(first.leaf.valid && first.leaf.expected);
			assert_leaf(&last.leaf, kind, fixture.base + size, PA + size, size);
			assert_int_equal(lookup(&fixture, fixture.base + 2 * size).state,
					 HR_MAP_UNMAPPED);
		}
		tear_down(&fixture);
	}
}

static void high_addresses_come_through(void **state)
{
	static const struct {
		size_t shape;
		uint64_t pa;
	} rows[] = {
		{ 1, UINT64_C(0xfffffffff000) },   { 2, UINT64_C(0xffffffffff000) },
		{ 5, UINT64_C(0xffffffffc000) },   { 7, UINT64_C(0xfffffffffc000) },
		{ 10, UINT64_C(0xfffffffff0000) }, { 11, UINT64_C(0xfffffffff0000) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;

		set_up(&fixture, rows[i].shape);
		fake_map(&fixture.tables, fixture.base, rows[i].pa, FAKE_PTE);
		assert_int_equal(lookup(&fixture, fixture.base).leaf.pa, rows[i].pa);
		tear_down(&fixture);
	}
}

static void lookup_reports_the_descriptors_on_the_way(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PMD);
	found = lookup(&fixture, fixture.base);
	assert_int_equal(found.path[HR_LEVEL_PMD + 1],
			 fake_leaf_desc(&fixture.tables.geo, HR_LEVEL_PMD, PA));
	assert_int_equal(found.path[HR_LEVEL_P4D + 1] & 3, 3);
	assert_int_equal(found.path[HR_LEVEL_PUD + 1] & 3, 3);
	assert_int_equal(found.path[HR_LEVEL_PTE + 1], 0);
	tear_down(&fixture);
}

static void lookup_reads_one_page_a_level(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAKE_SHAPES; i++) {
		struct fixture fixture;

		set_up(&fixture, i);
		fake_map(&fixture.tables, fixture.base, PA, FAKE_CONT_PTE);
		fake_forget_reads(&fixture.fake);
		lookup(&fixture, fixture.base);
		assert_int_equal(fixture.fake.reads, fake_shapes[i].levels);
		assert_int_equal(hr_walker_tables_read(fixture.walker), fake_shapes[i].levels);
		tear_down(&fixture);
	}
}

static void holes_are_unmapped_at_every_level(void **state)
{
	static const uint64_t holes[] = { KIB(4), MIB(2), GIB(1), GIB(512) };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PTE);
	for (size_t i = 0; i < COUNT_OF(holes); i++) {
		struct hr_lookup found = lookup(&fixture, fixture.base + holes[i]);

		assert_int_equal(found.state, HR_MAP_UNMAPPED);
		assert_int_equal(found.leaf.level, HR_LEVEL_PTE - (int)i);
		assert_int_equal(found.leaf.va, fixture.base + holes[i]);
		assert_int_equal(found.leaf.size, holes[i]);
	}
	tear_down(&fixture);
}

static void invalid_leaves_keep_their_size(void **state)
{
	static const enum fake_kind kinds[] = { FAKE_PUD, FAKE_CONT_PMD, FAKE_PMD, FAKE_CONT_PTE,
						FAKE_PTE };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct fixture fixture;
		struct hr_lookup found;
		uint64_t size;

		set_up(&fixture, SHAPE_4K);
		size = fake_kind_size(&fixture.tables.geo, kinds[i]);
		fake_map_invalid(&fixture.tables, fixture.base, PA, kinds[i]);
		found = lookup(&fixture, fixture.base + size - 1);
		assert_int_equal(found.state, HR_MAP_MAPPED);
		assert_leaf(&found.leaf, kinds[i], fixture.base, PA, size);
		assert_false(found.leaf.valid);
		tear_down(&fixture);
	}
}

static void group_with_one_invalid_member_is_a_group_and_not_valid(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;
	uint64_t entry;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_CONT_PTE);
	entry = fake_entry(&fixture.tables, HR_LEVEL_PTE, fixture.base + KIB(20));
	fake_write64(&fixture.fake, entry, fake_read64(&fixture.fake, entry) & ~UINT64_C(1));
	found = lookup(&fixture, fixture.base);
	assert_leaf(&found.leaf, FAKE_CONT_PTE, fixture.base, PA, KIB(64));
	assert_false(found.leaf.valid);
	assert_false(found.in_broken_group);
	tear_down(&fixture);
}

static void group_of_scattered_pages_is_unexpected(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;
	uint64_t entry;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_CONT_PTE);
	entry = fake_entry(&fixture.tables, HR_LEVEL_PTE, fixture.base + KIB(20));
	fake_write64(&fixture.fake, entry, fake_read64(&fixture.fake, entry) + KIB(64));
	found = lookup(&fixture, fixture.base);
	assert_true(found.leaf.cont);
	assert_false(found.leaf.expected);
	tear_down(&fixture);
}

static void group_at_an_odd_address_is_unexpected(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA + KIB(4), FAKE_CONT_PTE);
	assert_false(lookup(&fixture, fixture.base).leaf.expected);
	tear_down(&fixture);
}

static void lookup_sees_the_broken_group_from_every_member(void **state)
{
	static const enum fake_kind kinds[] = { FAKE_CONT_PTE, FAKE_CONT_PMD };
	static const size_t shapes[] = { SHAPE_4K, SHAPE_16K, SHAPE_64K };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(shapes) * COUNT_OF(kinds) * LACK_KINDS; i++) {
		enum fake_kind kind = kinds[i / LACK_KINDS % 2];
		enum lack lack = i % LACK_KINDS;
		struct fixture fixture;
		uint64_t size, member;

		if (kind == FAKE_CONT_PTE && lack == LACK_TABLE)
			continue;
		set_up(&fixture, shapes[i / LACK_KINDS / 2]);
		size = fake_kind_size(&fixture.tables.geo, kind);
		member = hr_level_size(&fixture.tables.geo, fake_kind_level(kind));
		break_group(&fixture, kind, lack);
		for (uint64_t at = 0; at < size; at += member) {
			struct hr_lookup found = lookup(&fixture, fixture.base + at);

			assert_true(found.in_broken_group);
			assert_broken_group(&found.broken_group, kind, fixture.base, size);
			assert_false(found.leaf.cont);
		}
		assert_false(lookup(&fixture, fixture.base + size).in_broken_group);
		tear_down(&fixture);
	}
}

static void outermost_broken_group_is_the_one_named(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;
	uint64_t inner;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	break_group(&fixture, FAKE_CONT_PMD, LACK_TABLE);
	inner = fixture.base + MIB(10);
	fake_map(&fixture.tables, inner, PA, FAKE_CONT_PTE);
	fake_set(&fixture.tables, HR_LEVEL_PTE, inner, 0);
	found = lookup(&fixture, inner + KIB(4));
	assert_true(found.in_broken_group);
	assert_broken_group(&found.broken_group, FAKE_CONT_PMD, fixture.base, MIB(32));
	tear_down(&fixture);
}

/* An end at which a table begins: nothing in that table can lie on both sides. */
static void end_lookup_reads_no_table_that_begins_there(void **state)
{
	static const struct {
		uint64_t at;
		unsigned int reads;
	} rows[] = {
		{ GIB(512), 0 }, { GIB(1), 2 },		  { MIB(32), 3 },
		{ MIB(2), 3 },	 { MIB(2) + KIB(64), 3 }, { MIB(2) + KIB(4), 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;
		struct hr_lookup found;

		set_up(&fixture, SHAPE_4K);
		fake_map(&fixture.tables, fixture.base + rows[i].at, PA, FAKE_PTE);
		fake_forget_reads(&fixture.fake);
		hr_walk_lookup_end(fixture.walker, fixture.base + rows[i].at, &found);
		assert_false(found.splits);
		assert_true(fixture.fake.reads <= rows[i].reads);
		tear_down(&fixture);
	}
}

static void lookups_say_whether_an_edge_would_split(void **state)
{
	static const enum fake_kind kinds[] = { FAKE_PUD, FAKE_CONT_PMD, FAKE_PMD, FAKE_CONT_PTE };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct hr_lookup inside, at_end;
		struct fixture fixture;
		uint64_t size;

		set_up(&fixture, SHAPE_4K);
		size = fake_kind_size(&fixture.tables.geo, kinds[i]);
		fake_map_range(&fixture.tables, fixture.base, PA, 2 * size, kinds[i]);
		hr_walk_lookup_end(fixture.walker, fixture.base + size - KIB(4), &inside);
		hr_walk_lookup_end(fixture.walker, fixture.base + size, &at_end);
		assert_true(inside.splits);
		assert_int_equal(inside.leaf.va, fixture.base);
		assert_false(at_end.splits);
		assert_true(lookup(&fixture, fixture.base + KIB(4)).splits);
		assert_false(lookup(&fixture, fixture.base + size).splits);
		tear_down(&fixture);
	}
}

static void edges_within_a_broken_group_split_it(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	break_group(&fixture, FAKE_CONT_PTE, LACK_ENTRY);
	assert_false(lookup(&fixture, fixture.base).splits);
	assert_true(lookup(&fixture, fixture.base + KIB(4)).splits);
	assert_true(lookup(&fixture, fixture.base + KIB(20)).splits);
	assert_false(lookup(&fixture, fixture.base + KIB(64)).splits);
	tear_down(&fixture);
}

static void path_goes_down_to_the_level_asked_for(void **state)
{
	uint64_t path[HR_LEVELS_MAX];
	struct fixture fixture;
	char why[HR_WHY_SIZE];

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PTE);
	assert_true(hr_walk_path(fixture.walker, fixture.base, HR_LEVEL_PUD, path, why));
	assert_int_equal(path[HR_LEVEL_PUD + 1],
			 fake_read64(&fixture.fake,
				     fake_entry(&fixture.tables, HR_LEVEL_PUD, fixture.base)));
	assert_int_equal(path[HR_LEVEL_PMD + 1], 0);
	assert_true(hr_walk_path(fixture.walker, fixture.base, HR_LEVEL_PTE, path, why));
	assert_int_equal(path[HR_LEVEL_PTE + 1],
			 fake_leaf_desc(&fixture.tables.geo, HR_LEVEL_PTE, PA));
	tear_down(&fixture);
}

static void path_through_an_unreadable_table_says_why(void **state)
{
	uint64_t path[HR_LEVELS_MAX];
	struct fixture fixture;
	char why[HR_WHY_SIZE];

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PTE);
	fake_exclude(&fixture.fake, fake_table_of(&fixture.tables, HR_LEVEL_PTE, fixture.base));
	assert_true(hr_walk_path(fixture.walker, fixture.base, HR_LEVEL_PMD, path, why));
	assert_false(hr_walk_path(fixture.walker, fixture.base, HR_LEVEL_PTE, path, why));
	assert_non_null(strstr(why, "not in this fake"));
	tear_down(&fixture);
}

static void tables_outside_of_memory_are_unreadable(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_set(&fixture.tables, HR_LEVEL_PUD, fixture.base,
		 fake_table_desc(&fixture.tables.geo, UINT64_C(0x7ffffffff000)));
	assert_unreadable(&fixture, fixture.base, "0x7ffffffff000");
	tear_down(&fixture);
}

/* Whoever goes from hole to hole needs no other lookup for what only that table could tell. */
static void what_an_unreadable_table_would_map_is_known(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PMD);
	fake_set(&fixture.tables, HR_LEVEL_PUD, fixture.base + GIB(1),
		 fake_table_desc(&fixture.tables.geo, UINT64_C(0x7ffffffff000)));
	hr_walk_lookup(fixture.walker, fixture.base + MIB(3), &found);
	assert_true(found.missing_last == 0);
	hr_walk_lookup(fixture.walker, fixture.base + GIB(1) + MIB(3), &found);
	assert_true(found.missing_last == fixture.base + GIB(2) - 1);
	tear_down(&fixture);
	set_up(&fixture, SHAPE_4K);
	fake_exclude(&fixture.fake, fixture.tables.root_pa);
	hr_walk_lookup(fixture.walker, fixture.base + MIB(3), &found);
	assert_true(found.missing_last == UINT64_MAX);
	tear_down(&fixture);
}

/* The root of 5 levels has 16 entries; the rest of its page is not part of the table. */
static void root_is_empty_if_the_entries_it_uses_are(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 2);
	fake_write64(&fixture.fake, fixture.tables.root_pa + 8 * 16, 0x1003);
	assert_unreadable(&fixture, fixture.base, "all zeros");
	tear_down(&fixture);
}

/* A table that was first entered through its own level is still a loop below itself afterwards. */
static void loops_are_seen_whatever_was_looked_up_before(void **state)
{
	struct fixture fixture;
	uint64_t table, other;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	other = fixture.base + GIB(512);
	fake_map(&fixture.tables, fixture.base + MIB(4), PA, FAKE_PMD);
	table = fake_table_of(&fixture.tables, HR_LEVEL_PUD, fixture.base);
	fake_set(&fixture.tables, HR_LEVEL_PUD, fixture.base + GIB(1),
		 fake_table_desc(&fixture.tables.geo, table));
	fake_set(&fixture.tables, HR_LEVEL_PUD, other, fake_table_desc(&fixture.tables.geo, table));
	assert_unreadable(&fixture, fixture.base + GIB(1), "again");
	lookup(&fixture, other);
	assert_unreadable(&fixture, fixture.base + GIB(1), "again");
	tear_down(&fixture);
}

/* Tables that a lookup at @va visits. */
static uint64_t visits_of(struct fixture *fixture, uint64_t va)
{
	uint64_t before = hr_walker_visits(fixture->walker);

	assert_int_equal(lookup(fixture, va).state, HR_MAP_MAPPED);
	return hr_walker_visits(fixture->walker) - before;
}

/* One in the linear map and one in the vmemmap, in turn. */
static void a_lookup_begins_at_the_last_table_of_two_before(void **state)
{
	struct fixture fixture;
	uint64_t other;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	other = fixture.base + GIB(512);
	fake_map_range(&fixture.tables, fixture.base, PA, KIB(16), FAKE_PTE);
	fake_map_range(&fixture.tables, other, PA, MIB(8), FAKE_PMD);
	assert_int_equal(visits_of(&fixture, fixture.base), 4);
	assert_int_equal(visits_of(&fixture, other), 3);
	assert_int_equal(visits_of(&fixture, fixture.base + KIB(4)), 1);
	assert_int_equal(visits_of(&fixture, other + MIB(2)), 1);
	assert_int_equal(visits_of(&fixture, fixture.base + KIB(8)), 1);
	tear_down(&fixture);
}

static void every_lookup_in_live_memory_begins_at_the_root(void **state)
{
	const uint64_t value = 0;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map_range(&fixture.tables, fixture.base, PA, KIB(16), FAKE_PTE);
	fake_change(&fixture.fake, fixture.tables.root_pa + 8, &value, 1, false);
	for (unsigned int i = 1; i <= 3; i++) {
		lookup(&fixture, fixture.base + i * KIB(4));
		assert_true(fake_reads_of(&fixture.fake, fixture.tables.root_pa) >= i);
	}
	tear_down(&fixture);
}

static void a_loop_is_seen_below_the_table_at_which_a_lookup_begins(void **state)
{
	struct fixture fixture;
	uint64_t table;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base + MIB(4), PA, FAKE_PMD);
	fake_map(&fixture.tables, fixture.base + GIB(512), PA, FAKE_PMD);
	table = fake_table_of(&fixture.tables, HR_LEVEL_PUD, fixture.base);
	fake_set(&fixture.tables, HR_LEVEL_PMD, fixture.base + MIB(2),
		 fake_table_desc(&fixture.tables.geo, table));
	lookup(&fixture, fixture.base + MIB(4));
	lookup(&fixture, fixture.base + GIB(512));
	assert_unreadable(&fixture, fixture.base + MIB(2), "again");
	tear_down(&fixture);
}

static void a_broken_group_above_counts_for_each_lookup_below_it(void **state)
{
	struct fixture fixture;
	uint64_t inner;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	break_group(&fixture, FAKE_CONT_PMD, LACK_TABLE);
	inner = fixture.base + MIB(10);
	fake_map_range(&fixture.tables, inner, PA, KIB(16), FAKE_PTE);
	for (uint64_t at = 0; at < KIB(16); at += KIB(4))
		assert_true(lookup(&fixture, inner + at).in_broken_group);
	tear_down(&fixture);
}

/* Live memory: a word that reads as another value for a while. */

static void lookup_settles_on_what_two_readings_agree_on(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;
	uint64_t values[2];

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PMD);
	values[0] = fake_leaf_desc(&fixture.tables.geo, HR_LEVEL_PMD, PA);
	values[1] = fake_leaf_desc(&fixture.tables.geo, HR_LEVEL_PMD, PA + MIB(2));
	fake_change(&fixture.fake, fake_entry(&fixture.tables, HR_LEVEL_PMD, fixture.base), values,
		    2, false);
	found = lookup(&fixture, fixture.base);
	assert_int_equal(found.state, HR_MAP_MAPPED);
	assert_int_equal(found.leaf.pa, PA + MIB(2));
	tear_down(&fixture);
}

static void lookup_of_what_never_settles_is_unreadable(void **state)
{
	struct fixture fixture;
	uint64_t values[2];

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PMD);
	values[0] = fake_leaf_desc(&fixture.tables.geo, HR_LEVEL_PMD, PA);
	values[1] = fake_leaf_desc(&fixture.tables.geo, HR_LEVEL_PMD, PA + MIB(2));
	fake_change(&fixture.fake, fake_entry(&fixture.tables, HR_LEVEL_PMD, fixture.base), values,
		    2, true);
	assert_unreadable(&fixture, fixture.base, "changing");
	assert_true(fixture.fake.reads < 64);
	tear_down(&fixture);
}

static void lookup_of_quiet_live_memory_reads_twice(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fixture.fake.memory.live = true;
	fake_map(&fixture.tables, fixture.base, PA, FAKE_CONT_PTE);
	fake_forget_reads(&fixture.fake);
	found = lookup(&fixture, fixture.base);
	assert_leaf(&found.leaf, FAKE_CONT_PTE, fixture.base, PA, KIB(64));
	assert_int_equal(fixture.fake.reads, 8);
	tear_down(&fixture);
}

static void lookup_of_live_memory_sees_changes_since_the_last(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fixture.fake.memory.live = true;
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PMD);
	assert_int_equal(lookup(&fixture, fixture.base).state, HR_MAP_MAPPED);
	fake_map(&fixture.tables, fixture.base + MIB(2), PA + MIB(2), FAKE_PMD);
	fake_set(&fixture.tables, HR_LEVEL_PMD, fixture.base, 0);
	assert_int_equal(lookup(&fixture, fixture.base).state, HR_MAP_UNMAPPED);
	tear_down(&fixture);
}

/* Two lookups that belong together, and how often they were made. */
struct pair {
	struct fixture *fixture;
	struct hr_lookup first, second;
	unsigned int calls;
};

static void look_at_both(void *context)
{
	struct pair *pair = context;

	pair->calls++;
	pair->first = lookup(pair->fixture, pair->fixture->base);
	pair->second = lookup(pair->fixture, pair->fixture->base + MIB(2));
}

static void lookups_in_a_dump_are_made_together_at_once(void **state)
{
	struct fixture fixture;
	struct pair pair = { &fixture, .calls = 0 };

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PMD);
	assert_true(hr_walk_together(fixture.walker, look_at_both, &pair));
	assert_int_equal(pair.calls, 1);
	assert_int_equal(pair.first.state, HR_MAP_MAPPED);
	assert_int_equal(pair.second.state, HR_MAP_UNMAPPED);
	tear_down(&fixture);
}

/* The entry of the first lookup reads as @values say. */
static void set_up_changing(struct fixture *fixture, uint64_t values[2], bool cycle)
{
	set_up(fixture, SHAPE_4K);
	fake_map(&fixture->tables, fixture->base, PA, FAKE_PMD);
	fake_map(&fixture->tables, fixture->base + MIB(2), PA + MIB(2), FAKE_PMD);
	values[0] = fake_leaf_desc(&fixture->tables.geo, HR_LEVEL_PMD, PA);
	values[1] = 0;
	fake_change(&fixture->fake, fake_entry(&fixture->tables, HR_LEVEL_PMD, fixture->base),
		    values, 2, cycle);
}

static void lookups_that_saw_a_change_are_made_again(void **state)
{
	struct fixture fixture;
	struct pair pair = { &fixture, .calls = 0 };
	uint64_t values[2];

	(void)state;
	set_up_changing(&fixture, values, false);
	assert_true(hr_walk_together(fixture.walker, look_at_both, &pair));
	assert_int_equal(pair.calls, 2);
	assert_int_equal(pair.first.state, HR_MAP_UNMAPPED);
	assert_int_equal(pair.second.state, HR_MAP_MAPPED);
	tear_down(&fixture);
}

static void lookups_of_tables_that_keep_changing_are_not_together(void **state)
{
	struct fixture fixture;
	struct pair pair = { &fixture, .calls = 0 };
	uint64_t values[2];

	(void)state;
	set_up_changing(&fixture, values, true);
	assert_false(hr_walk_together(fixture.walker, look_at_both, &pair));
	assert_int_equal(pair.calls, HR_LIVE_TRIES + 1);
	assert_int_equal(pair.first.state, HR_MAP_UNREADABLE);
	tear_down(&fixture);
}

/* What a lookup has found is said of each page from the leaf up to @last. */
static void compare_on(struct fixture *fixture, uint64_t va)
{
	uint64_t page = hr_page_size(&fixture->tables.geo), last;
	struct hr_lookup found, alone;

	hr_walk_lookup_on(fixture->walker, va, &found, &last);
	alone = lookup(fixture, va);
	assert_int_equal(found.state, alone.state);
	assert_int_equal(found.leaf.va, alone.leaf.va);
	if (found.state != HR_MAP_MAPPED)
		return;
	assert_true(last >= found.leaf.va + (found.leaf.size - 1));
	for (uint64_t at = found.leaf.va; at < last; at += page) {
		alone = lookup(fixture, at);
		assert_int_equal(alone.state, HR_MAP_MAPPED);
		assert_int_equal(alone.leaf.size, found.leaf.size);
		assert_int_equal(alone.leaf.pa - alone.leaf.va, found.leaf.pa - found.leaf.va);
	}
}

static void leaves_that_go_on_are_as_each_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAKE_SHAPES; i++) {
		uint64_t page, group, va;
		struct fixture fixture;

		set_up(&fixture, i);
		page = fake_kind_size(&fixture.tables.geo, FAKE_PTE);
		group = fake_kind_size(&fixture.tables.geo, FAKE_CONT_PTE);
		va = fixture.base + 4 * group;
		fake_map_range(&fixture.tables, va, PA, 3 * group, FAKE_PTE);
		fake_map_range(&fixture.tables, va + 3 * group, PA + 3 * group, 2 * group,
			       FAKE_CONT_PTE);
		fake_map(&fixture.tables, va + 5 * group, PA + 5 * group, FAKE_PTE);
		fake_map(&fixture.tables, va + 5 * group + page, PA, FAKE_PTE);
		/* A group that lacks a member, and pages that seem to go on from it. */
		fake_map_range(&fixture.tables, va + 6 * group, PA + 6 * group, group,
			       FAKE_CONT_PTE);
		fake_map(&fixture.tables, va + 6 * group + page, PA + 6 * group + page, FAKE_PTE);
		fake_map_range(&fixture.tables, va + 7 * group, PA + 7 * group, group,
			       FAKE_CONT_PTE);
		for (uint64_t at = va - group; at < va + 8 * group; at += page)
			compare_on(&fixture, at);
		tear_down(&fixture);
	}
}

static void leaf_goes_on_to_the_end_of_its_table_in_a_dump(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;
	uint64_t last;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map_range(&fixture.tables, fixture.base, PA, MIB(4), FAKE_PTE);
	fake_map_range(&fixture.tables, fixture.base + MIB(4), PA, MIB(1), FAKE_CONT_PTE);
	hr_walk_lookup_on(fixture.walker, fixture.base + KIB(9), &found, &last);
	assert_int_equal(found.leaf.va, fixture.base + KIB(8));
	assert_int_equal(last, fixture.base + MIB(2) - 1);
	hr_walk_lookup_on(fixture.walker, fixture.base + MIB(4) + KIB(80), &found, &last);
	assert_int_equal(found.leaf.va, fixture.base + MIB(4) + KIB(64));
	assert_int_equal(last, fixture.base + MIB(5) - 1);
	fixture.fake.memory.live = true;
	hr_walk_lookup_on(fixture.walker, fixture.base + KIB(9), &found, &last);
	assert_int_equal(last, fixture.base + KIB(12) - 1);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookup_finds_each_kind_in_each_geometry),
		cmocka_unit_test(high_addresses_come_through),
		cmocka_unit_test(lookup_reports_the_descriptors_on_the_way),
		cmocka_unit_test(lookup_reads_one_page_a_level),
		cmocka_unit_test(holes_are_unmapped_at_every_level),
		cmocka_unit_test(invalid_leaves_keep_their_size),
		cmocka_unit_test(group_with_one_invalid_member_is_a_group_and_not_valid),
		cmocka_unit_test(group_of_scattered_pages_is_unexpected),
		cmocka_unit_test(group_at_an_odd_address_is_unexpected),
		cmocka_unit_test(lookup_sees_the_broken_group_from_every_member),
		cmocka_unit_test(outermost_broken_group_is_the_one_named),
		cmocka_unit_test(end_lookup_reads_no_table_that_begins_there),
		cmocka_unit_test(lookups_say_whether_an_edge_would_split),
		cmocka_unit_test(edges_within_a_broken_group_split_it),
		cmocka_unit_test(path_goes_down_to_the_level_asked_for),
		cmocka_unit_test(path_through_an_unreadable_table_says_why),
		cmocka_unit_test(tables_outside_of_memory_are_unreadable),
		cmocka_unit_test(what_an_unreadable_table_would_map_is_known),
		cmocka_unit_test(root_is_empty_if_the_entries_it_uses_are),
		cmocka_unit_test(loops_are_seen_whatever_was_looked_up_before),
		cmocka_unit_test(a_lookup_begins_at_the_last_table_of_two_before),
		cmocka_unit_test(every_lookup_in_live_memory_begins_at_the_root),
		cmocka_unit_test(a_loop_is_seen_below_the_table_at_which_a_lookup_begins),
		cmocka_unit_test(a_broken_group_above_counts_for_each_lookup_below_it),
		cmocka_unit_test(lookup_settles_on_what_two_readings_agree_on),
		cmocka_unit_test(lookup_of_what_never_settles_is_unreadable),
		cmocka_unit_test(lookup_of_quiet_live_memory_reads_twice),
		cmocka_unit_test(lookup_of_live_memory_sees_changes_since_the_last),
		cmocka_unit_test(lookups_in_a_dump_are_made_together_at_once),
		cmocka_unit_test(lookups_that_saw_a_change_are_made_again),
		cmocka_unit_test(lookups_of_tables_that_keep_changing_are_not_together),
		cmocka_unit_test(leaves_that_go_on_are_as_each_alone),
		cmocka_unit_test(leaf_goes_on_to_the_end_of_its_table_in_a_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
