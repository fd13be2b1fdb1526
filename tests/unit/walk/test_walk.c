// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk_fixture.h"

#include <string.h>

static void walk_shows_each_kind_in_each_geometry(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAKE_SHAPES * FAKE_KINDS; i++) {
		enum fake_kind kind = i % FAKE_KINDS;
		struct trace trace = { .run_count = 0 };
		struct fixture fixture;
		uint64_t size;

		set_up(&fixture, i / FAKE_KINDS);
		size = fake_kind_size(&fixture.tables.geo, kind);
		if (kind_exists(&fixture.tables.geo, kind)) {
			fake_map_range(&fixture.tables, fixture.base, PA, 2 * size, kind);
			walk(&fixture, fixture.base, 2 * size, &trace);
			assert_int_equal(trace.run_count, 1);
			assert_leaf(&trace.runs[0].leaf, kind, fixture.base, PA, size);
			assert_int_equal(trace.runs[0].count, 2);
		}
		tear_down(&fixture);
	}
}

static void last_byte_of_the_address_space_can_be_walked(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, -KIB(4), PA, FAKE_PTE);
	walk(&fixture, -KIB(8), KIB(8), &trace);
	assert_int_equal(trace.run_count, 2);
	assert_int_equal(trace.runs[0].state, HR_MAP_UNMAPPED);
	assert_leaf(&trace.runs[1].leaf, FAKE_PTE, -KIB(4), PA, KIB(4));
	tear_down(&fixture);
}

static void walk_reads_each_table_once(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map_range(&fixture.tables, fixture.base, PA, MIB(16), FAKE_PTE);
	fake_map_range(&fixture.tables, fixture.base + GIB(1), PA, MIB(4), FAKE_CONT_PTE);
	fake_forget_reads(&fixture.fake);
	walk(&fixture, fixture.base, GIB(2), &trace);
	assert_int_equal(fixture.fake.reads, fixture.fake.count);
	for (size_t i = 0; i < fixture.fake.count; i++)
		assert_int_equal(fixture.fake.pages[i].reads, 1);
	tear_down(&fixture);
}

static void neighbouring_holes_are_one_run_within_the_range(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PTE);
	walk(&fixture, fixture.base + KIB(8), GIB(3), &trace);
	assert_int_equal(trace.run_count, 1);
	assert_int_equal(trace.runs[0].state, HR_MAP_UNMAPPED);
	assert_int_equal(trace.runs[0].leaf.va, fixture.base + KIB(8));
	assert_int_equal(trace.runs[0].leaf.size, GIB(3));
	tear_down(&fixture);
}

static void leaves_merge_only_with_their_like(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;
	uint64_t va;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	va = fixture.base;
	fake_map_range(&fixture.tables, va, PA, MIB(4), FAKE_PMD);
	fake_map_range(&fixture.tables, va + MIB(4), PA + MIB(6), MIB(2), FAKE_PMD);
	fake_map_invalid(&fixture.tables, va + MIB(6), PA + MIB(8), FAKE_PMD);
	fake_map_range(&fixture.tables, va + MIB(8), PA + MIB(10), MIB(2), FAKE_PTE);
	fake_map_range(&fixture.tables, va + MIB(10), PA + MIB(12), MIB(2), FAKE_CONT_PTE);
	walk(&fixture, va, MIB(12), &trace);
	assert_int_equal(trace.run_count, 5);
	assert_int_equal(trace.runs[0].count, 2);
	assert_int_equal(trace.runs[1].count, 1);
	assert_false(trace.runs[2].leaf.valid);
	assert_int_equal(trace.runs[3].count, 512);
	assert_int_equal(trace.runs[4].count, 32);
	tear_down(&fixture);
}

/* 1 GiB of PTEs is one run, although it takes 512 tables. */
static void runs_reach_over_tables(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map_range(&fixture.tables, fixture.base + MIB(2), PA, MIB(8), FAKE_PTE);
	walk(&fixture, fixture.base + MIB(2), MIB(8), &trace);
	assert_int_equal(trace.run_count, 1);
	assert_int_equal(trace.runs[0].count, 2048);
	tear_down(&fixture);
}

