// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

#include <string.h>

/* The address of mem_section that the user gives, so many bytes from the right one. */
static void give_mem_section(struct fixture *fixture, uint64_t off)
{
	struct hr_overrides *overrides = &fixture->config.overrides;

	overrides->set[HR_OVERRIDE_MEM_SECTION] = true;
	overrides->value[HR_OVERRIDE_MEM_SECTION] = fixture->fake.layout.mem_section_va + off;
}

static void right_address_is_used(void **state)
{
	struct fixture *fixture = *state;

	give_mem_section(fixture, 0);
	assert_non_null(make_kernel(fixture)->sections);
	assert_false(warns_of(fixture, "{mem_section}"));
}

/* Eight roots later, which is aligned like the array. */
static void address_of_another_root_is_not_used(void **state)
{
	struct fixture *fixture = *state;
	uint64_t far = BASE + 8 * GIB(32);

	fake_add_memory(&fixture->fake, far, GIB(1), FAKE_PMD, FAKE_PMD);
	give_mem_section(fixture, 8 * sizeof(uint64_t));
	assert_null(make_kernel(fixture)->sections);
	assert_true(warns_of(fixture, "where the linear map begins or ends"));
	assert_non_null(strstr(fixture->kernel->no_sections->message, "the mem_section given"));
}

/* The last memory of the note's address may be on its way out: its section goes first. */
static void address_of_the_note_needs_no_section_at_the_end(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->fake, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_section_raw(&fixture->fake, HOT + GIB(1) - BLOCK, 0);
	assert_non_null(make_kernel(fixture)->sections);
	give_mem_section(fixture, 0);
	assert_null(make_kernel(fixture)->sections);
}

static void end_that_cannot_be_read_is_not_against_the_address(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va = fake_linear(&fixture->fake, BASE);

	give_mem_section(fixture, 0);
	fake_exclude(&fixture->fake.fake, fake_table_of(&fixture->fake.tables, HR_LEVEL_PMD, va));
	make_kernel(fixture);
	assert_false(warns_of(fixture, "where the linear map begins or ends"));
}

static void address_is_not_used_if_nothing_shows_the_size_of_a_section(void **state)
{
	struct fixture *fixture = *state;

	give_mem_section(fixture, 0);
	fake_note_drop(&fixture->note, "LENGTH(mem_section)");
	fake_note_drop(&fixture->note, "SIZE(mem_section)");
	fake_section_raw(&fixture->fake, fixture->fake.layout.swapper_pa, 0);
	assert_null(make_kernel(fixture)->sections);
	assert_true(warns_of(fixture, "nothing shows the size of a struct mem_section"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(right_address_is_used),
		test_of_kernel(address_of_another_root_is_not_used),
		test_of_kernel(address_of_the_note_needs_no_section_at_the_end),
		test_of_kernel(end_that_cannot_be_read_is_not_against_the_address),
		test_of_kernel(address_is_not_used_if_nothing_shows_the_size_of_a_section),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
