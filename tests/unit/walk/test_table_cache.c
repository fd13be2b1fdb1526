// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "walk/table_cache.h"

enum {
	SHAPE_4K = 1,
	TABLES = 300,
};

/* A PMD table that points to tables of PTEs, in memory that can be read ahead. */
struct fixture {
	struct fake fake;
	struct fake_tables tables;
	struct hr_table_cache cache;
	uint64_t base;
	uint64_t pmd_pa; /* of the PMD table */
};

enum way {
	ONE_BY_ONE,
	AHEAD,	   /* in batches */
	MEANWHILE, /* in batches that are begun and finished */
	WAYS,
};

static void set_up(struct fixture *fixture, enum way way)
{
	const struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);

	fake_init(&fixture->fake, geo.page_shift);
	fake_tables_init(&fixture->tables, &fixture->fake, &geo);
	fixture->base = -(UINT64_C(1) << geo.va_bits_actual);
	for (uint64_t i = 0; i < TABLES; i++)
		fake_map(&fixture->tables, fixture->base + i * MIB(2), i * MIB(2), FAKE_PTE);
	fixture->pmd_pa = fake_table_of(&fixture->tables, HR_LEVEL_PMD, fixture->base);
	if (way == AHEAD)
		fake_reads_ahead(&fixture->fake);
	if (way == MEANWHILE)
		fake_reads_meanwhile(&fixture->fake);
	assert_success(
		hr_table_cache_init(&fixture->cache, &fixture->tables.geo, &fixture->fake.memory));
	/* As after a walk of many tables: batches have their full size. */
	fixture->cache.ahead[HR_LEVEL_PTE + 1].begun = HR_AHEAD_BYTES * HR_AHEAD_SHARE;
	assert_true(hr_table_load(&fixture->cache, HR_LEVEL_PMD, fixture->pmd_pa));
	hr_table_cache_begin(&fixture->cache, 10000);
	fake_forget_reads(&fixture->fake);
}

static void tear_down(struct fixture *fixture)
{
	hr_table_cache_release(&fixture->cache);
	fake_release(&fixture->fake);
}

static uint64_t pte_table(struct fixture *fixture, size_t index)
{
	return fake_table_of(&fixture->tables, HR_LEVEL_PTE, fixture->base + index * MIB(2));
}

/* The table at @index is in the slot, identified by the first page that it maps. */
static void assert_child(struct fixture *fixture, size_t index)
{
	uint64_t first = fake_read64(&fixture->fake, pte_table(fixture, index));

	assert_int_equal(hr_table_slot(&fixture->cache, HR_LEVEL_PTE)->pa,
			 pte_table(fixture, index));
	assert_int_equal(hr_table_desc(&fixture->cache, HR_LEVEL_PTE, 0), first);
}

static void all_tables_come_in_order_each_read_once(void **state)
{
	(void)state;
	for (enum way way = 0; way < WAYS; way++) {
		struct fixture fixture;

		set_up(&fixture, way);
		for (size_t i = 0; i < TABLES; i++) {
			assert_true(
				hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, i, TABLES - 1));
			assert_child(&fixture, i);
			assert_int_equal(fake_reads_of(&fixture.fake, pte_table(&fixture, i)), 1);
		}
		/* 256 KiB at a time. */
		assert_int_equal(fixture.fake.batches, way == ONE_BY_ONE ? 0 : 5);
		assert_int_equal(fixture.fake.finished, fixture.fake.begun);
		tear_down(&fixture);
	}
}

static void nothing_behind_the_walk_is_read(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MEANWHILE);
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 3, 9));
	assert_int_equal(fake_reads_of(&fixture.fake, pte_table(&fixture, 2)), 0);
	assert_int_equal(fake_reads_of(&fixture.fake, pte_table(&fixture, 9)), 1);
	assert_int_equal(fake_reads_of(&fixture.fake, pte_table(&fixture, 10)), 0);
	tear_down(&fixture);
}

static void a_table_that_cannot_be_read_stops_nothing_behind_it(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MEANWHILE);
	fake_exclude(&fixture.fake, pte_table(&fixture, 1));
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 0, TABLES - 1));
	assert_false(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 1, TABLES - 1));
	assert_non_null(strstr(fixture.cache.why, "not in this fake"));
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 2, TABLES - 1));
	assert_child(&fixture, 2);
	tear_down(&fixture);
}

static void zeros_that_were_read_ahead_are_no_table(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MEANWHILE);
	fake_write64(&fixture.fake, pte_table(&fixture, 1), 0);
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 0, TABLES - 1));
	assert_false(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 1, TABLES - 1));
	assert_non_null(strstr(fixture.cache.why, "reads as all zeros"));
	tear_down(&fixture);
}

