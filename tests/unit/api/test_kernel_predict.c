// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

/* Whether, and how, a kernel is told of [@start, @start + @size). */
static struct hr_error *predict_added(struct fixture *fixture, uint64_t start, uint64_t size)
{
	const struct hr_added added = { .range = { start, start + size } };

	return hr_kernel_predict_added(fixture->kernel, &added);
}

static struct hr_error *predict_removed(struct fixture *fixture, uint64_t start, uint64_t size)
{
	const struct hr_pa_range range = { start, start + size };

	return hr_kernel_predict_removed(fixture->kernel, &range);
}

static enum hr_verdict verdict_on(struct fixture *fixture, uint64_t start, uint64_t size)
{
	struct hr_answer *answer = ask(fixture, start, size, HR_DEPTH_LEAVES);
	enum hr_verdict verdict = answer->verdict;

	hr_answer_destroy(answer);
	return verdict;
}

/* The kernel, which maps what it adds by blocks or pages. */
static void make_mapping(struct fixture *fixture, enum hr_mapping mapping)
{
	fixture->config.mapping = mapping;
	make_kernel(fixture);
}

static void memory_that_is_added_by_pages_can_go_block_by_block(void **state)
{
	struct fixture *fixture = *state;

	make_mapping(fixture, HR_MAPPING_PAGES);
	assert_success(predict_added(fixture, HOT, GIB(2)));
	assert_int_equal(verdict_on(fixture, HOT, GIB(2)), HR_VERDICT_REMOVABLE);
	assert_int_equal(verdict_on(fixture, HOT + BLOCK, BLOCK), HR_VERDICT_REMOVABLE);
}

static void memory_that_is_added_by_blocks_goes_by_gigabytes(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	make_mapping(fixture, HR_MAPPING_BLOCKS);
	assert_success(predict_added(fixture, HOT, GIB(2)));
	answer = ask(fixture, HOT + BLOCK, BLOCK, HR_DEPTH_PLAN);
	assert_true(hr_check_has(&answer->check, HR_REASON_SPLITS_LEAF));
	assert_int_equal(answer->guard.outcome, HR_GUARD_REFUSES);
	hr_answer_destroy(answer);
	answer = ask(fixture, HOT, GIB(1), HR_DEPTH_LEAVES);
	assert_int_equal(answer->contents[HR_MAP_LINEAR].leaves[HR_LEAF_PUD], 1);
	assert_int_equal(answer->contents[HR_MAP_VMEMMAP].leaves[HR_LEAF_PMD], 8);
	hr_answer_destroy(answer);
}

static void added_blocks_are_listed(void **state)
{
	struct fixture *fixture = *state;
	bool unread = false;

	make_mapping(fixture, HR_MAPPING_PAGES);
	assert_true(hr_kernel_next_block(fixture->kernel, HOT, &unread) > HOT + GIB(2));
	assert_success(predict_added(fixture, HOT + GIB(1), 2 * BLOCK));
	assert_int_equal(hr_kernel_next_block(fixture->kernel, HOT, &unread), HOT + GIB(1));
	assert_int_equal(hr_kernel_next_block(fixture->kernel, HOT + GIB(1) + BLOCK, &unread),
			 HOT + GIB(1) + BLOCK);
	assert_true(hr_kernel_next_block(fixture->kernel, HOT + GIB(1) + 2 * BLOCK, &unread) >
		    HOT + GIB(2));
	assert_false(unread);
}

static void removed_memory_does_not_exist(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	add_memory(fixture, FAKE_PMD);
	assert_success(predict_removed(fixture, HOT, GIB(1)));
	answer = ask(fixture, HOT, GIB(1), HR_DEPTH_LEAVES);
	assert_true(hr_check_has(&answer->check, HR_REASON_NOT_PRESENT));
	assert_int_equal(answer->contents[HR_MAP_LINEAR].mapped, 0);
	hr_answer_destroy(answer);
}

static void memory_can_be_added_again_in_other_pieces(void **state)
{
	struct fixture *fixture = *state;

	/* Without a check, a leaf of 1 GiB can go, if all of it does. */
	set_note(fixture, "OSRELEASE", "6.1.192");
	add_memory(fixture, FAKE_PUD);
	assert_int_equal(verdict_on(fixture, HOT, BLOCK), HR_VERDICT_NOT_REMOVABLE);
	assert_success(predict_removed(fixture, HOT, GIB(1)));
	assert_success(predict_added(fixture, HOT, MIB(512)));
	assert_success(predict_added(fixture, HOT + MIB(512), MIB(512)));
	assert_int_equal(verdict_on(fixture, HOT, BLOCK), HR_VERDICT_REMOVABLE);
	assert_non_null(hr_kernel_predicted(fixture->kernel, 2));
	assert_null(hr_kernel_predicted(fixture->kernel, 3));
}

static void removal_that_the_kernel_refuses_changes_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	add_memory(fixture, FAKE_PUD);
	assert_success(predict_removed(fixture, HOT, BLOCK));
	assert_true(hr_kernel_predicted(fixture->kernel, 0)->refused);
	assert_true(warns_of(fixture, "this kernel would not remove the memory at 0x800000000"));
	answer = ask(fixture, HOT, GIB(1), HR_DEPTH_LEAVES);
	assert_false(hr_check_has(&answer->check, HR_REASON_NOT_PRESENT));
	assert_int_equal(answer->contents[HR_MAP_LINEAR].mapped, GIB(1));
	hr_answer_destroy(answer);
}

static void removal_of_boot_memory_is_refused(void **state)
{
	struct fixture *fixture = *state;

	make_kernel(fixture);
	assert_success(predict_removed(fixture, BASE, BLOCK));
	assert_true(hr_kernel_predicted(fixture->kernel, 0)->refused);
}

