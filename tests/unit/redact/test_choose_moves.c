// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "redact/choose_moves.h"

enum {
	SHAPE_4K = 1, /* of fake_shapes: 48 bits of VA */
	SEEDS = 50,
};

#define BASE GIB(16)

static struct fake_kernel kernel;
static struct hr_table_survey survey;
static struct hr_moves moves;

static int set_up(void **state)
{
	(void)state;
	fake_kernel_init(&kernel, &fake_shapes[SHAPE_4K], BASE);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_table_survey_release(&survey);
	fake_kernel_release(&kernel);
	return 0;
}

static struct hr_error *choose(struct hr_moved_things *things, uint64_t seed)
{
	hr_table_survey_release(&survey);
	assert_success(hr_table_survey_make(&kernel.layout, &kernel.fake.memory, &survey));
	moves = hr_moves_of(&kernel.layout);
	things->layout = &kernel.layout;
	things->survey = &survey;
	return hr_moves_choose(things, seed, &moves);
}

static uint64_t region(uint64_t va, enum hr_area_name area, uint64_t size)
{
	return (va + moves.areas[area].by) / size;
}

/* What one table maps is together afterwards, and what two tables map is not. */
static void tables_stay_what_they_are(void **state)
{
	uint64_t va = fake_linear(&kernel, BASE), other = va + GIB(600);

	(void)state;
	fake_map_linear(&kernel, BASE, GIB(4), FAKE_PUD);
	fake_map_linear(&kernel, BASE + GIB(600), GIB(4), FAKE_PUD);
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct hr_moved_things things = { .has_image = false };

		assert_success(choose(&things, seed));
		assert_int_equal(moves.areas[HR_AREA_LINEAR].by % GIB(1), 0);
		assert_int_not_equal(moves.areas[HR_AREA_LINEAR].by, 0);
		assert_int_equal(region(va, HR_AREA_LINEAR, GIB(512)),
				 region(va + GIB(4) - 1, HR_AREA_LINEAR, GIB(512)));
		assert_int_not_equal(region(va, HR_AREA_LINEAR, GIB(512)),
				     region(other, HR_AREA_LINEAR, GIB(512)));
	}
}

static void all_stays_in_its_area(void **state)
{
	const struct hr_moved_area *area = &moves.areas[HR_AREA_LINEAR];
	uint64_t va = fake_linear(&kernel, BASE);

	(void)state;
	fake_map_linear(&kernel, BASE, GIB(1), FAKE_PUD);
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct hr_moved_things things = {
			.has_sections = true,
			.sections_first = va,
			.sections_last = va + GIB(64),
			.has_image = true,
			.image_first = kernel.layout.linear_end + GIB(3),
			.image_last = kernel.layout.linear_end + GIB(4),
			.has_kaslr_offset = true,
			.kaslr_offset = GIB(1),
		};

		assert_success(choose(&things, seed));
		assert_in_range(va + area->by, area->first, area->last - GIB(64));
		assert_in_range(things.image_first + moves.areas[HR_AREA_IMAGE].by,
				kernel.layout.linear_end + GIB(2), moves.areas[HR_AREA_IMAGE].last);
		assert_int_equal(moves.areas[HR_AREA_IMAGE].by % MIB(2), 0);
	}
}

static void one_seed_has_one_place(void **state)
{
	struct hr_moved_things things = { .has_image = false };
	uint64_t one, different = 0;

	(void)state;
	fake_map_linear(&kernel, BASE, GIB(1), FAKE_PUD);
	assert_success(choose(&things, 1));
	one = moves.areas[HR_AREA_LINEAR].by;
	assert_success(choose(&things, 1));
	assert_int_equal(moves.areas[HR_AREA_LINEAR].by, one);
	for (uint64_t seed = 2; seed < SEEDS; seed++) {
		assert_success(choose(&things, seed));
		different += moves.areas[HR_AREA_LINEAR].by != one;
	}
	assert_in_range(different, SEEDS / 2, SEEDS);
}

static void map_that_fills_its_area_is_refused(void **state)
{
	struct hr_moved_things things = { .has_sections = true };

	(void)state;
	moves = hr_moves_of(&kernel.layout);
	things.sections_first = moves.areas[HR_AREA_LINEAR].first;
	things.sections_last = moves.areas[HR_AREA_LINEAR].last;
	assert_failure(choose(&things, 1), HR_ERROR_INPUT, "its linear map cannot be moved");
}

static void image_that_fills_its_area_is_refused(void **state)
{
	struct hr_moved_things things = { .has_image = true };

	(void)state;
	moves = hr_moves_of(&kernel.layout);
	things.image_first = moves.areas[HR_AREA_IMAGE].first;
	things.image_last = moves.areas[HR_AREA_IMAGE].last;
	assert_failure(choose(&things, 1), HR_ERROR_INPUT, "its kernel image cannot be moved");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tables_stay_what_they_are, set_up, tear_down),
		cmocka_unit_test_setup_teardown(all_stays_in_its_area, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_seed_has_one_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(map_that_fills_its_area_is_refused, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(image_that_fills_its_area_is_refused, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
