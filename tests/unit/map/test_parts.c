// SPDX-License-Identifier: GPL-2.0-or-later
#include "map/parts.h"

#include "fake.h"

/* Two lists, and the pairs that were found in them. */
struct fixture {
	struct hr_parts one, other;
	struct hr_part_pair pairs[16];
	size_t count;
};

static int set_up(void **state)
{
	*state = test_calloc(1, sizeof(struct fixture));
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_parts_release(&fixture->one);
	hr_parts_release(&fixture->other);
	test_free(fixture);
	return 0;
}

static void put(struct hr_parts *parts, uint64_t start, uint64_t last, uint32_t kind)
{
	assert_success(hr_parts_add(parts, start, last, kind));
}

static struct hr_error *on_pair(void *context, const struct hr_part_pair *pair)
{
	struct fixture *fixture = context;

	assert_true(fixture->count < COUNT_OF(fixture->pairs));
	fixture->pairs[fixture->count++] = *pair;
	return NULL;
}

/* The next of the pairs is this one. */
static void assert_pair(const struct fixture *fixture, size_t i, uint64_t start, uint64_t last,
			uint32_t one, uint32_t other)
{
	assert_true(i < fixture->count);
	assert_int_equal(fixture->pairs[i].start, start);
	assert_int_equal(fixture->pairs[i].last, last);
	assert_int_equal(fixture->pairs[i].one, one);
	assert_int_equal(fixture->pairs[i].other, other);
}

static void neighbours_of_one_kind_are_one_part(void **state)
{
	struct fixture *fixture = *state;
	struct hr_parts *parts = &fixture->one;

	put(parts, 0x1000, 0x1fff, 3);
	put(parts, 0x2000, 0x4fff, 3);
	put(parts, 0x5000, 0x5fff, 4);
	assert_int_equal(parts->count, 2);
	assert_int_equal(parts->list[0].start, 0x1000);
	assert_int_equal(parts->list[0].last, 0x4fff);
	assert_int_equal(parts->list[1].kind, 4);
}

static void parts_of_one_kind_with_a_gap_are_two(void **state)
{
	struct fixture *fixture = *state;

	put(&fixture->one, 0x1000, 0x1fff, 3);
	put(&fixture->one, 0x3000, 0x3fff, 3);
	assert_int_equal(fixture->one.count, 2);
}

static void kind_0_takes_no_room(void **state)
{
	struct fixture *fixture = *state;

	put(&fixture->one, 0, UINT64_MAX, 0);
	assert_int_equal(fixture->one.count, 0);
	assert_null(fixture->one.list);
}

static void number_of_parts_is_limited(void **state)
{
	struct fixture *fixture = *state;
	struct hr_parts *parts = &fixture->one;

	for (uint64_t i = 0; i < HR_PARTS_MAX; i++)
		put(parts, i, i, 1 + i % 2);
	assert_failure(hr_parts_add(parts, HR_PARTS_MAX, HR_PARTS_MAX, 1), HR_ERROR_INPUT,
		       "more than 4194304 pieces");
	assert_int_equal(parts->count, HR_PARTS_MAX);
	/* What makes the last one longer is not another part. */
	put(parts, HR_PARTS_MAX, HR_PARTS_MAX + 9, 2);
	assert_int_equal(parts->list[HR_PARTS_MAX - 1].last, HR_PARTS_MAX + 9);
}

static void empty_lists_have_no_pairs(void **state)
{
	struct fixture *fixture = *state;

	assert_success(hr_parts_pair(&fixture->one, &fixture->other, on_pair, fixture));
	assert_int_equal(fixture->count, 0);
}