static void removal_that_tears_a_leaf_takes_the_neighbours_mapping(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_predicted *predicted;

	set_note(fixture, "OSRELEASE", "6.1.192");
	add_memory(fixture, FAKE_PUD);
	assert_success(predict_removed(fixture, HOT + BLOCK, BLOCK));
	predicted = hr_kernel_predicted(fixture->kernel, 0);
	assert_false(predicted->refused);
	assert_int_equal(predicted->torn_below[HR_MAP_LINEAR], BLOCK);
	assert_int_equal(predicted->torn_above[HR_MAP_LINEAR], GIB(1) - 2 * BLOCK);
	assert_true(warns_of(fixture, "would take the mapping of its neighbours along"));
	assert_int_equal(verdict_on(fixture, HOT, BLOCK), HR_VERDICT_UNKNOWN);
}

static void what_exists_cannot_be_added(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.mapping = HR_MAPPING_PAGES;
	add_memory(fixture, FAKE_PMD);
	assert_failure(predict_added(fixture, HOT, BLOCK), HR_ERROR_INPUT,
		       "memory at 0x800000000 cannot be added: it exists");
}

static void what_is_mapped_without_a_section_cannot_be_added(void **state)
{
	struct fixture *fixture = *state;

	fake_map_linear(&fixture->fake, HOT, BLOCK, FAKE_PMD);
	make_mapping(fixture, HR_MAPPING_PAGES);
	assert_failure(predict_added(fixture, HOT, BLOCK), HR_ERROR_INPUT,
		       "the linear map maps 128 MiB of this memory already");
}

static void what_does_not_exist_cannot_be_removed(void **state)
{
	struct fixture *fixture = *state;

	add_memory(fixture, FAKE_PMD);
	assert_failure(predict_removed(fixture, HOT + GIB(1), BLOCK), HR_ERROR_INPUT,
		       "not all of it exists");
}

static void only_whole_blocks_are_added_and_removed(void **state)
{
	struct fixture *fixture = *state;

	make_mapping(fixture, HR_MAPPING_PAGES);
	assert_failure(predict_added(fixture, HOT + MIB(2), BLOCK), HR_ERROR_USAGE,
		       "must be multiples of 128 MiB");
	assert_failure(predict_removed(fixture, HOT, MIB(2)), HR_ERROR_USAGE,
		       "must be multiples of 128 MiB");
}

/* Memory that was added with leaves of @kind shows @mapping. */
static void check_mapping(struct fixture *fixture, enum fake_kind kind, enum hr_mapping mapping)
{
	enum hr_model_source from;

	add_memory(fixture, kind);
	assert_int_equal(hr_kernel_mapping(fixture->kernel, &from), mapping);
	assert_int_equal(from, HR_MODEL_FROM_TABLES);
}

static void larger_leaves_of_added_memory_show_blocks(void **state)
{
	check_mapping(*state, FAKE_PUD, HR_MAPPING_BLOCKS);
}

static void groups_of_added_memory_show_blocks(void **state)
{
	check_mapping(*state, FAKE_CONT_PTE, HR_MAPPING_BLOCKS);
}

static void pages_of_added_memory_show_pages(void **state)
{
	check_mapping(*state, FAKE_PTE, HR_MAPPING_PAGES);
}

static void without_evidence_the_mapping_must_be_given(void **state)
{
	struct fixture *fixture = *state;
	enum hr_model_source from;

	make_kernel(fixture);
	assert_int_equal(hr_kernel_mapping(fixture->kernel, &from), HR_MAPPING_UNKNOWN);
	assert_int_equal(from, HR_MODEL_FROM_UNKNOWN);
	assert_failure(predict_added(fixture, HOT, BLOCK), HR_ERROR_INPUT, "{mapping} sets it");
}

static void blocks_that_hold_their_own_memmap_are_added_one_by_one(void **state)
{
	struct fixture *fixture = *state;
	struct hr_added added = { .range = { HOT, HOT + GIB(1) }, .memmap_on_memory = true };
	struct hr_answer *answer;

	make_mapping(fixture, HR_MAPPING_BLOCKS);
	assert_success(hr_kernel_predict_added(fixture->kernel, &added));
	answer = ask(fixture, HOT, GIB(1), HR_DEPTH_PLAN);
	assert_int_equal(answer->contents[HR_MAP_LINEAR].leaves[HR_LEAF_CONT_PMD], 32);
	assert_string_equal(answer->calls_from, "memmap-on-memory");
	hr_answer_destroy(answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(memory_that_is_added_by_pages_can_go_block_by_block),
		test_of_kernel(memory_that_is_added_by_blocks_goes_by_gigabytes),
		test_of_kernel(added_blocks_are_listed),
		test_of_kernel(removed_memory_does_not_exist),
		test_of_kernel(memory_can_be_added_again_in_other_pieces),
		test_of_kernel(removal_that_the_kernel_refuses_changes_nothing),
		test_of_kernel(removal_of_boot_memory_is_refused),
		test_of_kernel(removal_that_tears_a_leaf_takes_the_neighbours_mapping),
		test_of_kernel(what_exists_cannot_be_added),
		test_of_kernel(what_is_mapped_without_a_section_cannot_be_added),
		test_of_kernel(what_does_not_exist_cannot_be_removed),
		test_of_kernel(only_whole_blocks_are_added_and_removed),
		test_of_kernel(larger_leaves_of_added_memory_show_blocks),
		test_of_kernel(groups_of_added_memory_show_blocks),
		test_of_kernel(pages_of_added_memory_show_pages),
		test_of_kernel(without_evidence_the_mapping_must_be_given),
		test_of_kernel(blocks_that_hold_their_own_memmap_are_added_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
