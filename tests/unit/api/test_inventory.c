// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/inventory.h"

#include "api/block_form.h"
#include "api_fixture.h"
#include "map/leaf_form.h"

/* The shapes that some tests need. */
enum {
	SHAPE_16K = 5,
	SHAPE_64K = 10,
	SHAPE_52_ON_48 = 3
};

static struct hr_inventory *take(struct fixture *fixture, bool blocks)
{
	struct hr_inventory *inventory = NULL;

	assert_success(hr_inventory_create(fixture->kernel, blocks, &inventory));
	return inventory;
}

static void assert_part(const struct hr_parts *parts, size_t i, uint64_t start, uint64_t end)
{
	assert_true(i < parts->count);
	assert_int_equal(parts->list[i].start, start);
	assert_int_equal(parts->list[i].last, end - 1);
}

static struct hr_leaf_form leaf_at(const struct hr_parts *parts, size_t i)
{
	assert_true(i < parts->count);
	return hr_leaf_form_unpack(parts->list[i].kind);
}

/* Memory of 1 GiB from boot is at its physical address in both maps, whatever the shape. */
static void assert_boot_memory(struct fixture *fixture)
{
	struct hr_inventory *inventory;

	make_kernel(fixture);
	inventory = take(fixture, false);
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		const struct hr_parts *parts = &inventory->leaves[map];

		assert_int_equal(parts->count, 1);
		assert_part(parts, 0, BASE, BASE + GIB(1));
		assert_int_equal(leaf_at(parts, 0).state, HR_MAP_MAPPED);
		assert_true(leaf_at(parts, 0).valid);
		assert_true(leaf_at(parts, 0).expected);
		assert_false(inventory->lacks_leaves[map]);
	}
	assert_int_equal(leaf_at(&inventory->leaves[HR_MAP_LINEAR], 0).level, HR_LEVEL_PMD);
	hr_inventory_destroy(inventory);
}

static void leaves_are_where_their_memory_is_in_every_shape(void **state)
{
	(void)state;
	for (size_t shape = 0; shape < FAKE_SHAPES; shape++) {
		void *made;

		set_up_shape(&made, shape);
		assert_boot_memory(made);
		tear_down(&made);
	}
}

/* As where KASLR has lowered it, also below zero. */
static void phys_offset_does_not_move_memory(void **state)
{
	static const uint64_t memstarts[] = { 0, GIB(1), BASE - GIB(8), -GIB(1), -GIB(64) };
	static const size_t shapes[] = { SHAPE_4K, SHAPE_16K, SHAPE_64K, SHAPE_52_ON_48 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(memstarts) * COUNT_OF(shapes); i++) {
		void *made;

		set_up_at(&made, shapes[i % COUNT_OF(shapes)], memstarts[i / COUNT_OF(shapes)], 64);
		assert_boot_memory(made);
		tear_down(&made);
	}
}

/* 2 MiB of struct pages of 56 bytes end in the middle of one. It belongs to the leaf behind. */
static void struct_pages_may_have_any_size(void **state)
{
	const uint64_t in_leaf = MIB(2) / 56 * KIB(4), in_two = MIB(4) / 56 * KIB(4);
	struct hr_inventory *inventory;
	const struct hr_parts *parts;
	void *made;

	(void)state;
	set_up_at(&made, SHAPE_4K, BASE, 56);
	assert_boot_memory(made);
	fake_set(&((struct fixture *)made)->fake.tables, HR_LEVEL_PMD,
		 fake_vmemmap(&((struct fixture *)made)->fake, BASE) + MIB(2), 0);
	make_kernel(made);
	inventory = take(made, false);
	parts = &inventory->leaves[HR_MAP_VMEMMAP];
	assert_int_equal(parts->count, 2);
	assert_part(parts, 0, BASE, BASE + in_leaf);
	assert_part(parts, 1, BASE + in_two, BASE + GIB(1));
	hr_inventory_destroy(inventory);
	tear_down(&made);
}

