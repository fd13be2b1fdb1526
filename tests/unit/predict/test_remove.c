// SPDX-License-Identifier: GPL-2.0-or-later
/* What is rare in removals; test_prediction.c has the usual. */
#include "fake.h"

#include "base/zero.h"
#include "predict/remove.h"

enum {
	SHAPE_4K = 1
};

#define BASE GIB(64)

struct fixture {
	struct fake_kernel kernel;
	struct hr_made_tables *tables;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	fake_kernel_init(&fixture.kernel, &fake_shapes[SHAPE_4K], BASE);
	hr_geometry_allow_predicted(&fixture.kernel.layout.geo);
	fixture.tables = NULL;
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

/* Remove [@pa, @pa + @size) from @map of the kernel's tables as they are by now. */
static struct hr_torn take_away(struct fixture *fixture, enum hr_map map, uint64_t pa,
				uint64_t size)
{
	const struct hr_remove remove = { &fixture->kernel.layout, map, { pa, pa + size } };
	struct hr_torn torn;

	assert_success(hr_made_tables_create(&fixture->kernel.layout, &fixture->kernel.fake.memory,
					     &fixture->tables));
	assert_success(hr_remove_apply(fixture->tables, &remove, &torn));
	return torn;
}

static void leaf_that_crosses_an_edge_is_taken_as_a_whole(void **state)
{
	struct fixture *fixture = *state;
	struct hr_torn torn;

	fake_map_linear(&fixture->kernel, BASE, GIB(1), FAKE_PUD);
	torn = take_away(fixture, HR_MAP_LINEAR, BASE + MIB(256), MIB(128));
	assert_int_equal(torn.below, MIB(256));
	assert_int_equal(torn.above, GIB(1) - MIB(384));
}

static void group_loses_members_and_no_neighbour_anything(void **state)
{
	struct fixture *fixture = *state;
	struct hr_torn torn;

	fake_map_linear(&fixture->kernel, BASE, MIB(32), FAKE_CONT_PMD);
	torn = take_away(fixture, HR_MAP_LINEAR, BASE + MIB(16), MIB(16));
	assert_int_equal(torn.below + torn.above, 0);
}

static void nothing_is_torn_within_the_leaves(void **state)
{
	struct fixture *fixture = *state;
	struct hr_torn torn;

	fake_map_linear(&fixture->kernel, BASE, MIB(128), FAKE_PMD);
	torn = take_away(fixture, HR_MAP_LINEAR, BASE, MIB(128));
	assert_int_equal(torn.below + torn.above, 0);
}

/* The table of @level around @va, NULL if there is none. */
static uint64_t *open_table(struct fixture *fixture, uint64_t va, int level)
{
	const struct hr_geometry *geo = &fixture->kernel.layout.geo;
	uint64_t *table = hr_made_root(fixture->tables);

	for (int at = geo->root_level; at < level; at++) {
		uint64_t *entry = &table[hr_table_index(geo, at, va)];

		if (!*entry)
			return NULL;
		assert_success(hr_made_table_open(fixture->tables, entry, &table));
	}
	return table;
}

static void empty_tables_are_freed(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va = fake_linear(&fixture->kernel, BASE);

	fake_map_linear(&fixture->kernel, BASE, MIB(128), FAKE_PTE);
	fake_map(&fixture->kernel.tables, va + GIB(1), BASE + GIB(1), FAKE_PMD);
	take_away(fixture, HR_MAP_LINEAR, BASE, MIB(128));
	assert_null(open_table(fixture, va, HR_LEVEL_PMD));
	assert_non_null(open_table(fixture, va + GIB(1), HR_LEVEL_PMD));
}

static void table_with_another_entry_stays(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va = fake_linear(&fixture->kernel, BASE);

	fake_map_linear(&fixture->kernel, BASE, MIB(128), FAKE_PMD);
	fake_map(&fixture->kernel.tables, va + MIB(128), BASE + MIB(128), FAKE_PMD);
	take_away(fixture, HR_MAP_LINEAR, BASE, MIB(128));
	assert_non_null(open_table(fixture, va, HR_LEVEL_PMD));
}

static void empty_table_at_the_end_of_the_map_stays(void **state)
{
	struct fixture *fixture = *state;
	struct hr_layout *layout = &fixture->kernel.layout;
	uint64_t va = fake_linear(&fixture->kernel, BASE), *table;

	fake_map_linear(&fixture->kernel, BASE, MIB(128), FAKE_PMD);
	/* The region of the table of PMDs reaches beyond it. */
	layout->linear_end = va + MIB(512);
	take_away(fixture, HR_MAP_LINEAR, BASE, MIB(128));
	table = open_table(fixture, va, HR_LEVEL_PMD);
	assert_non_null(table);
	assert_true(hr_is_zero(table, KIB(4)));
}

static void unreadable_table_ends_the_prediction(void **state)
{
	struct fixture *fixture = *state;
	struct hr_remove remove = { &fixture->kernel.layout,
				    HR_MAP_LINEAR,
				    { BASE, BASE + MIB(128) } };
	struct hr_torn torn;

	fake_map_linear(&fixture->kernel, BASE, MIB(256), FAKE_PMD);
	fake_exclude(&fixture->kernel.fake, fake_table_of(&fixture->kernel.tables, HR_LEVEL_PMD,
							  fake_linear(&fixture->kernel, BASE)));
	assert_success(hr_made_tables_create(&fixture->kernel.layout, &fixture->kernel.fake.memory,
					     &fixture->tables));
	assert_failure(hr_remove_apply(fixture->tables, &remove, &torn), HR_ERROR_UNREADABLE,
		       "the table page at PA");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(leaf_that_crosses_an_edge_is_taken_as_a_whole),
		TEST(group_loses_members_and_no_neighbour_anything),
		TEST(nothing_is_torn_within_the_leaves),
		TEST(empty_tables_are_freed),
		TEST(table_with_another_entry_stays),
		TEST(empty_table_at_the_end_of_the_map_stays),
		TEST(unreadable_table_ends_the_prediction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
