// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "check/guard_edge.h"

#define BASE GIB(16)
#define HOT  GIB(32)

enum {
	SHAPE_4K = 1,
};

struct fixture {
	struct fake_kernel kernel;
	struct hr_walker *walker;
	struct hr_guard_edges edges;
};

static void set_up(struct fixture *fixture, size_t shape)
{
	struct fake_kernel *kernel = &fixture->kernel;

	fake_kernel_init(kernel, &fake_shapes[shape], BASE);
	fixture->edges = (struct hr_guard_edges){ .count = 0 };
	assert_success(hr_walker_create(&kernel->layout.geo, &kernel->fake.memory,
					kernel->layout.swapper_pa, &fixture->walker));
}

static void tear_down(struct fixture *fixture)
{
	hr_walker_destroy(fixture->walker);
	fake_kernel_release(&fixture->kernel);
}

static uint64_t hot_va(const struct fixture *fixture, uint64_t offset)
{
	return fake_linear(&fixture->kernel, HOT + offset);
}

static const struct hr_guard_edge *find(struct fixture *fixture, uint64_t offset)
{
	return hr_guard_edge_find(&fixture->kernel.layout, fixture->walker, hot_va(fixture, offset),
				  0, &fixture->edges);
}

/* Does an edge cost a look at the tables? */
static bool is_looked_up(struct fixture *fixture, uint64_t offset)
{
	uint64_t visits = hr_walker_visits(fixture->walker);

	find(fixture, offset);
	return hr_walker_visits(fixture->walker) != visits;
}

static void edges_inside_a_leaf_are_looked_up_once(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(2), FAKE_PUD, FAKE_PMD);
	assert_true(is_looked_up(&fixture, MIB(128)));
	assert_false(is_looked_up(&fixture, MIB(2)));
	assert_false(is_looked_up(&fixture, GIB(1) - MIB(128)));
	assert_true(find(&fixture, MIB(256))->fails);
	assert_true(find(&fixture, MIB(256))->splits);
	tear_down(&fixture);
}

static void start_of_a_leaf_is_not_like_its_inside(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(2), FAKE_PUD, FAKE_PMD);
	find(&fixture, MIB(128));
	for (uint64_t offset = 0; offset <= GIB(1); offset += GIB(1)) {
		assert_true(is_looked_up(&fixture, offset));
		assert_false(find(&fixture, offset)->fails);
		assert_false(find(&fixture, offset)->splits);
		assert_false(is_looked_up(&fixture, offset));
	}
	tear_down(&fixture);
}

static void oldest_edge_is_forgotten(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(2), FAKE_PMD, FAKE_PMD);
	for (uint64_t i = 0; i <= HR_GUARD_EDGES; i++)
		assert_true(is_looked_up(&fixture, i * MIB(128)));
	for (uint64_t i = 1; i <= HR_GUARD_EDGES; i++)
		assert_false(is_looked_up(&fixture, i * MIB(128)));
	assert_true(is_looked_up(&fixture, 0));
	tear_down(&fixture);
}

/* Nothing is known of the edge, so nothing is known of others. */
static void edge_that_cannot_be_read_is_itself_alone(void **state)
{
	struct fixture fixture;
	const struct hr_guard_edge *edge;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_exclude(&fixture.kernel.fake,
		     fake_table_of(&fixture.kernel.tables, HR_LEVEL_PMD, hot_va(&fixture, 0)));
	edge = find(&fixture, MIB(2));
	assert_false(edge->is_tested);
	assert_false(edge->is_known);
	assert_int_equal(edge->first, hot_va(&fixture, MIB(2)));
	assert_int_equal(edge->last, edge->first);
	tear_down(&fixture);
}

/* Some members of the group at HOT have the CONT bit: no edge is known from another. */
static void edge_in_a_broken_group_is_itself_alone(void **state)
{
	struct fixture fixture;
	const struct hr_guard_edge *edge;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_CONT_PMD, FAKE_PMD);
	fake_map(&fixture.kernel.tables, hot_va(&fixture, MIB(2)), HOT + MIB(2), FAKE_PMD);
	edge = find(&fixture, MIB(4));
	assert_true(edge->splits);
	assert_int_equal(edge->first, edge->last);
	tear_down(&fixture);
}

static void assert_alike(const struct hr_guard_edge *known, const struct hr_guard_edge *fresh)
{
	assert_int_equal(known->is_tested, fresh->is_tested);
	assert_int_equal(known->fails, fresh->fails);
	assert_int_equal(known->is_known, fresh->is_known);
	assert_int_equal(known->splits, fresh->splits);
}

/* Two leaves of @kind, and edges in each quarter of both and in what is behind them. */
static void compare_edges(struct fixture *fixture, enum fake_kind kind)
{
	struct hr_layout *layout = &fixture->kernel.layout;
	uint64_t size = fake_kind_size(&layout->geo, kind);

	fake_map_linear(&fixture->kernel, HOT, 2 * size, kind);
	for (uint64_t offset = 0; offset <= 3 * size; offset += size / 4) {
		struct hr_guard_edges none = { .count = 0 };

		assert_alike(find(fixture, offset),
			     hr_guard_edge_find(layout, fixture->walker, hot_va(fixture, offset), 0,
						&none));
	}
}

