// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/listed_block.h"

#include "fake.h"

#define BASE GIB(2)
#define HOT  (BASE + GIB(1))

enum {
	SHAPE_4K = 1
};

/* A kernel with one memory block of 128 MiB to list, at @answer.range. */
struct fixture {
	struct fake_kernel fake;
	struct hr_kernel kernel;
	struct hr_answer answer;
	struct hr_listed_block block;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){
		.kernel.memory_block_size = MIB(128),
		.answer.range = { HOT + MIB(128), HOT + MIB(256) },
	};
	fake_kernel_init(&fixture.fake, &fake_shapes[SHAPE_4K], BASE);
	fixture.kernel.layout = fixture.fake.layout;
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_sections_destroy(fixture->kernel.sections);
	hr_walker_destroy(fixture->kernel.walker);
	fake_kernel_release(&fixture->fake);
	return 0;
}

/* List the block of a kernel whose tables are complete. */
static const struct hr_listed_block *list(struct fixture *fixture)
{
	struct hr_kernel *kernel = &fixture->kernel;

	assert_success(hr_walker_create(&kernel->layout.geo, &fixture->fake.fake.memory,
					kernel->layout.swapper_pa, &kernel->walker));
	hr_kernel_list_block(kernel, &fixture->answer, &fixture->block);
	return &fixture->block;
}

static void edges_at_leaves_of_the_block_do_not_cross(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_block_edges *linear;

	fake_map_linear(&fixture->fake, HOT, GIB(1), FAKE_PMD);
	linear = &list(fixture)->edges[HR_MAP_LINEAR];
	assert_true(linear->start.has_leaf);
	assert_int_equal(linear->start.leaf.pa, HOT + MIB(128));
	assert_false(linear->start.crosses);
	assert_true(linear->end.has_leaf);
	assert_int_equal(linear->end.leaf.pa, HOT + MIB(254));
	assert_false(linear->end.crosses);
}

static void a_leaf_around_the_block_crosses_both_edges(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_block_edges *linear;

	fake_map_linear(&fixture->fake, HOT, GIB(1), FAKE_PUD);
	linear = &list(fixture)->edges[HR_MAP_LINEAR];
	assert_true(linear->start.crosses);
	assert_true(linear->end.crosses);
	assert_int_equal(linear->end.leaf.level, HR_LEVEL_PUD);
}

/* A PUD that begins where the block does extends beyond it only at its end. */
static void an_edge_crosses_by_itself(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_block_edges *linear;

	fixture->answer.range = (struct hr_pa_range){ HOT, HOT + MIB(128) };
	fake_map_linear(&fixture->fake, HOT, GIB(1), FAKE_PUD);
	linear = &list(fixture)->edges[HR_MAP_LINEAR];
	assert_false(linear->start.crosses);
	assert_true(linear->end.crosses);
}

static void an_edge_of_nothing_has_no_leaf(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_block_edges *edges = list(fixture)->edges;

	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		assert_int_equal(edges[map].start.state, HR_MAP_UNMAPPED);
		assert_false(edges[map].start.has_leaf);
		assert_false(edges[map].end.has_leaf);
	}
}

static void an_edge_in_a_table_that_is_not_there_is_unreadable(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va = fake_linear(&fixture->fake, HOT + MIB(128));

	fake_map_linear(&fixture->fake, HOT, GIB(1), FAKE_PMD);
	fake_remove(&fixture->fake.fake, fake_table_of(&fixture->fake.tables, HR_LEVEL_PMD, va));
	assert_int_equal(list(fixture)->edges[HR_MAP_LINEAR].start.state, HR_MAP_UNREADABLE);
	assert_false(fixture->block.edges[HR_MAP_LINEAR].start.has_leaf);
}

static void a_group_that_lacks_members_is_a_damaged_leaf(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va = fake_linear(&fixture->fake, HOT + MIB(128));
	const struct hr_block_edge *start;

	fake_map_linear(&fixture->fake, HOT, GIB(1), FAKE_CONT_PMD);
	fake_set(&fixture->fake.tables, HR_LEVEL_PMD, va + MIB(2), 0);
	start = &list(fixture)->edges[HR_MAP_LINEAR].start;
	assert_true(start->is_damaged);
	assert_true(start->has_leaf);
	assert_int_equal(start->leaf.size, MIB(32));
}

static void without_sections_state_and_origin_are_unknown(void **state)
{
	const struct hr_listed_block *block = list(*state);

	assert_int_equal(block->online, HR_UNKNOWN);
	assert_int_equal(block->boot, HR_UNKNOWN);
}

static enum hr_tristate online_of(void *context, uint64_t number)
{
	*(uint64_t *)context = number;
	return HR_YES;
}

static void a_running_kernel_is_asked_for_the_state(void **state)
{
	struct fixture *fixture = *state;
	uint64_t asked = 0;
	const struct hr_host host = { .context = &asked, .block_online = online_of };

	fixture->kernel.config.host = &host;
	assert_int_equal(list(fixture)->online, HR_YES);
	assert_int_equal(asked, (HOT + MIB(128)) / MIB(128));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(edges_at_leaves_of_the_block_do_not_cross),
		ROW(a_leaf_around_the_block_crosses_both_edges),
		ROW(an_edge_crosses_by_itself),
		ROW(an_edge_of_nothing_has_no_leaf),
		ROW(an_edge_in_a_table_that_is_not_there_is_unreadable),
		ROW(a_group_that_lacks_members_is_a_damaged_leaf),
		ROW(without_sections_state_and_origin_are_unknown),
		ROW(a_running_kernel_is_asked_for_the_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
