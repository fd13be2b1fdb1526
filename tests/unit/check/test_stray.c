// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_fixture.h"

#include "check/stray.h"

#define RANGE (HOT + MIB(128)) /* PA: a block with sections that do not exist on both sides */

/* The struct pages of a section fill one leaf of 2 MiB with 4K pages. */
static void add_struct_pages(struct fixture *fixture, uint64_t pa)
{
	fake_map_vmemmap(&fixture->kernel, pa, MIB(128), FAKE_PMD);
}

static bool has_stray(struct fixture *fixture, enum hr_edge edge)
{
	return hr_check_has_stray(&fixture->check, edge == HR_EDGE_START ? RANGE : RANGE + MIB(128),
				  edge);
}

static void nothing_is_beside_memory_that_stands_alone(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, RANGE, MIB(128), FAKE_PMD, FAKE_PMD);
	assert_false(has_stray(fixture, HR_EDGE_START));
	assert_false(has_stray(fixture, HR_EDGE_END));
}

static void struct_pages_of_no_section_are_strays_before_the_start(void **state)
{
	struct fixture *fixture = *state;

	add_struct_pages(fixture, RANGE - MIB(128));
	assert_true(has_stray(fixture, HR_EDGE_START));
	assert_false(has_stray(fixture, HR_EDGE_END));
}

static void struct_pages_of_no_section_are_strays_behind_the_end(void **state)
{
	struct fixture *fixture = *state;

	add_struct_pages(fixture, RANGE + MIB(128));
	assert_false(has_stray(fixture, HR_EDGE_START));
	assert_true(has_stray(fixture, HR_EDGE_END));
}

static void neighbours_that_exist_have_struct_pages(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, RANGE - MIB(128), MIB(384), FAKE_PMD, FAKE_PMD);
	assert_false(has_stray(fixture, HR_EDGE_START));
	assert_false(has_stray(fixture, HR_EDGE_END));
}

static void neighbours_that_may_exist_may_have_struct_pages(void **state)
{
	struct fixture *fixture = *state;

	add_struct_pages(fixture, RANGE + MIB(128));
	fixture->check.machine.sections = NULL;
	assert_false(has_stray(fixture, HR_EDGE_END));
}

/* A leaf of 32 MiB has the struct pages of 16 sections. */
static void leaves_that_serve_another_section_are_not_strays(void **state)
{
	struct fixture *fixture = *state;

	fake_map_vmemmap(&fixture->kernel, HOT, GIB(2), FAKE_CONT_PMD);
	assert_false(has_stray(fixture, HR_EDGE_START));
	assert_false(has_stray(fixture, HR_EDGE_END));
}

/* The tables may have anything there: no section of this kernel can. */
static void nothing_lies_behind_the_last_address(void **state)
{
	struct fixture *fixture = *state;
	uint64_t end = UINT64_C(1) << 40;

	fixture->kernel.layout.pa_bits = 40;
	add_struct_pages(fixture, end);
	assert_false(hr_check_has_stray(&fixture->check, end, HR_EDGE_END));
}

static void each_edge_with_strays_is_a_reason(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_pa_range range = { RANGE, RANGE + MIB(128) };

	add_struct_pages(fixture, RANGE - MIB(128));
	hr_check_strays(&fixture->check, &range, &fixture->result);
	assert_only(fixture, HR_REASON_UNREADABLE, "beside the start edge");
	start_over(fixture, SHAPE_4K);
	add_struct_pages(fixture, RANGE + MIB(128));
	hr_check_strays(&fixture->check, &range, &fixture->result);
	assert_only(fixture, HR_REASON_UNREADABLE, "beside the end edge");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(nothing_is_beside_memory_that_stands_alone),
		test_of_kernel(struct_pages_of_no_section_are_strays_before_the_start),
		test_of_kernel(struct_pages_of_no_section_are_strays_behind_the_end),
		test_of_kernel(neighbours_that_exist_have_struct_pages),
		test_of_kernel(neighbours_that_may_exist_may_have_struct_pages),
		test_of_kernel(leaves_that_serve_another_section_are_not_strays),
		test_of_kernel(nothing_lies_behind_the_last_address),
		test_of_kernel(each_edge_with_strays_is_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
