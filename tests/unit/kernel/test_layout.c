// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "layout_note.h"

static void everything_is_taken_from_the_note(void **state)
{
	struct fake_note note;
	struct hr_layout layout;

	(void)state;
	fake_note_init(&note);
	fake_note_add(&note, "NUMBER(VMEMMAP_START)", "0xfffffdffc0000000");
	fake_note_add(&note, "NUMBER(VMEMMAP_END)", "0xffffffffc0000000");
	fake_note_add(&note, "SYMBOL(init_uts_ns)", "ffff800082000000");
	fake_note_add(&note, "OFFSET(uts_namespace.name)", "0");
	layout = good_layout(&note);
	assert_string_equal(layout.release, "6.12.107");
	assert_int_equal(layout.geo.page_shift, 12);
	assert_int_equal(layout.geo.va_bits_actual, 48);
	assert_int_equal(layout.pa_bits, 48);
	assert_int_equal(layout.page_offset, 0xffff000000000000);
	assert_int_equal(layout.linear_end, 0xffff800000000000);
	assert_int_equal(layout.phys_offset, 0x40000000);
	assert_int_equal(layout.kimage_voffset, 0xffff800040000000);
	assert_int_equal(layout.swapper_pa, 0x41a2b000);
	assert_int_equal(layout.vmemmap_start, 0xfffffdffc0000000);
	assert_int_equal(layout.vmemmap_end, 0xffffffffc0000000);
	assert_false(layout.vmemmap_is_derived);
	assert_int_equal(layout.struct_page_size, 64);
	assert_int_equal(layout.section_size_bits, 27);
	assert_true(layout.has_mem_section);
	assert_int_equal(layout.section_roots, 8192);
	assert_true(layout.has_uts);
	assert_int_equal(layout.uts_va, 0xffff800082000000);
}

static void page_offset_goes_by_the_configured_width(void **state)
{
	static const uint64_t expected[FAKE_SHAPES] = {
		0xffffff8000000000, 0xffff000000000000, 0xfff0000000000000, 0xfff0000000000000,
		0xfffffff000000000, 0xffff800000000000, 0xffff000000000000, 0xfff0000000000000,
		0xfff0000000000000, 0xfffffc0000000000, 0xffff000000000000, 0xfff0000000000000,
		0xfff0000000000000,
	};

	(void)state;
	for (size_t i = 0; i < FAKE_SHAPES; i++) {
		struct fake_note note = note_of(&fake_shapes[i], "6.12.0");

		assert_int_equal(good_layout(&note).page_offset, expected[i]);
	}
}

/*
 * Up to 5.10 it depends on the width in use, from 5.11 on on the smallest width that the kernel can
 * run with.
 */
static void page_end_goes_by_the_width_that_the_version_takes(void **state)
{
	static const struct {
		size_t shape;
		const char *release;
		uint64_t linear_end;
	} rows[] = {
		{ 0, "6.12.0", 0xffffffc000000000 },	{ 1, "6.12.0", 0xffff800000000000 },
		{ 2, "6.12.0", 0xffff800000000000 },	{ 3, "6.12.0", 0xffff800000000000 },
		{ 4, "6.12.0", 0xfffffff800000000 },	{ 5, "6.12.0", 0xffffc00000000000 },
		{ 7, "6.12.0", 0xffffc00000000000 },	{ 8, "6.12.0", 0xffffc00000000000 },
		{ 9, "6.12.0", 0xfffffe0000000000 },	{ 11, "6.1.0", 0xffff800000000000 },
		{ 11, "5.11.0", 0xffff800000000000 },	{ 11, "5.10.223", 0xfff8000000000000 },
		{ 12, "5.10.223", 0xffff800000000000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[rows[i].shape], rows[i].release);

		assert_int_equal(good_layout(&note).linear_end, rows[i].linear_end);
	}
}

static void lpa2_can_be_set_but_not_on_64k(void **state)
{
	static const struct {
		size_t shape;
		uint64_t value;
		bool lpa2;
	} rows[] = { { 1, 1, true }, { 2, 0, false }, { 11, 1, false } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[rows[i].shape], "6.12.0");
		struct hr_overrides overrides = {
			.set = { [HR_OVERRIDE_LPA2] = true },
			.value = { [HR_OVERRIDE_LPA2] = rows[i].value },
		};
		struct hr_layout layout;

		assert_success(layout_of(&note, &overrides, &layout));
		assert_int_equal(layout.geo.lpa2, rows[i].lpa2);
	}
}

