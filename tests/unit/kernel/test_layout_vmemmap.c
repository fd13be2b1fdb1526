// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "layout_note.h"

static void note_wins_over_the_formula(void **state)
{
	struct fake_note note;
	struct hr_layout layout;

	(void)state;
	fake_note_init(&note);
	fake_note_add(&note, "NUMBER(VMEMMAP_START)", "0xfffffc0000000000");
	layout = good_layout(&note);
	assert_int_equal(layout.vmemmap_start, 0xfffffc0000000000);
	assert_false(layout.vmemmap_is_derived);
}

/* SYMBOL(vmemmap) is the address of the struct page of frame 0. */
static void vmemmap_must_agree_with_its_symbol(void **state)
{
	struct fake_note note;
	struct hr_layout layout;

	(void)state;
	fake_note_init(&note);
	fake_note_add(&note, "SYMBOL(vmemmap)", "fffffdffbf000000");
	assert_success(layout_of(&note, NULL, &layout));
	fake_note_drop(&note, "SYMBOL(vmemmap)");
	fake_note_add(&note, "SYMBOL(vmemmap)", "fffffdffbe000000");
	assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT, "SYMBOL(vmemmap)");
}

/*
 * Struct pages of 128 bytes would put it elsewhere. An address that fits no known form proves
 * nothing.
 */
static void vmemmap_start_must_agree_with_the_struct_page(void **state)
{
	struct hr_overrides overrides = {
		.set = { [HR_OVERRIDE_STRUCT_PAGE_SIZE] = true },
		.value = { [HR_OVERRIDE_STRUCT_PAGE_SIZE] = 128 },
	};
	struct fake_note note = note_with("SIZE(page)", "128");
	struct hr_layout layout;

	(void)state;
	fake_note_add(&note, "NUMBER(VMEMMAP_START)", "0xfffffdffc0000000");
	assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT, "struct pages of 64 bytes");
	assert_success(layout_of(&note, &overrides, &layout));
	fake_note_drop(&note, "NUMBER(VMEMMAP_START)");
	fake_note_add(&note, "NUMBER(VMEMMAP_START)", "0xfffffd0000000000");
	assert_success(layout_of(&note, NULL, &layout));
}

static void overrides_may_disagree_with_the_vmemmap_symbol(void **state)
{
	struct hr_overrides overrides = {
		.set = { [HR_OVERRIDE_PHYS_OFFSET] = true },
		.value = { [HR_OVERRIDE_PHYS_OFFSET] = 0x80000000 },
	};
	struct fake_note note;
	struct hr_layout layout;

	(void)state;
	fake_note_init(&note);
	fake_note_add(&note, "SYMBOL(vmemmap)", "fffffdffbf000000");
	assert_success(layout_of(&note, &overrides, &layout));
	assert_int_equal(layout.phys_offset, 0x80000000);
}

static void vmemmap_cannot_lie_in_the_linear_map(void **state)
{
	struct fake_note note;
	struct hr_layout layout;

	(void)state;
	fake_note_init(&note);
	fake_note_add(&note, "NUMBER(VMEMMAP_START)", "0xffff400000000000");
	assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT, "VMEMMAP_START");
}

/* Otherwise edges of blocks would seem to lie inside leaves. */
static void vmemmap_begins_at_a_multiple_of_2m(void **state)
{
	struct fake_note note;
	struct hr_layout layout;

	(void)state;
	fake_note_init(&note);
	fake_note_add(&note, "NUMBER(VMEMMAP_START)", "0xfffffc0000001000");
	assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT, "multiple of 2 MiB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(note_wins_over_the_formula),
		cmocka_unit_test(vmemmap_must_agree_with_its_symbol),
		cmocka_unit_test(vmemmap_start_must_agree_with_the_struct_page),
		cmocka_unit_test(overrides_may_disagree_with_the_vmemmap_symbol),
		cmocka_unit_test(vmemmap_cannot_lie_in_the_linear_map),
		cmocka_unit_test(vmemmap_begins_at_a_multiple_of_2m),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
