// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "kernel/address.h"
#include "layout_note.h"

#define BIT(n) (UINT64_C(1) << (n))

/* On hardware without 52-bit VAs, a 52-bit kernel exports a memstart_addr below zero. */
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
		uint64_t size; /* of the usable linear map */
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

/*
 * KASLR may put the image of a 52-bit kernel anywhere below the vmemmap that is in use with 48
 * bits.
 */
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

static void memory_is_read_by_its_kernel_address(void **state)
{
	struct hr_layout layout;
	struct fake_note note;
	struct fake fake;
	uint64_t value;

	(void)state;
	fake_note_init(&note);
	layout = good_layout(&note);
	fake_init(&fake, 12);
	fake_write64(&fake, 0x40000008, 0x1122334455667788);
	assert_success(hr_kernel_read_u64(&layout, &fake.memory, 0xffff000000000008, &value));
	assert_int_equal(value, 0x1122334455667788);
	assert_success(hr_kernel_read_u64(&layout, &fake.memory, 0xffff800080000008, &value));
	assert_int_equal(value, 0x1122334455667788);
	assert_success(hr_kernel_read_u64(&layout, &fake.memory, 0xf4ff000000000008, &value));
	assert_int_equal(value, 0x1122334455667788);
	assert_failure(hr_kernel_read_u64(&layout, &fake.memory, 0x40000008, &value),
		       HR_ERROR_UNREADABLE, "0x40000008");
	assert_int_equal(value, 0);
	assert_failure(hr_kernel_read_u64(&layout, &fake.memory, 0xffff000010000000, &value),
		       HR_ERROR_UNREADABLE, "");
	fake_release(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phys_offset_may_be_negative),
		cmocka_unit_test(linear_map_ends_where_its_addresses_do),
		cmocka_unit_test(struct_pages_lie_by_arithmetic_shift),
		cmocka_unit_test(image_addresses_go_by_kimage_voffset),
		cmocka_unit_test(vmemmap_addresses_are_neither_linear_nor_image),
		cmocka_unit_test(image_of_a_kernel_with_fewer_bits_may_lie_above_vmemmap_start),
		cmocka_unit_test(memory_is_read_by_its_kernel_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
