// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "kernel/struct_pages.h"
#include "map/survey.h"
#include "walk/walker.h"

#define BASE GIB(2)  /* memory from boot */
#define HOT  GIB(16) /* memory that was added */

struct fixture {
	struct fake_kernel kernel;
};

/* Boot memory of 1 GiB, mapped by pages, and one hot-added section. */
static void set_up(struct fixture *fixture)
{
	struct fake_kernel *kernel = &fixture->kernel;

	fake_kernel_init(kernel, &fake_shapes[1], BASE);
	fake_map_linear(kernel, BASE, GIB(1), FAKE_PMD);
	fake_map_linear(kernel, HOT, MIB(256), FAKE_PMD);
}

static void tear_down(struct fixture *fixture)
{
	fake_kernel_release(&fixture->kernel);
}

/* Put the struct pages of the section at @described into the 2 MiB at @pa. */
static void keep_struct_pages(struct fixture *fixture, uint64_t described, uint64_t pa)
{
	fake_map(&fixture->kernel.tables, fake_vmemmap(&fixture->kernel, described), pa, FAKE_PMD);
}

/* A walker that has not read the earlier state of the memory. */
static struct hr_walker *new_walker(struct fixture *fixture)
{
	struct fake_kernel *kernel = &fixture->kernel;
	struct hr_walker *walker;

	assert_success(hr_walker_create(&kernel->layout.geo, &kernel->fake.memory,
					kernel->layout.swapper_pa, &walker));
	return walker;
}

/* The finding when [@pa, @pa + @size) is surveyed. */
static struct hr_struct_pages_finding find(struct fixture *fixture, uint64_t pa, uint64_t size)
{
	struct hr_walker *walker = new_walker(fixture);
	struct hr_survey survey;

	hr_survey_range(&fixture->kernel.layout, walker, pa, pa + size, NULL, NULL, &survey);
	hr_walker_destroy(walker);
	return survey.maps[HR_MAP_VMEMMAP].struct_pages;
}

/* Give the linear map the vmemmap's tables on the path to the struct pages of @described. */
static void map_tables(struct fixture *fixture, uint64_t described)
{
	uint64_t va = fake_vmemmap(&fixture->kernel, described);

	for (int level = HR_LEVEL_PUD; level <= HR_LEVEL_PMD; level++) {
		uint64_t table = fake_table_of(&fixture->kernel.tables, level, va) & ~(MIB(2) - 1);

		fake_map_linear(&fixture->kernel, table, MIB(2), FAKE_PMD);
	}
}

static void struct_pages_in_mapped_memory_are_sound(void **state)
{
	struct fixture fixture;
	struct hr_struct_pages_finding found;

	(void)state;
	set_up(&fixture);
	fixture.kernel.layout.struct_pages_are_mapped = true;
	keep_struct_pages(&fixture, HOT, BASE + MIB(512));
	keep_struct_pages(&fixture, HOT + MIB(128), BASE + MIB(256));
	map_tables(&fixture, HOT);
	found = find(&fixture, HOT, MIB(256));
	assert_int_equal(found.flaw, HR_STRUCT_PAGES_SOUND);
	assert_false(found.in_range);
	tear_down(&fixture);
}

static void memory_that_is_used_twice_is_found(void **state)
{
	struct fixture fixture;
	struct hr_struct_pages_finding found;

	(void)state;
	set_up(&fixture);
	keep_struct_pages(&fixture, HOT, BASE + MIB(512));
	keep_struct_pages(&fixture, HOT + MIB(128), BASE + MIB(512));
	found = find(&fixture, HOT, MIB(256));
	assert_int_equal(found.flaw, HR_STRUCT_PAGES_DOUBLED);
	assert_int_equal(found.pa, BASE + MIB(512));
	assert_int_equal(find(&fixture, HOT, MIB(128)).flaw, HR_STRUCT_PAGES_SOUND);
	tear_down(&fixture);
}

