// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/answer.h"

#include <string.h>

#include "api_fixture.h"

/* Who added the memory of a running kernel. */
struct host {
	enum hr_owner owner;
};

static enum hr_owner owner(void *context, uint64_t start, uint64_t end)
{
	const struct host *host = context;

	return start == HOT && end == HOT + GIB(1) ? host->owner : HR_OWNER_UNKNOWN;
}

static enum hr_verdict verdict(struct fixture *fixture, uint64_t start, uint64_t size,
			       enum hr_depth depth)
{
	struct hr_answer *answer = ask(fixture, start, size, depth);
	enum hr_verdict verdict = answer->verdict;

	hr_answer_destroy(answer);
	return verdict;
}

static void verdict_is_the_same_at_every_depth(void **state)
{
	struct fixture *fixture = *state;
	uint64_t table;

	fake_add_memory(&fixture->fake, HOT + GIB(1), GIB(1), FAKE_PUD, FAKE_PMD);
	fake_add_memory(&fixture->fake, HOT + GIB(2), GIB(1), FAKE_PTE, FAKE_PMD);
	table = fake_table_of(&fixture->fake.tables, HR_LEVEL_PTE,
			      fake_linear(&fixture->fake, HOT + GIB(2) + MIB(64)));
	fake_exclude(&fixture->fake.fake, table);
	add_memory(fixture, FAKE_PMD);
	for (enum hr_depth depth = HR_DEPTH_VERDICT; depth <= HR_DEPTH_PLAN; depth++) {
		assert_int_equal(verdict(fixture, HOT, GIB(1), depth), HR_VERDICT_REMOVABLE);
		assert_int_equal(verdict(fixture, HOT + GIB(1), BLOCK, depth),
				 HR_VERDICT_NOT_REMOVABLE);
		assert_int_equal(verdict(fixture, HOT + GIB(2), BLOCK, depth), HR_VERDICT_UNKNOWN);
	}
}

static bool is_walked(const struct hr_answer *answer)
{
	return answer->contents[HR_MAP_LINEAR].mapped != 0;
}

static void each_depth_has_what_it_asks_for(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	add_memory(fixture, FAKE_PMD);
	for (enum hr_depth depth = HR_DEPTH_VERDICT; depth <= HR_DEPTH_PLAN; depth++) {
		answer = ask(fixture, HOT, GIB(1), depth);
		assert_true(is_walked(answer));
		assert_int_equal(answer->plan != NULL, depth == HR_DEPTH_PLAN);
		assert_int_equal(answer->calls_from != NULL, depth == HR_DEPTH_PLAN);
		hr_answer_destroy(answer);
	}
}

static void nothing_is_walked_once_a_verdict_is_final(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	add_memory(fixture, FAKE_PUD);
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_VERDICT);
	assert_int_equal(answer->verdict, HR_VERDICT_NOT_REMOVABLE);
	assert_false(is_walked(answer));
	hr_answer_destroy(answer);
}

static void check_that_was_not_asked_accepts_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	make_kernel(fixture);
	answer = ask(fixture, BASE, BLOCK, HR_DEPTH_VERDICT);
	assert_int_equal(answer->verdict, HR_VERDICT_NOT_REMOVABLE);
	assert_int_equal(hr_answer_guard(answer), HR_GUARD_CANNOT_TELL);
	hr_answer_destroy(answer);
}

static void there_is_no_other_depth(void **state)
{
	static const enum hr_depth depths[] = { HR_DEPTH_PLAN + 1, (enum hr_depth) - 1 };
	const struct hr_pa_range range = { HOT, HOT + BLOCK };
	struct fixture *fixture = *state;
	struct hr_answer *answer = NULL;

	add_memory(fixture, FAKE_PMD);
	for (size_t i = 0; i < COUNT_OF(depths); i++)
		assert_failure(hr_kernel_ask(fixture->kernel, &range, depths[i], &answer),
			       HR_ERROR_USAGE, "depth");
	assert_null(answer);
}

static void nothing_is_removable_before_it_was_asked_about(void **state)
{
	const struct hr_answer answer = { .calls_from = NULL };

	(void)state;
	assert_int_equal(hr_answer_verdict(&answer), HR_VERDICT_UNKNOWN);
}

static void more_than_a_verdict_is_answered_whole(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	add_memory(fixture, FAKE_PUD);
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_LEAVES);
	assert_int_equal(answer->verdict, HR_VERDICT_NOT_REMOVABLE);
	assert_true(is_walked(answer));
	hr_answer_destroy(answer);
}

