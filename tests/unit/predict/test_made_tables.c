// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <endian.h>
#include <string.h>

#include "arch/descriptor.h"
#include "predict/made_tables.h"

enum {
	SHAPE_4K = 1
};

/* A kernel with one 2M leaf, and its tables as they may be changed. */
struct fixture {
	struct fake_kernel kernel;
	const struct hr_geometry *geo;
	struct hr_made_tables *tables;
	uint64_t va; /* of the leaf */
};

static int set_up(void **state)
{
	static struct fixture fixture;
	struct hr_layout *layout = &fixture.kernel.layout;

	fake_kernel_init(&fixture.kernel, &fake_shapes[SHAPE_4K], GIB(16));
	hr_geometry_allow_predicted(&layout->geo);
	fixture.geo = &layout->geo;
	fixture.va = fake_linear(&fixture.kernel, GIB(16));
	fake_map(&fixture.kernel.tables, fixture.va, GIB(16), FAKE_PMD);
	assert_success(hr_made_tables_create(layout, &fixture.kernel.fake.memory, &fixture.tables));
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_made_tables_destroy(fixture->tables);
	fake_kernel_release(&fixture->kernel);
	return 0;
}

/* The entry of @level for the leaf's VA in @table. */
static uint64_t *entry_of(struct fixture *fixture, uint64_t *table, int level)
{
	return &table[hr_table_index(fixture->geo, level, fixture->va)];
}

/* Open the tables on the way to the PMD, and return that of PMDs. */
static uint64_t *open_pmds(struct fixture *fixture)
{
	uint64_t *table = hr_made_root(fixture->tables);

	for (int level = fixture->geo->root_level; level < HR_LEVEL_PMD; level++)
		assert_success(hr_made_table_open(fixture->tables, entry_of(fixture, table, level),
						  &table));
	return table;
}

/* Read a table of the memory with changes. */
static struct hr_error *read_table(struct fixture *fixture, uint64_t pa, uint64_t *table)
{
	struct hr_memory memory = hr_made_tables_memory(fixture->tables, 0);

	return hr_memory_read(&memory, pa, table, KIB(4));
}

static uint64_t address_in(const struct fixture *fixture, uint64_t entry)
{
	return hr_desc_output_address(fixture->geo, le64toh(entry));
}

static void tables_are_as_they_were_until_something_changes(void **state)
{
	struct fixture *fixture = *state;
	uint64_t made[512], real[512];

	assert_success(read_table(fixture, hr_made_root_pa(fixture->tables), made));
	assert_success(read_table(fixture, fixture->kernel.layout.swapper_pa, real));
	assert_memory_equal(made, real, sizeof(made));
}

static void changes_show_in_memory_and_leave_the_real_tables_alone(void **state)
{
	struct fixture *fixture = *state;
	uint64_t table[512],
		real = fake_read64(&fixture->kernel.fake,
				   fake_entry(&fixture->kernel.tables, HR_LEVEL_PMD, fixture->va));
	uint64_t *pmds = open_pmds(fixture), pa = hr_made_root_pa(fixture->tables);

	*entry_of(fixture, pmds, HR_LEVEL_PMD) = 0;
	for (int level = fixture->geo->root_level; level < HR_LEVEL_PMD; level++) {
		assert_success(read_table(fixture, pa, table));
		pa = address_in(fixture, *entry_of(fixture, table, level));
	}
	assert_success(read_table(fixture, pa, table));
	assert_int_equal(*entry_of(fixture, table, HR_LEVEL_PMD), 0);
	assert_int_equal(fake_read64(&fixture->kernel.fake, fake_entry(&fixture->kernel.tables,
								       HR_LEVEL_PMD, fixture->va)),
			 real);
}

static void table_is_opened_once(void **state)
{
	struct fixture *fixture = *state;
	uint64_t *table = open_pmds(fixture);

	*entry_of(fixture, table, HR_LEVEL_PMD) = 0;
	assert_ptr_equal(open_pmds(fixture), table);
	assert_int_equal(*entry_of(fixture, table, HR_LEVEL_PMD), 0);
}

static void empty_entry_opens_an_empty_table(void **state)
{
	struct fixture *fixture = *state;
	uint64_t *pmds = open_pmds(fixture), *ptes, zeros[512] = { 0 };

	assert_success(hr_made_table_open(fixture->tables, &pmds[511], &ptes));
	assert_memory_equal(ptes, zeros, sizeof(zeros));
	assert_true(address_in(fixture, pmds[511]) & HR_PA_PREDICTED);
}