static void unknown_versions_need_what_would_be_derived(void **state)
{
	struct fake_note note = note_with("OSRELEASE", "mainline");
	struct hr_layout layout;

	(void)state;
	assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT, "{vmemmap_start}");
	fake_note_add(&note, "NUMBER(VMEMMAP_START)", "0xfffffdffc0000000");
	assert_success(layout_of(&note, NULL, &layout));
	fake_note_drop(&note, "NUMBER(SECTION_SIZE_BITS)");
	fake_note_drop(&note, "LENGTH(mem_section)");
	assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT, "{section_size_bits}");
}

static void missing_t1sz_is_needed_above_48_bits_only(void **state)
{
	struct fake_note note = note_of(&fake_shapes[1], "6.12.0");
	struct hr_layout layout;

	(void)state;
	fake_note_drop(&note, "NUMBER(TCR_EL1_T1SZ)");
	assert_int_equal(good_layout(&note).geo.va_bits_actual, 48);
	note = note_of(&fake_shapes[3], "6.12.0");
	fake_note_drop(&note, "NUMBER(TCR_EL1_T1SZ)");
	assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT, "{va_bits_actual}");
}

/* The address layout of 5.4 came with its first candidate. */
static void candidates_have_the_layout_of_their_release(void **state)
{
	struct fake_note note = note_of(&fake_shapes[1], "5.4.0-rc8");

	(void)state;
	assert_int_equal(good_layout(&note).section_size_bits, 27);
}

static void pa_width_without_the_key_is_what_descriptors_hold(void **state)
{
	static const struct {
		size_t shape;
		unsigned int bits;
	} rows[] = {
		{ 1, 48 }, { 2, 52 }, { 3, 48 }, { 7, 52 }, { 8, 48 }, { 10, 52 }, { 12, 52 }
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[rows[i].shape], "6.12.0");

		assert_int_equal(good_layout(&note).pa_bits, rows[i].bits);
	}
}

static void impossible_values_are_refused(void **state)
{
	static const struct {
		const char *key, *value;
	} rows[] = {
		{ "PAGESIZE", "8192" },
		{ "PAGESIZE", "0" },
		{ "NUMBER(VA_BITS)", "64" },
		{ "NUMBER(TCR_EL1_T1SZ)", "0x0" },
		{ "NUMBER(TCR_EL1_T1SZ)", "0x50" },
		{ "NUMBER(TCR_EL1_T1SZ)", "0xc" },
		{ "SIZE(page)", "0" },
		{ "SIZE(page)", "65" },
		{ "SIZE(page)", "4096" },
		{ "NUMBER(SECTION_SIZE_BITS)", "12" },
		{ "NUMBER(SECTION_SIZE_BITS)", "63" },
		{ "NUMBER(MAX_PHYSMEM_BITS)", "0" },
		{ "NUMBER(MAX_PHYSMEM_BITS)", "64" },
		{ "SIZE(mem_section)", "0" },
		{ "SIZE(mem_section)", "8192" },
		{ "SYMBOL(swapper_pg_dir)", "ffff800081a2b800" },
		{ "NUMBER(kimage_voffset)", "0x800040000000" },
		{ "OSRELEASE", "4.19.0" },
		{ "NUMBER(PHYS_OFFSET)", "lots" },
		{ "NUMBER(PHYS_OFFSET)", "0x50000000" },
		{ "NUMBER(SECTION_SIZE_BITS)", "26" },
		/* Sizes that kernels have, but not with this array of roots. */
		{ "NUMBER(SECTION_SIZE_BITS)", "29" },
		{ "NUMBER(SECTION_SIZE_BITS)", "30" },
		{ "LENGTH(mem_section)", "1024" },
		{ "SIZE(mem_section)", "32" },
		{ "SIZE(mem_section)", "8" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_with(rows[i].key, rows[i].value);
		struct hr_layout layout;

		assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT, "");
	}
}

static void unprintable_releases_are_made_printable(void **state)
{
	struct fake_note note = note_with("OSRELEASE", "6.12.1\033[31m");

	(void)state;
	assert_string_equal(good_layout(&note).release, "6.12.1?[31m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_taken_from_the_note),
		cmocka_unit_test(page_offset_goes_by_the_configured_width),
		cmocka_unit_test(page_end_goes_by_the_width_that_the_version_takes),
		cmocka_unit_test(lpa2_can_be_set_but_not_on_64k),
		cmocka_unit_test(unknown_versions_need_what_would_be_derived),
		cmocka_unit_test(missing_t1sz_is_needed_above_48_bits_only),
		cmocka_unit_test(candidates_have_the_layout_of_their_release),
		cmocka_unit_test(pa_width_without_the_key_is_what_descriptors_hold),
		cmocka_unit_test(impossible_values_are_refused),
		cmocka_unit_test(unprintable_releases_are_made_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
