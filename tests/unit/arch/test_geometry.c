// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "arch/geometry.h"

static struct hr_geometry geometry_of(const struct fake_shape *shape)
{
	struct hr_geometry geo;

	assert_success(hr_geometry_init(UINT64_C(1) << shape->page_shift, shape->va_bits,
					shape->va_bits_actual, &geo));
	return geo;
}

static void root_is_where_each_kernel_has_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAKE_SHAPES; i++) {
		const struct fake_shape *shape = &fake_shapes[i];
		struct hr_geometry geo = geometry_of(shape);

		assert_int_equal(geo.page_shift, shape->page_shift);
		assert_int_equal(geo.va_bits, shape->va_bits);
		assert_int_equal(geo.va_bits_actual, shape->va_bits_actual);
		assert_int_equal(geo.root_level, shape->root_level);
		assert_int_equal(geo.root_bits, shape->root_bits);
		assert_int_equal(hr_live_levels(&geo), shape->levels);
	}
}

static void lpa2_goes_with_52_bits_in_use_on_4k_and_16k(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAKE_SHAPES; i++) {
		const struct fake_shape *shape = &fake_shapes[i];
		bool lpa2 = shape->page_shift < 16 && shape->va_bits_actual == 52;

		assert_int_equal(geometry_of(shape).lpa2, lpa2);
	}
}

static void leaves_and_addresses_are_those_of_the_granule(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAKE_SHAPES; i++) {
		struct hr_geometry geo = geometry_of(&fake_shapes[i]);
		struct hr_geometry expected = fake_geometry(&fake_shapes[i]);

		assert_int_equal(geo.leaf_level, expected.leaf_level);
		assert_int_equal(geo.address.pa_bits, expected.address.pa_bits);
		assert_int_equal(geo.address.shift, expected.address.shift);
		assert_int_equal(geo.address.moved, expected.address.moved);
		assert_int_equal(geo.address.in_place, expected.address.in_place);
	}
}

