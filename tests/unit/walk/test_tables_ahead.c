// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "walk/tables_ahead.h"

enum {
	SHAPE_4K = 1,
	SHAPE_64K = 10,
	TABLES = 3 * HR_AHEAD_TABLES,
	LAST = TABLES - 1,
};

/* A table of PMDs that points to @TABLES tables, and the reader of these. */
struct fixture {
	struct fake fake;
	struct fake_tables tables;
	uint64_t base, span; /* the first address that is mapped; what a table maps */
	uint64_t desc[8192];
	struct hr_ahead_parent parent;
	struct hr_tables_ahead ahead;
};

static void set_up_shape(struct fixture *fixture, int shape)
{
	const struct hr_geometry geo = fake_geometry(&fake_shapes[shape]);
	uint64_t span = hr_page_size(&geo) * hr_page_size(&geo) / sizeof(uint64_t);
	uint64_t base = -(UINT64_C(1) << geo.va_bits_actual), pa;

	fixture->base = base;
	fixture->span = span;
	memset(fixture->desc, 0, sizeof(fixture->desc));
	fake_init(&fixture->fake, geo.page_shift);
	fake_tables_init(&fixture->tables, &fixture->fake, &geo);
	for (uint64_t i = 0; i < TABLES; i++)
		fake_map(&fixture->tables, base + i * span, i * span, FAKE_PTE);
	pa = fake_table_of(&fixture->tables, HR_LEVEL_PMD, base);
	assert_success(
		hr_memory_read(&fixture->fake.memory, pa, fixture->desc, hr_page_size(&geo)));
	fixture->parent = (struct hr_ahead_parent){ HR_LEVEL_PMD, pa, fixture->desc };
	hr_tables_ahead_init(&fixture->ahead, &fixture->tables.geo, &fixture->fake.memory);
	fake_forget_reads(&fixture->fake);
}

static void set_up(struct fixture *fixture)
{
	set_up_shape(fixture, SHAPE_4K);
}

static void tear_down(struct fixture *fixture)
{
	hr_tables_ahead_release(&fixture->ahead);
	assert_int_equal(fixture->fake.finished, fixture->fake.begun);
	fake_release(&fixture->fake);
}

/* The address of the table that entry @index points to. */
static uint64_t table_pa(struct fixture *fixture, size_t index)
{
	return fake_table_of(&fixture->tables, HR_LEVEL_PTE, fixture->base + index * fixture->span);
}

static uint64_t *take(struct fixture *fixture, size_t index, size_t final)
{
	return hr_tables_ahead_take(&fixture->ahead, &fixture->parent, index, final,
				    table_pa(fixture, index));
}

static void assert_taken(struct fixture *fixture, size_t index, size_t final)
{
	const uint64_t *table = take(fixture, index, final);

	assert_non_null(table);
	assert_int_equal(table[0], fake_read64(&fixture->fake, table_pa(fixture, index)));
}

static void a_source_without_batches_reads_nothing_ahead(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	assert_null(take(&fixture, 0, LAST));
	assert_true(hr_tables_ahead_is_used_up(&fixture.ahead));
	tear_down(&fixture);
}

static void tables_come_in_order_in_whole_batches(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_reads_ahead(&fixture.fake);
	for (size_t i = 0; i < TABLES; i++) {
		assert_taken(&fixture, i, LAST);
		assert_int_equal(fixture.fake.batches, i / HR_AHEAD_TABLES + 1);
	}
	assert_true(hr_tables_ahead_is_used_up(&fixture.ahead));
	tear_down(&fixture);
}

/* As after a walk of many tables: batches have their full size, and all that fit are begun. */
static void have_read_much(struct fixture *fixture)
{
	fixture->ahead.begun = (uint64_t)HR_AHEAD_BYTES * HR_AHEAD_SHARE;
}

/* If the source supports it, all batches that fit are begun, and only the first is waited for. */
static void batches_behind_the_first_are_begun(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_reads_meanwhile(&fixture.fake);
	have_read_much(&fixture);
	assert_taken(&fixture, 0, LAST);
	assert_int_equal(fixture.fake.begun, 3);
	assert_int_equal(fixture.fake.finished, 1);
	assert_false(hr_tables_ahead_is_used_up(&fixture.ahead));
	tear_down(&fixture);
}

/* As long as there is little to read, that would take more time for buffers than it saves. */
static void one_small_batch_is_begun_at_first(void **state)
{
	const size_t first = HR_AHEAD_FIRST / 4096;
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_reads_meanwhile(&fixture.fake);
	for (size_t i = 0; i < TABLES; i++) {
		assert_taken(&fixture, i, LAST);
		assert_int_equal(fixture.fake.begun, i / first + 1);
	}
	assert_true(hr_tables_ahead_is_used_up(&fixture.ahead));
	tear_down(&fixture);
}

