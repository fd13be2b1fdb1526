// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

static enum hr_guard_outcome guard_of(struct fixture *fixture, uint64_t start)
{
	struct hr_answer *answer = ask(fixture, start, BLOCK, HR_DEPTH_LEAVES);
	enum hr_guard_outcome outcome = answer->guard.outcome;

	hr_answer_destroy(answer);
	return outcome;
}

static void models_are_those_of_the_release(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_facts *facts;

	facts = hr_kernel_facts(add_memory(fixture, FAKE_PUD));
	assert_int_equal(facts->guard, HR_GUARD_REQUESTED);
	assert_int_equal(guard_of(fixture, HOT), HR_GUARD_REFUSES);
	assert_success(hr_kernel_predict_release(fixture->kernel, "6.1.100"));
	assert_int_equal(facts->guard, HR_GUARD_NONE);
	assert_int_equal(facts->flush, HR_FLUSH_PAGE_LOOP);
	assert_int_equal(facts->teardown, HR_TEARDOWN_PER_LEAF);
	assert_int_equal(guard_of(fixture, HOT), HR_GUARD_NO_CHECK);
}

static void source_keeps_its_release(void **state)
{
	struct fixture *fixture = *state;

	make_kernel(fixture);
	assert_success(hr_kernel_predict_release(fixture->kernel, "6.1.100"));
	assert_string_equal(hr_kernel_facts(fixture->kernel)->release, "7.2.12");
}

static void the_last_release_counts(void **state)
{
	struct fixture *fixture = *state;

	make_kernel(fixture);
	assert_success(hr_kernel_predict_release(fixture->kernel, "6.1.100"));
	assert_success(hr_kernel_predict_release(fixture->kernel, "7.1.2"));
	assert_int_equal(hr_kernel_facts(fixture->kernel)->guard, HR_GUARD_NEXT_RANGE);
	assert_string_equal(hr_kernel_predicted(fixture->kernel, 0)->release, "6.1.100");
	assert_string_equal(hr_kernel_predicted(fixture->kernel, 1)->release, "7.1.2");
}

static void configuration_goes_before_the_release(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.guard = HR_GUARD_NONE;
	make_kernel(fixture);
	assert_success(hr_kernel_predict_release(fixture->kernel, "7.2.12"));
	assert_int_equal(hr_kernel_facts(fixture->kernel)->guard, HR_GUARD_NONE);
	assert_int_equal(hr_kernel_facts(fixture->kernel)->guard_from, HR_MODEL_FROM_OPTION);
}

static void warnings_about_the_own_models_go(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "OSRELEASE", "7.2.0-mine");
	make_kernel(fixture);
	hr_kernel_warn(fixture->kernel, "another matter");
	assert_true(warns_of(fixture, "not from kernel.org"));
	assert_success(hr_kernel_predict_release(fixture->kernel, "7.2.12"));
	assert_false(warns_of(fixture, "not from kernel.org"));
	assert_true(warns_of(fixture, "another matter"));
}

static void symbols_prove_nothing_about_another_kernel(void **state)
{
	struct fixture *fixture = *state;

	make_kernel(fixture);
	fixture->kernel->features.leaf_check = HR_NO;
	fixture->kernel->features.hotremove = HR_NO;
	fixture->kernel->no_hotremove = "it was built without";
	assert_success(hr_kernel_predict_release(fixture->kernel, "7.2.12"));
	assert_int_equal(hr_kernel_facts(fixture->kernel)->guard, HR_GUARD_REQUESTED);
	assert_false(hr_kernel_facts(fixture->kernel)->no_hotremove);
}

static void release_may_be_unable_to_remove_memory(void **state)
{
	struct fixture *fixture = *state;

	make_kernel(fixture);
	assert_success(hr_kernel_predict_release(fixture->kernel, "5.4.100"));
	assert_true(hr_kernel_facts(fixture->kernel)->no_hotremove);
}

static void newer_release_leaves_the_guard_open(void **state)
{
	struct fixture *fixture = *state;

	make_kernel(fixture);
	assert_success(hr_kernel_predict_release(fixture->kernel, "7.9.1"));
	assert_int_equal(hr_kernel_facts(fixture->kernel)->guard, HR_GUARD_UNKNOWN);
	assert_true(warns_of(fixture, "kernel 7.9.1 is newer than"));
}

static void what_is_not_a_release_is_refused(void **state)
{
	struct fixture *fixture = *state;

	make_kernel(fixture);
	assert_failure(hr_kernel_predict_release(fixture->kernel, "newest"), HR_ERROR_USAGE,
		       "'newest' is not a release");
}

static void mapping(struct fixture *fixture, enum hr_mapping expected)
{
	enum hr_model_source from;

	assert_int_equal(hr_kernel_mapping(fixture->kernel, &from), expected);
}

static void blocks_of_an_older_kernel_stay_blocks(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "OSRELEASE", "6.12.0");
	add_memory(fixture, FAKE_PUD);
	assert_success(hr_kernel_predict_release(fixture->kernel, "7.2.12"));
	mapping(fixture, HR_MAPPING_BLOCKS);
}

static void pages_may_become_blocks_on_a_newer_kernel(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "OSRELEASE", "6.12.0");
	add_memory(fixture, FAKE_PTE);
	assert_success(hr_kernel_predict_release(fixture->kernel, "6.1.100"));
	mapping(fixture, HR_MAPPING_PAGES);
	assert_success(hr_kernel_predict_release(fixture->kernel, "7.2.12"));
	mapping(fixture, HR_MAPPING_UNKNOWN);
}

static void memory_is_added_by_the_release_before_it(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_added first = { .range = { HOT + GIB(1), HOT + GIB(2) } };
	const struct hr_added second = { .range = { HOT + GIB(2), HOT + GIB(3) } };

	set_note(fixture, "OSRELEASE", "6.12.0");
	add_memory(fixture, FAKE_PTE);
	assert_success(hr_kernel_predict_added(fixture->kernel, &first));
	assert_success(hr_kernel_predict_release(fixture->kernel, "7.2.12"));
	assert_failure(hr_kernel_predict_added(fixture->kernel, &second), HR_ERROR_INPUT,
		       "{mapping} sets it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(models_are_those_of_the_release),
		test_of_kernel(source_keeps_its_release),
		test_of_kernel(the_last_release_counts),
		test_of_kernel(configuration_goes_before_the_release),
		test_of_kernel(warnings_about_the_own_models_go),
		test_of_kernel(symbols_prove_nothing_about_another_kernel),
		test_of_kernel(release_may_be_unable_to_remove_memory),
		test_of_kernel(newer_release_leaves_the_guard_open),
		test_of_kernel(what_is_not_a_release_is_refused),
		test_of_kernel(blocks_of_an_older_kernel_stay_blocks),
		test_of_kernel(pages_may_become_blocks_on_a_newer_kernel),
		test_of_kernel(memory_is_added_by_the_release_before_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
