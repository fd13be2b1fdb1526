// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "base/cleanup.h"
#include "layout_note.h"

static void overrides_win_over_the_note(void **state)
{
	struct hr_overrides overrides = {
		.set = { [HR_OVERRIDE_PHYS_OFFSET] = true,
			 [HR_OVERRIDE_SWAPPER_PA] = true,
			 [HR_OVERRIDE_VMEMMAP_START] = true,
			 [HR_OVERRIDE_STRUCT_PAGE_SIZE] = true,
			 [HR_OVERRIDE_SECTION_SIZE_BITS] = true },
		.value = { [HR_OVERRIDE_PHYS_OFFSET] = 0x80000000,
			   [HR_OVERRIDE_SWAPPER_PA] = 0x50000000,
			   [HR_OVERRIDE_VMEMMAP_START] = 0xfffffe0000000000,
			   [HR_OVERRIDE_STRUCT_PAGE_SIZE] = 96,
			   [HR_OVERRIDE_SECTION_SIZE_BITS] = 30 },
		.release = "5.10.223",
	};
	struct fake_note note;
	struct hr_layout layout;

	(void)state;
	fake_note_init(&note);
	fake_note_add(&note, "NUMBER(VMEMMAP_START)", "0xfffffdffc0000000");
	assert_success(layout_of(&note, &overrides, &layout));
	assert_int_equal(layout.phys_offset, 0x80000000);
	assert_int_equal(layout.swapper_pa, 0x50000000);
	assert_int_equal(layout.vmemmap_start, 0xfffffe0000000000);
	assert_int_equal(layout.struct_page_size, 96);
	assert_int_equal(layout.section_size_bits, 30);
	assert_string_equal(layout.release, "5.10.223");
	assert_int_equal(layout.version.minor, 10);
}

static void geometry_overrides_win_over_the_note(void **state)
{
	struct hr_overrides overrides = {
		.set = { [HR_OVERRIDE_PAGE_SIZE] = true,
			 [HR_OVERRIDE_VA_BITS] = true,
			 [HR_OVERRIDE_VA_BITS_ACTUAL] = true },
		.value = { [HR_OVERRIDE_PAGE_SIZE] = 16384,
			   [HR_OVERRIDE_VA_BITS] = 52,
			   [HR_OVERRIDE_VA_BITS_ACTUAL] = 47 },
	};
	struct fake_note note = note_with("SYMBOL(swapper_pg_dir)", "ffff800081a2c000");
	struct hr_layout layout;

	(void)state;
	assert_success(layout_of(&note, &overrides, &layout));
	assert_int_equal(layout.geo.page_shift, 14);
	assert_int_equal(layout.geo.va_bits, 52);
	assert_int_equal(layout.geo.va_bits_actual, 47);
	assert_int_equal(layout.geo.root_level, HR_LEVEL_PUD);
}

static void missing_keys_name_the_option_that_gives_them(void **state)
{
	static const struct {
		const char *key, *option;
	} rows[] = {
		{ "PAGESIZE", "{page_size}" },
		{ "NUMBER(VA_BITS)", "{va_bits}" },
		{ "NUMBER(PHYS_OFFSET)", "{phys_offset}" },
		{ "NUMBER(kimage_voffset)", "{kimage_voffset}" },
		{ "SYMBOL(swapper_pg_dir)", "{swapper_pa}" },
		{ "SIZE(page)", "{struct_page_size}" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note;
		struct hr_layout layout;

		fake_note_init(&note);
		fake_note_drop(&note, rows[i].key);
		assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT, rows[i].option);
	}
}