static void leaves_at_the_edges_are_shown_whole(void **state)
{
	static const enum fake_kind kinds[] = { FAKE_PUD, FAKE_CONT_PMD, FAKE_PMD, FAKE_CONT_PTE };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct trace trace = { .run_count = 0 };
		struct fixture fixture;
		uint64_t size;

		set_up(&fixture, SHAPE_4K);
		size = fake_kind_size(&fixture.tables.geo, kinds[i]);
		fake_map_range(&fixture.tables, fixture.base, PA, 3 * size, kinds[i]);
		walk(&fixture, fixture.base + KIB(4), 2 * size, &trace);
		assert_int_equal(trace.run_count, 1);
		assert_int_equal(trace.runs[0].leaf.va, fixture.base);
		assert_int_equal(trace.runs[0].leaf.size, size);
		assert_int_equal(trace.runs[0].count, 3);
		tear_down(&fixture);
	}
}

static void blocks_that_linux_never_makes_are_unexpected(void **state)
{
	static const struct {
		size_t shape;
		int level;
		uint64_t flags;
	} rows[] = {
		{ 1, HR_LEVEL_P4D, 0 },		{ 2, HR_LEVEL_P4D, 0 }, { 2, HR_LEVEL_PGD, 0 },
		{ 1, HR_LEVEL_PUD, FAKE_CONT }, { 5, HR_LEVEL_PUD, 0 }, { 10, HR_LEVEL_PUD, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct trace trace = { .run_count = 0 };
		struct fixture fixture;
		struct hr_lookup found;
		uint64_t desc;

		set_up(&fixture, rows[i].shape);
		desc = fake_leaf_desc(&fixture.tables.geo, rows[i].level, 0) | rows[i].flags;
		fake_set(&fixture.tables, rows[i].level, fixture.base, desc);
		found = lookup(&fixture, fixture.base + GIB(1));
		if (rows[i].flags)
			found = lookup(&fixture, fixture.base);
		assert_int_equal(found.state, HR_MAP_MAPPED);
		assert_int_equal(found.leaf.level, rows[i].level);
		assert_false(found.leaf.expected);
		walk(&fixture, fixture.base, MIB(1), &trace);
		assert_false(trace.runs[0].leaf.expected);
		tear_down(&fixture);
	}
}

static void walk_reports_a_broken_group_once_and_its_members_singly(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	break_group(&fixture, FAKE_CONT_PTE, LACK_BIT);
	walk(&fixture, fixture.base, KIB(64), &trace);
	assert_int_equal(trace.group_count, 1);
	assert_broken_group(&trace.groups[0], FAKE_CONT_PTE, fixture.base, KIB(64));
	assert_int_equal(trace.run_count, 1);
	assert_leaf(&trace.runs[0].leaf, FAKE_PTE, fixture.base, PA, KIB(4));
	assert_int_equal(trace.runs[0].count, 16);
	tear_down(&fixture);
}

static void walk_follows_a_table_within_a_broken_group(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	break_group(&fixture, FAKE_CONT_PMD, LACK_TABLE);
	walk(&fixture, fixture.base, MIB(32), &trace);
	assert_int_equal(trace.group_count, 1);
	assert_int_equal(trace.run_count, 3);
	assert_leaf(&trace.runs[0].leaf, FAKE_PMD, fixture.base, PA, MIB(2));
	assert_int_equal(trace.runs[0].count, 5);
	assert_leaf(&trace.runs[1].leaf, FAKE_PTE, fixture.base + MIB(10), PA, KIB(4));
	assert_int_equal(trace.runs[1].count, 512);
	assert_int_equal(trace.runs[2].count, 10);
	tear_down(&fixture);
}

static void walk_sees_a_broken_group_that_it_touches_at_its_edges(void **state)
{
	static const struct {
		uint64_t start, size;
		size_t groups;
	} rows[] = {
		{ KIB(60), KIB(4), 1 },	 { KIB(60), KIB(64), 1 }, { 0, KIB(4), 1 },
		{ KIB(64), KIB(64), 0 }, { KIB(20), KIB(4), 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct trace trace = { .run_count = 0 };
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		break_group(&fixture, FAKE_CONT_PTE, LACK_ENTRY);
		walk(&fixture, fixture.base + rows[i].start, rows[i].size, &trace);
		assert_int_equal(trace.group_count, rows[i].groups);
		tear_down(&fixture);
	}
}

static void missing_tables_are_unreadable_not_unmapped(void **state)
{
	(void)state;
	for (int level = HR_LEVEL_P4D; level <= HR_LEVEL_PTE; level++) {
		struct trace trace = { .run_count = 0 };
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		fake_map(&fixture.tables, fixture.base, PA, FAKE_PTE);
		fake_exclude(&fixture.fake, fake_table_of(&fixture.tables, level, fixture.base));
		assert_unreadable(&fixture, fixture.base, "not in this fake");
		walk(&fixture, fixture.base, KIB(8), &trace);
		assert_int_equal(trace.run_count, 1);
		assert_int_equal(trace.runs[0].state, HR_MAP_UNREADABLE);
		assert_int_equal(trace.runs[0].leaf.size, KIB(8));
		assert_non_null(strstr(trace.why[0], "not in this fake"));
		tear_down(&fixture);
	}
}

/*
 * The kernel frees tables that it has emptied; /proc/kcore returns zeros for pages that it hides.
 */
static void tables_of_zeros_are_unreadable(void **state)
{
	(void)state;
	for (int level = HR_LEVEL_P4D; level <= HR_LEVEL_PTE; level++) {
		struct trace trace = { .run_count = 0 };
		struct fixture fixture;
		struct fake_page *page;

		set_up(&fixture, SHAPE_4K);
		fake_map(&fixture.tables, fixture.base, PA, FAKE_PTE);
		page = fake_page(&fixture.fake,
				 fake_table_of(&fixture.tables, level, fixture.base));
		memset(page->bytes, 0, KIB(4));
		assert_unreadable(&fixture, fixture.base, "all zeros");
		walk(&fixture, fixture.base, KIB(8), &trace);
		assert_int_equal(trace.runs[0].state, HR_MAP_UNREADABLE);
		tear_down(&fixture);
	}
}

static void neighbours_of_unreadable_tables_are_shown(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PMD);
	fake_map(&fixture.tables, fixture.base + MIB(2), PA, FAKE_PTE);
	fake_exclude(&fixture.fake,
		     fake_table_of(&fixture.tables, HR_LEVEL_PTE, fixture.base + MIB(2)));
	walk(&fixture, fixture.base, MIB(6), &trace);
	assert_int_equal(trace.run_count, 3);
	assert_int_equal(trace.runs[0].state, HR_MAP_MAPPED);
	assert_int_equal(trace.runs[1].state, HR_MAP_UNREADABLE);
	assert_int_equal(trace.runs[1].leaf.va, fixture.base + MIB(2));
	assert_int_equal(trace.runs[1].leaf.size, MIB(2));
	assert_int_equal(trace.runs[2].state, HR_MAP_UNMAPPED);
	assert_int_equal(trace.runs[2].leaf.va, fixture.base + MIB(4));
	tear_down(&fixture);
}

/* Make the entry of @level for the base point to the table of @to (HR_LEVEL_P4D: the root). */
static void make_loop(struct fixture *fixture, int level, int to)
{
	uint64_t target;

	fake_map(&fixture->tables, fixture->base, PA, FAKE_PTE);
	target = fake_table_of(&fixture->tables, to, fixture->base);
	fake_set(&fixture->tables, level, fixture->base,
		 fake_table_desc(&fixture->tables.geo, target));
}

static void loops_are_unreadable(void **state)
{
	(void)state;
	for (int level = HR_LEVEL_P4D; level < HR_LEVEL_PTE; level++) {
		for (int to = HR_LEVEL_P4D; to <= level; to++) {
			struct trace trace = { .run_count = 0 };
			struct fixture fixture;

			set_up(&fixture, SHAPE_4K);
			make_loop(&fixture, level, to);
			assert_unreadable(&fixture, fixture.base, "again");
			walk(&fixture, fixture.base, MIB(1), &trace);
			assert_int_equal(trace.run_count, 1);
			assert_int_equal(trace.runs[0].state, HR_MAP_UNREADABLE);
			tear_down(&fixture);
		}
	}
}

struct tally {
	uint64_t bytes[3];
};

static struct hr_error *tally_run(void *context, const struct hr_run *run)
{
	struct tally *tally = context;

	tally->bytes[run->state] += run->leaf.size * run->count;
	return NULL;
}

/* Make 512 PUD entries from the base on point to PMD tables, of which @distinct are different. */
static void share_tables(struct fixture *fixture, uint64_t distinct)
{
	uint64_t shared[2];

	for (uint64_t i = 0; i < distinct; i++) {
		uint64_t va = fixture->base + i * GIB(1);

		fake_map_range(&fixture->tables, va, PA, MIB(2), FAKE_PTE);
		shared[i] =
			fake_read64(&fixture->fake, fake_entry(&fixture->tables, HR_LEVEL_PUD, va));
	}
	for (uint64_t i = distinct; i < 512; i++)
		fake_set(&fixture->tables, HR_LEVEL_PUD, fixture->base + i * GIB(1),
			 shared[i % distinct]);
}

/* Shared tables make a small source look like a tree of any size. It is not walked to its end. */
static void assert_budget(uint64_t distinct)
{
	struct tally tally = { { 0 } };
	const struct hr_visitor visitor = {
		.context = &tally,
		.run = tally_run,
		.broken_group = on_broken_group,
	};
	struct fixture fixture;

	set_up(&fixture, SHAPE_4K);
	share_tables(&fixture, distinct);
	assert_success(
		hr_walk_range(fixture.walker, fixture.base, fixture.base + GIB(512) - 1, &visitor));
	assert_true(hr_walker_tables_read(fixture.walker) < 64);
	assert_true(tally.bytes[HR_MAP_UNREADABLE] > GIB(200));
	tear_down(&fixture);
}

static void shared_tables_run_into_the_budget(void **state)
{
	(void)state;
	assert_budget(2);
}

/* The same table in every entry is not read again, but it is walked again. */
static void one_shared_table_runs_into_the_budget_too(void **state)
{
	(void)state;
	assert_budget(1);
}

/*
 * Walk 512 GiB GiB by GiB, and return the bytes that cannot be read. Two walks of each make two
 * passes.
 */
static uint64_t walk_in_a_pass(struct fixture *fixture, unsigned int times, bool in_pass)
{
	struct tally tally = { { 0 } };
	const struct hr_visitor visitor = {
		.context = &tally,
		.run = tally_run,
		.broken_group = on_broken_group,
	};

	if (in_pass)
		hr_walk_pass_begin(fixture->walker, 1);
	for (uint64_t i = 0; i < times * UINT64_C(512); i++) {
		uint64_t va = fixture->base + i / times * GIB(1);

		assert_success(hr_walk_range(fixture->walker, va, va + GIB(1) - 1, &visitor));
	}
	if (in_pass)
		hr_walk_pass_end(fixture->walker);
	return tally.bytes[HR_MAP_UNREADABLE];
}

/* Walked one range at a time, a shared table would be walked again and again. */
static void ranges_of_a_pass_have_one_budget(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	share_tables(&fixture, 1);
	/* Entries of 64 tables, and 512 + 1 in each of the walks. */
	fixture.fake.memory.size = 64 * KIB(4);
	assert_int_equal(walk_in_a_pass(&fixture, 1, false), 0);
	assert_true(walk_in_a_pass(&fixture, 1, true) > GIB(400));
	assert_int_equal(walk_in_a_pass(&fixture, 1, false), 0);
	tear_down(&fixture);
}

/* Tables that are each in one place are walked to their end, once. */
static void pass_over_a_sound_tree_is_whole(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	for (uint64_t i = 0; i < 512; i++)
		fake_map(&fixture.tables, fixture.base + i * GIB(1), PA + i * GIB(1), FAKE_PMD);
	assert_int_equal(walk_in_a_pass(&fixture, 1, true), 0);
	assert_true(walk_in_a_pass(&fixture, 3, true) > 0);
	tear_down(&fixture);
}

static struct hr_error *failing_run(void *context, const struct hr_run *run)
{
	(void)context;
	(void)run;
	return hr_error_new(HR_ERROR_USAGE, "enough");
}

static void errors_of_the_visitor_end_the_walk(void **state)
{
	const struct hr_visitor visitor = { .run = failing_run };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PTE);
	assert_failure(hr_walk_range(fixture.walker, fixture.base, fixture.base + MIB(1), &visitor),
		       HR_ERROR_USAGE, "enough");
	tear_down(&fixture);
}