/* Write the VA, so that a test sees which table was asked for. */
static void fill(void *context, int level, uint64_t va, uint64_t *desc)
{
	assert_int_equal(level, HR_LEVEL_PTE);
	desc[0] = htole64(va);
	desc[1] = htole64(*(uint64_t *)context);
}

static void whole_tables_are_computed_when_they_are_read(void **state)
{
	struct fixture *fixture = *state;
	uint64_t mark = 7, later = 8, va = fixture->va + GIB(1), table[512];
	uint64_t entry = hr_made_table_whole(fixture->geo, HR_LEVEL_PTE, va + MIB(2));

	assert_failure(read_table(fixture, address_in(fixture, entry), table), HR_ERROR_UNREADABLE,
		       "no predicted table");
	assert_success(hr_made_tables_fill(fixture->tables, va, va + GIB(1) - 1, fill, &mark));
	assert_success(read_table(fixture, address_in(fixture, entry), table));
	assert_int_equal(table[0], va + MIB(2));
	assert_int_equal(table[1], 7);
	assert_int_equal(table[2], 0);
	/* The last change that covers a table counts, and one that covers a part of it does not. */
	assert_success(hr_made_tables_fill(fixture->tables, va, va + MIB(4) - 1, fill, &later));
	assert_success(
		hr_made_tables_fill(fixture->tables, va + MIB(2), va + MIB(3) - 1, fill, &mark));
	assert_success(read_table(fixture, address_in(fixture, entry), table));
	assert_int_equal(table[1], 8);
}

static void computed_table_can_be_opened(void **state)
{
	struct fixture *fixture = *state;
	uint64_t mark = 7, va = fixture->va + GIB(1), *table;
	uint64_t entry = hr_made_table_whole(fixture->geo, HR_LEVEL_PTE, va);

	assert_success(hr_made_tables_fill(fixture->tables, va, va + GIB(1) - 1, fill, &mark));
	assert_success(hr_made_table_open(fixture->tables, &entry, &table));
	assert_int_equal(table[0], va);
	table[0] = 0;
	assert_success(hr_made_table_open(fixture->tables, &entry, &table));
	assert_int_equal(table[0], 0);
}

static void parts_of_tables_can_be_read(void **state)
{
	struct fixture *fixture = *state;
	struct hr_memory memory = hr_made_tables_memory(fixture->tables, 0);
	uint64_t mark = 7, va = fixture->va + GIB(1), part[2];
	uint64_t entry = hr_made_table_whole(fixture->geo, HR_LEVEL_PTE, va);
	uint64_t pa = address_in(fixture, entry);

	assert_success(hr_made_tables_fill(fixture->tables, va, va + GIB(1) - 1, fill, &mark));
	assert_success(hr_memory_read(&memory, pa + 8, part, sizeof(part)));
	assert_int_equal(part[0], 7);
	assert_int_equal(part[1], 0);
	assert_failure(hr_memory_read(&memory, pa + KIB(4) - 8, part, sizeof(part)),
		       HR_ERROR_UNREADABLE, "no predicted table");
}

static void unreadable_table_cannot_be_opened(void **state)
{
	struct fixture *fixture = *state;
	uint64_t *root = hr_made_root(fixture->tables), *table;
	uint64_t *entry = entry_of(fixture, root, fixture->geo->root_level);
	uint64_t before = *entry;

	fake_exclude(&fixture->kernel.fake, address_in(fixture, *entry));
	assert_failure(hr_made_table_open(fixture->tables, entry, &table), HR_ERROR_UNREADABLE,
		       "the table page at PA");
	assert_int_equal(*entry, before);
}

static void zeros_below_an_entry_are_not_a_table(void **state)
{
	struct fixture *fixture = *state;
	uint64_t *root = hr_made_root(fixture->tables), *table;
	uint64_t *entry = entry_of(fixture, root, fixture->geo->root_level);

	memset(fake_page(&fixture->kernel.fake, address_in(fixture, *entry))->bytes, 0, KIB(4));
	assert_failure(hr_made_table_open(fixture->tables, entry, &table), HR_ERROR_UNREADABLE,
		       "reads as all zeros");
}

