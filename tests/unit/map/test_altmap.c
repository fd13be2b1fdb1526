// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "map/altmap.h"
#include "walk/walker.h"

#define BASE GIB(16)
#define HOT  GIB(32)

struct fixture {
	struct fake_kernel kernel;
	struct hr_walker *walker;
};

static void set_up(struct fixture *fixture)
{
	struct fake_kernel *kernel = &fixture->kernel;

	fake_kernel_init(kernel, &fake_shapes[1], BASE);
	assert_success(hr_walker_create(&kernel->layout.geo, &kernel->fake.memory,
					kernel->layout.swapper_pa, &fixture->walker));
}

static void tear_down(struct fixture *fixture)
{
	hr_walker_destroy(fixture->walker);
	fake_kernel_release(&fixture->kernel);
}

static bool has_altmap(struct fixture *fixture, uint64_t pa)
{
	bool ret = false;

	assert_true(hr_block_has_altmap(&fixture->kernel.layout, fixture->walker, pa, &ret));
	return ret;
}

static void memmap_in_the_block_itself_is_an_altmap(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_map(&fixture.kernel.tables, fake_vmemmap(&fixture.kernel, HOT), HOT, FAKE_PMD);
	fake_map(&fixture.kernel.tables, fake_vmemmap(&fixture.kernel, HOT + MIB(128)),
		 HOT + MIB(128), FAKE_PTE);
	assert_true(has_altmap(&fixture, HOT));
	assert_true(has_altmap(&fixture, HOT + MIB(128)));
	tear_down(&fixture);
}

static void memmap_elsewhere_is_none(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_map_vmemmap(&fixture.kernel, HOT, MIB(128), FAKE_PMD);
	assert_false(has_altmap(&fixture, HOT));
	tear_down(&fixture);
}

/* The second block's memmap begins in the middle of a leaf that maps the first block's start. */
static void memmap_in_another_block_is_none(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_map(&fixture.kernel.tables, fake_vmemmap(&fixture.kernel, HOT), HOT, FAKE_CONT_PMD);
	assert_true(has_altmap(&fixture, HOT));
	assert_false(has_altmap(&fixture, HOT + MIB(128)));
	tear_down(&fixture);
}

static void absent_memmap_is_none(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	assert_false(has_altmap(&fixture, HOT));
	tear_down(&fixture);
}

static void unreadable_table_leaves_it_open(void **state)
{
	struct fixture fixture;
	bool ret;

	(void)state;
	set_up(&fixture);
	fake_map_vmemmap(&fixture.kernel, HOT, MIB(128), FAKE_PMD);
	fake_exclude(&fixture.kernel.fake, fake_table_of(&fixture.kernel.tables, HR_LEVEL_PMD,
							 fake_vmemmap(&fixture.kernel, HOT)));
	assert_false(hr_block_has_altmap(&fixture.kernel.layout, fixture.walker, HOT, &ret));
	tear_down(&fixture);
}

/* A text of page tables has no physical addresses, so those in its tables mean nothing. */
static void memmap_whose_place_is_hidden_is_none(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_map(&fixture.kernel.tables, fake_vmemmap(&fixture.kernel, HOT), HOT, FAKE_PMD);
	assert_true(has_altmap(&fixture, HOT));
	fixture.kernel.layout.hides_vmemmap_pa = true;
	assert_false(has_altmap(&fixture, HOT));
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memmap_in_the_block_itself_is_an_altmap),
		cmocka_unit_test(memmap_elsewhere_is_none),
		cmocka_unit_test(memmap_in_another_block_is_none),
		cmocka_unit_test(absent_memmap_is_none),
		cmocka_unit_test(unreadable_table_leaves_it_open),
		cmocka_unit_test(memmap_whose_place_is_hidden_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