static void tables_that_a_removal_empties_are_told_children_first(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map_range(&fixture.tables, fixture.base, PA, MIB(4), FAKE_PTE);
	walk(&fixture, fixture.base, MIB(4), &trace);
	assert_int_equal(trace.emptied_count, 4);
	assert_int_equal(trace.emptied[0].level, HR_LEVEL_PTE);
	assert_int_equal(trace.emptied[0].va_start, fixture.base);
	assert_int_equal(trace.emptied[0].va_last, fixture.base + MIB(2) - 1);
	assert_int_equal(trace.emptied[1].level, HR_LEVEL_PTE);
	assert_int_equal(trace.emptied[2].level, HR_LEVEL_PMD);
	assert_int_equal(trace.emptied[2].va_last, fixture.base + MIB(4) - 1);
	assert_int_equal(trace.emptied[3].level, HR_LEVEL_PUD);
	tear_down(&fixture);
}

static void tables_above_a_table_that_stays_are_not_emptied(void **state)
{
	struct trace trace = { .keep_tables = true };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map_range(&fixture.tables, fixture.base, PA, MIB(2), FAKE_PTE);
	walk(&fixture, fixture.base, MIB(2), &trace);
	assert_int_equal(trace.emptied_count, 1);
	tear_down(&fixture);
}