/* The tables of those in progress stay where they are while the later ones become larger. */
static void batches_grow_with_what_was_read(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_reads_meanwhile(&fixture.fake);
	fixture.ahead.begun = HR_AHEAD_LITTLE;
	for (size_t i = 0; i < TABLES; i++)
		assert_taken(&fixture, i, LAST);
	assert_int_equal(fixture.fake.begun, 6);
	assert_true(hr_tables_ahead_is_used_up(&fixture.ahead));
	tear_down(&fixture);
}

/* Of 64K pages, few fit. */
static void the_first_batch_has_more_than_one_table(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_shape(&fixture, SHAPE_64K);
	fake_reads_meanwhile(&fixture.fake);
	assert_taken(&fixture, 0, LAST);
	assert_taken(&fixture, 1, LAST);
	assert_int_equal(fixture.fake.finished, 1);
	assert_taken(&fixture, 2, LAST);
	assert_int_equal(fixture.fake.finished, 2);
	tear_down(&fixture);
}

static void one_table_is_read_alone(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_reads_ahead(&fixture.fake);
	assert_null(take(&fixture, 5, 5));
	assert_int_equal(fixture.fake.batches, 0);
	tear_down(&fixture);
}

static void what_was_begun_is_finished_when_it_is_dropped(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_reads_meanwhile(&fixture.fake);
	assert_taken(&fixture, 0, LAST);
	hr_tables_ahead_drop(&fixture.ahead);
	assert_int_equal(fixture.fake.finished, fixture.fake.begun);
	assert_true(hr_tables_ahead_is_used_up(&fixture.ahead));
	tear_down(&fixture);
}

static void what_was_not_begun_is_not_read_when_it_is_dropped(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_reads_ahead(&fixture.fake);
	assert_taken(&fixture, 0, LAST);
	hr_tables_ahead_drop(&fixture.ahead);
	assert_int_equal(fixture.fake.batches, 1);
	tear_down(&fixture);
}

/* A walk that jumps, or follows another entry than the one that was read, reads individually. */
static void another_table_than_the_next_is_not_taken(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_reads_ahead(&fixture.fake);
	assert_taken(&fixture, 0, LAST);
	assert_null(take(&fixture, 2, LAST));
	assert_null(hr_tables_ahead_take(&fixture.ahead, &fixture.parent, 1, LAST,
					 table_pa(&fixture, 2)));
	assert_taken(&fixture, 1, LAST);
	tear_down(&fixture);
}

static void a_table_that_does_not_come_is_left_out(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_reads_ahead(&fixture.fake);
	fake_exclude(&fixture.fake, table_pa(&fixture, 1));
	assert_taken(&fixture, 0, LAST);
	assert_null(take(&fixture, 1, LAST));
	assert_taken(&fixture, 2, LAST);
	tear_down(&fixture);
}

/* On live memory, its table may belong to another entry by now. */
static void a_table_whose_entry_changed_is_left_out(void **state)
{
	static uint64_t values[1];
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_reads_meanwhile(&fixture.fake);
	values[0] = fake_table_desc(&fixture.tables.geo, table_pa(&fixture, 7));
	fake_change(&fixture.fake, fixture.parent.pa + 8, values, 1, false);
	assert_taken(&fixture, 0, LAST);
	assert_null(take(&fixture, 1, LAST));
	assert_taken(&fixture, 2, LAST);
	tear_down(&fixture);
}

/* A source that marks what it has read, and nothing else; it reads only its first batch. */
static void finish_once(void *context, struct hr_batch *batch)
{
	struct fake *fake = context;

	if (fake->batches++)
		return;
	for (size_t i = 0; i < batch->count; i++)
		batch->ok[i] = true;
}

static void a_piece_that_nothing_is_said_of_was_not_read(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fixture.fake.memory.finish = finish_once;
	for (size_t i = 0; i < HR_AHEAD_TABLES; i++)
		assert_non_null(take(&fixture, i, LAST));
	for (size_t i = 0; i < HR_AHEAD_BATCHES; i++) {
		hr_tables_ahead_drop(&fixture.ahead);
		assert_null(take(&fixture, HR_AHEAD_TABLES, 2 * HR_AHEAD_TABLES - 1));
	}
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_piece_that_nothing_is_said_of_was_not_read),
		cmocka_unit_test(a_source_without_batches_reads_nothing_ahead),
		cmocka_unit_test(tables_come_in_order_in_whole_batches),
		cmocka_unit_test(batches_behind_the_first_are_begun),
		cmocka_unit_test(one_small_batch_is_begun_at_first),
		cmocka_unit_test(batches_grow_with_what_was_read),
		cmocka_unit_test(the_first_batch_has_more_than_one_table),
		cmocka_unit_test(one_table_is_read_alone),
		cmocka_unit_test(what_was_begun_is_finished_when_it_is_dropped),
		cmocka_unit_test(what_was_not_begun_is_not_read_when_it_is_dropped),
		cmocka_unit_test(another_table_than_the_next_is_not_taken),
		cmocka_unit_test(a_table_that_does_not_come_is_left_out),
		cmocka_unit_test(a_table_whose_entry_changed_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