static void a_loop_is_found_ahead_too(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MEANWHILE);
	fixture.cache.visit_limit = fixture.cache.visits + 1;
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 0, TABLES - 1));
	assert_false(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 1, TABLES - 1));
	assert_non_null(strstr(fixture.cache.why, "form a loop"));
	tear_down(&fixture);
}

/* A new walk over the same tables reads what it needs, whatever the previous one left. */
static void a_new_walk_begins_anew(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MEANWHILE);
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 0, TABLES - 1));
	hr_table_cache_begin(&fixture.cache, 1000);
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 200, TABLES - 1));
	assert_child(&fixture, 200);
	tear_down(&fixture);
}

/*
 * On live memory the entries are read again after the tables. If an entry points to another table
 * by then, the walk goes there.
 */
static void an_entry_that_changed_is_followed(void **state)
{
	(void)state;
	for (enum way way = 0; way < WAYS; way++) {
		struct fixture fixture;
		uint64_t values[1];

		set_up(&fixture, way);
		values[0] = fake_table_desc(&fixture.tables.geo, pte_table(&fixture, 7));
		fake_change(&fixture.fake, fixture.pmd_pa + 8, values, 1, false);
		assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 0, 5));
		assert_child(&fixture, 0);
		assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 1, 5));
		assert_child(&fixture, 7);
		assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 2, 5));
		assert_child(&fixture, 2);
		tear_down(&fixture);
	}
}

/* The entries of a batch are read again after its tables, for the last batch too. */
static void entries_are_confirmed_batch_by_batch(void **state)
{
	struct fixture fixture;
	size_t last = TABLES - 1;
	uint64_t values[1];

	(void)state;
	set_up(&fixture, MEANWHILE);
	values[0] = fake_table_desc(&fixture.tables.geo, pte_table(&fixture, 7));
	fake_change(&fixture.fake, fixture.pmd_pa + last * 8, values, 1, false);
	for (size_t i = 0; i < TABLES; i++) {
		assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, i, last));
		assert_child(&fixture, i == last ? 7 : i);
	}
	tear_down(&fixture);
}

static void batches_are_begun_while_the_first_is_walked(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MEANWHILE);
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 0, TABLES - 1));
	assert_int_equal(fixture.fake.begun, HR_AHEAD_BATCHES);
	assert_int_equal(fixture.fake.finished, 1);
	tear_down(&fixture);
}

/* A walk that ends early leaves no read in progress that would write into freed memory. */
static void what_was_begun_is_finished(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MEANWHILE);
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 0, TABLES - 1));
	hr_table_cache_begin(&fixture.cache, 1000);
	assert_int_equal(fixture.fake.finished, fixture.fake.begun);
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 0, TABLES - 1));
	hr_table_cache_release(&fixture.cache);
	assert_int_equal(fixture.fake.finished, fixture.fake.begun);
	fake_release(&fixture.fake);
}

/* A source that cannot begin a batch reads only as far as the walk comes. */
static void what_was_not_begun_is_not_read(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, AHEAD);
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 0, TABLES - 1));
	hr_table_cache_begin(&fixture.cache, 1000);
	assert_int_equal(fixture.fake.batches, 1);
	tear_down(&fixture);
}

/* Load the tables of PTEs [0, @count), @rounds times. */
static void load_in_turn(struct fixture *fixture, size_t count, size_t rounds)
{
	for (size_t i = 0; i < count * rounds; i++) {
		assert_true(hr_table_load(&fixture->cache, HR_LEVEL_PTE,
					  pte_table(fixture, i % count)));
		assert_child(fixture, i % count);
	}
}

static void tables_of_a_dump_are_kept(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MEANWHILE);
	load_in_turn(&fixture, HR_TABLES_KEPT, 3);
	for (size_t i = 0; i < HR_TABLES_KEPT; i++)
		assert_int_equal(fake_reads_of(&fixture.fake, pte_table(&fixture, i)), 1);
	/* The next one replaces the least recently used one. */
	load_in_turn(&fixture, HR_TABLES_KEPT + 1, 1);
	fake_forget_reads(&fixture.fake);
	for (size_t i = 1; i <= HR_TABLES_KEPT; i++)
		assert_true(hr_table_load(&fixture.cache, HR_LEVEL_PTE, pte_table(&fixture, i)));
	assert_int_equal(fixture.fake.reads, 0);
	tear_down(&fixture);
}

static void a_kept_table_is_not_read_again_by_a_walk(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MEANWHILE);
	load_in_turn(&fixture, 1, 1);
	for (size_t i = 0; i < 3; i++) {
		assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, i, 2));
		assert_child(&fixture, i);
		assert_int_equal(fake_reads_of(&fixture.fake, pte_table(&fixture, i)), 1);
	}
	tear_down(&fixture);
}

