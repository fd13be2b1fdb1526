// SPDX-License-Identifier: GPL-2.0-or-later
/* What is rare in additions; test_prediction.c has the usual. */
#include "fake.h"

#include "predict/add.h"
#include "walk/lookup.h"

enum {
	SHAPE_4K = 1,
	SHAPE_16K_36 = 4,
	SHAPE_16K = 5,
	SHAPE_64K_42 = 9,
};

#define BASE GIB(64)

struct fixture {
	struct fake_kernel kernel;
	struct hr_made_tables *tables;
	struct hr_memory memory;
	struct hr_walker *walker;
};

static void set_up(struct fixture *fixture, size_t shape)
{
	fake_kernel_init(&fixture->kernel, &fake_shapes[shape], BASE);
	hr_geometry_allow_predicted(&fixture->kernel.layout.geo);
	fixture->walker = NULL;
}

/* Begin with the kernel's tables as they are by now. */
static void begin(struct fixture *fixture)
{
	assert_success(hr_made_tables_create(&fixture->kernel.layout, &fixture->kernel.fake.memory,
					     &fixture->tables));
}

static void tear_down(struct fixture *fixture)
{
	hr_walker_destroy(fixture->walker);
	hr_made_tables_destroy(fixture->tables);
	fake_kernel_release(&fixture->kernel);
}

/* 1 GiB to one map, by blocks. */
static struct hr_add usual(const struct fixture *fixture, enum hr_map map)
{
	return (struct hr_add){
		.layout = &fixture->kernel.layout,
		.map = map,
		.range = { BASE, BASE + GIB(1) },
		.blocks = true,
		.standing = HR_STANDING_FILLED,
	};
}

static struct hr_lookup lookup(struct fixture *fixture, uint64_t va)
{
	struct hr_lookup found;

	if (!fixture->walker) {
		fixture->memory = hr_made_tables_memory(fixture->tables, MIB(64));
		assert_success(hr_walker_create(&fixture->kernel.layout.geo, &fixture->memory,
						hr_made_root_pa(fixture->tables),
						&fixture->walker));
	}
	hr_walk_lookup(fixture->walker, va, &found);
	return found;
}

static void table_of_a_neighbour_gets_smaller_leaves(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;
	struct hr_add add;
	uint64_t left_out, va;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	va = fake_linear(&fixture.kernel, BASE);
	/* Beside the range, a page of the same table is in use. */
	fake_map(&fixture.kernel.tables, va + GIB(1), BASE + GIB(1), FAKE_PTE);
	begin(&fixture);
	add = usual(&fixture, HR_MAP_LINEAR);
	add.range.start = BASE + GIB(1) + MIB(128);
	add.range.end = BASE + GIB(2);
	assert_success(hr_add_apply(fixture.tables, &add, &left_out));
	assert_int_equal(left_out, 0);
	found = lookup(&fixture, va + GIB(1) + MIB(128));
	assert_int_equal(found.leaf.size, MIB(32));
	assert_true(found.leaf.cont);
	tear_down(&fixture);
}

/* Let tables without entries stand on the way to the first page. */
static void leave_tables(struct fixture *fixture)
{
	const struct hr_geometry *geo = &fixture->kernel.layout.geo;
	uint64_t va = fake_linear(&fixture->kernel, BASE);
	uint64_t *table = hr_made_root(fixture->tables);

	for (int level = geo->root_level; level < HR_LEVEL_PTE; level++)
		assert_success(hr_made_table_open(fixture->tables,
						  &table[hr_table_index(geo, level, va)], &table));
}

/* Add 1 GiB where such tables stand. */
static struct hr_error *add_over_tables(struct fixture *fixture, enum hr_standing standing,
					uint64_t *ret_left_out)
{
	struct hr_add add;

	set_up(fixture, SHAPE_4K);
	begin(fixture);
	leave_tables(fixture);
	add = usual(fixture, HR_MAP_LINEAR);
	add.standing = standing;
	return hr_add_apply(fixture->tables, &add, ret_left_out);
}

static void empty_table_keeps_blocks_away(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;
	uint64_t left_out, va;

	(void)state;
	assert_success(add_over_tables(&fixture, HR_STANDING_FILLED, &left_out));
	va = fake_linear(&fixture.kernel, BASE);
	assert_int_equal(left_out, 0);
	/* The table has groups of pages; around it, there is no group of PMDs. */
	found = lookup(&fixture, va);
	assert_int_equal(found.leaf.size, KIB(64));
	found = lookup(&fixture, va + MIB(2));
	assert_int_equal(found.leaf.size, MIB(2));
	found = lookup(&fixture, va + MIB(32));
	assert_int_equal(found.leaf.size, MIB(32));
	tear_down(&fixture);
}