static void reasons_that_are_ignored_do_not_make_it_final(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	fixture->config.ignored = 1u << HR_REASON_SPLITS_LEAF;
	add_memory(fixture, FAKE_PUD);
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_VERDICT);
	assert_true(hr_check_has(&answer->check, HR_REASON_SPLITS_LEAF));
	assert_true(is_walked(answer));
	hr_answer_destroy(answer);
}

static void range_that_cannot_go_has_the_nearest_that_can(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	fixture->config.guard = HR_GUARD_NONE;
	add_memory(fixture, FAKE_PUD);
	answer = ask(fixture, HOT + BLOCK, BLOCK, HR_DEPTH_PLAN);
	assert_false(answer->nearest.has_inside);
	assert_true(answer->nearest.has_around);
	assert_int_equal(answer->nearest.around.start, HOT);
	assert_int_equal(answer->nearest.around.end, HOT + GIB(1));
	hr_answer_destroy(answer);
}

static void range_that_can_go_needs_no_other(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	add_memory(fixture, FAKE_PMD);
	answer = ask(fixture, HOT, GIB(1), HR_DEPTH_PLAN);
	assert_false(answer->nearest.has_inside);
	assert_false(answer->nearest.has_around);
	hr_answer_destroy(answer);
}

/* 7.2 looks at the range of the request: it refuses the blocks inside a leaf of 1 GiB. */
static void kernels_own_check_is_a_reason_where_nothing_is_split(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	add_memory(fixture, FAKE_PUD);
	answer = ask(fixture, HOT, GIB(1), HR_DEPTH_LEAVES);
	assert_true(hr_check_has(&answer->check, HR_REASON_GUARD_VETO));
	assert_int_equal(answer->guard.vetoed, 8);
	hr_answer_destroy(answer);
}

static const char *calls_from(struct fixture *fixture)
{
	struct hr_answer *answer = ask(fixture, HOT, GIB(1), HR_DEPTH_PLAN);
	const char *from = answer->calls_from;

	hr_answer_destroy(answer);
	return from;
}

static void calls_are_known_by_the_option_or_the_owner(void **state)
{
	struct fixture *fixture = *state;
	struct host said = { .owner = HR_OWNER_KMEM };
	const struct hr_host host = { .context = &said, .owner = owner };

	add_memory(fixture, FAKE_PMD);
	assert_string_equal(calls_from(fixture), "assumed");
	fixture->kernel->config.host = &host;
	assert_string_equal(calls_from(fixture), "owner");
	fixture->kernel->config.calls = HR_CALLS_BLOCK;
	assert_string_equal(calls_from(fixture), "option");
}

static void calls_of_virtio_mem_are_assumed_with_a_warning(void **state)
{
	struct fixture *fixture = *state;
	struct host said = { .owner = HR_OWNER_VIRTIO_MEM };
	const struct hr_host host = { .context = &said, .owner = owner };

	add_memory(fixture, FAKE_PMD);
	fixture->kernel->config.host = &host;
	assert_false(warns_of(fixture, "virtio-mem"));
	assert_string_equal(calls_from(fixture), "assumed");
	assert_true(warns_of(fixture, "virtio-mem"));
}

static void calls_for_each_block_are_asked_about(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.guard = HR_GUARD_NONE;
	add_memory(fixture, FAKE_PUD);
	assert_int_equal(verdict(fixture, HOT, GIB(1), HR_DEPTH_PLAN), HR_VERDICT_REMOVABLE);
	fixture->kernel->config.calls = HR_CALLS_BLOCK;
	assert_int_equal(verdict(fixture, HOT, GIB(1), HR_DEPTH_PLAN), HR_VERDICT_NOT_REMOVABLE);
}

static void contents_of_both_maps_are_counted(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	add_memory(fixture, FAKE_PMD);
	answer = ask(fixture, HOT, GIB(1), HR_DEPTH_PLAN);
	assert_int_equal(answer->contents[HR_MAP_LINEAR].mapped, GIB(1));
	assert_int_equal(answer->contents[HR_MAP_LINEAR].leaves[HR_LEAF_PMD], 512);
	assert_int_equal(answer->contents[HR_MAP_LINEAR].tables_emptied, 1);
	assert_int_equal(answer->contents[HR_MAP_VMEMMAP].mapped, MIB(16));
	assert_int_equal(answer->contents[HR_MAP_VMEMMAP].unreadable, 0);
	hr_answer_destroy(answer);
}

