// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/trial.h"

#include "api_fixture.h"

static struct hr_kernel *try_kernel(struct fixture *fixture)
{
	struct hr_kernel *trial;

	assert_success(hr_trial_create(fixture->kernel, &trial));
	return trial;
}

/* Whether adding [HOT, HOT + @size) again, by pages, leaves everything mapped. */
static bool add_pages_again(struct hr_kernel *trial, uint64_t size)
{
	const struct hr_add how = {
		.range = { HOT, HOT + size },
		.standing = trial->models.standing,
	};
	bool whole;

	assert_success(hr_trial_add_again(trial, &how, &whole));
	return whole;
}

static enum hr_verdict verdict_of(struct hr_kernel *kernel, uint64_t start)
{
	const struct hr_pa_range range = { start, start + BLOCK };
	struct hr_answer *answer;
	enum hr_verdict verdict;

	assert_success(hr_kernel_ask(kernel, &range, HR_DEPTH_VERDICT, &answer));
	verdict = answer->verdict;
	hr_answer_destroy(answer);
	return verdict;
}

static void what_is_added_again_is_not_in_the_kernel(void **state)
{
	struct fixture *fixture = *state;
	struct hr_kernel *trial;

	add_memory(fixture, FAKE_PUD);
	trial = try_kernel(fixture);
	assert_int_equal(verdict_of(trial, HOT), HR_VERDICT_NOT_REMOVABLE);
	assert_true(add_pages_again(trial, GIB(1)));
	assert_int_equal(verdict_of(trial, HOT), HR_VERDICT_REMOVABLE);
	assert_int_equal(verdict_of(fixture->kernel, HOT), HR_VERDICT_NOT_REMOVABLE);
	hr_trial_destroy(trial);
	assert_int_equal(verdict_of(fixture->kernel, HOT), HR_VERDICT_NOT_REMOVABLE);
}

static void a_trial_begins_after_the_changes_of_the_kernel(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_added added = { .range = { HOT + GIB(2), HOT + GIB(3) } };
	const struct hr_pa_range removed = { HOT + GIB(1), HOT + GIB(2) };
	struct hr_kernel *trial;

	set_note(fixture, "OSRELEASE", "6.1.192");
	fake_add_memory(&fixture->fake, HOT, GIB(2), FAKE_PUD, FAKE_PMD);
	make_kernel(fixture);
	assert_success(hr_kernel_predict_added(fixture->kernel, &added));
	assert_success(hr_kernel_predict_removed(fixture->kernel, &removed));
	trial = try_kernel(fixture);
	assert_true(add_pages_again(trial, GIB(1)));
	assert_int_equal(verdict_of(trial, HOT), HR_VERDICT_REMOVABLE);
	assert_int_equal(verdict_of(trial, HOT + GIB(1)), HR_VERDICT_NOT_REMOVABLE);
	assert_int_equal(verdict_of(trial, HOT + GIB(2)), HR_VERDICT_NOT_REMOVABLE);
	hr_trial_destroy(trial);
}

/* What the kernel refused has not happened. */
static void a_removal_that_was_refused_is_not_repeated(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_pa_range removed = { HOT, HOT + BLOCK };
	struct hr_kernel *trial;

	add_memory(fixture, FAKE_PUD);
	assert_success(hr_kernel_predict_removed(fixture->kernel, &removed));
	trial = try_kernel(fixture);
	assert_int_equal(verdict_of(trial, HOT), HR_VERDICT_NOT_REMOVABLE);
	assert_int_equal(verdict_of(trial, HOT + BLOCK), HR_VERDICT_NOT_REMOVABLE);
	hr_trial_destroy(trial);
}

static void a_trial_is_of_the_release_that_is_meant(void **state)
{
	struct fixture *fixture = *state;
	struct hr_kernel *trial;

	add_memory(fixture, FAKE_PUD);
	assert_success(hr_kernel_predict_release(fixture->kernel, "6.12.90"));
	trial = try_kernel(fixture);
	assert_int_equal(trial->models.guard, HR_GUARD_NONE);
	assert_int_equal(verdict_of(trial, HOT), HR_VERDICT_NOT_REMOVABLE);
	assert_true(add_pages_again(trial, GIB(1)));
	hr_trial_destroy(trial);
}

static void the_flags_of_sections_are_those_of_the_kernel(void **state)
{
	const struct hr_section_flags flags = { 1, 2, 4, 1 << 5 };
	struct fixture *fixture = *state;
	struct hr_kernel *trial;

	hr_sections_set_flags(make_kernel(fixture)->sections, &flags);
	trial = try_kernel(fixture);
	assert_int_equal(hr_sections_flags(trial->sections)->early, 1 << 5);
	hr_trial_destroy(trial);
}

static void a_part_of_a_leaf_takes_more_than_itself_along(void **state)
{
	struct fixture *fixture = *state;
	struct hr_kernel *trial;

	add_memory(fixture, FAKE_PUD);
	trial = try_kernel(fixture);
	assert_false(add_pages_again(trial, BLOCK));
	hr_trial_destroy(trial);
}

static void nothing_is_ignored_in_a_trial(void **state)
{
	struct fixture *fixture = *state;
	struct hr_kernel *trial;

	fixture->config.ignored = 1u << HR_REASON_SPLITS_LEAF | 1u << HR_REASON_GUARD_VETO;
	add_memory(fixture, FAKE_PUD);
	trial = try_kernel(fixture);
	assert_int_equal(verdict_of(fixture->kernel, HOT), HR_VERDICT_REMOVABLE);
	assert_int_equal(verdict_of(trial, HOT), HR_VERDICT_NOT_REMOVABLE);
	hr_trial_destroy(trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(what_is_added_again_is_not_in_the_kernel),
		test_of_kernel(a_trial_begins_after_the_changes_of_the_kernel),
		test_of_kernel(a_removal_that_was_refused_is_not_repeated),
		test_of_kernel(a_trial_is_of_the_release_that_is_meant),
		test_of_kernel(the_flags_of_sections_are_those_of_the_kernel),
		test_of_kernel(a_part_of_a_leaf_takes_more_than_itself_along),
		test_of_kernel(nothing_is_ignored_in_a_trial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
