// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "map/mapping.h"

enum {
	SHAPE_4K = 1
};

#define BASE GIB(16)
#define HOT  (BASE + GIB(16))

/* Flags of sections: present, with a memmap and online; and at boot. */
enum {
	ADDED = 7,
	EARLY = 15
};

struct fixture {
	struct fake_kernel kernel;
	struct hr_walker *walker;
	struct hr_sections *sections;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	struct fake_kernel *kernel = &fixture.kernel;

	fake_kernel_init(kernel, &fake_shapes[SHAPE_4K], BASE);
	fake_map_linear(kernel, BASE, GIB(1), FAKE_CONT_PMD);
	fake_sections(kernel, BASE, GIB(1), EARLY);
	assert_success(hr_walker_create(&kernel->layout.geo, &kernel->fake.memory,
					kernel->tables.root_pa, &fixture.walker));
	assert_success(
		hr_sections_create(&kernel->layout, &kernel->fake.memory, &fixture.sections));
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_sections_destroy(fixture->sections);
	hr_walker_destroy(fixture->walker);
	fake_kernel_release(&fixture->kernel);
	return 0;
}

static enum hr_mapping mapping_of(struct fixture *fixture)
{
	const struct hr_machine machine = {
		.layout = &fixture->kernel.layout,
		.walker = fixture->walker,
		.sections = fixture->sections,
		.block_size = MIB(128),
	};

	return hr_mapping_of_added(&machine);
}

static void add(struct fixture *fixture, uint64_t pa, enum fake_kind kind)
{
	fake_map_linear(&fixture->kernel, pa, MIB(128), kind);
	fake_sections(&fixture->kernel, pa, MIB(128), ADDED);
}

static void boot_memory_tells_nothing(void **state)
{
	assert_int_equal(mapping_of(*state), HR_MAPPING_UNKNOWN);
}

static void single_pages_are_pages(void **state)
{
	add(*state, HOT, FAKE_PTE);
	assert_int_equal(mapping_of(*state), HR_MAPPING_PAGES);
}

static void groups_of_pages_are_left_by_blocks(void **state)
{
	add(*state, HOT, FAKE_CONT_PTE);
	assert_int_equal(mapping_of(*state), HR_MAPPING_BLOCKS);
}

static void one_block_by_larger_leaves_is_enough(void **state)
{
	add(*state, HOT, FAKE_PTE);
	add(*state, HOT + GIB(1), FAKE_PMD);
	assert_int_equal(mapping_of(*state), HR_MAPPING_BLOCKS);
}

static void block_that_is_mapped_in_part_tells_nothing(void **state)
{
	struct fixture *fixture = *state;

	add(fixture, HOT, FAKE_PTE);
	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD, fake_linear(&fixture->kernel, HOT), 0);
	assert_int_equal(mapping_of(fixture), HR_MAPPING_UNKNOWN);
}

static void only_the_first_blocks_are_looked_at(void **state)
{
	for (uint64_t i = 0; i < HR_MAPPING_BLOCKS_MAX; i++)
		add(*state, HOT + i * MIB(128), FAKE_PTE);
	add(*state, HOT + HR_MAPPING_BLOCKS_MAX * MIB(128), FAKE_PMD);
	assert_int_equal(mapping_of(*state), HR_MAPPING_PAGES);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(boot_memory_tells_nothing),
		TEST(single_pages_are_pages),
		TEST(groups_of_pages_are_left_by_blocks),
		TEST(one_block_by_larger_leaves_is_enough),
		TEST(block_that_is_mapped_in_part_tells_nothing),
		TEST(only_the_first_blocks_are_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
