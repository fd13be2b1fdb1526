// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <endian.h>

#include "redact/moved_tables.h"

enum {
	SHAPE_4K = 1, /* of fake_shapes: 48 bits of VA */
	ENTRIES = 512,
};

#define BASE  GIB(16)
#define LEAF  UINT64_C(0x60000000000701) /* a PMD leaf of PA 0 */
#define IMAGE UINT64_C(0xffff900000000000)

static struct fake_kernel kernel;
static struct hr_moved_tables tables;
static uint64_t after[ENTRIES];

static int set_up(void **state)
{
	(void)state;
	fake_kernel_init(&kernel, &fake_shapes[SHAPE_4K], BASE);
	fake_map_linear(&kernel, BASE, GIB(1), FAKE_PMD);
	fake_map_vmemmap(&kernel, BASE, GIB(1), FAKE_PMD);
	fake_set(&kernel.tables, HR_LEVEL_PMD, IMAGE, LEAF | FAKE_CONT);
	assert_success(hr_table_survey_make(&kernel.layout, &kernel.fake.memory, &tables.survey));
	tables.moves = hr_moves_of(&kernel.layout);
	hr_moves_set_linear(&tables.moves, GIB(3));
	tables.moves.areas[HR_AREA_IMAGE].by = MIB(4);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_table_survey_release(&tables.survey);
	tables = (struct hr_moved_tables){ .has_leaf = false };
	fake_kernel_release(&kernel);
	return 0;
}

/* Move the table of @level around @va. */
static bool move(int level, uint64_t va)
{
	uint64_t pa = fake_table_of(&kernel.tables, level, va), before[ENTRIES];
	const struct hr_table_piece *piece = hr_table_survey_find(&tables.survey, pa);

	assert_non_null(piece);
	assert_success(hr_memory_read(&kernel.fake.memory, pa, before, sizeof(before)));
	return hr_moved_table(&tables, piece, before, after);
}

static size_t index_of(int level, uint64_t va)
{
	return hr_table_index(&kernel.tables.geo, level, va);
}

static size_t count_entries(void)
{
	size_t count = 0;

	for (size_t i = 0; i < ENTRIES; i++)
		count += after[i] != 0;
	return count;
}

static void entry_goes_where_its_memory_is_mapped(void **state)
{
	uint64_t va = fake_linear(&kernel, BASE);

	(void)state;
	assert_true(move(HR_LEVEL_PUD, va));
	assert_int_equal(count_entries(), 1);
	assert_int_not_equal(after[index_of(HR_LEVEL_PUD, va + GIB(3))], 0);
}

static void table_of_struct_pages_rotates(void **state)
{
	uint64_t va = fake_vmemmap(&kernel, BASE);

	(void)state;
	assert_true(move(HR_LEVEL_PMD, va));
	assert_int_equal(count_entries(), 8);
	assert_int_equal(
		after[index_of(HR_LEVEL_PMD, va + MIB(48))],
		htole64(fake_read64(&kernel.fake, fake_entry(&kernel.tables, HR_LEVEL_PMD, va))));
}

static void root_keeps_only_what_is_needed(void **state)
{
	uint64_t va = fake_linear(&kernel, BASE);

	(void)state;
	assert_true(move(HR_LEVEL_P4D, va));
	assert_int_equal(count_entries(), 2);
	assert_int_equal(after[index_of(HR_LEVEL_P4D, IMAGE)], 0);
}

static void way_to_the_root_table_is_kept_without_its_group(void **state)
{
	(void)state;
	tables.has_leaf = true;
	tables.leaf_va = IMAGE;
	tables.leaf_level = HR_LEVEL_PMD;
	for (int level = HR_LEVEL_PUD; level <= HR_LEVEL_PMD; level++)
		assert_success(hr_table_survey_add(
			&tables.survey, fake_table_of(&kernel.tables, level, IMAGE), level,
			IMAGE & -hr_table_span(&kernel.tables.geo, level)));
	assert_success(hr_table_survey_sort(&tables.survey));
	assert_true(move(HR_LEVEL_P4D, IMAGE));
	assert_int_equal(count_entries(), 3);
	assert_true(move(HR_LEVEL_PMD, IMAGE));
	assert_int_equal(count_entries(), 1);
	assert_int_equal(after[index_of(HR_LEVEL_PMD, IMAGE + MIB(4))], htole64(LEAF));
}

static void address_in_a_table_is_refused(void **state)
{
	uint64_t va = fake_linear(&kernel, BASE);

	(void)state;
	fake_set(&kernel.tables, HR_LEVEL_PMD, va, IMAGE);
	assert_false(move(HR_LEVEL_PMD, va));
}

/* All bits that hardware or software may use are set. */
static void entry_with_all_attributes_is_none(void **state)
{
	uint64_t va = fake_linear(&kernel, BASE);

	(void)state;
	fake_set(&kernel.tables, HR_LEVEL_PMD, va,
		 UINT64_C(0xfff8000000000000) |
			 (fake_leaf_desc(&kernel.tables.geo, HR_LEVEL_PMD, BASE) & ~UINT64_C(1)));
	assert_true(move(HR_LEVEL_PMD, va));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(entry_goes_where_its_memory_is_mapped, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(table_of_struct_pages_rotates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(root_keeps_only_what_is_needed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(way_to_the_root_table_is_kept_without_its_group,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(address_in_a_table_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(entry_with_all_attributes_is_none, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
