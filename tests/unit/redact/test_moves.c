// SPDX-License-Identifier: GPL-2.0-or-later
#include "layout_note.h"

#include "redact/moves.h"
#include "redact/random.h"

#define LINEAR UINT64_C(0xffff000000000000)
#define IMAGE  UINT64_C(0xffff800080000000)

/* A kernel with 4K pages and 48 bits of VA, whose linear map has moved by 1 GiB. */
static struct hr_moves moved(void)
{
	struct fake_note note;
	struct hr_moves moves;
	struct hr_layout layout;

	fake_note_init(&note);
	layout = good_layout(&note);
	moves = hr_moves_of(&layout);
	hr_moves_set_linear(&moves, GIB(1));
	moves.areas[HR_AREA_IMAGE].by = -MIB(2);
	return moves;
}

static void areas_follow_each_other(void **state)
{
	const struct hr_moves moves = moved();

	(void)state;
	for (size_t i = 1; i < HR_AREAS; i++)
		assert_int_equal(moves.areas[i].first, moves.areas[i - 1].last + 1);
	assert_int_equal(hr_moves_area(&moves, LINEAR), HR_AREA_LINEAR);
	assert_int_equal(hr_moves_area(&moves, IMAGE), HR_AREA_IMAGE);
	assert_int_equal(hr_moves_area(&moves, LINEAR - 1), HR_AREAS);
	assert_int_equal(hr_moves_area(&moves, UINT64_MAX), HR_AREAS);
}

static void struct_pages_go_with_the_memory(void **state)
{
	struct hr_moves moves = moved();

	(void)state;
	assert_int_equal(moves.areas[HR_AREA_VMEMMAP].by, MIB(16));
	hr_moves_set_linear(&moves, -GIB(2));
	assert_int_equal(moves.areas[HR_AREA_VMEMMAP].by, -MIB(32));
}

static void address_moves_with_its_area_and_stays_inside(void **state)
{
	const struct hr_moves moves = moved();
	uint64_t va;

	(void)state;
	assert_true(hr_moves_va(&moves, LINEAR + 5, &va));
	assert_int_equal(va, LINEAR + GIB(1) + 5);
	assert_true(hr_moves_va(&moves, IMAGE, &va));
	assert_int_equal(va, IMAGE - MIB(2));
	assert_false(hr_moves_va(&moves, moves.areas[HR_AREA_LINEAR].last, &va));
	assert_false(hr_moves_va(&moves, moves.areas[HR_AREA_IMAGE].first, &va));
}

static void word_keeps_its_tag_and_what_is_no_address_stays(void **state)
{
	const struct hr_moves moves = moved();

	(void)state;
	assert_int_equal(hr_moves_word(&moves, UINT64_C(0xf4ff000000001000)),
			 UINT64_C(0xf4ff000040001000));
	assert_int_equal(hr_moves_word(&moves, 0x1234), 0x1234);
	assert_int_equal(hr_moves_word(&moves, UINT64_MAX), UINT64_MAX);
	assert_int_equal(hr_moves_word(&moves, moves.areas[HR_AREA_LINEAR].last), 0);
}

/* The first numbers of the published generator for the seed 0. */
static void numbers_follow_from_the_seed(void **state)
{
	uint64_t seed = 0;

	(void)state;
	assert_int_equal(hr_random_next(&seed), UINT64_C(0xe220a8397b1dcdaf));
	assert_int_equal(hr_random_next(&seed), UINT64_C(0x6e789e6aa1b965f4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(areas_follow_each_other),
		cmocka_unit_test(struct_pages_go_with_the_memory),
		cmocka_unit_test(address_moves_with_its_area_and_stays_inside),
		cmocka_unit_test(word_keeps_its_tag_and_what_is_no_address_stays),
		cmocka_unit_test(numbers_follow_from_the_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