static void lpa2_is_of_4k_and_16k_alone(void **state)
{
	static const struct {
		size_t shape;
		bool set, lpa2;
		unsigned int pa_bits;
	} rows[] = {
		{ 1, false, false, 48 }, { 1, true, true, 52 },	   { 2, true, true, 52 },
		{ 2, false, false, 48 }, { 5, true, true, 52 },	   { 7, false, false, 48 },
		{ 11, true, false, 52 }, { 11, false, false, 52 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_geometry geo = geometry_of(&fake_shapes[rows[i].shape]);

		hr_geometry_set_lpa2(&geo, rows[i].set);
		assert_int_equal(geo.lpa2, rows[i].lpa2);
		assert_int_equal(geo.address.pa_bits, rows[i].pa_bits);
	}
}

static void impossible_combinations_are_refused(void **state)
{
	static const struct {
		uint64_t page_size, va_bits, va_bits_actual;
	} rows[] = {
		{ 0, 48, 48 },	   { 8192, 48, 48 },   { 4097, 48, 48 },
		{ 4096, 42, 42 },  { 4096, 47, 47 },   { 4096, 36, 36 },
		{ 4096, 52, 47 },  { 4096, 48, 39 },   { 4096, 48, 52 },
		{ 16384, 39, 39 }, { 16384, 42, 42 },  { 16384, 52, 48 },
		{ 16384, 48, 47 }, { 65536, 47, 47 },  { 65536, 39, 39 },
		{ 65536, 52, 42 }, { 65536, 48, 52 },  { 4096, 0, 0 },
		{ 4096, 64, 64 },  { 65536, 304, 48 }, { 4096, UINT64_C(1) << 32 | 48, 48 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_geometry geo;

		assert_failure(hr_geometry_init(rows[i].page_size, rows[i].va_bits,
						rows[i].va_bits_actual, &geo),
			       HR_ERROR_INPUT, "arm64");
	}
}

static void level_shifts_are_the_architectures(void **state)
{
	static const unsigned int shifts[3][HR_LEVELS_MAX] = {
		{ 48, 39, 30, 21, 12 },
		{ 58, 47, 36, 25, 14 },
		{ 68, 55, 42, 29, 16 },
	};

	(void)state;
	for (unsigned int granule = 0; granule < 3; granule++) {
		const struct hr_geometry geo = { .page_shift = 12 + 2 * granule };

		for (int level = HR_LEVEL_PGD; level <= HR_LEVEL_PTE; level++)
			assert_int_equal(hr_level_shift(&geo, level), shifts[granule][level + 1]);
	}
}

static void block_and_group_sizes_are_the_architectures(void **state)
{
	static const struct {
		size_t shape; /* any shape with this granule */
		uint64_t cont_pte, pte, cont_pmd, pmd, pud;
	} rows[] = {
		{ 1, 16, KIB(4), 16, MIB(2), GIB(1) },
		{ 5, 128, KIB(16), 32, MIB(32), GIB(64) },
		{ 10, 32, KIB(64), 32, MIB(512), GIB(4096) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_geometry geo = geometry_of(&fake_shapes[rows[i].shape]);

		assert_int_equal(hr_page_size(&geo), rows[i].pte);
		assert_int_equal(hr_level_size(&geo, HR_LEVEL_PTE), rows[i].pte);
		assert_int_equal(hr_level_size(&geo, HR_LEVEL_PMD), rows[i].pmd);
		assert_int_equal(hr_level_size(&geo, HR_LEVEL_PUD), rows[i].pud);
		assert_int_equal(hr_cont_entries(&geo, HR_LEVEL_PTE), rows[i].cont_pte);
		assert_int_equal(hr_cont_entries(&geo, HR_LEVEL_PMD), rows[i].cont_pmd);
		assert_int_equal(hr_cont_entries(&geo, HR_LEVEL_PUD), 1);
		assert_int_equal(hr_cont_entries(&geo, HR_LEVEL_P4D), 1);
	}
}

static void full_tables_have_a_page_of_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAKE_SHAPES; i++) {
		struct hr_geometry geo = geometry_of(&fake_shapes[i]);
		size_t full = (size_t)1 << (fake_shapes[i].page_shift - 3);

		for (int level = geo.root_level + 1; level <= HR_LEVEL_PTE; level++)
			assert_int_equal(hr_table_entries(&geo, level), full);
		assert_int_equal(hr_table_entries(&geo, geo.root_level),
				 (size_t)1 << fake_shapes[i].root_bits);
	}
}

/* With 48 bits on a 52-bit kernel of 64K pages, the last 64 of 1024 entries are in use. */
static void root_index_is_counted_from_the_symbol(void **state)
{
	static const struct {
		size_t shape;
		uint64_t va;
		size_t index;
	} rows[] = {
		{ 0, 0xffffff8000000000, 0 },	 { 1, 0xffff000000000000, 0 },
		{ 1, 0xffffffffffffffff, 511 },	 { 2, 0xfff0000000000000, 0 },
		{ 2, 0xffff000000000000, 15 },	 { 3, 0xffff000000000000, 0 },
		{ 6, 0xffff000000000000, 0 },	 { 6, 0xffff800000000000, 1 },
		{ 7, 0xfff0000000000000, 0 },	 { 7, 0xffff800000000000, 31 },
		{ 8, 0xffff800000000000, 0 },	 { 9, 0xfffffc0000000000, 0 },
		{ 11, 0xfff0000000000000, 0 },	 { 11, 0xffff000000000000, 960 },
		{ 12, 0xffff000000000000, 960 }, { 12, 0xffffffffffffffff, 1023 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_geometry geo = geometry_of(&fake_shapes[rows[i].shape]);

		assert_int_equal(hr_table_index(&geo, geo.root_level, rows[i].va), rows[i].index);
	}
}

/* All geometries that kernels have, each once, in any order. */
static void every_geometry_is_listed(void **state)
{
	struct hr_geometry geo;
	size_t seen = 0, count = 0;

	(void)state;
	for (; hr_geometry_nth(count, &geo); count++) {
		for (size_t i = 0; i < FAKE_SHAPES; i++) {
			const struct fake_shape *shape = &fake_shapes[i];

			seen += geo.page_shift == shape->page_shift &&
				geo.va_bits == shape->va_bits &&
				geo.va_bits_actual == shape->va_bits_actual &&
				geo.root_level == shape->root_level;
		}
	}
	assert_int_equal(count, FAKE_SHAPES);
	assert_int_equal(seen, FAKE_SHAPES);
}

static void fallback_width_of_52_bit_kernels(void **state)
{
	(void)state;
	assert_int_equal(hr_geometry_va_bits_min(12, 52), 48);
	assert_int_equal(hr_geometry_va_bits_min(14, 52), 47);
	assert_int_equal(hr_geometry_va_bits_min(16, 52), 48);
	assert_int_equal(hr_geometry_va_bits_min(12, 39), 39);
	assert_int_equal(hr_geometry_va_bits_min(14, 48), 48);
}

static void levels_have_the_words_of_the_interface(void **state)
{
	(void)state;
	assert_string_equal(hr_level_name(HR_LEVEL_PGD, false), "PGD");
	assert_string_equal(hr_level_name(HR_LEVEL_P4D, false), "P4D");
	assert_string_equal(hr_level_name(HR_LEVEL_PUD, false), "PUD");
	assert_string_equal(hr_level_name(HR_LEVEL_PMD, false), "PMD");
	assert_string_equal(hr_level_name(HR_LEVEL_PMD, true), "CONT_PMD");
	assert_string_equal(hr_level_name(HR_LEVEL_PTE, false), "PTE");
	assert_string_equal(hr_level_name(HR_LEVEL_PTE, true), "CONT_PTE");
	assert_null(hr_level_name(HR_LEVEL_PGD - 1, false));
	assert_null(hr_level_name(HR_LEVEL_PTE + 1, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_is_where_each_kernel_has_it),
		cmocka_unit_test(lpa2_goes_with_52_bits_in_use_on_4k_and_16k),
		cmocka_unit_test(leaves_and_addresses_are_those_of_the_granule),
		cmocka_unit_test(lpa2_is_of_4k_and_16k_alone),
		cmocka_unit_test(impossible_combinations_are_refused),
		cmocka_unit_test(level_shifts_are_the_architectures),
		cmocka_unit_test(block_and_group_sizes_are_the_architectures),
		cmocka_unit_test(full_tables_have_a_page_of_entries),
		cmocka_unit_test(root_index_is_counted_from_the_symbol),
		cmocka_unit_test(every_geometry_is_listed),
		cmocka_unit_test(fallback_width_of_52_bit_kernels),
		cmocka_unit_test(levels_have_the_words_of_the_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