static void ranges_that_are_none_cannot_be_asked_about(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_pa_range ranges[] = {
		{ HOT, HOT },
		{ HOT + 1, HOT },
		{ HOT, (UINT64_C(1) << 48) + 1 },
		{ UINT64_C(1) << 48, (UINT64_C(1) << 48) + BLOCK },
	};
	struct hr_answer *answer = NULL;

	add_memory(fixture, FAKE_PMD);
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		assert_failure(
			hr_kernel_ask(fixture->kernel, &ranges[i], HR_DEPTH_VERDICT, &answer),
			HR_ERROR_USAGE, "is not a range of 48-bit");
	assert_null(answer);
}

static void kernel_opened_for_its_maps_answers_nothing_else(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_pa_range range = { HOT, HOT + BLOCK };
	struct hr_answer *answer = NULL;

	fixture->config.maps_only = true;
	add_memory(fixture, FAKE_PMD);
	assert_failure(hr_kernel_ask(fixture->kernel, &range, HR_DEPTH_VERDICT, &answer),
		       HR_ERROR_USAGE, "for its maps only");
	assert_null(answer);
}

static void parts_of_an_answer_are_those_of_its_struct(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	add_memory(fixture, FAKE_PUD);
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_PLAN);
	assert_int_equal(hr_answer_verdict(answer), HR_VERDICT_NOT_REMOVABLE);
	for (size_t i = 0; i < answer->check.count; i++) {
		const struct hr_reason *reason = hr_answer_reason(answer, i);

		assert_int_equal(hr_reason_code_of(reason), answer->check.reasons[i].code);
		assert_string_equal(hr_reason_message(reason), answer->check.reasons[i].message);
	}
	assert_null(hr_answer_reason(answer, answer->check.count));
	assert_int_equal(hr_answer_guard(answer), HR_GUARD_REFUSES);
	assert_int_equal(hr_answer_tlbi(fixture->kernel, answer), answer->plan->batched.total.tlbi);
	hr_answer_destroy(answer);
}

static void answer_without_a_plan_has_no_count(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	add_memory(fixture, FAKE_PMD);
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_LEAVES);
	assert_int_equal(hr_answer_tlbi(fixture->kernel, answer), 0);
	hr_answer_destroy(answer);
}

/* How far the question has come; the set-up of the kernel does not count. */
struct progress {
	bool asked;
	uint64_t last;
};

static void on_progress(void *context, uint64_t pa)
{
	struct progress *progress = context;

	/* Struct pages lie elsewhere. */
	if (!progress->asked || pa < HOT || pa >= HOT + GIB(1))
		return;
	assert_true(pa >= progress->last);
	progress->last = pa;
}

/* Leaves of 4K have a table for each 2 MiB, and the walk comes to all of them. */
static void progress_comes_to_the_end_of_the_range(void **state)
{
	struct fixture *fixture = *state;
	struct progress progress = { .asked = false };

	fixture->config.progress = on_progress;
	fixture->config.progress_context = &progress;
	add_memory(fixture, FAKE_PTE);
	progress.asked = true;
	hr_answer_destroy(ask(fixture, HOT, GIB(1), HR_DEPTH_LEAVES));
	assert_int_equal(progress.last, HOT + GIB(1) - MIB(2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(verdict_is_the_same_at_every_depth),
		test_of_kernel(each_depth_has_what_it_asks_for),
		test_of_kernel(nothing_is_walked_once_a_verdict_is_final),
		test_of_kernel(check_that_was_not_asked_accepts_nothing),
		test_of_kernel(there_is_no_other_depth),
		cmocka_unit_test(nothing_is_removable_before_it_was_asked_about),
		test_of_kernel(more_than_a_verdict_is_answered_whole),
		test_of_kernel(reasons_that_are_ignored_do_not_make_it_final),
		test_of_kernel(range_that_cannot_go_has_the_nearest_that_can),
		test_of_kernel(range_that_can_go_needs_no_other),
		test_of_kernel(kernels_own_check_is_a_reason_where_nothing_is_split),
		test_of_kernel(calls_are_known_by_the_option_or_the_owner),
		test_of_kernel(calls_of_virtio_mem_are_assumed_with_a_warning),
		test_of_kernel(calls_for_each_block_are_asked_about),
		test_of_kernel(contents_of_both_maps_are_counted),
		test_of_kernel(ranges_that_are_none_cannot_be_asked_about),
		test_of_kernel(kernel_opened_for_its_maps_answers_nothing_else),
		test_of_kernel(parts_of_an_answer_are_those_of_its_struct),
		test_of_kernel(answer_without_a_plan_has_no_count),
		test_of_kernel(progress_comes_to_the_end_of_the_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
