// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <endian.h>

#include "arch/descriptor.h"
#include "walk/alike.h"

enum {
	SHAPE_4K = 1,
	SHAPE_4K_LPA2 = 2,
	SHAPE_64K = 10,
	ENTRIES = 512,
};

/* A table of @ENTRIES entries at level 3, each a page, from PA @pa on. */
static void fill(const struct hr_geometry *geo, uint64_t pa, uint64_t flags, uint64_t *table)
{
	for (size_t i = 0; i < ENTRIES; i++)
		table[i] = htole64(fake_leaf_desc(geo, 3, pa + i * hr_page_size(geo)) | flags);
}

static void neighbours_are_counted_up_to_the_last(void **state)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);
	uint64_t table[ENTRIES];

	(void)state;
	fill(&geo, GIB(1), 0, table);
	assert_int_equal(hr_count_alike(&geo, 3, table, 0, ENTRIES - 1), ENTRIES);
	assert_int_equal(hr_count_alike(&geo, 3, table, 16, 47), 32);
	/* Only whole groups count. */
	assert_int_equal(hr_count_alike(&geo, 3, table, 16, 46), 16);
	assert_int_equal(hr_count_alike(&geo, 3, table, 16, 30), 0);
	assert_int_equal(hr_count_alike(&geo, 3, table, 17, 100), 0);
}

static void stretch_ends_in_front_of_what_differs(void **state)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);
	static const size_t odd[] = { 33, 47, 64, 100, 511 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(odd); i++) {
		uint64_t table[ENTRIES];

		fill(&geo, GIB(1), 0, table);
		table[odd[i]] ^= htole64(UINT64_C(1) << 54);
		assert_int_equal(hr_count_alike(&geo, 3, table, 0, ENTRIES - 1),
				 odd[i] - odd[i] % 16);
	}
}

static void empty_entries_are_alike(void **state)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_64K]);
	uint64_t table[ENTRIES] = { 0 };

	(void)state;
	assert_int_equal(hr_count_alike(&geo, 3, table, 0, 127), 128);
	table[70] = htole64(fake_leaf_desc(&geo, 3, GIB(1)));
	assert_int_equal(hr_count_alike(&geo, 3, table, 0, 127), 64);
}

static void tables_are_not_alike(void **state)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);
	uint64_t table[ENTRIES];

	(void)state;
	for (size_t i = 0; i < ENTRIES; i++)
		table[i] = htole64(fake_table_desc(&geo, GIB(1) + i * MIB(2)));
	assert_int_equal(hr_count_alike(&geo, 2, table, 0, ENTRIES - 1), 0);
}

static void groups_at_an_odd_address_are_not_alike(void **state)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);
	uint64_t table[ENTRIES];

	(void)state;
	fill(&geo, GIB(1), FAKE_CONT, table);
	assert_int_equal(hr_count_alike(&geo, 3, table, 0, ENTRIES - 1), ENTRIES);
	fill(&geo, GIB(1) + KIB(4), FAKE_CONT, table);
	assert_int_equal(hr_count_alike(&geo, 3, table, 0, ENTRIES - 1), 0);
}

/* Beyond the in-place bits of an address, its upper bits would have to change too. */
static void addresses_that_would_wrap_are_not_alike(void **state)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K_LPA2]);
	uint64_t table[ENTRIES], first = fake_leaf_desc(&geo, 3, (UINT64_C(1) << 50) - KIB(64));

	(void)state;
	for (size_t i = 0; i < ENTRIES; i++)
		table[i] = htole64(first + i * KIB(4));
	assert_int_equal(hr_count_alike(&geo, 3, table, 0, 15), 16);
	assert_int_equal(hr_count_alike(&geo, 3, table, 0, 31), 0);
}

static void entries_apart_are_counted_from_anywhere(void **state)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);
	uint64_t table[ENTRIES];

	(void)state;
	fill(&geo, GIB(1), 0, table);
	table[23] = htole64(fake_leaf_desc(&geo, 3, GIB(2)));
	table[24] = 0;
	assert_int_equal(hr_count_alike_apart(&geo, 3, table, 17, 40), 6);
	assert_int_equal(hr_count_alike_apart(&geo, 3, table, 17, 20), 4);
	assert_int_equal(hr_count_alike_apart(&geo, 3, table, 23, 40), 1);
	assert_int_equal(hr_count_alike_apart(&geo, 3, table, 24, 40), 1);
	assert_int_equal(hr_count_alike_apart(&geo, 3, table, 25, ENTRIES - 1), ENTRIES - 25);
}

static void groups_without_the_cont_bit_end_before_one_with_it(void **state)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);
	uint64_t table[ENTRIES];

	(void)state;
	fill(&geo, GIB(1), 0, table);
	assert_int_equal(hr_end_without_cont(&geo, 3, table, 5, ENTRIES - 1), ENTRIES);
	assert_int_equal(hr_end_without_cont(&geo, 3, table, 5, 20), 32);
	table[47] |= htole64(FAKE_CONT);
	assert_int_equal(hr_end_without_cont(&geo, 3, table, 5, ENTRIES - 1), 32);
	/* The bit before the entry counts as much as one after it. */
	assert_int_equal(hr_end_without_cont(&geo, 3, table, 40, ENTRIES - 1), 32);
	table[47] = htole64(fake_leaf_desc(&geo, 3, GIB(1)));
	table[32] = htole64(HR_DESC_UNKNOWN);
	assert_int_equal(hr_end_without_cont(&geo, 3, table, 40, ENTRIES - 1), 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_are_counted_up_to_the_last),
		cmocka_unit_test(stretch_ends_in_front_of_what_differs),
		cmocka_unit_test(empty_entries_are_alike),
		cmocka_unit_test(tables_are_not_alike),
		cmocka_unit_test(groups_at_an_odd_address_are_not_alike),
		cmocka_unit_test(addresses_that_would_wrap_are_not_alike),
		cmocka_unit_test(entries_apart_are_counted_from_anywhere),
		cmocka_unit_test(groups_without_the_cont_bit_end_before_one_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
