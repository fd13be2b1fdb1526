// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "base/cleanup.h"
#include "kernel/layout.h"

#define BIT(n) (UINT64_C(1) << (n))

static struct hr_error *layout_of(const struct fake_note *note,
				  const struct hr_overrides *overrides, struct hr_layout *ret)
{
	static const struct hr_overrides none;
	_cleanup_(hr_cleanup_vmcoreinfo) struct hr_vmcoreinfo *info = NULL;

	assert_success(hr_vmcoreinfo_create(note->text, note->len, &info));
	return hr_layout_init(info, overrides ? overrides : &none, ret);
}

static struct hr_layout good_layout(const struct fake_note *note)
{
	struct hr_layout layout;

	assert_success(layout_of(note, NULL, &layout));
	return layout;
}

/* The default note with @key replaced. */
static struct fake_note note_with(const char *key, const char *value)
{
	struct fake_note note;

	fake_note_init(&note);
	fake_note_drop(&note, key);
	fake_note_add(&note, key, "%s", value);
	return note;
}

/* A note of @shape and @release, with memory from PA 0 on, as far as the width in use goes. */
static struct fake_note note_of(const struct fake_shape *shape, const char *release)
{
	uint64_t phys_offset = -(BIT(shape->va_bits) - BIT(shape->va_bits_actual));
	struct fake_note note = { .len = 0 };

	fake_note_add(&note, "OSRELEASE", "%s", release);
	fake_note_add(&note, "PAGESIZE", "%u", 1u << shape->page_shift);
	fake_note_add(&note, "NUMBER(VA_BITS)", "%u", shape->va_bits);
	fake_note_add(&note, "NUMBER(TCR_EL1_T1SZ)", "%#x", 64 - shape->va_bits_actual);
	fake_note_add(&note, "NUMBER(PHYS_OFFSET)", "0x%lx", (unsigned long)phys_offset);
	fake_note_add(&note, "NUMBER(kimage_voffset)", "0xffffffff40000000");
	fake_note_add(&note, "SYMBOL(swapper_pg_dir)", "ffffffff81a30000");
	fake_note_add(&note, "SIZE(page)", "64");
	fake_note_add(&note, "NUMBER(SECTION_SIZE_BITS)", "%u", shape->page_shift == 16 ? 29 : 27);
	return note;
}

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

/* Up to 5.10 it goes by the width in use, since 5.11 by the least that the kernel can run with. */
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

/* A 52-bit kernel on lesser hardware exports a memstart_addr below zero. */
static void phys_offset_may_be_negative(void **state)
{
	static const struct {
		size_t shape;
		const char *phys_offset;
		uint64_t pa, va;
	} rows[] = {
		{ 1, "0x40000000", 0x40000000, 0xffff000000000000 },
		{ 1, "0x80000000", 0x140000000, 0xffff0000c0000000 },
		{ 3, "0xfff1000080000000", 0x80000000, 0xffff000000000000 },
		{ 3, "0xfff1000080000000", 0x140000000, 0xffff0000c0000000 },
		{ 8, "0xfff0800080000000", 0x80000000, 0xffff800000000000 },
		{ 12, "0xfff1000080000000", 0x80000000, 0xffff000000000000 },
		{ 2, "0x80000000", 0x80000000, 0xfff0000000000000 },
		{ 1, "0xffffffffc0000000", 0x40000000, 0xffff000080000000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[rows[i].shape], "6.12.0");
		struct hr_layout layout;

		fake_note_drop(&note, "NUMBER(PHYS_OFFSET)");
		fake_note_add(&note, "NUMBER(PHYS_OFFSET)", "%s", rows[i].phys_offset);
		layout = good_layout(&note);
		assert_int_equal(hr_layout_linear_va(&layout, rows[i].pa), rows[i].va);
		assert_int_equal(hr_layout_linear_pa(&layout, rows[i].va), rows[i].pa);
		assert_true(hr_layout_has_linear(&layout, rows[i].pa));
	}
}

