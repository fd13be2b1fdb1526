// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Advice, and that it holds: in all geometries, memory that is added as advised can be removed
 * block by block.
 */
#include "api_fixture.h"

#include "arch/geometry.h"

/* The advice for [@start, @start + @size). */
static struct hr_advice advice_on(struct fixture *fixture, uint64_t start, uint64_t size)
{
	struct hr_answer *answer = ask(fixture, start, size, HR_DEPTH_PLAN);
	struct hr_advice advice = answer->advice;

	hr_answer_destroy(answer);
	return advice;
}

static void add_predicted(struct fixture *fixture, uint64_t start, uint64_t end, bool own_memmap)
{
	const struct hr_added added = { .range = { start, end }, .memmap_on_memory = own_memmap };

	if (start < end)
		assert_success(hr_kernel_predict_added(fixture->kernel, &added));
}

static void assert_range(const struct hr_advice *advice, uint64_t start, uint64_t end)
{
	assert_true(advice->found);
	assert_int_equal(advice->range.start, start);
	assert_int_equal(advice->range.end, end);
}

static void a_leaf_of_1_gib_is_avoided_by_pieces_of_half(void **state)
{
	struct fixture *fixture = *state;
	struct hr_advice advice;

	add_memory(fixture, FAKE_PUD);
	advice = advice_on(fixture, HOT + BLOCK, BLOCK);
	assert_range(&advice, HOT, HOT + GIB(1));
	assert_true(advice.again);
	assert_int_equal(advice.pieces, MIB(512));
	assert_int_equal(advice.mapping, HR_MAPPING_UNKNOWN);
	assert_false(advice.without_own_memmap);
}

static void a_whole_range_that_the_check_refuses_has_advice(void **state)
{
	struct fixture *fixture = *state;
	struct hr_advice advice;

	add_memory(fixture, FAKE_PUD);
	advice = advice_on(fixture, HOT, GIB(1));
	assert_range(&advice, HOT, HOT + GIB(1));
	assert_int_equal(advice.pieces, MIB(512));
}

static void what_can_be_removed_needs_no_advice(void **state)
{
	struct fixture *fixture = *state;

	add_memory(fixture, FAKE_CONT_PMD);
	assert_false(advice_on(fixture, HOT, BLOCK).found);
}

static void only_an_answer_with_a_plan_has_advice(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	add_memory(fixture, FAKE_PUD);
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_LEAVES);
	assert_false(answer->advice.found);
	hr_answer_destroy(answer);
}

static void memory_from_boot_has_no_advice(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.ignored = 1u << HR_REASON_BOOT_MEMORY;
	make_kernel(fixture);
	assert_false(advice_on(fixture, BASE, BLOCK + MIB(1)).found);
	assert_false(advice_on(fixture, BASE, BLOCK).found);
}

/* Half of the 1 GiB under a leaf is from boot, so it cannot be added again. */
static void a_leaf_that_also_maps_memory_from_boot_has_no_advice(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->fake, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	fake_sections(&fixture->fake, HOT + MIB(512), MIB(512), 15);
	make_kernel(fixture);
	assert_false(advice_on(fixture, HOT, BLOCK).found);
}

static void a_leaf_that_also_maps_what_is_not_there_has_no_advice(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->fake, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	fake_section_gone(&fixture->fake, HOT + MIB(512));
	make_kernel(fixture);
	assert_false(advice_on(fixture, HOT, BLOCK).found);
}

/* There is advice for a block under a leaf of 1 GiB, unless struct pages of @hidden are missing. */
static void check_unreadable(struct fixture *fixture, uint64_t hidden)
{
	struct fake_kernel *fake = &fixture->fake;

	fixture->config.ignored = 1u << HR_REASON_UNREADABLE;
	fake_add_memory(fake, HOT, GIB(1), FAKE_PUD, FAKE_PTE);
	make_kernel(fixture);
	assert_true(advice_on(fixture, HOT, BLOCK).found);
	fake_exclude(&fake->fake,
		     fake_table_of(&fake->tables, HR_LEVEL_PTE, fake_vmemmap(fake, hidden)));
	make_kernel(fixture);
	assert_false(advice_on(fixture, HOT, BLOCK).found);
}

static void what_cannot_be_read_has_no_advice(void **state)
{
	check_unreadable(*state, HOT);
}

static void what_shares_a_leaf_with_what_cannot_be_read_has_no_advice(void **state)
{
	check_unreadable(*state, HOT + MIB(512));
}

static void ignored_reasons_still_ask_for_advice(void **state)
{
	struct fixture *fixture = *state;
	struct hr_advice advice;

	fixture->config.ignored = 1u << HR_REASON_SPLITS_LEAF | 1u << HR_REASON_GUARD_VETO;
	add_memory(fixture, FAKE_PUD);
	advice = advice_on(fixture, HOT, BLOCK);
	assert_range(&advice, HOT, HOT + GIB(1));
	assert_int_equal(advice.pieces, MIB(512));
}