static void tables_with_other_entries_are_not_emptied(void **state)
{
	static const struct {
		uint64_t other; /* what else is mapped, relative to the base */
		size_t emptied; /* PTE, PMD and PUD tables of the 64 KiB in the middle */
	} rows[] = {
		{ MIB(1), 0 },	 { MIB(1) + KIB(128), 0 }, { 0, 0 },	  { MIB(2) - KIB(4), 0 },
		{ MIB(2), 1 },	 { GIB(1) - MIB(2), 1 },   { GIB(1), 2 }, { GIB(511), 2 },
		{ GIB(512), 3 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct trace trace = { .run_count = 0 };
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		fake_map_range(&fixture.tables, fixture.base + MIB(1) + KIB(64), PA, KIB(64),
			       FAKE_PTE);
		fake_map(&fixture.tables, fixture.base + rows[i].other, PA, FAKE_PTE);
		walk(&fixture, fixture.base + MIB(1) + KIB(64), KIB(64), &trace);
		assert_int_equal(trace.emptied_count, rows[i].emptied);
		tear_down(&fixture);
	}
}

/* What cannot be read may hold entries. */
static void tables_above_an_unreadable_one_are_not_emptied(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map_range(&fixture.tables, fixture.base, PA, MIB(4), FAKE_PTE);
	fake_exclude(&fixture.fake, fake_table_of(&fixture.tables, HR_LEVEL_PTE, fixture.base));
	walk(&fixture, fixture.base, MIB(4), &trace);
	assert_int_equal(trace.emptied_count, 1);
	assert_int_equal(trace.emptied[0].va_start, fixture.base + MIB(2));
	tear_down(&fixture);
}

/* Members of a group outside the range remain, so their table does too. */
static void partial_groups_keep_their_table(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_CONT_PTE);
	walk(&fixture, fixture.base + KIB(4), MIB(1), &trace);
	assert_int_equal(trace.emptied_count, 0);
	tear_down(&fixture);
}

