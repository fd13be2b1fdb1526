// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "search/nearest.h"
#include "walk/walker.h"

#define BASE  GIB(16)
#define HOT   GIB(32)
#define BLOCK MIB(128)

#define IGNORE(code) (UINT32_C(1) << (code))

struct fixture {
	struct fake_kernel kernel;
	struct hr_check check;
	struct hr_guard_check guard;
	struct hr_nearest found;
};

/* A kernel without a check at offlining. */
static void set_up(struct fixture *fixture)
{
	struct fake_kernel *kernel = &fixture->kernel;
	struct hr_check *check = &fixture->check;

	fake_kernel_init(kernel, &fake_shapes[1], BASE);
	fake_section(kernel, BASE, 15);
	*check =
		(struct hr_check){ .machine.layout = &kernel->layout, .machine.block_size = BLOCK };
	assert_success(hr_walker_create(&kernel->layout.geo, &kernel->fake.memory,
					kernel->layout.swapper_pa, &check->machine.walker));
	assert_success(hr_sections_create(&kernel->layout, &kernel->fake.memory,
					  &check->machine.sections));
	fixture->guard = (struct hr_guard_check){
		.machine.layout = &kernel->layout,
		.machine.walker = check->machine.walker,
		.machine.sections = check->machine.sections,
		.machine.block_size = BLOCK,
		.model = HR_GUARD_NONE,
	};
}

static void tear_down(struct fixture *fixture)
{
	hr_sections_destroy(fixture->check.machine.sections);
	hr_walker_destroy(fixture->check.machine.walker);
	fake_kernel_release(&fixture->kernel);
}

/* All ranges are in blocks relative to HOT. */
static void find(struct fixture *fixture, uint64_t first, uint64_t end, bool damaged)
{
	const struct hr_pa_range range = { HOT + first * BLOCK, HOT + end * BLOCK };

	hr_nearest_find(&fixture->check, &fixture->guard, &range, damaged, &fixture->found);
}

static void assert_inside(const struct fixture *fixture, uint64_t first, uint64_t end)
{
	assert_true(fixture->found.has_inside);
	assert_int_equal(fixture->found.inside.start, HOT + first * BLOCK);
	assert_int_equal(fixture->found.inside.end, HOT + end * BLOCK);
}

static void assert_around(const struct fixture *fixture, uint64_t first, uint64_t end)
{
	assert_true(fixture->found.has_around);
	assert_int_equal(fixture->found.around.start, HOT + first * BLOCK);
	assert_int_equal(fixture->found.around.end, HOT + end * BLOCK);
}

/* Eight blocks of small leaves. */
static void add_small_leaves(struct fixture *fixture)
{
	fake_add_memory(&fixture->kernel, HOT, 8 * BLOCK, FAKE_PMD, FAKE_PMD);
}

static void leaf_around_a_block_is_the_range_around_it(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_add_memory(&fixture.kernel, HOT, GIB(2), FAKE_PUD, FAKE_PMD);
	find(&fixture, 3, 4, false);
	assert_false(fixture.found.has_inside);
	assert_around(&fixture, 0, 8);
	find(&fixture, 7, 9, false);
	assert_false(fixture.found.has_inside);
	assert_around(&fixture, 0, 16);
	tear_down(&fixture);
}

static void cuts_inside_bound_the_range_inside(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_add_memory(&fixture.kernel, HOT, GIB(3), FAKE_PUD, FAKE_PMD);
	find(&fixture, 5, 17, false);
	assert_inside(&fixture, 8, 16);
	assert_around(&fixture, 0, 24);
	tear_down(&fixture);
}

static void vmemmap_leaves_count_as_linear_ones(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_add_memory(&fixture.kernel, HOT, GIB(4), FAKE_PMD, FAKE_CONT_PMD);
	find(&fixture, 15, 31, false);
	assert_around(&fixture, 0, 32);
	assert_false(fixture.found.has_inside);
	find(&fixture, 0, 17, false);
	assert_inside(&fixture, 0, 16);
	tear_down(&fixture);
}

static void ends_inside_a_block_are_rounded(void **state)
{
	const struct hr_pa_range range = { HOT + MIB(1), HOT + 4 * BLOCK - MIB(1) };
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	add_small_leaves(&fixture);
	hr_nearest_find(&fixture.check, &fixture.guard, &range, false, &fixture.found);
	assert_inside(&fixture, 1, 3);
	assert_around(&fixture, 0, 4);
	tear_down(&fixture);
}

static void boot_memory_divides_the_range(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	add_small_leaves(&fixture);
	fake_section(&fixture.kernel, HOT + 2 * BLOCK, 15);
	find(&fixture, 0, 8, false);
	assert_inside(&fixture, 3, 8);
	assert_false(fixture.found.has_around);
	tear_down(&fixture);
}

static void absent_blocks_divide_the_range(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	add_small_leaves(&fixture);
	fake_section_gone(&fixture.kernel, HOT + 4 * BLOCK);
	fake_section_gone(&fixture.kernel, HOT + 5 * BLOCK);
	find(&fixture, 0, 8, false);
	assert_inside(&fixture, 0, 4);
	assert_false(fixture.found.has_around);
	tear_down(&fixture);
}