static void pairs_have_the_kinds_of_both_lists(void **state)
{
	struct fixture *fixture = *state;

	put(&fixture->one, 0x1000, 0x3fff, 1);
	put(&fixture->one, 0x8000, 0x8fff, 1);
	put(&fixture->other, 0x2000, 0x2fff, 1);
	put(&fixture->other, 0x3000, 0x4fff, 2);
	assert_success(hr_parts_pair(&fixture->one, &fixture->other, on_pair, fixture));
	assert_int_equal(fixture->count, 5);
	assert_pair(fixture, 0, 0x1000, 0x1fff, 1, 0);
	assert_pair(fixture, 1, 0x2000, 0x2fff, 1, 1);
	assert_pair(fixture, 2, 0x3000, 0x3fff, 1, 2);
	assert_pair(fixture, 3, 0x4000, 0x4fff, 0, 2);
	assert_pair(fixture, 4, 0x8000, 0x8fff, 1, 0);
}

static void comparison_leaves_out_what_is_equal(void **state)
{
	struct fixture *fixture = *state;

	put(&fixture->one, 0x1000, 0x3fff, 1);
	put(&fixture->other, 0x1000, 0x1fff, 1);
	put(&fixture->other, 0x2000, 0x2fff, 2);
	put(&fixture->other, 0x3000, 0x3fff, 1);
	assert_success(hr_parts_compare(&fixture->one, &fixture->other, on_pair, fixture));
	assert_int_equal(fixture->count, 1);
	assert_pair(fixture, 0, 0x2000, 0x2fff, 1, 2);
}

static void equal_changes_side_by_side_are_one(void **state)
{
	struct fixture *fixture = *state;

	for (uint64_t at = 0; at < 0x8000; at += 0x1000)
		put(&fixture->one, at, at + 0xfff, 7);
	for (uint64_t at = 0; at < 0x8000; at += 0x2000)
		put(&fixture->other, at, at + 0x1fff, 5);
	assert_success(hr_parts_compare(&fixture->one, &fixture->other, on_pair, fixture));
	assert_int_equal(fixture->count, 1);
	assert_pair(fixture, 0, 0, 0x7fff, 7, 5);
}

/* There is no address behind the last one. */
static void addresses_may_be_the_first_and_the_last(void **state)
{
	struct fixture *fixture = *state;

	put(&fixture->one, 0, UINT64_MAX, 1);
	put(&fixture->other, 1, UINT64_MAX - 1, 2);
	assert_success(hr_parts_pair(&fixture->one, &fixture->other, on_pair, fixture));
	assert_int_equal(fixture->count, 3);
	assert_pair(fixture, 0, 0, 0, 1, 0);
	assert_pair(fixture, 1, 1, UINT64_MAX - 1, 1, 2);
	assert_pair(fixture, 2, UINT64_MAX, UINT64_MAX, 1, 0);
}

static struct hr_error *refuse(void *context, const struct hr_part_pair *pair)
{
	(void)pair;
	++*(size_t *)context;
	return hr_error_new(HR_ERROR_OUTPUT, "enough");
}

static void an_error_ends_it(void **state)
{
	struct fixture *fixture = *state;

	put(&fixture->one, 0, 1, 1);
	put(&fixture->one, 2, 3, 2);
	assert_failure(hr_parts_compare(&fixture->one, &fixture->other, refuse, &fixture->count),
		       HR_ERROR_OUTPUT, "enough");
	assert_int_equal(fixture->count, 1);
}

static void released_parts_are_empty(void **state)
{
	struct fixture *fixture = *state;

	put(&fixture->one, 0, 1, 1);
	hr_parts_release(&fixture->one);
	assert_int_equal(fixture->one.count, 0);
	put(&fixture->one, 0, 1, 1);
	assert_int_equal(fixture->one.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(neighbours_of_one_kind_are_one_part),
		ROW(parts_of_one_kind_with_a_gap_are_two),
		ROW(kind_0_takes_no_room),
		ROW(number_of_parts_is_limited),
		ROW(empty_lists_have_no_pairs),
		ROW(pairs_have_the_kinds_of_both_lists),
		ROW(comparison_leaves_out_what_is_equal),
		ROW(equal_changes_side_by_side_are_one),
		ROW(addresses_may_be_the_first_and_the_last),
		ROW(an_error_ends_it),
		ROW(released_parts_are_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
