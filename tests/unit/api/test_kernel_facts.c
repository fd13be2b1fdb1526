// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

static void facts_are_those_of_the_note(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_layout *layout = &fixture->fake.layout;
	const struct hr_facts *facts = hr_kernel_facts(make_kernel(fixture));

	assert_string_equal(facts->release, "7.2.12");
	assert_int_equal(facts->page_size, KIB(4));
	assert_int_equal(facts->va_bits, 48);
	assert_int_equal(facts->va_bits_actual, 48);
	assert_int_equal(facts->levels, 4);
	assert_int_equal(facts->pa_bits, 48);
	assert_false(facts->lpa2);
	assert_int_equal(facts->page_offset, layout->page_offset);
	assert_true(facts->has_phys_offset);
	assert_int_equal(facts->phys_offset, layout->phys_offset);
	assert_true(facts->has_kimage_voffset);
	assert_true(facts->has_swapper_pa);
	assert_true(facts->has_sections);
	assert_int_equal(facts->swapper_pa, layout->swapper_pa);
	assert_int_equal(facts->vmemmap_start, layout->vmemmap_start);
	assert_int_equal(facts->struct_page_size, 64);
	assert_int_equal(facts->section_size, MIB(128));
	assert_int_equal(facts->memory_block_size, MIB(128));
}

static void facts_say_what_the_kernel_does_and_how_that_is_known(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_facts *facts;

	fixture->config.flush = HR_FLUSH_PAGE_LOOP;
	fixture->config.tlbi_range = HR_GIVEN_NO;
	facts = hr_kernel_facts(make_kernel(fixture));
	assert_int_equal(facts->teardown, HR_TEARDOWN_BATCHED);
	assert_int_equal(facts->teardown_from, HR_MODEL_FROM_RELEASE);
	assert_int_equal(facts->flush, HR_FLUSH_PAGE_LOOP);
	assert_int_equal(facts->flush_from, HR_MODEL_FROM_OPTION);
	assert_int_equal(facts->guard, HR_GUARD_REQUESTED);
	assert_int_equal(facts->guard_from, HR_MODEL_FROM_RELEASE);
	assert_int_equal(facts->tlbi_range, HR_NO);
	assert_int_equal(facts->repeat_tlbi, HR_UNKNOWN);
	assert_false(facts->no_hotremove);
}

static void release_that_is_not_known_is_none(void **state)
{
	struct fixture *fixture = *state;

	fake_note_drop(&fixture->note, "OSRELEASE");
	assert_null(hr_kernel_facts(make_kernel(fixture))->release);
}

static void sections_that_tell_nothing_are_none(void **state)
{
	struct fixture *fixture = *state;

	fake_note_drop(&fixture->note, "SYMBOL(mem_section)");
	assert_false(hr_kernel_facts(make_kernel(fixture))->has_sections);
}

static void kernel_before_5_7_cannot_remove_memory(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "OSRELEASE", "5.6.19");
	assert_true(hr_kernel_facts(make_kernel(fixture))->no_hotremove);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(facts_are_those_of_the_note),
		test_of_kernel(facts_say_what_the_kernel_does_and_how_that_is_known),
		test_of_kernel(release_that_is_not_known_is_none),
		test_of_kernel(sections_that_tell_nothing_are_none),
		test_of_kernel(kernel_before_5_7_cannot_remove_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
