// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "kernel/linear_extent.h"
#include "walk/walker.h"

#define BASE GIB(16)

struct fixture {
	struct fake_kernel kernel;
	struct hr_walker *walker;
	struct hr_linear_extent extent;
};

static void set_up(struct fixture *fixture, size_t shape)
{
	fake_kernel_init(&fixture->kernel, &fake_shapes[shape], BASE);
	assert_success(hr_walker_create(&fixture->kernel.layout.geo, &fixture->kernel.fake.memory,
					fixture->kernel.layout.swapper_pa, &fixture->walker));
}

static void tear_down(struct fixture *fixture)
{
	hr_walker_destroy(fixture->walker);
	fake_kernel_release(&fixture->kernel);
}

static void find(struct fixture *fixture)
{
	hr_linear_extent_find(&fixture->kernel.layout, fixture->walker, &fixture->extent);
}

static void assert_extent(struct fixture *fixture, uint64_t start, uint64_t end)
{
	find(fixture);
	assert_true(fixture->extent.known);
	assert_int_equal(fixture->extent.first.pa, start);
	assert_int_equal(fixture->extent.last.pa + fixture->extent.last.size, end);
	assert_true(hr_linear_leaf_is_in_place(&fixture->kernel.layout, &fixture->extent.first));
	assert_int_equal(hr_linear_leaf_phys_offset(&fixture->kernel.layout, &fixture->extent.last),
			 fixture->kernel.layout.phys_offset);
}

static void first_and_last_leaf_are_found(void **state)
{
	static const enum fake_kind kinds[] = { FAKE_PTE, FAKE_CONT_PTE, FAKE_PMD };
	/*
	 * Where the last memory ends: close to the first, or far above it, with a hole in between.
	 */
	static const uint64_t ends[] = { BASE + GIB(1) + MIB(512), BASE + GIB(8) + MIB(512) };

	(void)state;
	for (size_t i = 0; i < FAKE_SHAPES * COUNT_OF(kinds) * COUNT_OF(ends); i++) {
		enum fake_kind kind = kinds[i / FAKE_SHAPES % COUNT_OF(kinds)];
		uint64_t end = ends[i / FAKE_SHAPES / COUNT_OF(kinds)];
		struct fixture fixture;

		set_up(&fixture, i % FAKE_SHAPES);
		fake_map_linear(&fixture.kernel, BASE + GIB(1), MIB(512), kind);
		if (end != ends[0])
			fake_map_linear(&fixture.kernel, end - MIB(512), MIB(512), kind);
		assert_extent(&fixture, BASE + GIB(1), end);
		tear_down(&fixture);
	}
}

static void nothing_is_known_of_an_empty_map(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	find(&fixture);
	assert_false(fixture.extent.known);
	tear_down(&fixture);
}

/* Tables around the ends matter, others do not. */
static void tables_in_the_way_must_be_readable(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	for (uint64_t i = 0; i < 3; i++)
		fake_map_linear(&fixture.kernel, BASE + i * GIB(1), MIB(2), FAKE_PTE);
	fake_exclude(&fixture.kernel.fake, fake_entry(&fixture.kernel.tables, HR_LEVEL_PTE,
						      fake_linear(&fixture.kernel, BASE + GIB(1))));
	assert_extent(&fixture, BASE, BASE + GIB(2) + MIB(2));
	tear_down(&fixture);

	set_up(&fixture, 1);
	for (uint64_t i = 0; i < 3; i++)
		fake_map_linear(&fixture.kernel, BASE + i * GIB(1), MIB(2), FAKE_PTE);
	fake_exclude(&fixture.kernel.fake, fake_entry(&fixture.kernel.tables, HR_LEVEL_PTE,
						      fake_linear(&fixture.kernel, BASE + GIB(2))));
	find(&fixture);
	assert_false(fixture.extent.known);
	tear_down(&fixture);
}

/* If PHYS_OFFSET is not the kernel's, the leaves show the right one. */
static void leaves_tell_a_wrong_offset(void **state)
{
	struct fixture fixture;
	struct hr_layout *layout = &fixture.kernel.layout;
	uint64_t right;

	(void)state;
	set_up(&fixture, 1);
	fake_map_linear(&fixture.kernel, BASE + GIB(1), MIB(512), FAKE_PMD);
	right = layout->phys_offset;
	layout->phys_offset = right + GIB(1);
	find(&fixture);
	assert_true(fixture.extent.known);
	assert_false(hr_linear_leaf_is_in_place(layout, &fixture.extent.first));
	assert_false(hr_linear_leaf_is_in_place(layout, &fixture.extent.last));
	assert_int_equal(hr_linear_leaf_phys_offset(layout, &fixture.extent.first), right);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_and_last_leaf_are_found),
		cmocka_unit_test(nothing_is_known_of_an_empty_map),
		cmocka_unit_test(tables_in_the_way_must_be_readable),
		cmocka_unit_test(leaves_tell_a_wrong_offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