static void table_that_is_used_twice_is_found(void **state)
{
	struct fixture fixture;
	struct fake_tables *tables = &fixture.kernel.tables;
	uint64_t va;

	(void)state;
	set_up(&fixture);
	va = fake_vmemmap(&fixture.kernel, HOT);
	fake_map_range(tables, va, BASE + MIB(512), MIB(2), FAKE_PTE);
	fake_set(tables, HR_LEVEL_PMD, va + MIB(2),
		 fake_table_desc(&tables->geo, fake_table_of(tables, HR_LEVEL_PTE, va)));
	assert_int_equal(find(&fixture, HOT, MIB(256)).flaw, HR_STRUCT_PAGES_DOUBLED);
	tear_down(&fixture);
}

static void struct_pages_in_a_table_are_found(void **state)
{
	struct fixture fixture;
	struct fake_tables *tables = &fixture.kernel.tables;
	uint64_t va;

	(void)state;
	set_up(&fixture);
	va = fake_vmemmap(&fixture.kernel, HOT);
	fake_map_range(tables, va, BASE + MIB(512), MIB(2), FAKE_PTE);
	fake_map(tables, va + KIB(8), fake_table_of(tables, HR_LEVEL_PTE, va), FAKE_PTE);
	assert_int_equal(find(&fixture, HOT, MIB(128)).flaw, HR_STRUCT_PAGES_DOUBLED);
	tear_down(&fixture);
}

/* If the source has only the tables, nothing is known about the memory. */
static void memory_that_is_not_mapped_is_found_where_that_is_known(void **state)
{
	struct fixture fixture;
	struct hr_struct_pages_finding found;

	(void)state;
	set_up(&fixture);
	keep_struct_pages(&fixture, HOT, BASE + GIB(5));
	map_tables(&fixture, HOT);
	assert_int_equal(find(&fixture, HOT, MIB(128)).flaw, HR_STRUCT_PAGES_SOUND);
	fixture.kernel.layout.struct_pages_are_mapped = true;
	found = find(&fixture, HOT, MIB(128));
	assert_int_equal(found.flaw, HR_STRUCT_PAGES_NO_MEMORY);
	assert_int_equal(found.pa, BASE + GIB(5));
	tear_down(&fixture);
}

/* Each of many pieces that are not neighbours is checked. */
static void last_of_many_pieces_is_looked_at(void **state)
{
	struct fixture fixture;
	struct hr_struct_pages_finding found;
	uint64_t va;

	(void)state;
	set_up(&fixture);
	fixture.kernel.layout.struct_pages_are_mapped = true;
	va = fake_vmemmap(&fixture.kernel, HOT);
	for (uint64_t i = 0; i < 512; i++)
		fake_map(&fixture.kernel.tables, va + i * KIB(4), BASE + MIB(512) + i * KIB(12),
			 FAKE_PTE);
	map_tables(&fixture, HOT);
	fake_map_linear(&fixture.kernel,
			fake_table_of(&fixture.kernel.tables, HR_LEVEL_PTE, va) & ~(MIB(2) - 1),
			MIB(2), FAKE_PMD);
	assert_int_equal(find(&fixture, HOT, MIB(128)).flaw, HR_STRUCT_PAGES_SOUND);
	fake_map(&fixture.kernel.tables, va + 100 * KIB(4), GIB(1000), FAKE_PTE);
	found = find(&fixture, HOT, MIB(128));
	assert_int_equal(found.flaw, HR_STRUCT_PAGES_NO_MEMORY);
	assert_int_equal(found.pa, GIB(1000));
	tear_down(&fixture);
}