static void leaves_of_one_form_side_by_side_are_one_part(void **state)
{
	struct fixture *fixture = *state;
	struct hr_inventory *inventory;
	const struct hr_parts *parts;

	fake_map_linear(&fixture->fake, BASE + GIB(1), GIB(1), FAKE_PMD);
	fake_map_linear(&fixture->fake, BASE + GIB(2), MIB(64), FAKE_CONT_PMD);
	make_kernel(fixture);
	inventory = take(fixture, false);
	parts = &inventory->leaves[HR_MAP_LINEAR];
	assert_int_equal(parts->count, 2);
	assert_part(parts, 0, BASE, BASE + GIB(2));
	assert_part(parts, 1, BASE + GIB(2), BASE + GIB(2) + MIB(64));
	assert_true(leaf_at(parts, 1).cont);
	assert_int_equal(leaf_at(parts, 1).size, MIB(32));
	hr_inventory_destroy(inventory);
}

static void leaves_that_are_not_valid_are_listed_as_that(void **state)
{
	struct fixture *fixture = *state;
	struct hr_inventory *inventory;
	const struct hr_parts *parts;

	fake_map_invalid(&fixture->fake.tables, fake_linear(&fixture->fake, HOT), HOT, FAKE_PMD);
	make_kernel(fixture);
	inventory = take(fixture, false);
	parts = &inventory->leaves[HR_MAP_LINEAR];
	assert_part(parts, 1, HOT, HOT + MIB(2));
	assert_false(leaf_at(parts, 1).valid);
	assert_false(inventory->lacks_leaves[HR_MAP_LINEAR]);
	hr_inventory_destroy(inventory);
}

/* A group of PTEs of which the second has lost its bit, between groups that are whole. */
static void members_of_malformed_groups_are_marked(void **state)
{
	static const size_t shapes[] = { SHAPE_4K, SHAPE_16K, SHAPE_64K };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(shapes); i++) {
		struct hr_inventory *inventory;
		const struct hr_parts *parts;
		struct fixture *fixture;
		uint64_t page, group, pa;
		void *made;

		set_up_shape(&made, shapes[i]);
		fixture = made;
		page = hr_page_size(&fixture->fake.layout.geo);
		group = fake_kind_size(&fixture->fake.layout.geo, FAKE_CONT_PTE);
		fake_map_linear(&fixture->fake, HOT, 3 * group, FAKE_CONT_PTE);
		pa = HOT + group + page;
		fake_set(&fixture->fake.tables, HR_LEVEL_PTE, fake_linear(&fixture->fake, pa),
			 fake_leaf_desc(&fixture->fake.layout.geo, HR_LEVEL_PTE, pa));
		make_kernel(fixture);
		inventory = take(fixture, false);
		parts = &inventory->leaves[HR_MAP_LINEAR];
		assert_int_equal(parts->count, 4);
		assert_part(parts, 1, HOT, HOT + group);
		assert_false(leaf_at(parts, 1).malformed);
		assert_part(parts, 2, HOT + group, HOT + 2 * group);
		assert_true(leaf_at(parts, 2).malformed);
		assert_int_equal(leaf_at(parts, 2).size, page);
		assert_false(leaf_at(parts, 3).malformed);
		hr_inventory_destroy(inventory);
		tear_down(&made);
	}
}

static void lose_table(struct fixture *fixture, int level, uint64_t va)
{
	fake_exclude(&fixture->fake.fake, fake_table_of(&fixture->fake.tables, level, va));
}

static void what_cannot_be_read_is_listed_and_lacks(void **state)
{
	struct fixture *fixture = *state;
	struct hr_inventory *inventory;
	const struct hr_parts *parts;

	fake_map_linear(&fixture->fake, HOT, MIB(2), FAKE_PTE);
	lose_table(fixture, HR_LEVEL_PTE, fake_linear(&fixture->fake, HOT));
	make_kernel(fixture);
	inventory = take(fixture, false);
	parts = &inventory->leaves[HR_MAP_LINEAR];
	assert_part(parts, 1, HOT, HOT + MIB(2));
	assert_int_equal(leaf_at(parts, 1).state, HR_MAP_UNREADABLE);
	assert_true(inventory->lacks_leaves[HR_MAP_LINEAR]);
	assert_false(inventory->lacks_leaves[HR_MAP_VMEMMAP]);
	assert_true(warns_of(fixture, "parts of the linear map could not be read"));
	hr_inventory_destroy(inventory);
}

