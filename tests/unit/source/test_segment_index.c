// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdlib.h>
#include <string.h>

#include "source/segment_index.h"

enum {
	SEGMENTS_MAX = 6
};

/* A segment of @size bytes at @pa, at its own place in the file. */
static struct hr_segment segment(uint64_t pa, uint64_t size, uint64_t number)
{
	return (struct hr_segment){ pa, size, number << 32 };
}

static struct hr_segment_index indexed;

static int tear_down(void **state)
{
	(void)state;
	hr_segment_index_release(&indexed);
	return 0;
}

/* Index these segments, in the place of those before if there are any. */
static void make_index(const struct hr_segment *segments, size_t count)
{
	struct hr_segment sorted[SEGMENTS_MAX];

	assert_in_range(count, 0, SEGMENTS_MAX);
	if (count)
		memcpy(sorted, segments, count * sizeof(*segments));
	hr_segment_index_release(&indexed);
	assert_success(hr_segment_index_init(sorted, count, &indexed));
}

/* The file offset of the byte at @pa; 0 if there is none. */
static uint64_t offset_of(uint64_t pa)
{
	const struct hr_segment *part = hr_segment_index_find(&indexed, pa);

	return part ? part->offset + (pa - part->pa) : 0;
}

/* The same, by a search through all segments: of those that have it, the one that begins last. */
static uint64_t plain_offset_of(const struct hr_segment *segments, size_t count, uint64_t pa)
{
	const struct hr_segment *last = NULL;

	for (size_t i = 0; i < count; i++)
		if (pa >= segments[i].pa && pa - segments[i].pa < segments[i].size &&
		    (!last || segments[i].pa > last->pa))
			last = &segments[i];
	return last ? last->offset + (pa - last->pa) : 0;
}

static void bytes_are_found_whatever_the_order(void **state)
{
	const struct hr_segment segments[] = {
		segment(0x9000, 0x1000, 1),
		segment(0x1000, 0x2000, 2),
		segment(0x5000, 0x1000, 3),
	};

	(void)state;
	make_index(segments, COUNT_OF(segments));
	assert_int_equal(offset_of(0x9000), UINT64_C(1) << 32);
	assert_int_equal(offset_of(0x2fff), (UINT64_C(2) << 32) + 0x1fff);
	assert_int_equal(offset_of(0x5800), (UINT64_C(3) << 32) + 0x800);
}

static void what_no_segment_has_is_not_found(void **state)
{
	const struct hr_segment segments[] = { segment(0x1000, 0x1000, 1),
					       segment(0x3000, 0x1000, 2) };
	const uint64_t pas[] = { 0, 0xfff, 0x2000, 0x2fff, 0x4000, UINT64_MAX };

	(void)state;
	make_index(segments, COUNT_OF(segments));
	for (size_t i = 0; i < COUNT_OF(pas); i++)
		assert_null(hr_segment_index_find(&indexed, pas[i]));
}

static void nothing_is_found_among_none(void **state)
{
	(void)state;
	make_index(NULL, 0);
	assert_null(hr_segment_index_find(&indexed, 0));
	assert_int_equal(hr_segment_index_gap(&indexed, 0), UINT64_MAX);
}

static void gaps_end_where_the_next_part_begins(void **state)
{
	const struct hr_segment segments[] = { segment(0x1000, 0x1000, 1),
					       segment(0x3000, 0x1000, 2) };

	(void)state;
	make_index(segments, COUNT_OF(segments));
	assert_int_equal(hr_segment_index_gap(&indexed, 0xff0), 0x10);
	assert_int_equal(hr_segment_index_gap(&indexed, 0x1000), 0x2000);
	assert_int_equal(hr_segment_index_gap(&indexed, 0x2000), 0x1000);
	assert_int_equal(hr_segment_index_gap(&indexed, 0x3000), UINT64_MAX);
}

/* The memory is [@first, @stop) from @pa on; none if @stop is 0. */
static void assert_next(uint64_t pa, uint64_t first, uint64_t stop)
{
	uint64_t start, end;

	assert_int_equal(hr_segment_index_next(&indexed, pa, &start, &end), stop != 0);
	if (!stop)
		return;
	assert_int_equal(start, first);
	assert_int_equal(end, stop);
}

static void memory_is_found_part_by_part(void **state)
{
	const struct hr_segment segments[] = {
		segment(0x3000, 0x1000, 1),
		segment(0x1000, 0x1000, 2),
		segment(UINT64_MAX - 0x1000, 0x1000, 3),
	};

	(void)state;
	make_index(NULL, 0);
	assert_next(0, 0, 0);
	make_index(segments, 2);
	assert_next(0x2000, 0x3000, 0x4000);
	assert_next(0x4000, 0, 0);
	make_index(segments, 3);
	assert_next(0, 0x1000, 0x2000);
	assert_next(0x1fff, 0x1fff, 0x2000);
	assert_next(0x4000, UINT64_MAX - 0x1000, UINT64_MAX);
}

static void memory_of_one_more_segment_counts_if_it_begins_earlier(void **state)
{
	const struct hr_segment one = segment(0x2000, 0x2000, 1);
	uint64_t start = 0x3000, end = 0x3800;

	(void)state;
	assert_true(hr_segment_next(&one, 0x3000, true, &start, &end));
	assert_int_equal(end, 0x3800);
	assert_true(hr_segment_next(&one, 0x4000, true, &start, &end));
	assert_int_equal(end, 0x3800);
	assert_true(hr_segment_next(&one, 0x2800, true, &start, &end));
	assert_int_equal(start, 0x2800);
	assert_int_equal(end, 0x4000);
	assert_false(hr_segment_next(&one, 0x4000, false, &start, &end));
}

/* Up to the last byte that a segment can have. */
static void the_end_of_all_addresses_is_found(void **state)
{
	const struct hr_segment segments[] = { segment(UINT64_MAX - 0x1000, 0x1000, 1) };

	(void)state;
	make_index(segments, 1);
	assert_int_equal(offset_of(UINT64_MAX - 1), (UINT64_C(1) << 32) + 0xfff);
	assert_null(hr_segment_index_find(&indexed, UINT64_MAX));
}

/* Any overlaps, including one within two others, and equal ends. */
static void overlaps_are_what_a_plain_search_finds(void **state)
{
	(void)state;
	srand(1);
	for (size_t round = 0; round < 2000; round++) {
		size_t count = 1 + (size_t)rand() % SEGMENTS_MAX;
		struct hr_segment segments[SEGMENTS_MAX];

		/* With different starts: if two began at the same place, either might have it. */
		for (size_t i = 0; i < count; i++)
			segments[i] = segment((uint64_t)rand() % 4 * SEGMENTS_MAX + i,
					      1 + (uint64_t)rand() % 20, i + 1);
		make_index(segments, count);
		for (uint64_t pa = 0; pa < 64; pa++)
			assert_int_equal(offset_of(pa), plain_offset_of(segments, count, pa));
		for (size_t i = 1; i < indexed.count; i++)
			assert_true(indexed.parts[i - 1].pa + indexed.parts[i - 1].size <=
				    indexed.parts[i].pa);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_teardown(name, tear_down)
		ROW(bytes_are_found_whatever_the_order),
		ROW(what_no_segment_has_is_not_found),
		ROW(nothing_is_found_among_none),
		ROW(gaps_end_where_the_next_part_begins),
		ROW(memory_is_found_part_by_part),
		ROW(memory_of_one_more_segment_counts_if_it_begins_earlier),
		ROW(the_end_of_all_addresses_is_found),
		ROW(overlaps_are_what_a_plain_search_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