static void root_is_never_emptied(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 9);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PMD);
	walk(&fixture, fixture.base, MIB(512), &trace);
	assert_int_equal(trace.emptied_count, 0);
	tear_down(&fixture);
}

/* Live memory: a word that reads as another value for a while. */

static void walk_of_quiet_live_memory_is_as_any(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fixture.fake.memory.live = true;
	fake_map_range(&fixture.tables, fixture.base, PA, MIB(8), FAKE_PTE);
	walk(&fixture, fixture.base, MIB(8), &trace);
	assert_int_equal(trace.run_count, 1);
	assert_int_equal(trace.runs[0].count, 2048);
	tear_down(&fixture);
}

/* Read the parent entry, another value while its table is read, and the old value again. */
static void walk_reads_a_table_anew_if_its_entry_changed_meanwhile(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;
	uint64_t entry, values[3];

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PTE);
	entry = fake_entry(&fixture.tables, HR_LEVEL_PMD, fixture.base);
	values[0] = values[2] = fake_read64(&fixture.fake, entry);
	values[1] = 0;
	fake_change(&fixture.fake, entry, values, 3, false);
	fake_forget_reads(&fixture.fake);
	walk(&fixture, fixture.base, KIB(4), &trace);
	assert_int_equal(trace.runs[0].state, HR_MAP_MAPPED);
	assert_int_equal(fake_reads_of(&fixture.fake,
				       fake_table_of(&fixture.tables, HR_LEVEL_PTE, fixture.base)),
			 2);
	tear_down(&fixture);
}

