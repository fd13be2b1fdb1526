// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "redact/table_survey.h"

enum {
	SHAPE_4K = 1 /* of fake_shapes: 48 bits of VA */
};

#define BASE GIB(16)

static struct fake_kernel kernel;
static struct hr_table_survey survey;

static int set_up(void **state)
{
	(void)state;
	fake_kernel_init(&kernel, &fake_shapes[SHAPE_4K], BASE);
	fake_map_linear(&kernel, BASE, GIB(1), FAKE_PMD);
	fake_map_linear(&kernel, BASE + GIB(1), MIB(2), FAKE_PTE);
	fake_map_vmemmap(&kernel, BASE, GIB(1), FAKE_PMD);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_table_survey_release(&survey);
	fake_kernel_release(&kernel);
	return 0;
}

static void make(void)
{
	assert_success(hr_table_survey_make(&kernel.layout, &kernel.fake.memory, &survey));
}

static enum hr_table_fate fate_of(int level, uint64_t va)
{
	const struct hr_table_piece *piece =
		hr_table_survey_find(&survey, fake_table_of(&kernel.tables, level, va));

	assert_non_null(piece);
	return piece->fate;
}

static void step_is_the_largest_leaf_or_group(void **state)
{
	static const uint64_t steps[] = { [12] = GIB(1), [14] = GIB(1), [16] = GIB(16) };

	(void)state;
	for (size_t i = 0; i < FAKE_SHAPES; i++) {
		const struct hr_geometry geo = fake_geometry(&fake_shapes[i]);

		assert_int_equal(hr_table_survey_step(&geo), steps[geo.page_shift]);
	}
}

static void table_of_a_step_stays(void **state)
{
	uint64_t va = fake_linear(&kernel, BASE + GIB(1));

	(void)state;
	make();
	assert_int_equal(fate_of(HR_LEVEL_PMD, va), HR_TABLE_STAYS);
	assert_int_equal(fate_of(HR_LEVEL_PTE, va), HR_TABLE_STAYS);
}

static void wider_tables_change_and_are_known(void **state)
{
	uint64_t va = fake_linear(&kernel, BASE), pages = fake_vmemmap(&kernel, BASE);
	const struct hr_wide_table *table;

	(void)state;
	make();
	assert_int_equal(fate_of(HR_LEVEL_P4D, va), HR_TABLE_CHANGES);
	assert_int_equal(fate_of(HR_LEVEL_PMD, pages), HR_TABLE_ROTATES);
	table = hr_table_survey_wide(&survey, HR_LEVEL_PUD, HR_AREA_LINEAR, va & -GIB(512));
	assert_non_null(table);
	assert_int_equal(table->first, va);
	assert_int_equal(table->last, va + GIB(1) + MIB(2) - 1);
	assert_null(hr_table_survey_wide(&survey, HR_LEVEL_PUD, HR_AREA_IMAGE, va & -GIB(512)));
}

static void extent_and_leaves_are_known(void **state)
{
	(void)state;
	make();
	assert_true(survey.is_mapped[HR_AREA_LINEAR]);
	assert_int_equal(survey.first[HR_AREA_LINEAR], fake_linear(&kernel, BASE));
	assert_int_equal(survey.aligns[HR_AREA_VMEMMAP], MIB(2));
}

/* It could map anything, so it stays as a whole. */
static void table_that_cannot_be_read_has_all_it_could_map(void **state)
{
	uint64_t va = fake_linear(&kernel, BASE);
	const struct hr_wide_table *table;

	(void)state;
	fake_exclude(&kernel.fake, fake_table_of(&kernel.tables, HR_LEVEL_PUD, va));
	make();
	table = hr_table_survey_wide(&survey, HR_LEVEL_PUD, HR_AREA_LINEAR, va & -GIB(512));
	assert_non_null(table);
	assert_int_equal(table->last - table->first, GIB(512) - 1);
}

static void loop_is_refused(void **state)
{
	uint64_t va = fake_linear(&kernel, BASE + GIB(8));

	(void)state;
	fake_set(&kernel.tables, HR_LEVEL_PUD, va,
		 fake_table_desc(&kernel.tables.geo, kernel.tables.root_pa));
	assert_failure(hr_table_survey_make(&kernel.layout, &kernel.fake.memory, &survey),
		       HR_ERROR_INPUT, "more than one of its tables");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(step_is_the_largest_leaf_or_group),
		cmocka_unit_test_setup_teardown(table_of_a_step_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wider_tables_change_and_are_known, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(extent_and_leaves_are_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(table_that_cannot_be_read_has_all_it_could_map,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(loop_is_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