static void a_kernel_that_maps_by_pages_needs_no_pieces(void **state)
{
	struct fixture *fixture = *state;
	struct hr_advice advice;

	fixture->config.mapping = HR_MAPPING_PAGES;
	add_memory(fixture, FAKE_PUD);
	advice = advice_on(fixture, HOT, BLOCK);
	assert_range(&advice, HOT, HOT + GIB(1));
	assert_int_equal(advice.pieces, 0);
	assert_int_equal(advice.mapping, HR_MAPPING_PAGES);
}

static void struct_pages_in_the_block_itself_are_in_the_way(void **state)
{
	struct fixture *fixture = *state;
	struct hr_advice advice;

	fixture->config.mapping = HR_MAPPING_BLOCKS;
	make_kernel(fixture);
	add_predicted(fixture, HOT, HOT + GIB(1), true);
	advice = advice_on(fixture, HOT, 2 * BLOCK);
	assert_range(&advice, HOT, HOT + 2 * BLOCK);
	assert_true(advice.without_own_memmap);
	assert_int_equal(advice.pieces, MIB(512));
}

/* Add 1 GiB, by a leaf, to a kernel with struct pages of 80 bytes. */
static void add_with_large_struct_pages(struct fixture *fixture)
{
	fixture->config.mapping = HR_MAPPING_BLOCKS;
	set_note(fixture, "SIZE(page)", "80");
	fake_note_drop(&fixture->note, "NUMBER(VMEMMAP_START)");
	fake_note_drop(&fixture->note, "NUMBER(VMEMMAP_END)");
	make_kernel(fixture);
	add_predicted(fixture, HOT, HOT + GIB(1), false);
}

/* Struct pages of 80 bytes end in the middle of leaves, however the memory is added. */
static void struct_pages_that_do_not_fill_leaves_have_no_advice(void **state)
{
	struct fixture *fixture = *state;

	add_with_large_struct_pages(fixture);
	assert_false(advice_on(fixture, HOT, BLOCK).found);
	assert_false(advice_on(fixture, HOT, GIB(1)).found);
}

/* Four blocks have as many struct pages of 80 bytes as fill leaves, but one block does not. */
static void advice_must_help_each_block(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "OSRELEASE", "6.1.192");
	add_with_large_struct_pages(fixture);
	assert_false(advice_on(fixture, HOT, 4 * BLOCK).found);
}

static void all_that_is_predicted_is_not_added_again(void **state)
{
	struct fixture *fixture = *state;
	struct hr_advice advice;

	add_memory(fixture, FAKE_PUD);
	add_predicted(fixture, HOT + GIB(1), HOT + GIB(2), false);
	add_predicted(fixture, HOT + GIB(2), HOT + GIB(4), false);
	advice = advice_on(fixture, HOT + GIB(1), GIB(3));
	assert_range(&advice, HOT + GIB(1), HOT + GIB(4));
	assert_false(advice.again);
	advice = advice_on(fixture, HOT, GIB(3));
	assert_range(&advice, HOT, HOT + GIB(3));
	assert_true(advice.again);
}

/* 7.1.1 looks at what comes after a block, which stays whatever is done to the range. */
static void a_check_of_what_lies_behind_the_range_refuses_on(void **state)
{
	struct fixture *fixture = *state;
	struct hr_advice advice;

	set_note(fixture, "OSRELEASE", "7.1.1");
	fake_add_memory(&fixture->fake, HOT, GIB(2), FAKE_PUD, FAKE_PMD);
	make_kernel(fixture);
	assert_false(advice_on(fixture, HOT, GIB(1)).found);
	assert_false(advice_on(fixture, HOT, BLOCK).found);
	advice = advice_on(fixture, HOT, GIB(2));
	assert_range(&advice, HOT, HOT + GIB(2));
	assert_int_equal(advice.pieces, MIB(512));
}

static void what_was_to_be_removed_in_vain_is_there(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_pa_range removed = { HOT, HOT + GIB(1) };

	add_memory(fixture, FAKE_PUD);
	assert_success(hr_kernel_predict_removed(fixture->kernel, &removed));
	assert_true(advice_on(fixture, HOT, BLOCK).again);
}

static void a_running_kernel_has_advice_too(void **state)
{
	struct fixture *fixture = *state;
	struct hr_advice advice;

	fixture->fake.fake.memory.live = true;
	add_memory(fixture, FAKE_PUD);
	advice = advice_on(fixture, HOT, BLOCK);
	assert_range(&advice, HOT, HOT + GIB(1));
	assert_int_equal(advice.pieces, MIB(512));
}

static void finding_advice_changes_no_other_answer(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	add_memory(fixture, FAKE_PUD);
	assert_true(advice_on(fixture, HOT, BLOCK).found);
	assert_null(hr_kernel_predicted(fixture->kernel, 0));
	answer = ask(fixture, HOT, GIB(1), HR_DEPTH_LEAVES);
	assert_int_equal(answer->contents[HR_MAP_LINEAR].leaves[HR_LEAF_PUD], 1);
	hr_answer_destroy(answer);
}

