// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/change_list.h"

#include <stdlib.h>

#include "api/api_fixture.h"

/* Tell a kernel with memory at HOT, which maps by pages, of two changes. */
static struct hr_error *apply(struct fixture *fixture, const char *removed, const char *added)
{
	struct hr_options options = { 0 };
	struct hr_session session = { .options = &options };
	struct hr_error *error;

	session.kernel = add_memory(fixture, FAKE_PTE);
	assert_success(hr_options_add_change(&options, HR_PREDICTED_REMOVED, removed));
	assert_success(hr_options_add_change(&options, HR_PREDICTED_ADDED, added));
	error = hr_changes_apply(&session);
	free(options.changes);
	return error;
}

static void changes_are_made_in_their_order(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_predicted *predicted;

	assert_success(apply(fixture, "0x800000000+1G", "0x800000000+128M,calls=block"));
	predicted = hr_kernel_predicted(fixture->kernel, 0);
	assert_int_equal(predicted->kind, HR_PREDICTED_REMOVED);
	assert_int_equal(predicted->range.start, HOT);
	assert_int_equal(predicted->range.end, HOT + GIB(1));
	predicted = hr_kernel_predicted(fixture->kernel, 1);
	assert_int_equal(predicted->kind, HR_PREDICTED_ADDED);
	assert_int_equal(predicted->calls, HR_CALLS_BLOCK);
	assert_null(hr_kernel_predicted(fixture->kernel, 2));
}

static void memory_blocks_are_those_of_the_kernel(void **state)
{
	struct fixture *fixture = *state;

	assert_success(apply(fixture, "memory256-memory263", "memory256"));
	assert_int_equal(hr_kernel_predicted(fixture->kernel, 1)->range.end, HOT + BLOCK);
}

static void errors_name_the_option(void **state)
{
	assert_failure(apply(*state, "memory263", "memory256"), HR_ERROR_INPUT,
		       "--if-added: memory at 0x800000000 cannot be added");
}

static void first_error_ends_it(void **state)
{
	assert_failure(apply(*state, "memory300", "memory256"), HR_ERROR_INPUT,
		       "--if-removed: memory at 0x960000000 cannot be removed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(changes_are_made_in_their_order),
		test_of_kernel(memory_blocks_are_those_of_the_kernel),
		test_of_kernel(errors_name_the_option),
		test_of_kernel(first_error_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