static void older_kernels_leave_memory_below_an_empty_table_unmapped(void **state)
{
	struct fixture fixture;
	uint64_t left_out;

	(void)state;
	assert_success(add_over_tables(&fixture, HR_STANDING_LEFT_EMPTY, &left_out));
	/* The table of PMDs stands, so the kernel makes no leaf of 1 GiB, and maps nothing. */
	assert_int_equal(left_out, GIB(1));
	assert_int_equal(lookup(&fixture, fake_linear(&fixture.kernel, BASE + MIB(64))).state,
			 HR_MAP_UNMAPPED);
	tear_down(&fixture);
}

static void unknown_kernel_with_an_empty_table_is_refused(void **state)
{
	struct fixture fixture;
	uint64_t left_out;

	(void)state;
	assert_failure(add_over_tables(&fixture, HR_STANDING_UNKNOWN, &left_out), HR_ERROR_INPUT,
		       "a table without entries stands in the place of a leaf");
	tear_down(&fixture);
}

static void calls_for_blocks_make_no_larger_leaf(void **state)
{
	struct fixture fixture;
	struct hr_add add;
	uint64_t left_out;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	begin(&fixture);
	add = usual(&fixture, HR_MAP_LINEAR);
	add.call_size = MIB(128);
	assert_success(hr_add_apply(fixture.tables, &add, &left_out));
	assert_int_equal(lookup(&fixture, fake_linear(&fixture.kernel, BASE)).leaf.size, MIB(32));
	tear_down(&fixture);
}

/* With 36 and 42 bits, the root has PMDs. */
static void entries_of_the_root_are_no_group(void **state)
{
	static const struct {
		size_t shape;
		bool cont;
	} rows[] = { { SHAPE_4K, true },
		     { SHAPE_16K_36, false },
		     { SHAPE_16K, true },
		     { SHAPE_64K_42, false } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;
		struct hr_lookup found;
		struct hr_add add;
		uint64_t left_out;

		set_up(&fixture, rows[i].shape);
		begin(&fixture);
		add = usual(&fixture, HR_MAP_LINEAR);
		add.call_size = MIB(512);
		add.range.end = BASE + GIB(16);
		if (rows[i].shape != SHAPE_4K)
			add.call_size = 0;
		assert_success(hr_add_apply(fixture.tables, &add, &left_out));
		found = lookup(&fixture, fake_linear(&fixture.kernel, BASE));
		assert_int_equal(found.leaf.level, HR_LEVEL_PMD);
		assert_int_equal(found.leaf.cont, rows[i].cont);
		tear_down(&fixture);
	}
}

static void vmemmap_has_pmds_with_4k_pages_only(void **state)
{
	static const struct {
		size_t shape;
		uint64_t size;
	} rows[] = { { SHAPE_4K, MIB(2) }, { SHAPE_16K, KIB(16) } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;
		struct hr_lookup found;
		struct hr_add add;
		uint64_t left_out;

		set_up(&fixture, rows[i].shape);
		begin(&fixture);
		add = usual(&fixture, HR_MAP_VMEMMAP);
		assert_success(hr_add_apply(fixture.tables, &add, &left_out));
		found = lookup(&fixture, fake_vmemmap(&fixture.kernel, BASE + MIB(512)));
		assert_int_equal(found.state, HR_MAP_MAPPED);
		assert_int_equal(found.leaf.size, rows[i].size);
		assert_true(found.leaf.pa & HR_PA_PREDICTED);
		tear_down(&fixture);
	}
}

static void neighbours_struct_pages_stay_where_they_are(void **state)
{
	struct fixture fixture;
	struct hr_add add;
	uint64_t left_out;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map_vmemmap(&fixture.kernel, BASE, MIB(128), FAKE_PMD);
	begin(&fixture);
	add = usual(&fixture, HR_MAP_VMEMMAP);
	assert_success(hr_add_apply(fixture.tables, &add, &left_out));
	assert_false(lookup(&fixture, fake_vmemmap(&fixture.kernel, BASE)).leaf.pa &
		     HR_PA_PREDICTED);
	tear_down(&fixture);
}

static void block_holds_its_own_struct_pages(void **state)
{
	struct fixture fixture;
	struct hr_add add;
	uint64_t left_out;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	begin(&fixture);
	add = usual(&fixture, HR_MAP_VMEMMAP);
	add.block_size = MIB(128);
	assert_success(hr_add_apply(fixture.tables, &add, &left_out));
	assert_int_equal(lookup(&fixture, fake_vmemmap(&fixture.kernel, BASE + MIB(256))).leaf.pa,
			 BASE + MIB(256));
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_of_a_neighbour_gets_smaller_leaves),
		cmocka_unit_test(empty_table_keeps_blocks_away),
		cmocka_unit_test(older_kernels_leave_memory_below_an_empty_table_unmapped),
		cmocka_unit_test(unknown_kernel_with_an_empty_table_is_refused),
		cmocka_unit_test(calls_for_blocks_make_no_larger_leaf),
		cmocka_unit_test(entries_of_the_root_are_no_group),
		cmocka_unit_test(vmemmap_has_pmds_with_4k_pages_only),
		cmocka_unit_test(neighbours_struct_pages_stay_where_they_are),
		cmocka_unit_test(block_holds_its_own_struct_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