/* A table of the vmemmap also serves addresses below the struct page of physical address 0. */
static void a_lost_table_covers_all_memory_that_it_may_serve(void **state)
{
	static const uint64_t memstarts[] = { 0, GIB(1), BASE, -GIB(1) };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(memstarts) * HR_MAP_COUNT; i++) {
		enum hr_map map = i % HR_MAP_COUNT;
		struct hr_inventory *inventory;
		const struct hr_parts *parts;
		struct fixture *fixture;
		void *made;

		set_up_at(&made, SHAPE_4K, memstarts[i / HR_MAP_COUNT], 64);
		fixture = made;
		lose_table(fixture, HR_LEVEL_PUD,
			   map == HR_MAP_LINEAR ? fake_linear(&fixture->fake, BASE)
						: fake_vmemmap(&fixture->fake, BASE));
		make_kernel(fixture);
		inventory = take(fixture, false);
		parts = &inventory->leaves[map];
		assert_int_equal(parts->count, 1);
		assert_int_equal(leaf_at(parts, 0).state, HR_MAP_UNREADABLE);
		assert_true(parts->list[0].start <= BASE);
		assert_true(parts->list[0].last >= BASE + GIB(1) - 1);
		assert_true(inventory->lacks_leaves[map]);
		hr_inventory_destroy(inventory);
		tear_down(&made);
	}
}

/* What is mapped there belongs to no memory. */
static void memory_below_address_0_is_cut_off(void **state)
{
	struct hr_inventory *inventory;
	const struct hr_parts *parts;
	struct fixture *fixture;
	void *made;

	(void)state;
	set_up_at(&made, SHAPE_4K, -GIB(1), 64);
	fixture = made;
	fake_map(&fixture->fake.tables, fake_linear(&fixture->fake, -MIB(4)), -MIB(4), FAKE_PMD);
	lose_table(fixture, HR_LEVEL_PUD, fake_linear(&fixture->fake, 0));
	make_kernel(fixture);
	inventory = take(fixture, false);
	parts = &inventory->leaves[HR_MAP_LINEAR];
	assert_int_equal(parts->count, 1);
	assert_part(parts, 0, 0, GIB(511));
	hr_inventory_destroy(inventory);
	tear_down(&made);
}

static void a_leaf_that_no_kernel_makes_is_listed_and_lacks(void **state)
{
	struct fixture *fixture = *state;
	struct fake_tables *tables = &fixture->fake.tables;
	struct hr_inventory *inventory;
	const struct hr_parts *parts;

	fake_set(tables, HR_LEVEL_P4D, fake_linear(&fixture->fake, BASE) + GIB(4096),
		 fake_leaf_desc(&tables->geo, HR_LEVEL_P4D, 0));
	make_kernel(fixture);
	inventory = take(fixture, false);
	parts = &inventory->leaves[HR_MAP_LINEAR];
	assert_part(parts, 1, BASE + GIB(4096), BASE + GIB(4608));
	assert_false(leaf_at(parts, 1).expected);
	assert_true(inventory->lacks_leaves[HR_MAP_LINEAR]);
	hr_inventory_destroy(inventory);
}

static void a_linear_map_that_was_not_found_lacks(void **state)
{
	struct fixture *fixture = *state;
	struct hr_inventory *inventory;

	fake_set(&fixture->fake.tables, HR_LEVEL_P4D, fake_linear(&fixture->fake, BASE), 0);
	make_kernel(fixture);
	inventory = take(fixture, false);
	assert_int_equal(inventory->leaves[HR_MAP_LINEAR].count, 0);
	assert_true(inventory->lacks_leaves[HR_MAP_LINEAR]);
	hr_inventory_destroy(inventory);
}