static void memory_that_the_linear_map_has_elsewhere_is_found(void **state)
{
	struct fixture fixture;
	struct hr_struct_pages_finding found;

	(void)state;
	set_up(&fixture);
	keep_struct_pages(&fixture, HOT, BASE + MIB(512));
	fake_map(&fixture.kernel.tables, fake_linear(&fixture.kernel, BASE + MIB(512)),
		 BASE + MIB(640), FAKE_PMD);
	found = find(&fixture, HOT, MIB(128));
	assert_int_equal(found.flaw, HR_STRUCT_PAGES_MISPLACED);
	assert_int_equal(found.pa, BASE + MIB(512));
	tear_down(&fixture);
}

/*
 * A piece of three leaves, of which the linear map has the middle at @pa, or nowhere if that is 0.
 * Before it, @others pieces that are not beside each other.
 */
static struct hr_struct_pages_finding find_inside(uint64_t pa, uint64_t others)
{
	struct hr_struct_pages_finding found;
	struct fixture fixture;

	set_up(&fixture);
	fixture.kernel.layout.struct_pages_are_mapped = true;
	for (uint64_t i = 0; i < others; i++)
		keep_struct_pages(&fixture, HOT + i * MIB(128), BASE + i * MIB(4));
	for (uint64_t i = 0; i < 3; i++)
		keep_struct_pages(&fixture, HOT + (others + i) * MIB(128),
				  BASE + MIB(512) + i * MIB(2));
	map_tables(&fixture, HOT);
	fake_set(&fixture.kernel.tables, HR_LEVEL_PMD,
		 fake_linear(&fixture.kernel, BASE + MIB(514)),
		 pa ? fake_leaf_desc(&fixture.kernel.layout.geo, HR_LEVEL_PMD, pa) : 0);
	found = find(&fixture, HOT, (others + 3) * MIB(128));
	tear_down(&fixture);
	return found;
}

static void what_is_between_the_ends_of_a_piece_is_looked_at(void **state)
{
	struct hr_struct_pages_finding found;

	(void)state;
	for (uint64_t others = 0; others <= 70; others += 35) {
		assert_int_equal(find_inside(BASE + MIB(514), others).flaw, HR_STRUCT_PAGES_SOUND);
		found = find_inside(0, others);
		assert_int_equal(found.flaw, HR_STRUCT_PAGES_NO_MEMORY);
		assert_int_equal(found.pa, BASE + MIB(514));
		found = find_inside(BASE + MIB(900), others);
		assert_int_equal(found.flaw, HR_STRUCT_PAGES_MISPLACED);
		assert_int_equal(found.pa, BASE + MIB(514));
	}
}

static void struct_pages_inside_their_range_are_found(void **state)
{
	struct fixture fixture;
	struct hr_struct_pages_finding found;

	(void)state;
	set_up(&fixture);
	keep_struct_pages(&fixture, HOT, HOT + MIB(130));
	keep_struct_pages(&fixture, HOT + MIB(128), BASE + MIB(512));
	found = find(&fixture, HOT, MIB(256));
	assert_true(found.in_range);
	assert_int_equal(found.in_range_pa, HOT + MIB(130));
	assert_false(find(&fixture, HOT, MIB(128)).in_range);
	tear_down(&fixture);
}

/* memmap_on_memory: each block begins with its own struct pages. */
static void memmap_of_a_block_lies_at_its_start(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	keep_struct_pages(&fixture, HOT, HOT);
	keep_struct_pages(&fixture, HOT + MIB(128), HOT + MIB(128));
	assert_false(find(&fixture, HOT, MIB(256)).in_range);
	keep_struct_pages(&fixture, HOT, HOT + MIB(2));
	assert_true(find(&fixture, HOT, MIB(256)).in_range);
	tear_down(&fixture);
}

/* A block of two sections has one memmap for both at its start. */
static void memmap_of_a_block_of_sections_lies_at_its_start(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	keep_struct_pages(&fixture, HOT, HOT);
	keep_struct_pages(&fixture, HOT + MIB(128), HOT + MIB(2));
	assert_false(find(&fixture, HOT, MIB(256)).in_range);
	tear_down(&fixture);
}

