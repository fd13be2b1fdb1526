// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

#include "api/redaction.h"

/* Is a kernel of @redaction the same? */
static bool is_same(struct hr_redaction *redaction)
{
	struct hr_kernel *kernel = NULL;
	bool same = false;

	assert_success(hr_kernel_create(hr_redaction_config(redaction), &kernel));
	assert_success(hr_redaction_check(redaction, kernel, &same));
	hr_kernel_destroy(kernel);
	return same;
}

static struct hr_redaction *redact(struct fixture *fixture)
{
	struct hr_redaction *redaction = NULL;

	fixture->config.vmcoreinfo_len = fixture->note.len;
	assert_success(hr_redaction_create(&fixture->config, 1, &redaction));
	return redaction;
}

static void redacted_kernel_is_the_same(void **state)
{
	struct hr_redaction *redaction = redact(*state);

	assert_true(is_same(redaction));
	hr_redaction_destroy(redaction);
}

static void other_model_is_found(void **state)
{
	struct hr_redaction *redaction = redact(*state);

	redaction->kernel->facts.guard = HR_GUARD_NONE;
	assert_false(is_same(redaction));
	hr_redaction_destroy(redaction);
}

static void other_section_is_found(void **state)
{
	struct fixture *fixture = *state;
	struct hr_redaction *redaction = redact(fixture);

	fake_section(&fixture->fake, BASE + BLOCK, 7);
	assert_false(is_same(redaction));
	hr_redaction_destroy(redaction);
}

/* The struct pages of the redacted kernel are not where they should be. */
static void other_leaf_is_found(void **state)
{
	struct hr_redaction *redaction = redact(*state);
	struct hr_kernel *kernel = NULL;
	bool same = true;

	assert_success(hr_kernel_create(hr_redaction_config(redaction), &kernel));
	redaction->tables.moves.areas[HR_AREA_VMEMMAP].by += MIB(2);
	assert_success(hr_redaction_check(redaction, kernel, &same));
	assert_false(same);
	hr_kernel_destroy(kernel);
	hr_redaction_destroy(redaction);
}

static void what_has_no_redacted_form_is_found(void **state)
{
	struct hr_redaction *redaction = redact(*state);

	redaction->is_unforeseen = true;
	assert_false(is_same(redaction));
	hr_redaction_destroy(redaction);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(redacted_kernel_is_the_same),
		test_of_kernel(other_model_is_found),
		test_of_kernel(other_section_is_found),
		test_of_kernel(other_leaf_is_found),
		test_of_kernel(what_has_no_redacted_form_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