static void live_table_that_has_changed_is_unreadable(void **state)
{
	struct fixture *fixture = *state;
	uint64_t root_pa = fixture->kernel.layout.swapper_pa, table[512];

	hr_made_tables_destroy(fixture->tables);
	fixture->kernel.fake.memory.live = true;
	assert_success(hr_made_tables_create(&fixture->kernel.layout, &fixture->kernel.fake.memory,
					     &fixture->tables));
	assert_success(read_table(fixture, hr_made_root_pa(fixture->tables), table));
	fake_write64(&fixture->kernel.fake, root_pa + 8, 1);
	assert_failure(read_table(fixture, hr_made_root_pa(fixture->tables), table),
		       HR_ERROR_UNREADABLE, "has changed since the prediction was made");
}

static void real_descriptors_are_never_predicted(void **state)
{
	struct fixture *fixture = *state;
	uint64_t entry = fake_entry(&fixture->kernel.tables, HR_LEVEL_PMD, fixture->va), table[512];
	uint64_t pa = entry & -KIB(4), desc = fake_read64(&fixture->kernel.fake, entry);
	bool ok = false;
	struct hr_batch batch = { &pa, 1, KIB(4), table, &ok, NULL };
	struct hr_memory memory;

	fake_reads_meanwhile(&fixture->kernel.fake);
	fake_write64(&fixture->kernel.fake, entry, desc | UINT64_C(1) << 58);
	fake_write64(&fixture->kernel.fake, pa + 8, HR_DESC_UNKNOWN);
	memory = hr_made_tables_memory(fixture->tables, 0);
	assert_success(hr_memory_read(&memory, pa, table, sizeof(table)));
	assert_int_equal(le64toh(table[(entry - pa) / 8]), desc);
	assert_int_equal(le64toh(table[1]), HR_DESC_UNKNOWN);
	memset(table, 0, sizeof(table));
	hr_memory_begin(&memory, &batch);
	hr_memory_finish(&memory, &batch);
	assert_true(ok);
	assert_int_equal(le64toh(table[(entry - pa) / 8]), desc);
	assert_int_equal(*entry_of(fixture, open_pmds(fixture), HR_LEVEL_PMD), htole64(desc));
}

static void batches_have_changed_tables_too(void **state)
{
	struct fixture *fixture = *state;
	const uint64_t pas[] = { hr_made_root_pa(fixture->tables),
				 fixture->kernel.layout.swapper_pa, HR_PA_PREDICTED | GIB(1) };
	uint64_t tables[3][512];
	bool ok[3] = { false, false, true };
	struct hr_batch batch = { pas, 3, KIB(4), tables, ok, NULL };
	struct hr_memory memory;

	fake_reads_meanwhile(&fixture->kernel.fake);
	memory = hr_made_tables_memory(fixture->tables, 0);
	hr_memory_begin(&memory, &batch);
	hr_memory_finish(&memory, &batch);
	assert_true(ok[0] && ok[1] && !ok[2]);
	assert_memory_equal(tables[0], tables[1], sizeof(tables[0]));
}

static void there_is_a_limit_of_tables(void **state)
{
	struct fixture *fixture = *state;
	struct hr_error *error = NULL;
	uint64_t *table;

	for (uint64_t i = 0; !error && i <= HR_MADE_TABLES_MAX / KIB(4); i++) {
		uint64_t entry = 0;

		error = hr_made_table_open(fixture->tables, &entry, &table);
	}
	assert_failure(error, HR_ERROR_INPUT, "more than 64 MiB");
}

static void room_of_computed_tables_is_added(void **state)
{
	struct fixture *fixture = *state;
	uint64_t size = fixture->kernel.fake.memory.size;

	assert_int_equal(hr_made_tables_memory(fixture->tables, MIB(1)).size, size + MIB(1));
	assert_int_equal(hr_made_tables_memory(fixture->tables, UINT64_MAX).size, UINT64_MAX);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tables_are_as_they_were_until_something_changes),
		TEST(changes_show_in_memory_and_leave_the_real_tables_alone),
		TEST(table_is_opened_once),
		TEST(empty_entry_opens_an_empty_table),
		TEST(whole_tables_are_computed_when_they_are_read),
		TEST(computed_table_can_be_opened),
		TEST(parts_of_tables_can_be_read),
		TEST(unreadable_table_cannot_be_opened),
		TEST(zeros_below_an_entry_are_not_a_table),
		TEST(live_table_that_has_changed_is_unreadable),
		TEST(real_descriptors_are_never_predicted),
		TEST(batches_have_changed_tables_too),
		TEST(there_is_a_limit_of_tables),
		TEST(room_of_computed_tables_is_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
