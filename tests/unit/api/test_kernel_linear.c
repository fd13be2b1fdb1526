// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

#include "ptdump_parse.h"

#include <string.h>

#include "api/kernel_steps.h"

/* The PHYS_OFFSET that the user gives. */
static void give_phys_offset(struct fixture *fixture, uint64_t value)
{
	fixture->config.overrides.set[HR_OVERRIDE_PHYS_OFFSET] = true;
	fixture->config.overrides.value[HR_OVERRIDE_PHYS_OFFSET] = value;
}

static bool linear_memory(struct fixture *fixture, struct hr_pa_range *ret)
{
	return hr_kernel_linear_memory(make_kernel(fixture), ret);
}

static void linear_memory_goes_from_the_first_leaf_to_the_last(void **state)
{
	struct fixture *fixture = *state;
	struct hr_pa_range memory;

	fake_add_memory(&fixture->fake, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	assert_true(linear_memory(fixture, &memory));
	assert_int_equal(memory.start, BASE);
	assert_int_equal(memory.end, HOT + GIB(1));
}

static void linear_memory_is_not_known_behind_an_unreadable_table(void **state)
{
	struct fixture *fixture = *state;
	struct hr_pa_range memory;

	fake_add_memory(&fixture->fake, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_exclude(&fixture->fake.fake, fake_table_of(&fixture->fake.tables, HR_LEVEL_PMD,
							fake_linear(&fixture->fake, HOT)));
	assert_false(linear_memory(fixture, &memory));
}

static void linear_memory_is_not_known_by_leaves_out_of_place(void **state)
{
	static const uint64_t ends[] = { BASE, BASE + GIB(1) - MIB(2) };
	struct fixture *fixture = *state;
	struct hr_pa_range memory;

	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		uint64_t va = fake_linear(&fixture->fake, ends[i]);

		fake_map(&fixture->fake.tables, va, HOT, FAKE_PMD);
		assert_false(linear_memory(fixture, &memory));
		fake_map(&fixture->fake.tables, va, ends[i], FAKE_PMD);
	}
	assert_true(linear_memory(fixture, &memory));
}

static void phys_offset_that_the_tables_have_is_taken(void **state)
{
	struct fixture *fixture = *state;

	give_phys_offset(fixture, fixture->fake.layout.phys_offset);
	assert_non_null(make_kernel(fixture)->sections);
	assert_false(warns_of(fixture, "PHYS_OFFSET"));
}

static void phys_offset_against_the_tables_costs_the_sections(void **state)
{
	struct fixture *fixture = *state;

	give_phys_offset(fixture, fixture->fake.layout.phys_offset + GIB(1));
	assert_null(make_kernel(fixture)->sections);
	assert_true(warns_of(fixture, "contradicts the tables of the linear map"));
	assert_non_null(strstr(fixture->kernel->no_sections->message, "is not proven"));
}

static void phys_offset_that_no_table_proves_costs_the_sections(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va = fake_linear(&fixture->fake, BASE);

	give_phys_offset(fixture, fixture->fake.layout.phys_offset);
	fake_exclude(&fixture->fake.fake, fake_table_of(&fixture->fake.tables, HR_LEVEL_PMD, va));
	assert_null(make_kernel(fixture)->sections);
	assert_true(warns_of(fixture, "the tables do not prove"));
}

/* The other end may be damaged. */
static void one_end_in_place_proves_the_phys_offset(void **state)
{
	static const uint64_t ends[] = { BASE, BASE + GIB(1) - MIB(2) };
	struct fixture *fixture = *state;

	give_phys_offset(fixture, fixture->fake.layout.phys_offset);
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		uint64_t va = fake_linear(&fixture->fake, ends[i]);

		fake_map(&fixture->fake.tables, va, HOT, FAKE_PMD);
		assert_non_null(make_kernel(fixture)->sections);
		assert_false(warns_of(fixture, "PHYS_OFFSET given"));
		fake_map(&fixture->fake.tables, va, ends[i], FAKE_PMD);
	}
}

/* It may be that of another kernel. */
static void phys_offset_of_a_given_note_is_checked_too(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.vmcoreinfo_of = "note.txt";
	set_note(fixture, "NUMBER(PHYS_OFFSET)", "0x440000000");
	assert_null(make_kernel(fixture)->sections);
	assert_true(warns_of(fixture, "contradicts the tables"));
}

/* 1 GiB of memory as a text has it, which says nothing of physical addresses. */
struct text_fixture {
	struct hr_ptdump_entry entry;
	struct hr_ptdump ptdump;
	struct hr_kernel kernel;
};