static void lowest_of_equals_is_kept(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	add_small_leaves(&fixture);
	fake_section(&fixture.kernel, HOT + 2 * BLOCK, 15);
	fake_section(&fixture.kernel, HOT + 5 * BLOCK, 15);
	find(&fixture, 0, 8, false);
	assert_inside(&fixture, 0, 2);
	tear_down(&fixture);
}

static void range_around_stops_at_boot_memory(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	fake_section(&fixture.kernel, HOT, 15);
	find(&fixture, 3, 4, false);
	assert_false(fixture.found.has_inside);
	assert_false(fixture.found.has_around);
	tear_down(&fixture);
}

/* A group of the linear map that lacks a member, in block 3. */
static void damage_block_3(struct fixture *fixture)
{
	uint64_t va = fake_linear(&fixture->kernel, HOT + 3 * BLOCK + MIB(34));

	fake_add_memory(&fixture->kernel, HOT, 8 * BLOCK, FAKE_CONT_PMD, FAKE_PMD);
	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD, va,
		 fake_read64(&fixture->kernel.fake,
			     fake_entry(&fixture->kernel.tables, HR_LEVEL_PMD, va)) &
			 ~FAKE_CONT);
}

static void damaged_interior_divides_the_range(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	damage_block_3(&fixture);
	find(&fixture, 0, 8, true);
	assert_inside(&fixture, 4, 8);
	assert_false(fixture.found.has_around);
	tear_down(&fixture);
}

/* A walk that found nothing inside is not repeated; blocks outside are walked in any case. */
static void damage_is_looked_for_outside_of_the_range(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_add_memory(&fixture.kernel, HOT, 16 * BLOCK, FAKE_PMD, FAKE_CONT_PMD);
	find(&fixture, 4, 5, false);
	assert_around(&fixture, 0, 16);
	fake_exclude(&fixture.kernel.fake,
		     fake_table_of(&fixture.kernel.tables, HR_LEVEL_PMD,
				   fake_linear(&fixture.kernel, HOT + 8 * BLOCK)));
	hr_walker_destroy(fixture.check.machine.walker);
	assert_success(hr_walker_create(&fixture.kernel.layout.geo, &fixture.kernel.fake.memory,
					fixture.kernel.layout.swapper_pa,
					&fixture.check.machine.walker));
	fixture.guard.machine.walker = fixture.check.machine.walker;
	find(&fixture, 4, 5, false);
	assert_false(fixture.found.has_around);
	tear_down(&fixture);
}

static void ignored_reasons_do_not_divide(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	damage_block_3(&fixture);
	fixture.check.ignored = IGNORE(HR_REASON_MALFORMED_CONT);
	find(&fixture, 0, 8, true);
	assert_inside(&fixture, 0, 8);
	assert_around(&fixture, 0, 8);
	tear_down(&fixture);
}

static void ignored_splits_allow_any_block(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	fixture.check.ignored = IGNORE(HR_REASON_SPLITS_LEAF);
	find(&fixture, 2, 4, false);
	assert_inside(&fixture, 2, 4);
	assert_around(&fixture, 2, 4);
	tear_down(&fixture);
}

static void blocks_that_the_kernel_refuses_may_not_go(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	fake_add_memory(&fixture.kernel, HOT + GIB(1), GIB(1), FAKE_PMD, FAKE_PMD);
	fixture.guard.model = HR_GUARD_REQUESTED;
	find(&fixture, 3, 12, false);
	assert_inside(&fixture, 8, 12);
	assert_false(fixture.found.has_around);
	fixture.check.ignored = IGNORE(HR_REASON_GUARD_VETO);
	find(&fixture, 3, 12, false);
	assert_inside(&fixture, 8, 12);
	assert_around(&fixture, 0, 12);
	tear_down(&fixture);
}

static void unknown_check_of_the_kernel_refuses_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	add_small_leaves(&fixture);
	fixture.guard.model = HR_GUARD_UNKNOWN;
	find(&fixture, 1, 3, false);
	assert_inside(&fixture, 1, 3);
	assert_around(&fixture, 1, 3);
	tear_down(&fixture);
}

/* Sections say that the memory exists, but the linear map has no room for its end. */
static void unmapped_end_is_no_cut(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_sections(&fixture.kernel, HOT, 8 * BLOCK, 7);
	fake_map_linear(&fixture.kernel, HOT, 6 * BLOCK, FAKE_PMD);
	fake_map_vmemmap(&fixture.kernel, HOT, 8 * BLOCK, FAKE_PMD);
	find(&fixture, 0, 8, false);
	assert_inside(&fixture, 0, 6);
	assert_false(fixture.found.has_around);
	tear_down(&fixture);
}

static void absent_memory_has_none(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	find(&fixture, 0, 800, false);
	assert_false(fixture.found.has_inside);
	assert_false(fixture.found.has_around);
	tear_down(&fixture);
}

