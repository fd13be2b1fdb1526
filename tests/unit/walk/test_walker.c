// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk_fixture.h"

static void tables_that_were_kept_are_visited_and_not_read(void **state)
{
	struct fixture fixture;
	uint64_t visits, read;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PTE);
	lookup(&fixture, fixture.base);
	visits = hr_walker_visits(fixture.walker);
	read = hr_walker_tables_read(fixture.walker);
	assert_int_equal(read, 4);
	lookup(&fixture, fixture.base);
	assert_int_equal(hr_walker_visits(fixture.walker), visits + 1);
	assert_int_equal(hr_walker_tables_read(fixture.walker), read);
	tear_down(&fixture);
}

static void visits_can_be_forgotten(void **state)
{
	struct fixture fixture;
	uint64_t visits;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PTE);
	lookup(&fixture, fixture.base);
	visits = hr_walker_visits(fixture.walker);
	lookup(&fixture, fixture.base);
	hr_walker_forget_visits(fixture.walker, visits);
	assert_int_equal(hr_walker_visits(fixture.walker), visits);
	tear_down(&fixture);
}

static void source_pages_are_those_of_the_granule(void **state)
{
	static const size_t shapes[] = { SHAPE_4K, SHAPE_16K, SHAPE_64K };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(shapes); i++) {
		struct fixture fixture;

		set_up(&fixture, shapes[i]);
		fixture.fake.memory.size = MIB(1);
		assert_int_equal(hr_walker_source_pages(fixture.walker),
				 MIB(1) >> fake_shapes[shapes[i]].page_shift);
		tear_down(&fixture);
	}
}

/* The addresses that a walk has reported. */
struct reported {
	uint64_t first, last;
	size_t count;
};

static void on_table(void *context, uint64_t va)
{
	struct reported *reported = context;

	if (!reported->count++)
		reported->first = va;
	reported->last = va;
}

/* With 4K pages: a table of PUDs, one of PMDs, and one of PTEs for each 2 MiB. */
static void tables_are_reported_as_a_walk_comes_to_them(void **state)
{
	struct trace trace = { .run_count = 0 };
	struct reported reported = { .count = 0 };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.tables, fixture.base, PA, FAKE_PTE);
	fake_map(&fixture.tables, fixture.base + MIB(2), PA + MIB(2), FAKE_PTE);
	hr_walker_report(fixture.walker, on_table, &reported);
	walk(&fixture, fixture.base, MIB(4), &trace);
	assert_int_equal(reported.count, 4);
	assert_int_equal(reported.first, fixture.base);
	assert_int_equal(reported.last, fixture.base + MIB(2));
	tear_down(&fixture);
}

static void searches_look_in_vain_up_to_a_limit(void **state)
{
	struct hr_walker *walker = NULL;
	struct fake_kernel kernel;

	(void)state;
	fake_kernel_init(&kernel, &fake_shapes[1], GIB(16));
	assert_success(hr_walker_create(&kernel.layout.geo, &kernel.fake.memory,
					kernel.layout.swapper_pa, &walker));
	for (int i = 0; i < HR_VAIN_LOOKS_MAX; i++)
		assert_true(hr_walker_may_look_on(walker));
	assert_false(hr_walker_may_look_on(walker));
	assert_false(hr_walker_may_look_on(walker));
	hr_walker_destroy(walker);
	fake_kernel_release(&kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_that_were_kept_are_visited_and_not_read),
		cmocka_unit_test(visits_can_be_forgotten),
		cmocka_unit_test(source_pages_are_those_of_the_granule),
		cmocka_unit_test(tables_are_reported_as_a_walk_comes_to_them),
		cmocka_unit_test(searches_look_in_vain_up_to_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