static void live_tables_are_read_each_time(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MEANWHILE);
	fixture.fake.memory.live = true;
	load_in_turn(&fixture, 2, 3);
	assert_int_equal(fake_reads_of(&fixture.fake, pte_table(&fixture, 0)), 3);
	assert_int_equal(fake_reads_of(&fixture.fake, pte_table(&fixture, 1)), 3);
	tear_down(&fixture);
}

/* Load the tables of PTEs [0, @count), twice, and use an entry of each. */
static void hold_and_look(struct fixture *fixture, size_t count)
{
	hr_table_cache_hold(&fixture->cache);
	for (size_t i = 0; i < 2 * count; i++) {
		assert_true(
			hr_table_load(&fixture->cache, HR_LEVEL_PTE, pte_table(fixture, i / 2)));
		hr_table_looked_at(&fixture->cache, HR_LEVEL_PTE, 0, 1);
		hr_table_looked_at(&fixture->cache, HR_LEVEL_PTE, 16, 16);
	}
}

static void held_live_tables_are_read_once_and_confirmed(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MEANWHILE);
	fixture.fake.memory.live = true;
	for (size_t round = 1; round <= 2; round++) {
		hold_and_look(&fixture, 2);
		assert_int_equal(fake_reads_of(&fixture.fake, pte_table(&fixture, 0)),
				 2 * round - 1);
		assert_true(hr_table_cache_confirm(&fixture.cache));
		assert_int_equal(fake_reads_of(&fixture.fake, pte_table(&fixture, 0)), 2 * round);
	}
	load_in_turn(&fixture, 1, 1);
	assert_int_equal(fake_reads_of(&fixture.fake, pte_table(&fixture, 0)), 5);
	tear_down(&fixture);
}

/* A change of a held entry is found whether or not its table was evicted meanwhile. */
static void a_held_entry_that_changes_is_found(void **state)
{
	static const size_t counts[] = { 1, HR_TABLES_KEPT, HR_TABLES_KEPT + 1, TABLES };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		for (size_t index = 0; index < 40; index += 20) {
			struct fixture fixture;
			uint64_t values[2] = { 0, 1 };

			set_up(&fixture, MEANWHILE);
			fake_change(&fixture.fake, pte_table(&fixture, 0) + index * 8, values, 2,
				    false);
			fake_write64(&fixture.fake, pte_table(&fixture, 0) + 511 * 8, 1);
			hold_and_look(&fixture, counts[i]);
			assert_false(hr_table_cache_confirm(&fixture.cache));
			hold_and_look(&fixture, counts[i]);
			assert_true(hr_table_cache_confirm(&fixture.cache));
			tear_down(&fixture);
		}
	}
}

/* Unused entries may change. */
static void an_entry_beside_those_held_may_change(void **state)
{
	static const uint64_t values[2] = { 0, 1 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, MEANWHILE);
	fake_change(&fixture.fake, pte_table(&fixture, 0) + 32 * 8, values, 2, false);
	hold_and_look(&fixture, 1);
	assert_true(hr_table_cache_confirm(&fixture.cache));
	tear_down(&fixture);
}

/* A table that cannot be read may just have been freed. */
static void a_held_table_that_cannot_be_read_confirms_nothing(void **state)
{
	for (int live = 0; live < 2; live++) {
		struct fixture fixture;

		(void)state;
		set_up(&fixture, MEANWHILE);
		fixture.fake.memory.live = live;
		fake_exclude(&fixture.fake, pte_table(&fixture, 0));
		hr_table_cache_hold(&fixture.cache);
		assert_false(hr_table_load(&fixture.cache, HR_LEVEL_PTE, pte_table(&fixture, 0)));
		assert_int_equal(hr_table_cache_confirm(&fixture.cache), !live);
		tear_down(&fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_tables_come_in_order_each_read_once),
		cmocka_unit_test(nothing_behind_the_walk_is_read),
		cmocka_unit_test(a_table_that_cannot_be_read_stops_nothing_behind_it),
		cmocka_unit_test(zeros_that_were_read_ahead_are_no_table),
		cmocka_unit_test(a_loop_is_found_ahead_too),
		cmocka_unit_test(a_new_walk_begins_anew),
		cmocka_unit_test(an_entry_that_changed_is_followed),
		cmocka_unit_test(entries_are_confirmed_batch_by_batch),
		cmocka_unit_test(batches_are_begun_while_the_first_is_walked),
		cmocka_unit_test(what_was_begun_is_finished),
		cmocka_unit_test(what_was_not_begun_is_not_read),
		cmocka_unit_test(tables_of_a_dump_are_kept),
		cmocka_unit_test(a_kept_table_is_not_read_again_by_a_walk),
		cmocka_unit_test(live_tables_are_read_each_time),
		cmocka_unit_test(held_live_tables_are_read_once_and_confirmed),
		cmocka_unit_test(a_held_entry_that_changes_is_found),
		cmocka_unit_test(an_entry_beside_those_held_may_change),
		cmocka_unit_test(a_held_table_that_cannot_be_read_confirms_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