static void linear_map_ends_where_its_addresses_do(void **state)
{
	static const struct {
		size_t shape;
		uint64_t size; /* of the linear map that can be used */
	} rows[] = {
		{ 0, BIT(38) },	 { 1, BIT(47) }, { 2, BIT(52) - BIT(47) },
		{ 3, BIT(47) },	 { 4, BIT(35) }, { 7, BIT(52) - BIT(46) },
		{ 8, BIT(46) },	 { 9, BIT(41) }, { 11, BIT(52) - BIT(47) },
		{ 12, BIT(47) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[rows[i].shape], "6.12.0");
		struct hr_layout layout = good_layout(&note);

		assert_true(hr_layout_has_linear(&layout, 0));
		assert_true(hr_layout_has_linear(&layout, rows[i].size - 1));
		assert_false(hr_layout_has_linear(&layout, rows[i].size));
		assert_false(hr_layout_has_linear(&layout, (uint64_t)-1));
	}
}

static void vmemmap_without_the_key_is_placed_by_version(void **state)
{
	static const struct {
		size_t shape;
		uint64_t v5_10, v5_15, v6_12; /* 0: that version has no such kernel */
	} rows[] = {
		{ 0, 0xfffffffeffe00000, 0xfffffffe00000000, 0xfffffffec0000000 },
		{ 1, 0xfffffdffffe00000, 0xfffffc0000000000, 0xfffffdffc0000000 },
		{ 2, 0, 0, 0xffffc1ffc0000000 },
		{ 3, 0, 0, 0xffffc1ffc0000000 },
		{ 5, 0xffffffbfffe00000, 0xffffff8000000000, 0xffffffbfc0000000 },
		{ 6, 0xffffff7fffe00000, 0xffffff0000000000, 0xffffff7fc0000000 },
		{ 7, 0, 0, 0xfffff03fc0000000 },
		{ 8, 0, 0, 0xfffff03fc0000000 },
		{ 9, 0xffffffff7fe00000, 0xffffffff00000000, 0xffffffff40000000 },
		{ 10, 0xffffffdfffe00000, 0xffffffc000000000, 0xffffffdfc0000000 },
		{ 12, 0xfffffc1fffe00000, 0xfffffc0000000000, 0xfffffc1fc0000000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const uint64_t starts[] = { rows[i].v5_10, rows[i].v5_10, rows[i].v5_15,
					    rows[i].v5_15, rows[i].v5_15, rows[i].v6_12,
					    rows[i].v6_12 };
		static const char *const releases[] = { "5.10.0", "5.10.223", "5.11.0",	 "5.15.224",
							"6.8.12", "6.9.0",    "6.12.107" };

		for (size_t j = 0; j < COUNT_OF(releases); j++) {
			struct fake_note note = note_of(&fake_shapes[rows[i].shape], releases[j]);
			struct hr_layout layout;

			if (!starts[j])
				continue;
			layout = good_layout(&note);
			assert_int_equal(layout.vmemmap_start, starts[j]);
			assert_true(layout.vmemmap_is_derived);
		}
	}
}

static void vmemmap_ends_where_the_version_has_it(void **state)
{
	static const struct {
		const char *release;
		uint64_t end; /* with 4K pages and 48 bits */
	} rows[] = {
		{ "5.10.223", 0xffffffffffe00000 },
		{ "5.15.0", 0xfffffe0000000000 },
		{ "6.12.0", 0xffffffffc0000000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[1], rows[i].release);

		assert_int_equal(good_layout(&note).vmemmap_end, rows[i].end);
	}
}

/* Only the formula of 6.9 takes the size as it is; before, it was rounded up to a power of two. */
static void odd_struct_pages_change_the_vmemmap_as_the_version_does(void **state)
{
	static const struct {
		const char *release;
		uint64_t start;
	} rows[] = {
		{ "5.10.223", -(BIT(47) >> 5) - 0x200000 },
		{ "5.15.0", -(BIT(48) >> 5) },
		{ "6.12.0", -GIB(1) - (BIT(47) >> 12) * 80 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[1], rows[i].release);

		fake_note_drop(&note, "SIZE(page)");
		fake_note_add(&note, "SIZE(page)", "80");
		assert_int_equal(good_layout(&note).vmemmap_start, rows[i].start);
	}
}

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

static void struct_pages_lie_by_arithmetic_shift(void **state)
{
	static const struct {
		size_t shape;
		const char *phys_offset;
		uint64_t pfn, va;
	} rows[] = {
		{ 1, "0x40000000", 0x40000, 0xfffffdffc0000000 },
		{ 1, "0x40000000", 0x48000, 0xfffffdffc0200000 },
		{ 1, "0x40000000", 0, 0xfffffdffc0000000 - 0x1000000 },
		{ 3, "0xfff1000080000000", 0x80000, 0xfffffdffc0000000 },
		{ 12, "0xfff1000080000000", 0x8000, 0xffffffdfc0000000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[rows[i].shape], "6.12.0");
		struct hr_layout layout;

		fake_note_drop(&note, "NUMBER(PHYS_OFFSET)");
		fake_note_add(&note, "NUMBER(PHYS_OFFSET)", "%s", rows[i].phys_offset);
		layout = good_layout(&note);
		assert_int_equal(hr_layout_page_va(&layout, rows[i].pfn), rows[i].va);
	}
}

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

static void missing_keys_name_the_option_that_gives_them(void **state)
{
	static const struct {
		const char *key, *option;
	} rows[] = {
		{ "PAGESIZE", "--page-size" },
		{ "NUMBER(VA_BITS)", "--va-bits" },
		{ "NUMBER(PHYS_OFFSET)", "--phys-offset" },
		{ "NUMBER(kimage_voffset)", "--kimage-voffset" },
		{ "SYMBOL(swapper_pg_dir)", "--swapper-pa" },
		{ "SIZE(page)", "--struct-page-size" },
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

static void unknown_versions_need_what_would_be_derived(void **state)
{
	struct fake_note note = note_with("OSRELEASE", "mainline");
	struct hr_layout layout;

	(void)state;
	assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT, "--vmemmap-start");
	fake_note_add(&note, "NUMBER(VMEMMAP_START)", "0xfffffdffc0000000");
	assert_success(layout_of(&note, NULL, &layout));
	fake_note_drop(&note, "NUMBER(SECTION_SIZE_BITS)");
	fake_note_drop(&note, "LENGTH(mem_section)");
	assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT, "--section-size-bits");
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
	assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT, "--va-bits-actual");
}