static void without_sections_there_is_none(void **state)
{
	struct fixture fixture;
	struct hr_sections *sections;

	(void)state;
	set_up(&fixture);
	add_small_leaves(&fixture);
	sections = fixture.check.machine.sections;
	fixture.check.machine.sections = NULL;
	find(&fixture, 0, 8, false);
	assert_false(fixture.found.has_inside);
	assert_false(fixture.found.has_around);
	fixture.check.machine.sections = sections;
	tear_down(&fixture);
}

/* The verdict then does without what sections would show. */
static void without_sections_two_reasons_are_to_be_ignored(void **state)
{
	struct fixture fixture;
	struct hr_sections *sections;

	(void)state;
	set_up(&fixture);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	fake_add_memory(&fixture.kernel, HOT + GIB(1), GIB(1), FAKE_PMD, FAKE_PMD);
	sections = fixture.check.machine.sections;
	fixture.check.machine.sections = fixture.guard.machine.sections = NULL;
	fixture.check.ignored = IGNORE(HR_REASON_BOOT_MEMORY);
	find(&fixture, 4, 12, false);
	assert_false(fixture.found.has_inside);
	assert_false(fixture.found.has_around);
	fixture.check.ignored |= IGNORE(HR_REASON_NOT_PRESENT);
	find(&fixture, 4, 12, false);
	assert_inside(&fixture, 8, 12);
	assert_around(&fixture, 0, 12);
	fixture.check.machine.sections = sections;
	tear_down(&fixture);
}

/* All page tables of 64 GiB are the same one: walking all blocks would take 32768 visits. */
static void damaged_tables_are_not_walked_for_ever(void **state)
{
	const struct hr_pa_range range = { HOT, HOT + GIB(64) };
	struct fixture fixture;
	struct fake_tables *tables = &fixture.kernel.tables;
	uint64_t va, desc;

	(void)state;
	set_up(&fixture);
	fixture.check.machine.block_size = fixture.guard.machine.block_size = GIB(2);
	fake_sections(&fixture.kernel, HOT, GIB(64), 7);
	fake_map_vmemmap(&fixture.kernel, HOT, GIB(64), FAKE_PMD);
	va = fake_linear(&fixture.kernel, HOT);
	fake_map_linear(&fixture.kernel, HOT, MIB(2), FAKE_PTE);
	desc = fake_table_desc(&tables->geo, fake_table_of(tables, HR_LEVEL_PTE, va));
	for (uint64_t at = 0; at < GIB(64); at += MIB(2))
		fake_set(tables, HR_LEVEL_PMD, va + at, desc);
	fixture.kernel.fake.memory.size = 1024 * KIB(4);
	hr_nearest_find(&fixture.check, &fixture.guard, &range, true, &fixture.found);
	assert_false(fixture.found.has_inside);
	assert_false(fixture.found.has_around);
	/* Two passes over 1024 tables and their parents. */
	assert_true(hr_walker_visits(fixture.check.machine.walker) > 2048);
	assert_true(hr_walker_visits(fixture.check.machine.walker) < 8192);
	tear_down(&fixture);
}

/* If each block is removed by itself, no block that shares a leaf with another can go. */
static void calls_for_each_block_bound_the_ranges(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	add_small_leaves(&fixture);
	fake_add_memory(&fixture.kernel, HOT + GIB(1), GIB(1), FAKE_PUD, FAKE_PMD);
	find(&fixture, 4, 16, false);
	assert_inside(&fixture, 4, 16);
	fixture.check.by_block = true;
	find(&fixture, 4, 16, false);
	assert_inside(&fixture, 4, 8);
	assert_false(fixture.found.has_around);
	find(&fixture, 10, 11, false);
	assert_false(fixture.found.has_inside);
	assert_false(fixture.found.has_around);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_for_each_block_bound_the_ranges),
		cmocka_unit_test(leaf_around_a_block_is_the_range_around_it),
		cmocka_unit_test(cuts_inside_bound_the_range_inside),
		cmocka_unit_test(vmemmap_leaves_count_as_linear_ones),
		cmocka_unit_test(ends_inside_a_block_are_rounded),
		cmocka_unit_test(boot_memory_divides_the_range),
		cmocka_unit_test(absent_blocks_divide_the_range),
		cmocka_unit_test(lowest_of_equals_is_kept),
		cmocka_unit_test(range_around_stops_at_boot_memory),
		cmocka_unit_test(damaged_interior_divides_the_range),
		cmocka_unit_test(damage_is_looked_for_outside_of_the_range),
		cmocka_unit_test(ignored_reasons_do_not_divide),
		cmocka_unit_test(ignored_splits_allow_any_block),
		cmocka_unit_test(blocks_that_the_kernel_refuses_may_not_go),
		cmocka_unit_test(unknown_check_of_the_kernel_refuses_nothing),
		cmocka_unit_test(unmapped_end_is_no_cut),
		cmocka_unit_test(absent_memory_has_none),
		cmocka_unit_test(without_sections_there_is_none),
		cmocka_unit_test(without_sections_two_reasons_are_to_be_ignored),
		cmocka_unit_test(damaged_tables_are_not_walked_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
