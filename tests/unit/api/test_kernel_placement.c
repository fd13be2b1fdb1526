// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

#include <string.h>

#include "api/kernel_steps.h"

/*
 * A kernel whose note, like those of kernels before 5.19, does not say where the vmemmap is, and
 * which is elsewhere: the formula is that of 5.10, the memory that of a newer kernel.
 */
static int set_up_without_vmemmap(void **state)
{
	struct fixture *fixture;

	set_up(state);
	fixture = *state;
	fake_note_drop(&fixture->note, "NUMBER(VMEMMAP_START)");
	fake_note_drop(&fixture->note, "NUMBER(VMEMMAP_END)");
	/* mem_section and the root table lie in memory that is mapped, as do its struct pages. */
	fake_map_linear(&fixture->fake, fixture->fake.layout.swapper_pa & -MIB(2), MIB(2),
			FAKE_PMD);
	fake_map_vmemmap(&fixture->fake, fixture->fake.layout.swapper_pa & -BLOCK, BLOCK, FAKE_PMD);
	return 0;
}

#define test_of_note(name) cmocka_unit_test_setup_teardown(name, set_up_without_vmemmap, tear_down)

static void note_that_the_memory_confirms_has_no_warning(void **state)
{
	struct fixture *fixture = *state;

	assert_non_null(make_kernel(fixture)->sections);
	assert_false(warns_of(fixture, "PHYS_OFFSET"));
	assert_false(warns_of(fixture, "vmemmap"));
}

static void proven_phys_offset_is_taken_with_a_warning(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "NUMBER(PHYS_OFFSET)", "0xfffff2c7c0000000");
	assert_non_null(make_kernel(fixture)->sections);
	assert_int_equal(fixture->kernel->layout.phys_offset, BASE);
	assert_int_equal(hr_kernel_facts(fixture->kernel)->phys_offset, BASE);
	assert_true(warns_of(fixture, "VMCOREINFO has PHYS_OFFSET 0xfffff2c7c0000000"));
	assert_true(warns_of(fixture, "{phys_offset}"));
}

static void open_phys_offset_costs_the_sections(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "NUMBER(PHYS_OFFSET)", "0xfffff2c7c0000000");
	fake_section(&fixture->fake, fixture->fake.layout.swapper_pa, 7);
	assert_null(make_kernel(fixture)->sections);
	assert_int_equal(fixture->kernel->layout.phys_offset, UINT64_C(0xfffff2c7c0000000));
	assert_non_null(strstr(fixture->kernel->no_sections->message, "PHYS_OFFSET contradicts"));
	assert_true(warns_of(fixture, "{phys_offset=0x400000000}"));
}

static void ends_that_disagree_have_no_value_to_advise(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "NUMBER(PHYS_OFFSET)", "0xfffff2c7c0000000");
	fake_map(&fixture->fake.tables, fake_linear(&fixture->fake, BASE), HOT, FAKE_PMD);
	assert_null(make_kernel(fixture)->sections);
	assert_true(warns_of(fixture, "two ends disagree"));
	assert_true(warns_of(fixture, "{phys_offset}"));
}

static void phys_offset_of_the_user_is_not_replaced(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.overrides.set[HR_OVERRIDE_PHYS_OFFSET] = true;
	fixture->config.overrides.value[HR_OVERRIDE_PHYS_OFFSET] = GIB(3);
	make_kernel(fixture);
	assert_int_equal(fixture->kernel->layout.phys_offset, GIB(3));
	assert_true(warns_of(fixture, "the PHYS_OFFSET given contradicts"));
	assert_false(warns_of(fixture, "VMCOREINFO has PHYS_OFFSET"));
}

static void proven_vmemmap_is_taken_with_a_warning(void **state)
{
	struct fixture *fixture = *state;
	uint64_t start = fixture->fake.layout.vmemmap_start;

	set_note(fixture, "OSRELEASE", "5.10.36");
	make_kernel(fixture);
	assert_int_equal(fixture->kernel->layout.vmemmap_start, start);
	assert_int_equal(hr_kernel_facts(fixture->kernel)->vmemmap_start, start);
	assert_true(warns_of(fixture, "not where kernel 5.10.36 has it"));
}

static void open_vmemmap_has_an_advice(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->fake, fixture->fake.layout.swapper_pa, MIB(16) + 15);
	make_kernel(fixture);
	assert_int_equal(fixture->kernel->layout.vmemmap_start, fixture->fake.layout.vmemmap_start);
	assert_true(warns_of(fixture, "mem_section contradicts VMEMMAP_START"));
	assert_true(warns_of(fixture, "{vmemmap_start}"));
}

/* A note that has all of the layout is contradicted by damage only, which each answer sees. */
static void whole_note_is_not_replaced(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "NUMBER(PHYS_OFFSET)", "0xfffff2c7c0000000");
	make_kernel(fixture);
	assert_int_equal(fixture->kernel->layout.phys_offset, UINT64_C(0xfffff2c7c0000000));
	assert_false(warns_of(fixture, "PHYS_OFFSET"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_note(note_that_the_memory_confirms_has_no_warning),
		test_of_note(proven_phys_offset_is_taken_with_a_warning),
		test_of_note(open_phys_offset_costs_the_sections),
		test_of_note(ends_that_disagree_have_no_value_to_advise),
		test_of_note(phys_offset_of_the_user_is_not_replaced),
		test_of_note(proven_vmemmap_is_taken_with_a_warning),
		test_of_note(open_vmemmap_has_an_advice),
		test_of_kernel(whole_note_is_not_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