static void what_is_remembered_is_what_the_tables_say(void **state)
{
	(void)state;
	for (size_t shape = 0; shape < FAKE_SHAPES; shape++)
		for (enum fake_kind kind = FAKE_PUD; kind < FAKE_KINDS; kind++) {
			struct fixture fixture;

			set_up(&fixture, shape);
			/* The smallest linear map has 32 GiB from BASE on. */
			if (fake_kind_level(kind) >= fixture.kernel.layout.geo.leaf_level &&
			    fake_kind_level(kind) >= fixture.kernel.layout.geo.root_level &&
			    fake_kind_size(&fixture.kernel.layout.geo, kind) <= GIB(1))
				compare_edges(&fixture, kind);
			tear_down(&fixture);
		}
}

static const struct hr_guard_edge *find_apart(struct fixture *fixture, uint64_t offset,
					      uint64_t step)
{
	return hr_guard_edge_find(&fixture->kernel.layout, fixture->walker, hot_va(fixture, offset),
				  step, &fixture->edges);
}

/* How far edges that are @step apart are known from the one at @offset, in steps. */
static uint64_t known_from(struct fixture *fixture, uint64_t offset, uint64_t step)
{
	const struct hr_guard_edge *edge = find_apart(fixture, offset, step);

	return (edge->last - hot_va(fixture, offset)) / step;
}

/* From HOT, which is where a PMD table begins, 32 of them are up to the end of the PUD table. */
static void edges_that_split_nothing_are_looked_up_once(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(2), FAKE_PMD, FAKE_PMD);
	/* All PMD entries of the table. */
	assert_int_equal(known_from(&fixture, MIB(2), MIB(2)), 510);
	/* All of the PUD table, as no leaf of it is in the way. */
	fixture.edges.count = 0;
	assert_int_equal(known_from(&fixture, MIB(128), MIB(128)), 8 * (512 - 16) - 2);
	assert_false(find_apart(&fixture, GIB(1), MIB(128))->fails);
	tear_down(&fixture);
}

/* A leaf of 1 GiB would be split by an edge inside it. */
static void plain_edges_end_before_a_leaf(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(2), FAKE_PMD, FAKE_PMD);
	fake_add_memory(&fixture.kernel, HOT + GIB(2), GIB(1), FAKE_PUD, FAKE_PMD);
	assert_int_equal(known_from(&fixture, MIB(128), MIB(128)), 14);
	assert_true(find_apart(&fixture, GIB(2) + MIB(128), MIB(128))->fails);
	tear_down(&fixture);
}

/* The kernel's test fails at any entry with the bit, also at one that leads to a table. */
static void plain_edges_end_before_a_cont_bit(void **state)
{
	struct fixture fixture;
	uint64_t va;

	(void)state;
	for (int table = 0; table < 2; table++) {
		set_up(&fixture, SHAPE_4K);
		fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
		va = hot_va(&fixture, MIB(66));
		fake_set(&fixture.kernel.tables, HR_LEVEL_PMD, va,
			 (table ? fake_table_desc(&fixture.kernel.layout.geo, GIB(3))
				: fake_leaf_desc(&fixture.kernel.layout.geo, HR_LEVEL_PMD,
						 HOT + MIB(66))) |
				 FAKE_CONT);
		assert_int_equal(known_from(&fixture, MIB(2), MIB(2)), 30);
		assert_true(find_apart(&fixture, MIB(66), MIB(2))->fails);
		assert_false(find_apart(&fixture, MIB(70), MIB(2))->fails);
		tear_down(&fixture);
	}
}

/* Edges at another distance are not among those that are known. */
static void edges_between_plain_ones_are_looked_up(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	find_apart(&fixture, MIB(2), MIB(2));
	assert_true(find_apart(&fixture, MIB(5), MIB(2))->fails);
	tear_down(&fixture);
}

/* Nothing of a running kernel is known that is not read again later. */
static void live_edges_are_themselves_alone(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fixture.kernel.fake.memory.live = true;
	assert_int_equal(known_from(&fixture, MIB(2), MIB(2)), 0);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges_inside_a_leaf_are_looked_up_once),
		cmocka_unit_test(start_of_a_leaf_is_not_like_its_inside),
		cmocka_unit_test(oldest_edge_is_forgotten),
		cmocka_unit_test(edge_that_cannot_be_read_is_itself_alone),
		cmocka_unit_test(edge_in_a_broken_group_is_itself_alone),
		cmocka_unit_test(what_is_remembered_is_what_the_tables_say),
		cmocka_unit_test(edges_that_split_nothing_are_looked_up_once),
		cmocka_unit_test(plain_edges_end_before_a_leaf),
		cmocka_unit_test(plain_edges_end_before_a_cont_bit),
		cmocka_unit_test(edges_between_plain_ones_are_looked_up),
		cmocka_unit_test(live_edges_are_themselves_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