static void walk_never_shows_a_table_that_was_replaced_meanwhile(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;
	uint64_t entry, values[2];

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PTE);
	fake_map(&fixture.tables, fixture.base + MIB(2), PA + MIB(2), FAKE_PTE);
	entry = fake_entry(&fixture.tables, HR_LEVEL_PMD, fixture.base);
	values[0] = fake_read64(&fixture.fake, entry);
	values[1] = fake_read64(&fixture.fake, entry + 8);
	fake_change(&fixture.fake, entry, values, 2, false);
	walk(&fixture, fixture.base, KIB(4), &trace);
	assert_true(trace.runs[0].state == HR_MAP_UNREADABLE ||
		    trace.runs[0].leaf.pa == PA + MIB(2));
	tear_down(&fixture);
}

static void walk_of_what_never_settles_is_unreadable(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct fixture fixture;
	uint64_t entry, values[16];

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PTE);
	entry = fake_entry(&fixture.tables, HR_LEVEL_PMD, fixture.base);
	for (size_t i = 0; i < COUNT_OF(values); i++)
		values[i] = fake_read64(&fixture.fake, entry) + (i << 12);
	fake_change(&fixture.fake, entry, values, COUNT_OF(values), true);
	walk(&fixture, fixture.base, KIB(4), &trace);
	assert_int_equal(trace.run_count, 1);
	assert_int_equal(trace.runs[0].state, HR_MAP_UNREADABLE);
	assert_true(fixture.fake.reads < 64);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walk_shows_each_kind_in_each_geometry),
		cmocka_unit_test(last_byte_of_the_address_space_can_be_walked),
		cmocka_unit_test(walk_reads_each_table_once),
		cmocka_unit_test(neighbouring_holes_are_one_run_within_the_range),
		cmocka_unit_test(leaves_merge_only_with_their_like),
		cmocka_unit_test(runs_reach_over_tables),
		cmocka_unit_test(leaves_at_the_edges_are_shown_whole),
		cmocka_unit_test(blocks_that_linux_never_makes_are_unexpected),
		cmocka_unit_test(walk_reports_a_broken_group_once_and_its_members_singly),
		cmocka_unit_test(walk_follows_a_table_within_a_broken_group),
		cmocka_unit_test(walk_sees_a_broken_group_that_it_touches_at_its_edges),
		cmocka_unit_test(missing_tables_are_unreadable_not_unmapped),
		cmocka_unit_test(tables_of_zeros_are_unreadable),
		cmocka_unit_test(neighbours_of_unreadable_tables_are_shown),
		cmocka_unit_test(loops_are_unreadable),
		cmocka_unit_test(shared_tables_run_into_the_budget),
		cmocka_unit_test(one_shared_table_runs_into_the_budget_too),
		cmocka_unit_test(ranges_of_a_pass_have_one_budget),
		cmocka_unit_test(pass_over_a_sound_tree_is_whole),
		cmocka_unit_test(errors_of_the_visitor_end_the_walk),
		cmocka_unit_test(tables_that_a_removal_empties_are_told_children_first),
		cmocka_unit_test(tables_above_a_table_that_stays_are_not_emptied),
		cmocka_unit_test(tables_with_other_entries_are_not_emptied),
		cmocka_unit_test(tables_above_an_unreadable_one_are_not_emptied),
		cmocka_unit_test(partial_groups_keep_their_table),
		cmocka_unit_test(root_is_never_emptied),
		cmocka_unit_test(walk_of_quiet_live_memory_is_as_any),
		cmocka_unit_test(walk_reads_a_table_anew_if_its_entry_changed_meanwhile),
		cmocka_unit_test(walk_never_shows_a_table_that_was_replaced_meanwhile),
		cmocka_unit_test(walk_of_what_never_settles_is_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