static void values_that_no_kernel_has_are_told(void **state)
{
	static const struct {
		enum hr_override_key key;
		uint64_t value;
		bool possible;
	} rows[] = {
		{ HR_OVERRIDE_PAGE_SIZE, 4096, true },
		{ HR_OVERRIDE_PAGE_SIZE, 16384, true },
		{ HR_OVERRIDE_PAGE_SIZE, 65536, true },
		{ HR_OVERRIDE_PAGE_SIZE, 8192, false },
		{ HR_OVERRIDE_VA_BITS, 47, true },
		{ HR_OVERRIDE_VA_BITS, 50, false },
		{ HR_OVERRIDE_VA_BITS_ACTUAL, 52, true },
		{ HR_OVERRIDE_VA_BITS_ACTUAL, 0, false },
		{ HR_OVERRIDE_PHYS_OFFSET, 0x40000000, true },
		{ HR_OVERRIDE_PHYS_OFFSET, 0x40001000, false },
		{ HR_OVERRIDE_STRUCT_PAGE_SIZE, 80, true },
		{ HR_OVERRIDE_STRUCT_PAGE_SIZE, 60, false },
		{ HR_OVERRIDE_STRUCT_PAGE_SIZE, 24, false },
		{ HR_OVERRIDE_STRUCT_PAGE_SIZE, 264, false },
		{ HR_OVERRIDE_SECTION_SIZE_BITS, 21, true },
		{ HR_OVERRIDE_SECTION_SIZE_BITS, 20, false },
		{ HR_OVERRIDE_SECTION_SIZE_BITS, 32, false },
		{ HR_OVERRIDE_SWAPPER_PA, UINT64_MAX, true },
		{ HR_OVERRIDE_MEM_SECTION, 0xffff0000048db380, true },
		{ HR_OVERRIDE_MEM_SECTION, 0xffff0000048db388, false },
		{ HR_OVERRIDE_MEM_SECTION, 0x48db380, false },
		{ HR_OVERRIDE_LPA2, 1, true },
		{ HR_OVERRIDE_LPA2, 2, false },
		{ HR_OVERRIDE_COUNT, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(hr_override_is_possible(rows[i].key, rows[i].value),
				 rows[i].possible);
}

/* The note has T1SZ, the option the width. */
static void note_says_what_an_option_would(void **state)
{
	struct fake_note note = note_with("NUMBER(TCR_EL1_T1SZ)", "0x10");
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = NULL;
	uint64_t value;
	bool found;

	(void)state;
	assert_success(hr_vmcoreinfo_create(note.text, note.len, &info));
	assert_success(hr_layout_note_value(info, HR_OVERRIDE_VA_BITS_ACTUAL, &found, &value));
	assert_true(found);
	assert_int_equal(value, 48);
	assert_success(hr_layout_note_value(info, HR_OVERRIDE_VMEMMAP_START, &found, &value));
	assert_false(found);
	assert_success(hr_layout_note_value(NULL, HR_OVERRIDE_PAGE_SIZE, &found, &value));
	assert_false(found);
}

static struct hr_error *find_width(struct fake_note *note, bool *ret_found, uint64_t *ret)
{
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = NULL;

	assert_success(hr_vmcoreinfo_create(note->text, note->len, &info));
	return hr_layout_note_value(info, HR_OVERRIDE_VA_BITS_ACTUAL, ret_found, ret);
}

static void width_in_use_may_be_in_lower_case(void **state)
{
	struct fake_note note;
	uint64_t width;
	bool found;

	(void)state;
	fake_note_init(&note);
	fake_note_drop(&note, "NUMBER(TCR_EL1_T1SZ)");
	fake_note_add(&note, "NUMBER(tcr_el1_t1sz)", "0x11");
	assert_success(find_width(&note, &found, &width));
	assert_true(found);
	assert_int_equal(width, 47);
	fake_note_add(&note, "NUMBER(TCR_EL1_T1SZ)", "0x11");
	assert_success(find_width(&note, &found, &width));
	fake_note_drop(&note, "NUMBER(TCR_EL1_T1SZ)");
	fake_note_add(&note, "NUMBER(TCR_EL1_T1SZ)", "0x10");
	assert_failure(find_width(&note, &found, &width), HR_ERROR_INPUT,
		       "contradicts itself: NUMBER(TCR_EL1_T1SZ) is 16, but "
		       "NUMBER(tcr_el1_t1sz) is 17");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overrides_win_over_the_note),
		cmocka_unit_test(geometry_overrides_win_over_the_note),
		cmocka_unit_test(missing_keys_name_the_option_that_gives_them),
		cmocka_unit_test(values_that_no_kernel_has_are_told),
		cmocka_unit_test(note_says_what_an_option_would),
		cmocka_unit_test(width_in_use_may_be_in_lower_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