static void set_up_text(struct text_fixture *fixture, uint64_t phys_offset)
{
	struct fake_kernel fake;

	*fixture = (struct text_fixture){ .ptdump.count = 1 };
	fake_kernel_init(&fake, &fake_shapes[1], BASE);
	fixture->kernel.layout = fake.layout;
	fake_kernel_release(&fake);
	fixture->kernel.layout.phys_offset = phys_offset;
	fixture->kernel.has_phys_offset = true;
	fixture->kernel.config.ptdump = &fixture->ptdump;
	fixture->entry = (struct hr_ptdump_entry){
		.va = fixture->kernel.layout.page_offset,
		.last = fixture->kernel.layout.page_offset + GIB(1) - 1,
		.level = HR_PTDUMP_PMD,
		.mapped = true,
	};
	fixture->ptdump.entries = &fixture->entry;
}

static void text_tells_linear_memory_with_phys_offset_alone(void **state)
{
	struct text_fixture fixture;
	struct hr_pa_range memory;

	(void)state;
	set_up_text(&fixture, GIB(2));
	assert_true(hr_kernel_linear_memory(&fixture.kernel, &memory));
	assert_int_equal(memory.start, GIB(2));
	assert_int_equal(memory.end, GIB(3));
	fixture.kernel.has_phys_offset = false;
	assert_false(hr_kernel_linear_memory(&fixture.kernel, &memory));
}

static void text_that_maps_nothing_has_no_linear_memory(void **state)
{
	struct text_fixture fixture;
	struct hr_pa_range memory;

	(void)state;
	set_up_text(&fixture, GIB(2));
	fixture.entry.mapped = false;
	assert_false(hr_kernel_linear_memory(&fixture.kernel, &memory));
}

static void memory_of_a_text_must_lie_where_there_can_be_some(void **state)
{
	struct text_fixture fixture;
	uint64_t end = UINT64_C(1) << 48;

	(void)state;
	set_up_text(&fixture, end - GIB(1));
	assert_success(hr_kernel_check_phys_offset(&fixture.kernel));
	fixture.kernel.layout.phys_offset = end;
	assert_failure(hr_kernel_check_phys_offset(&fixture.kernel), HR_ERROR_INPUT,
		       "beyond the 48-bit");
}

/* With a note's "negative" offset memory may begin at 0, and does not wrap around before it. */
static void memory_of_a_text_does_not_wrap(void **state)
{
	struct text_fixture fixture;

	(void)state;
	set_up_text(&fixture, -MIB(512));
	assert_failure(hr_kernel_check_phys_offset(&fixture.kernel), HR_ERROR_INPUT,
		       "puts the mapped memory at PA");
}

static void ranges_of_a_text_must_have_a_place(void **state)
{
	static const struct {
		struct hr_pa_range range;
		bool has_place;
	} rows[] = {
		{ { GIB(2), GIB(3) }, true },
		{ { GIB(2) - MIB(128), GIB(3) }, false },
		{ { GIB(2), GIB(2) + (UINT64_C(1) << 47) }, true },
		{ { GIB(2), GIB(2) + (UINT64_C(1) << 47) + 1 }, false },
	};
	struct text_fixture fixture;

	(void)state;
	set_up_text(&fixture, GIB(2));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_error *error = hr_kernel_check_range(&fixture.kernel, &rows[i].range);

		if (rows[i].has_place)
			assert_success(error);
		else
			assert_failure(error, HR_ERROR_INPUT, "the linear map has no room for");
	}
}

/* What is not there is a reason against a removal, and not an error. */
static void ranges_of_memory_need_no_place(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_pa_range range = { GIB(1), GIB(2) };

	assert_success(hr_kernel_check_range(make_kernel(fixture), &range));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(linear_memory_goes_from_the_first_leaf_to_the_last),
		test_of_kernel(linear_memory_is_not_known_behind_an_unreadable_table),
		test_of_kernel(linear_memory_is_not_known_by_leaves_out_of_place),
		test_of_kernel(phys_offset_that_the_tables_have_is_taken),
		test_of_kernel(phys_offset_against_the_tables_costs_the_sections),
		test_of_kernel(phys_offset_that_no_table_proves_costs_the_sections),
		test_of_kernel(one_end_in_place_proves_the_phys_offset),
		test_of_kernel(phys_offset_of_a_given_note_is_checked_too),
		cmocka_unit_test(text_tells_linear_memory_with_phys_offset_alone),
		cmocka_unit_test(text_that_maps_nothing_has_no_linear_memory),
		cmocka_unit_test(memory_of_a_text_must_lie_where_there_can_be_some),
		cmocka_unit_test(memory_of_a_text_does_not_wrap),
		cmocka_unit_test(ranges_of_a_text_must_have_a_place),
		test_of_kernel(ranges_of_memory_need_no_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