/* The largest leaf or group of a kernel in its linear map. */
static uint64_t largest_leaf(const struct hr_geometry *geo)
{
	return fake_kind_size(geo, geo->leaf_level == HR_LEVEL_PUD ? FAKE_PUD : FAKE_CONT_PMD);
}

/* What is asked about a kernel that has added memory from @start to @end in one call. */
struct trial {
	uint64_t start, end, block;
	struct hr_advice advice;
};

/* Add the memory of @trial again, what the advice is about in pieces of at most @size. */
static void add_as_advised(struct fixture *fixture, const struct trial *trial, uint64_t size)
{
	const struct hr_pa_range *range = &trial->advice.range;
	uint64_t next;

	make_kernel(fixture);
	add_predicted(fixture, trial->start, range->start, false);
	for (uint64_t at = range->start; at < range->end; at = next) {
		next = at + size < range->end ? at + size : range->end;
		add_predicted(fixture, at, next, false);
	}
	add_predicted(fixture, range->end, trial->end, false);
}

static void check_each_block(struct fixture *fixture, const struct trial *trial)
{
	for (uint64_t at = trial->advice.range.start; at < trial->advice.range.end;
	     at += trial->block) {
		struct hr_answer *answer = ask(fixture, at, trial->block, HR_DEPTH_VERDICT);

		assert_int_equal(answer->verdict, HR_VERDICT_REMOVABLE);
		assert_int_equal(answer->guard.outcome, HR_GUARD_ACCEPTS);
		hr_answer_destroy(answer);
	}
}

/*
 * Memory of two of the largest leaves that begins @offset behind where one can begin. So only the
 * second one is sure to be made, and is in the way of its blocks.
 */
static void check_advice(struct fixture *fixture, uint64_t offset)
{
	uint64_t leaf = largest_leaf(&fixture->fake.layout.geo);
	struct trial trial = { .start = HOT + offset, .end = HOT + offset + 2 * leaf };

	make_kernel(fixture);
	trial.block = hr_kernel_facts(fixture->kernel)->memory_block_size;
	add_predicted(fixture, trial.start, trial.end, false);
	trial.advice = advice_on(fixture, HOT + leaf + trial.block, trial.block);
	assert_range(&trial.advice, HOT + leaf, HOT + 2 * leaf);
	assert_int_equal(trial.advice.pieces, leaf / 2);
	for (uint64_t size = trial.advice.pieces; size >= trial.block; size /= 2) {
		add_as_advised(fixture, &trial, size);
		check_each_block(fixture, &trial);
	}
	/* Pieces need not be aligned. */
	add_as_advised(fixture, &trial, trial.advice.pieces - trial.block);
	check_each_block(fixture, &trial);
}

static void memory_that_is_added_as_advised_can_go_block_by_block(void **state)
{
	(void)state;
	for (size_t shape = 0; shape < FAKE_SHAPES; shape++) {
		struct fixture *fixture;
		void *made;

		/* Where the root has PMDs, no leaf is larger than a block. */
		if (fake_shapes[shape].root_level == HR_LEVEL_PMD)
			continue;
		set_up_shape(&made, shape);
		fixture = made;
		fixture->config.mapping = HR_MAPPING_BLOCKS;
		check_advice(fixture, 0);
		check_advice(fixture, largest_leaf(&fixture->fake.layout.geo) / 2);
		tear_down(&made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(a_leaf_of_1_gib_is_avoided_by_pieces_of_half),
		test_of_kernel(a_whole_range_that_the_check_refuses_has_advice),
		test_of_kernel(what_can_be_removed_needs_no_advice),
		test_of_kernel(only_an_answer_with_a_plan_has_advice),
		test_of_kernel(memory_from_boot_has_no_advice),
		test_of_kernel(a_leaf_that_also_maps_memory_from_boot_has_no_advice),
		test_of_kernel(a_leaf_that_also_maps_what_is_not_there_has_no_advice),
		test_of_kernel(what_cannot_be_read_has_no_advice),
		test_of_kernel(what_shares_a_leaf_with_what_cannot_be_read_has_no_advice),
		test_of_kernel(ignored_reasons_still_ask_for_advice),
		test_of_kernel(a_kernel_that_maps_by_pages_needs_no_pieces),
		test_of_kernel(struct_pages_in_the_block_itself_are_in_the_way),
		test_of_kernel(struct_pages_that_do_not_fill_leaves_have_no_advice),
		test_of_kernel(advice_must_help_each_block),
		test_of_kernel(all_that_is_predicted_is_not_added_again),
		test_of_kernel(a_check_of_what_lies_behind_the_range_refuses_on),
		test_of_kernel(what_was_to_be_removed_in_vain_is_there),
		test_of_kernel(a_running_kernel_has_advice_too),
		test_of_kernel(finding_advice_changes_no_other_answer),
		cmocka_unit_test(memory_that_is_added_as_advised_can_go_block_by_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
