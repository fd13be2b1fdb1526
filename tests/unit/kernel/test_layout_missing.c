// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "base/cleanup.h"
#include "layout_note.h"

static struct hr_overrides given;

static int set_up(void **state)
{
	(void)state;
	given = (struct hr_overrides){ .release = NULL };
	return 0;
}

static void give(enum hr_override_key key, uint64_t value)
{
	given.set[key] = true;
	given.value[key] = value;
}

static void everything_that_is_missing_is_named_at_once(void **state)
{
	static const char *const keys[] = { "OSRELEASE", "SYMBOL(swapper_pg_dir)", "SIZE(page)",
					    "SYMBOL(mem_section)", "NUMBER(SECTION_SIZE_BITS)" };
	struct fake_note note;
	struct hr_layout layout;

	(void)state;
	fake_note_init(&note);
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		fake_note_drop(&note, keys[i]);
	assert_failure(layout_of(&note, &given, &layout), HR_ERROR_INPUT,
		       "VMCOREINFO has no SYMBOL(swapper_pg_dir), SIZE(page), OSRELEASE and "
		       "SYMBOL(mem_section): give the values with {swapper_pa}, "
		       "{struct_page_size}, {release} and {mem_section}");
}

static void without_a_note_the_whole_is_missing(void **state)
{
	struct hr_layout layout;

	(void)state;
	assert_failure(hr_layout_init(NULL, &given, &layout), HR_ERROR_INPUT,
		       "it has no VMCOREINFO: give it with {vmcoreinfo}, or its values with "
		       "{page_size}, {va_bits}, {va_bits_actual}, {phys_offset}, {swapper_pa}, "
		       "{struct_page_size}, {release} and {mem_section}");
}

/* Without mem_section nothing is known of sections, but all else is. */
static void no_note_is_needed_if_all_values_are_given(void **state)
{
	struct hr_layout layout;

	(void)state;
	given.release = "7.2.12";
	give(HR_OVERRIDE_PAGE_SIZE, 4096);
	give(HR_OVERRIDE_VA_BITS, 48);
	give(HR_OVERRIDE_PHYS_OFFSET, GIB(1));
	give(HR_OVERRIDE_SWAPPER_PA, GIB(1));
	give(HR_OVERRIDE_STRUCT_PAGE_SIZE, 64);
	assert_success(hr_layout_init(NULL, &given, &layout));
	assert_int_equal(layout.geo.va_bits_actual, 48);
	assert_int_equal(layout.section_size_bits, 27);
	assert_int_equal(layout.vmemmap_start, 0xfffffdffc0000000);
	assert_false(layout.has_mem_section);
}

static void width_in_use_is_wanted_if_it_may_differ(void **state)
{
	struct fake_note note = note_with("NUMBER(VA_BITS)", "52");
	struct hr_layout layout;

	(void)state;
	fake_note_drop(&note, "NUMBER(TCR_EL1_T1SZ)");
	fake_note_drop(&note, "SIZE(page)");
	assert_failure(layout_of(&note, &given, &layout), HR_ERROR_INPUT,
		       "no NUMBER(TCR_EL1_T1SZ) and SIZE(page): give the values with "
		       "{va_bits_actual} and {struct_page_size}");
}

static void a_release_that_is_not_known_does_not_tell_places(void **state)
{
	struct fake_note note = note_with("OSRELEASE", "mine");
	struct hr_layout layout;

	(void)state;
	fake_note_drop(&note, "NUMBER(SECTION_SIZE_BITS)");
	fake_note_drop(&note, "SIZE(mem_section)");
	assert_failure(layout_of(&note, &given, &layout), HR_ERROR_INPUT,
		       "VMCOREINFO has no NUMBER(VMEMMAP_START) and NUMBER(SECTION_SIZE_BITS): "
		       "give the values with {vmemmap_start} and {section_size_bits}");
}

static void a_value_that_is_not_a_number_is_not_missing(void **state)
{
	struct fake_note note = note_with("PAGESIZE", "many");
	struct hr_layout layout;

	(void)state;
	assert_failure(layout_of(&note, &given, &layout), HR_ERROR_INPUT,
		       "VMCOREINFO says PAGESIZE=many, which is not a number");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(everything_that_is_missing_is_named_at_once, set_up),
		cmocka_unit_test_setup(without_a_note_the_whole_is_missing, set_up),
		cmocka_unit_test_setup(no_note_is_needed_if_all_values_are_given, set_up),
		cmocka_unit_test_setup(width_in_use_is_wanted_if_it_may_differ, set_up),
		cmocka_unit_test_setup(a_release_that_is_not_known_does_not_tell_places, set_up),
		cmocka_unit_test_setup(a_value_that_is_not_a_number_is_not_missing, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