static void more_pieces_than_fit_in_place_are_all_looked_at(void **state)
{
	struct fixture fixture;
	uint64_t va;

	(void)state;
	set_up(&fixture);
	va = fake_vmemmap(&fixture.kernel, HOT);
	for (uint64_t i = 0; i < 512; i++)
		fake_map(&fixture.kernel.tables, va + i * KIB(4), BASE + MIB(512) + i * KIB(12),
			 FAKE_PTE);
	assert_int_equal(find(&fixture, HOT, MIB(128)).flaw, HR_STRUCT_PAGES_SOUND);
	fake_map(&fixture.kernel.tables, va + 511 * KIB(4), BASE + MIB(512) + 7 * KIB(12),
		 FAKE_PTE);
	assert_int_equal(find(&fixture, HOT, MIB(128)).flaw, HR_STRUCT_PAGES_DOUBLED);
	tear_down(&fixture);
}

/* Set the memory type of an existing leaf, as an AttrIndx. */
static void set_type(struct fixture *fixture, int level, uint64_t va, uint64_t pa, uint64_t type)
{
	struct fake_tables *tables = &fixture->kernel.tables;
	uint64_t desc = fake_leaf_desc(&tables->geo, level, pa) & ~(UINT64_C(7) << 2);

	fake_set(tables, level, va, desc | type << 2);
}

/* If no struct page of boot memory lies in mapped memory, a table of the linear map is noticed. */
static void struct_pages_unlike_those_of_boot_memory_are_found(void **state)
{
	struct fixture fixture;
	struct hr_struct_pages_finding found;

	(void)state;
	set_up(&fixture);
	keep_struct_pages(&fixture, HOT, BASE + MIB(512));
	map_tables(&fixture, HOT);
	assert_int_equal(find(&fixture, HOT, MIB(128)).flaw, HR_STRUCT_PAGES_SOUND);
	fixture.kernel.layout.struct_pages_are_apart = true;
	found = find(&fixture, HOT, MIB(128));
	assert_int_equal(found.flaw, HR_STRUCT_PAGES_UNLIKE);
	assert_int_equal(found.pa, BASE + MIB(512));
	keep_struct_pages(&fixture, HOT, GIB(100));
	assert_int_equal(find(&fixture, HOT, MIB(128)).flaw, HR_STRUCT_PAGES_SOUND);
	/* A block that holds its own struct pages is not a table of the linear map. */
	keep_struct_pages(&fixture, HOT, HOT);
	assert_int_equal(find(&fixture, HOT, MIB(128)).flaw, HR_STRUCT_PAGES_SOUND);
	tear_down(&fixture);
}

static void memory_type_of_the_linear_map_is_foreign(void **state)
{
	struct fixture fixture;
	struct hr_struct_pages_finding found;
	uint64_t va;

	(void)state;
	set_up(&fixture);
	va = fake_vmemmap(&fixture.kernel, HOT + MIB(128));
	fixture.kernel.layout.linear_map_is_tagged = true;
	keep_struct_pages(&fixture, HOT, BASE + MIB(256));
	keep_struct_pages(&fixture, HOT + MIB(128), BASE + MIB(512));
	set_type(&fixture, HR_LEVEL_PMD, va, BASE + MIB(512), 0);
	assert_int_equal(find(&fixture, HOT, MIB(256)).flaw, HR_STRUCT_PAGES_SOUND);
	set_type(&fixture, HR_LEVEL_PMD, va, BASE + MIB(512), 1);
	/* The linear map has another entry for that memory. */
	assert_int_equal(find(&fixture, HOT, MIB(256)).flaw, HR_STRUCT_PAGES_SOUND);
	set_type(&fixture, HR_LEVEL_PMD, fake_linear(&fixture.kernel, BASE + MIB(512)),
		 BASE + MIB(512), 1);
	found = find(&fixture, HOT, MIB(256));
	assert_int_equal(found.flaw, HR_STRUCT_PAGES_FOREIGN);
	assert_int_equal(found.pa, BASE + MIB(512));
	/* Kernels with one type for both. */
	fixture.kernel.layout.linear_map_is_tagged = false;
	assert_int_equal(find(&fixture, HOT, MIB(256)).flaw, HR_STRUCT_PAGES_SOUND);
	tear_down(&fixture);
}