static void blocks_are_listed_if_they_are_wanted(void **state)
{
	struct fixture *fixture = *state;
	struct hr_inventory *inventory;
	struct hr_block_form form;

	add_memory(fixture, FAKE_PMD);
	inventory = take(fixture, true);
	/* Boot memory, what was added, and the section of the root table. */
	assert_int_equal(inventory->blocks.count, 3);
	assert_part(&inventory->blocks, 0, BASE, BASE + GIB(1));
	assert_part(&inventory->blocks, 1, HOT, HOT + GIB(1));
	form = hr_block_form_unpack(inventory->blocks.list[1].kind);
	assert_true(form.exists);
	assert_int_equal(form.boot, HR_NO);
	assert_int_equal(form.online, HR_YES);
	assert_int_equal(form.verdict, HR_VERDICT_REMOVABLE);
	assert_false(inventory->lacks_blocks);
	hr_inventory_destroy(inventory);
	inventory = take(fixture, false);
	assert_int_equal(inventory->blocks.count, 0);
	hr_inventory_destroy(inventory);
}

static void a_list_of_blocks_with_gaps_lacks(void **state)
{
	struct fixture *fixture = *state;
	struct hr_inventory *inventory;

	add_memory(fixture, FAKE_PMD);
	fake_exclude(&fixture->fake.fake, fake_section_root(&fixture->fake, HOT));
	make_kernel(fixture);
	inventory = take(fixture, true);
	assert_true(inventory->lacks_blocks);
	hr_inventory_destroy(inventory);
}

static void kernel_for_its_maps_has_an_inventory_of_these(void **state)
{
	struct fixture *fixture = *state;
	struct hr_inventory *inventory = NULL;

	fixture->config.maps_only = true;
	make_kernel(fixture);
	assert_failure(hr_inventory_create(fixture->kernel, true, &inventory), HR_ERROR_USAGE,
		       "maps only");
	assert_null(inventory);
	inventory = take(fixture, false);
	assert_int_equal(inventory->leaves[HR_MAP_LINEAR].count, 1);
	hr_inventory_destroy(inventory);
}

static void without_physical_addresses_there_is_none(void **state)
{
	struct fixture *fixture = *state;
	struct hr_inventory *inventory = NULL;

	make_kernel(fixture)->has_phys_offset = false;
	assert_failure(hr_inventory_create(fixture->kernel, false, &inventory), HR_ERROR_INPUT,
		       "{phys_offset} is needed");
	assert_null(inventory);
}

static void sizes_of_pages_are_kept(void **state)
{
	struct fixture *fixture = *state;
	struct hr_inventory *inventory;

	make_kernel(fixture);
	inventory = take(fixture, false);
	assert_int_equal(inventory->page_size, KIB(4));
	assert_int_equal(inventory->struct_page_size, 64);
	hr_inventory_destroy(inventory);
	hr_inventory_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_are_where_their_memory_is_in_every_shape),
		cmocka_unit_test(phys_offset_does_not_move_memory),
		cmocka_unit_test(struct_pages_may_have_any_size),
		test_of_kernel(leaves_of_one_form_side_by_side_are_one_part),
		test_of_kernel(leaves_that_are_not_valid_are_listed_as_that),
		cmocka_unit_test(members_of_malformed_groups_are_marked),
		test_of_kernel(what_cannot_be_read_is_listed_and_lacks),
		cmocka_unit_test(a_lost_table_covers_all_memory_that_it_may_serve),
		cmocka_unit_test(memory_below_address_0_is_cut_off),
		test_of_kernel(a_leaf_that_no_kernel_makes_is_listed_and_lacks),
		test_of_kernel(a_linear_map_that_was_not_found_lacks),
		test_of_kernel(blocks_are_listed_if_they_are_wanted),
		test_of_kernel(a_list_of_blocks_with_gaps_lacks),
		test_of_kernel(kernel_for_its_maps_has_an_inventory_of_these),
		test_of_kernel(without_physical_addresses_there_is_none),
		test_of_kernel(sizes_of_pages_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
