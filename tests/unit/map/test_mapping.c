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

static struct hr_machine machine_of(const struct fixture *fixture)
{
	return (struct hr_machine){
		.layout = &fixture->kernel.layout,
		.walker = fixture->walker,
		.sections = fixture->sections,
		.block_size = MIB(128),
	};
}

static enum hr_mapping mapping_of(const struct fixture *fixture)
{
	const struct hr_machine machine = machine_of(fixture);

	return hr_mapping_of_added(&machine);
}

static enum hr_mapping mapping_of_boot(const struct fixture *fixture)
{
	const struct hr_machine machine = machine_of(fixture);

	return hr_mapping_of_boot(&machine);
}

static void boot(struct fixture *fixture, uint64_t block, enum fake_kind kind)
{
	fake_map_linear(&fixture->kernel, BASE + block * MIB(128), MIB(128), kind);
}

static void add(struct fixture *fixture, uint64_t pa, enum fake_kind kind)
{
	fake_map_linear(&fixture->kernel, pa, MIB(128), kind);
	fake_sections(&fixture->kernel, pa, MIB(128), ADDED);
}

static void boot_memory_is_not_added(void **state)
{
	boot(*state, 0, FAKE_CONT_PMD);
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

static void added_memory_is_not_of_boot(void **state)
{
	add(*state, HOT, FAKE_PTE);
	assert_int_equal(mapping_of_boot(*state), HR_MAPPING_UNKNOWN);
}

static void groups_are_made_where_pages_are_not_wanted(void **state)
{
	static const enum fake_kind kinds[] = { FAKE_CONT_PMD, FAKE_CONT_PTE };

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct fixture *fixture = *state;

		boot(fixture, 0, FAKE_PTE);
		boot(fixture, 1 + i, kinds[i]);
		assert_int_equal(mapping_of_boot(fixture), HR_MAPPING_BLOCKS);
		tear_down(state);
		set_up(state);
	}
}

static void gigabyte_is_mapped_where_pages_are_not_wanted(void **state)
{
	struct fixture *fixture = *state;

	fake_map_linear(&fixture->kernel, BASE, GIB(1), FAKE_PUD);
	assert_int_equal(mapping_of_boot(fixture), HR_MAPPING_BLOCKS);
}

/* The image's alias has PMDs whatever is wanted. */
static void blocks_of_the_image_tell_nothing(void **state)
{
	struct fixture *fixture = *state;

	for (uint64_t block = 0; block < 8; block++)
		boot(fixture, block, FAKE_PMD);
	assert_int_equal(mapping_of_boot(fixture), HR_MAPPING_UNKNOWN);
}

static void pages_beside_the_image_show_pages(void **state)
{
	boot(*state, 0, FAKE_PMD);
	boot(*state, 1, FAKE_PTE);
	assert_int_equal(mapping_of_boot(*state), HR_MAPPING_PAGES);
}

static void boot_memory_that_is_mapped_in_part_tells_nothing(void **state)
{
	struct fixture *fixture = *state;

	boot(fixture, 0, FAKE_PTE);
	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD,
		 fake_linear(&fixture->kernel, BASE + MIB(2)), 0);
	assert_int_equal(mapping_of_boot(fixture), HR_MAPPING_UNKNOWN);
}

static void only_the_first_blocks_of_boot_are_looked_at(void **state)
{
	for (uint64_t block = 0; block < HR_MAPPING_BOOT_MAX; block++)
		boot(*state, block, FAKE_PTE);
	boot(*state, HR_MAPPING_BOOT_MAX, FAKE_CONT_PMD);
	assert_int_equal(mapping_of_boot(*state), HR_MAPPING_PAGES);
}

static void without_sections_any_memory_counts(void **state)
{
	struct fixture *fixture = *state;
	struct hr_machine machine = machine_of(fixture);

	machine.sections = NULL;
	add(fixture, HOT, FAKE_PTE);
	assert_int_equal(hr_mapping_of_boot(&machine), HR_MAPPING_PAGES);
	assert_int_equal(hr_mapping_of_added(&machine), HR_MAPPING_UNKNOWN);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(boot_memory_is_not_added),
		TEST(single_pages_are_pages),
		TEST(groups_of_pages_are_left_by_blocks),
		TEST(one_block_by_larger_leaves_is_enough),
		TEST(block_that_is_mapped_in_part_tells_nothing),
		TEST(only_the_first_blocks_are_looked_at),
		TEST(added_memory_is_not_of_boot),
		TEST(groups_are_made_where_pages_are_not_wanted),
		TEST(gigabyte_is_mapped_where_pages_are_not_wanted),
		TEST(blocks_of_the_image_tell_nothing),
		TEST(pages_beside_the_image_show_pages),
		TEST(boot_memory_that_is_mapped_in_part_tells_nothing),
		TEST(only_the_first_blocks_of_boot_are_looked_at),
		TEST(without_sections_any_memory_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
