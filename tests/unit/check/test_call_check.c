// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_fixture.h"

#include "check/call_check.h"

/* Check the calls that remove the blocks of what a walk of [@pa, @pa + @size) has shown. */
static void check_calls(struct fixture *fixture, uint64_t pa, uint64_t size)
{
	const struct hr_pa_range range = begin_check(fixture, pa, size);
	struct hr_survey survey;

	hr_survey_range(&fixture->kernel.layout, fixture->walker, range.start, range.end, NULL,
			NULL, &survey);
	hr_check_calls(&fixture->check, &survey, &fixture->result);
}

/* A call for each memory block has edges inside the range: 128 MiB here, 512 MiB on 64K. */
static void calls_for_each_block_split_what_reaches_over_its_edge(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		size_t shape;
		enum fake_kind linear, vmemmap;
		enum hr_map map;
		uint64_t size; /* of the leaf that is split, 0 if none is */
	} rows[] = {
		{ SHAPE_4K, FAKE_PUD, FAKE_PMD, HR_MAP_LINEAR, GIB(1) },
		{ SHAPE_4K, FAKE_CONT_PMD, FAKE_CONT_PMD, HR_MAP_VMEMMAP, MIB(32) },
		{ SHAPE_4K, FAKE_CONT_PMD, FAKE_PMD, HR_MAP_LINEAR, 0 },
		{ SHAPE_64K, FAKE_CONT_PMD, FAKE_PTE, HR_MAP_LINEAR, GIB(16) },
		{ SHAPE_64K, FAKE_PMD, FAKE_PTE, HR_MAP_LINEAR, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct hr_reason *reason;

		start_over(fixture, rows[i].shape);
		fake_add_memory(&fixture->kernel, HOT, GIB(16), rows[i].linear, rows[i].vmemmap);
		check_calls(fixture, HOT, GIB(16));
		reason = find_reason(fixture, HR_REASON_SPLITS_LEAF);
		assert_int_equal(reason != NULL, rows[i].size != 0);
		if (reason) {
			const struct hr_layout *layout = &fixture->kernel.layout;
			uint64_t inner_edge = HOT + fixture->check.machine.block_size;

			assert_int_equal(verdict_of(fixture), HR_VERDICT_NOT_REMOVABLE);
			assert_true(reason->has_leaf);
			assert_int_equal(reason->map, rows[i].map);
			assert_int_equal(reason->edge, HR_EDGE_NONE);
			assert_int_equal(reason->leaf.va, hr_map_va(layout, rows[i].map, HOT));
			assert_int_equal(reason->leaf.size, rows[i].size);
			assert_int_equal(reason->va, hr_map_va(layout, rows[i].map, inner_edge));
		}
	}
}

static void a_single_block_has_no_edges_inside(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	check_calls(fixture, HOT + MIB(128), MIB(128));
	assert_nothing(fixture);
}

/* It need not be the first of the range. */
static void the_first_leaf_that_is_split_is_named(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_add_memory(&fixture->kernel, HOT + GIB(1), GIB(2), FAKE_PUD, FAKE_PMD);
	check_calls(fixture, HOT, GIB(3));
	assert_only(fixture, HR_REASON_SPLITS_LEAF, "1 GiB PUD leaf");
	assert_int_equal(fixture->result.reasons[0].leaf.va,
			 fake_linear(&fixture->kernel, HOT + GIB(1)));
}

/* The edge of the blocks is where the leaf ends, but the group goes on. */
static void group_without_a_member_is_split_as_a_whole(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_reason *reason;

	fixture->check.machine.block_size = MIB(2);
	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_CONT_PMD, FAKE_PTE);
	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD,
		 fake_linear(&fixture->kernel, HOT + MIB(10)), 0);
	check_calls(fixture, HOT, MIB(4));
	assert_reason(fixture, HR_REASON_SPLITS_LEAF, "32 MiB CONT_PMD group");
	reason = find_reason(fixture, HR_REASON_SPLITS_LEAF);
	assert_int_equal(reason->leaf.va, fake_linear(&fixture->kernel, HOT));
	assert_int_equal(reason->va, fake_linear(&fixture->kernel, HOT + MIB(2)));
}

/* A walk of 1 TiB, of which the linear map has the ends alone. */
static void holes_are_stepped_over(void **state)
{
	struct fixture *fixture = *state;

	fake_map_linear(&fixture->kernel, HOT, GIB(1), FAKE_PMD);
	fake_map_linear(&fixture->kernel, HOT + GIB(1023), GIB(1), FAKE_PUD);
	check_calls(fixture, HOT, GIB(1024));
	assert_only(fixture, HR_REASON_SPLITS_LEAF, "1 GiB PUD leaf");
	assert_int_equal(find_reason(fixture, HR_REASON_SPLITS_LEAF)->leaf.va,
			 fake_linear(&fixture->kernel, HOT + GIB(1023)));
}

/* Each group has two blocks: every other edge of them lies inside one. */
static void each_edge_of_blocks_is_looked_at(void **state)
{
	struct fixture *fixture = *state;

	fixture->check.machine.block_size = MIB(16);
	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_CONT_PMD, FAKE_PTE);
	check_calls(fixture, HOT + MIB(16), MIB(48));
	assert_only(fixture, HR_REASON_SPLITS_LEAF, "32 MiB CONT_PMD group");
	assert_int_equal(fixture->result.reasons[0].va,
			 fake_linear(&fixture->kernel, HOT + MIB(48)));
}

/* Where the vmemmap has leaves across blocks, with a survey that lacks @missing. */
static void check_calls_without(struct fixture *fixture, enum hr_map missing)
{
	struct hr_survey survey;

	fake_add_memory(&fixture->kernel, HOT, GIB(2), FAKE_PMD, FAKE_CONT_PMD);
	hr_survey_range(&fixture->kernel.layout, fixture->walker, HOT, HOT + GIB(2), NULL, NULL,
			&survey);
	survey.maps[missing].done = false;
	hr_check_calls(&fixture->check, &survey, &fixture->result);
}

static void map_that_was_not_walked_is_left_out(void **state)
{
	struct fixture *fixture = *state;

	check_calls_without(fixture, HR_MAP_VMEMMAP);
	assert_nothing(fixture);
}

/* The walk of the linear map tells where the range is. */
static void nothing_is_looked_at_without_the_linear_map(void **state)
{
	struct fixture *fixture = *state;

	check_calls_without(fixture, HR_MAP_LINEAR);
	assert_nothing(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(calls_for_each_block_split_what_reaches_over_its_edge),
		test_of_kernel(a_single_block_has_no_edges_inside),
		test_of_kernel(the_first_leaf_that_is_split_is_named),
		test_of_kernel(group_without_a_member_is_split_as_a_whole),
		test_of_kernel(holes_are_stepped_over),
		test_of_kernel(each_edge_of_blocks_is_looked_at),
		test_of_kernel(map_that_was_not_walked_is_left_out),
		test_of_kernel(nothing_is_looked_at_without_the_linear_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