static void section_size_without_the_key_goes_by_version(void **state)
{
	static const struct {
		size_t shape;
		const char *release;
		unsigned int bits;
	} rows[] = {
		{ 1, "5.10.223", 30 }, { 10, "5.10.223", 30 }, { 1, "5.11.0", 30 },
		{ 1, "5.12.0", 27 },   { 1, "6.12.0", 27 },    { 5, "6.12.0", 27 },
		{ 10, "5.15.0", 29 },  { 11, "6.12.0", 29 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[rows[i].shape], rows[i].release);

		fake_note_drop(&note, "NUMBER(SECTION_SIZE_BITS)");
		assert_int_equal(good_layout(&note).section_size_bits, rows[i].bits);
	}
}

/* Vendors brought 27 bits to kernels whose release had 30: the array of roots shows it. */
static void section_size_without_the_key_is_that_of_the_array(void **state)
{
	static const struct {
		const char *release, *roots, *struct_size, *pa_bits;
		unsigned int bits;
	} rows[] = {
		{ "5.10.36", "16384", "32", "48", 27 }, { "5.10.36", "8192", "16", "48", 27 },
		{ "5.10.223", "2048", "32", "48", 30 }, { "5.10.223", "4096", "32", "48", 29 },
		{ "6.1.170", "16384", "32", NULL, 27 }, { "6.12.0", "262144", "32", "48", 27 },
		{ "vendor", "16384", "32", NULL, 27 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[1], rows[i].release);

		fake_note_drop(&note, "NUMBER(SECTION_SIZE_BITS)");
		fake_note_add(&note, "NUMBER(VMEMMAP_START)", "0xfffffdffc0000000");
		fake_note_add(&note, "LENGTH(mem_section)", "%s", rows[i].roots);
		fake_note_add(&note, "SIZE(mem_section)", "%s", rows[i].struct_size);
		if (rows[i].pa_bits)
			fake_note_add(&note, "NUMBER(MAX_PHYSMEM_BITS)", "%s", rows[i].pa_bits);
		assert_int_equal(good_layout(&note).section_size_bits, rows[i].bits);
	}
}