static void learn(struct fixture *fixture)
{
	struct hr_walker *walker = new_walker(fixture);

	hr_struct_pages_learn(&fixture->kernel.layout, walker);
	hr_walker_destroy(walker);
}

static void boot_memory_teaches_where_struct_pages_lie(void **state)
{
	struct fixture fixture;
	struct hr_layout *layout = &fixture.kernel.layout;
	uint64_t root;

	(void)state;
	set_up(&fixture);
	root = layout->swapper_pa & ~(MIB(128) - 1);
	learn(&fixture);
	assert_false(layout->struct_pages_are_mapped);
	assert_false(layout->struct_pages_are_apart);
	keep_struct_pages(&fixture, root, BASE + MIB(512));
	learn(&fixture);
	assert_true(layout->struct_pages_are_mapped);
	assert_false(layout->struct_pages_are_apart);
	keep_struct_pages(&fixture, root, GIB(100));
	learn(&fixture);
	assert_false(layout->struct_pages_are_mapped);
	assert_true(layout->struct_pages_are_apart);
	tear_down(&fixture);
}

static void boot_memory_teaches_the_memory_types(void **state)
{
	struct fixture fixture;
	struct hr_layout *layout = &fixture.kernel.layout;
	uint64_t root, pa = BASE + MIB(512);

	(void)state;
	set_up(&fixture);
	root = layout->swapper_pa & ~(MIB(128) - 1);
	keep_struct_pages(&fixture, root, pa);
	set_type(&fixture, HR_LEVEL_PMD, fake_vmemmap(&fixture.kernel, root), pa, 0);
	set_type(&fixture, HR_LEVEL_PMD, fake_linear(&fixture.kernel, pa), pa, 1);
	learn(&fixture);
	assert_true(layout->linear_map_is_tagged);
	/* Types that no kernel uses for them prove nothing. */
	set_type(&fixture, HR_LEVEL_PMD, fake_linear(&fixture.kernel, pa), pa, 3);
	learn(&fixture);
	assert_false(layout->linear_map_is_tagged);
	set_type(&fixture, HR_LEVEL_PMD, fake_linear(&fixture.kernel, pa), pa, 1);
	keep_struct_pages(&fixture, root, GIB(100));
	learn(&fixture);
	assert_false(layout->linear_map_is_tagged);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(struct_pages_in_mapped_memory_are_sound),
		cmocka_unit_test(memory_that_is_used_twice_is_found),
		cmocka_unit_test(table_that_is_used_twice_is_found),
		cmocka_unit_test(struct_pages_in_a_table_are_found),
		cmocka_unit_test(memory_that_is_not_mapped_is_found_where_that_is_known),
		cmocka_unit_test(last_of_many_pieces_is_looked_at),
		cmocka_unit_test(memory_that_the_linear_map_has_elsewhere_is_found),
		cmocka_unit_test(what_is_between_the_ends_of_a_piece_is_looked_at),
		cmocka_unit_test(struct_pages_inside_their_range_are_found),
		cmocka_unit_test(memmap_of_a_block_lies_at_its_start),
		cmocka_unit_test(memmap_of_a_block_of_sections_lies_at_its_start),
		cmocka_unit_test(more_pieces_than_fit_in_place_are_all_looked_at),
		cmocka_unit_test(struct_pages_unlike_those_of_boot_memory_are_found),
		cmocka_unit_test(memory_type_of_the_linear_map_is_foreign),
		cmocka_unit_test(boot_memory_teaches_where_struct_pages_lie),
		cmocka_unit_test(boot_memory_teaches_the_memory_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
