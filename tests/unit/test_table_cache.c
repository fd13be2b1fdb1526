// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "table_cache.h"

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

static void set_up(struct fixture *fixture, bool ahead)
{
	const struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);

	fake_init(&fixture->fake, geo.page_shift);
	fake_tables_init(&fixture->tables, &fixture->fake, &geo);
	fixture->base = -(UINT64_C(1) << geo.va_bits_actual);
	for (uint64_t i = 0; i < TABLES; i++)
		fake_map(&fixture->tables, fixture->base + i * MIB(2), i * MIB(2), FAKE_PTE);
	fixture->pmd_pa = fake_table_of(&fixture->tables, HR_LEVEL_PMD, fixture->base);
	if (ahead)
		fake_reads_ahead(&fixture->fake);
	assert_success(
		hr_table_cache_init(&fixture->cache, &fixture->tables.geo, &fixture->fake.memory));
	assert_true(hr_table_load(&fixture->cache, HR_LEVEL_PMD, fixture->pmd_pa));
	hr_table_cache_begin(&fixture->cache, 1000);
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

/* The table at @index is in the slot, with the page that it maps first. */
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
	for (int ahead = 0; ahead < 2; ahead++) {
		struct fixture fixture;

		set_up(&fixture, ahead);
		for (size_t i = 0; i < TABLES; i++) {
			assert_true(
				hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, i, TABLES - 1));
			assert_child(&fixture, i);
			assert_int_equal(fake_reads_of(&fixture.fake, pte_table(&fixture, i)), 1);
		}
		/* 512 KiB at a time. */
		assert_int_equal(fixture.fake.many_reads, ahead ? 3 : 0);
		tear_down(&fixture);
	}
}

static void nothing_behind_the_walk_is_read(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, true);
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
	set_up(&fixture, true);
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
	set_up(&fixture, true);
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
	set_up(&fixture, true);
	fixture.cache.visit_limit = fixture.cache.visits + 1;
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 0, TABLES - 1));
	assert_false(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 1, TABLES - 1));
	assert_non_null(strstr(fixture.cache.why, "form a loop"));
	tear_down(&fixture);
}

/* A new walk over the same tables reads what it needs, whatever the one before left behind. */
static void a_new_walk_begins_anew(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, true);
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 0, TABLES - 1));
	hr_table_cache_begin(&fixture.cache, 1000);
	assert_true(hr_table_load_child(&fixture.cache, HR_LEVEL_PMD, 200, TABLES - 1));
	assert_child(&fixture, 200);
	tear_down(&fixture);
}

/*
 * On live memory the entries are read again behind the tables. One that has come to point to another
 * table in between is followed there.
 */
static void an_entry_that_changed_is_followed(void **state)
{
	struct fixture fixture;
	uint64_t values[1];

	(void)state;
	set_up(&fixture, true);

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