static void section_array_that_fits_no_section_size_is_refused(void **state)
{
	static const struct {
		const char *release, *roots;
	} rows[] = {
		{ "5.10.36", "16383" },
		{ "5.10.36", "0" },
		{ "5.10.36", "16777216" },
		{ "6.12.0", "67108864" },
		{ "6.12.0", "1" },
		{ "5.10.36", "18446744073709551615" },
		/* The sections of 1 GiB that older kernels have. */
		{ "5.12.0", "2048" },
		{ "7.2.12", "2048" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fake_note note = note_of(&fake_shapes[1], rows[i].release);
		struct hr_layout layout;

		fake_note_drop(&note, "NUMBER(SECTION_SIZE_BITS)");
		fake_note_add(&note, "NUMBER(MAX_PHYSMEM_BITS)", "48");
		fake_note_add(&note, "LENGTH(mem_section)", "%s", rows[i].roots);
		fake_note_add(&note, "SIZE(mem_section)", "32");
		assert_failure(layout_of(&note, NULL, &layout), HR_ERROR_INPUT,
			       "--section-size-bits");
	}
}

/* The address space of 5.4 came with its first candidate. */
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

/* SYMBOL(vmemmap) would be the struct page of frame 0. */
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

/* Struct pages of 128 bytes would put it elsewhere; an address of no known form says nothing. */
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

static void mem_section_is_known_only_from_all_its_keys(void **state)
{
	static const char *const keys[] = { "SYMBOL(mem_section)", "LENGTH(mem_section)",
					    "SIZE(mem_section)" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		struct fake_note note;

		fake_note_init(&note);
		fake_note_drop(&note, keys[i]);
		assert_false(good_layout(&note).has_mem_section);
	}
}

/* A static array of sections would be in the image: another layout that is not read. */
static void mem_section_in_the_image_is_not_known(void **state)
{
	struct fake_note note = note_with("SYMBOL(mem_section)", "ffff800082000000");

	(void)state;
	assert_false(good_layout(&note).has_mem_section);
}

static void unprintable_releases_are_made_printable(void **state)
{
	struct fake_note note = note_with("OSRELEASE", "6.12.1\033[31m");

	(void)state;
	assert_string_equal(good_layout(&note).release, "6.12.1?[31m");
}

static void image_addresses_go_by_kimage_voffset(void **state)
{
	struct fake_note note;
	struct hr_layout layout;
	uint64_t pa;

	(void)state;
	fake_note_init(&note);
	layout = good_layout(&note);
	assert_true(hr_layout_pa_of_va(&layout, 0xffff800081a2b000, &pa));
	assert_int_equal(pa, 0x41a2b000);
	assert_true(hr_layout_pa_of_va(&layout, 0xffff000001000000, &pa));
	assert_int_equal(pa, 0x41000000);
	assert_false(hr_layout_pa_of_va(&layout, 0x400000, &pa));
}

static void vmemmap_addresses_are_neither_linear_nor_image(void **state)
{
	struct fake_note note;
	struct hr_layout layout;
	uint64_t pa;

	(void)state;
	fake_note_init(&note);
	layout = good_layout(&note);
	assert_false(hr_layout_pa_of_va(&layout, layout.vmemmap_start, &pa));
}

/* KASLR puts the image of a 52-bit kernel anywhere below the vmemmap that 48 bits leave it. */
static void image_of_a_kernel_with_fewer_bits_may_lie_above_vmemmap_start(void **state)
{
	struct fake_note note = note_of(&fake_shapes[3], "7.3.4");
	struct hr_layout layout;
	uint64_t pa;

	(void)state;
	fake_note_drop(&note, "NUMBER(kimage_voffset)");
	fake_note_add(&note, "NUMBER(kimage_voffset)", "0xffffd6b200000000");
	fake_note_drop(&note, "SYMBOL(swapper_pg_dir)");
	fake_note_add(&note, "SYMBOL(swapper_pg_dir)", "ffffd6b241a30000");
	layout = good_layout(&note);
	assert_int_equal(layout.geo.va_bits_actual, 48);
	assert_true(layout.vmemmap_start < 0xffffd6b200000000);
	assert_true(hr_layout_pa_of_va(&layout, 0xffffd6b241a30000, &pa));
	assert_int_equal(pa, 0x41a30000);
	assert_false(hr_layout_pa_of_va(&layout, hr_layout_vmemmap_used(&layout), &pa));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_taken_from_the_note),
		cmocka_unit_test(page_offset_goes_by_the_configured_width),
		cmocka_unit_test(page_end_goes_by_the_width_that_the_version_takes),
		cmocka_unit_test(phys_offset_may_be_negative),
		cmocka_unit_test(linear_map_ends_where_its_addresses_do),
		cmocka_unit_test(vmemmap_without_the_key_is_placed_by_version),
		cmocka_unit_test(vmemmap_ends_where_the_version_has_it),
		cmocka_unit_test(odd_struct_pages_change_the_vmemmap_as_the_version_does),
		cmocka_unit_test(note_wins_over_the_formula),
		cmocka_unit_test(struct_pages_lie_by_arithmetic_shift),
		cmocka_unit_test(overrides_win_over_the_note),
		cmocka_unit_test(geometry_overrides_win_over_the_note),
		cmocka_unit_test(lpa2_can_be_set_but_not_on_64k),
		cmocka_unit_test(missing_keys_name_the_option_that_gives_them),
		cmocka_unit_test(unknown_versions_need_what_would_be_derived),
		cmocka_unit_test(missing_t1sz_is_needed_above_48_bits_only),
		cmocka_unit_test(section_size_without_the_key_goes_by_version),
		cmocka_unit_test(section_size_without_the_key_is_that_of_the_array),
		cmocka_unit_test(section_array_that_fits_no_section_size_is_refused),
		cmocka_unit_test(candidates_have_the_layout_of_their_release),
		cmocka_unit_test(pa_width_without_the_key_is_what_descriptors_hold),
		cmocka_unit_test(impossible_values_are_refused),
		cmocka_unit_test(vmemmap_must_agree_with_its_symbol),
		cmocka_unit_test(vmemmap_start_must_agree_with_the_struct_page),
		cmocka_unit_test(overrides_may_disagree_with_the_vmemmap_symbol),
		cmocka_unit_test(vmemmap_cannot_lie_in_the_linear_map),
		cmocka_unit_test(mem_section_is_known_only_from_all_its_keys),
		cmocka_unit_test(mem_section_in_the_image_is_not_known),
		cmocka_unit_test(unprintable_releases_are_made_printable),
		cmocka_unit_test(image_addresses_go_by_kimage_voffset),
		cmocka_unit_test(vmemmap_addresses_are_neither_linear_nor_image),
		cmocka_unit_test(image_of_a_kernel_with_fewer_bits_may_lie_above_vmemmap_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
