// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

static void suggestions_are_removable_with_the_figures_of_their_plan(void **state)
{
	struct fixture *fixture = *state;
	struct hr_suggestions found;
	struct hr_answer *answer;

	add_memory(fixture, FAKE_PMD);
	assert_success(hr_kernel_suggest(fixture->kernel, MIB(256), &found));
	assert_true(found.count > 0);
	answer = ask(fixture, found.list[0].range.start,
		     found.list[0].range.end - found.list[0].range.start, HR_DEPTH_PLAN);
	assert_int_equal(answer->verdict, HR_VERDICT_REMOVABLE);
	assert_int_equal(found.list[0].tlbi, hr_answer_tlbi(fixture->kernel, answer));
	hr_answer_destroy(answer);
	hr_suggestions_release(&found);
}

static void nothing_is_suggested_of_memory_from_boot(void **state)
{
	struct fixture *fixture = *state;
	struct hr_suggestions found;

	assert_success(hr_kernel_suggest(make_kernel(fixture), MIB(128), &found));
	assert_int_equal(found.count, 0);
	assert_false(found.has_largest);
	hr_suggestions_release(&found);
}

/* Junk in what the caller passes must not survive an error. */
static void assert_refused(struct fixture *fixture, uint64_t size, const char *why)
{
	struct hr_suggestions found = { .list = (void *)fixture, .count = 1, .has_largest = true };

	assert_failure(hr_kernel_suggest(fixture->kernel, size, &found), HR_ERROR_USAGE, why);
	assert_int_equal(found.count, 0);
	assert_false(found.has_largest);
	hr_suggestions_release(&found);
}

static void kernel_for_its_maps_suggests_nothing(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.maps_only = true;
	add_memory(fixture, FAKE_PMD);
	assert_refused(fixture, BLOCK, "maps only");
}

static void range_of_nothing_is_not_suggested(void **state)
{
	struct fixture *fixture = *state;

	add_memory(fixture, FAKE_PMD);
	assert_refused(fixture, 0, "at least one byte");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(suggestions_are_removable_with_the_figures_of_their_plan),
		test_of_kernel(nothing_is_suggested_of_memory_from_boot),
		test_of_kernel(kernel_for_its_maps_suggests_nothing),
		test_of_kernel(range_of_nothing_is_not_suggested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
