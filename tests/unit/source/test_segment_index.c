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

static struct hr_segment_index index_of(const struct hr_segment *segments, size_t count)
{
	struct hr_segment sorted[SEGMENTS_MAX];
	struct hr_segment_index index;

	assert_in_range(count, 0, SEGMENTS_MAX);
	if (count)
		memcpy(sorted, segments, count * sizeof(*segments));
	assert_success(hr_segment_index_init(sorted, count, &index));
	return index;
}

/* The file offset of the byte at @pa; 0 if there is none. */
static uint64_t offset_of(const struct hr_segment_index *index, uint64_t pa)
{
	const struct hr_segment *part = hr_segment_index_find(index, pa);

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
	struct hr_segment_index index = index_of(segments, COUNT_OF(segments));

	(void)state;
	assert_int_equal(offset_of(&index, 0x9000), UINT64_C(1) << 32);
	assert_int_equal(offset_of(&index, 0x2fff), (UINT64_C(2) << 32) + 0x1fff);
	assert_int_equal(offset_of(&index, 0x5800), (UINT64_C(3) << 32) + 0x800);
	hr_segment_index_release(&index);
}

static void what_no_segment_has_is_not_found(void **state)
{
	const struct hr_segment segments[] = { segment(0x1000, 0x1000, 1),
					       segment(0x3000, 0x1000, 2) };
	const uint64_t pas[] = { 0, 0xfff, 0x2000, 0x2fff, 0x4000, UINT64_MAX };
	struct hr_segment_index index = index_of(segments, COUNT_OF(segments));

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pas); i++)
		assert_null(hr_segment_index_find(&index, pas[i]));
	hr_segment_index_release(&index);
}

static void nothing_is_found_among_none(void **state)
{
	struct hr_segment_index index = index_of(NULL, 0);

	(void)state;
	assert_null(hr_segment_index_find(&index, 0));
	assert_int_equal(hr_segment_index_gap(&index, 0), UINT64_MAX);
	hr_segment_index_release(&index);
}

static void gaps_end_where_the_next_part_begins(void **state)
{
	const struct hr_segment segments[] = { segment(0x1000, 0x1000, 1),
					       segment(0x3000, 0x1000, 2) };
	struct hr_segment_index index = index_of(segments, COUNT_OF(segments));

	(void)state;
	assert_int_equal(hr_segment_index_gap(&index, 0xff0), 0x10);
	assert_int_equal(hr_segment_index_gap(&index, 0x1000), 0x2000);
	assert_int_equal(hr_segment_index_gap(&index, 0x2000), 0x1000);
	assert_int_equal(hr_segment_index_gap(&index, 0x3000), UINT64_MAX);
	hr_segment_index_release(&index);
}

/* Up to the last byte that a segment can have. */
static void the_end_of_all_addresses_is_found(void **state)
{
	const struct hr_segment segments[] = { segment(UINT64_MAX - 0x1000, 0x1000, 1) };
	struct hr_segment_index index = index_of(segments, 1);

	(void)state;
	assert_int_equal(offset_of(&index, UINT64_MAX - 1), (UINT64_C(1) << 32) + 0xfff);
	assert_null(hr_segment_index_find(&index, UINT64_MAX));
	hr_segment_index_release(&index);
}

/* Any overlaps, including one within two others, and equal ends. */
static void overlaps_are_what_a_plain_search_finds(void **state)
{
	(void)state;
	srand(1);
	for (size_t round = 0; round < 2000; round++) {
		size_t count = 1 + (size_t)rand() % SEGMENTS_MAX;
		struct hr_segment segments[SEGMENTS_MAX];
		struct hr_segment_index index;

		/* With different starts: if two began at the same place, either might have it. */
		for (size_t i = 0; i < count; i++)
			segments[i] = segment((uint64_t)rand() % 4 * SEGMENTS_MAX + i,
					      1 + (uint64_t)rand() % 20, i + 1);
		index = index_of(segments, count);
		for (uint64_t pa = 0; pa < 64; pa++)
			assert_int_equal(offset_of(&index, pa),
					 plain_offset_of(segments, count, pa));
		for (size_t i = 1; i < index.count; i++)
			assert_true(index.parts[i - 1].pa + index.parts[i - 1].size <=
				    index.parts[i].pa);
		hr_segment_index_release(&index);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_found_whatever_the_order),
		cmocka_unit_test(what_no_segment_has_is_not_found),
		cmocka_unit_test(nothing_is_found_among_none),
		cmocka_unit_test(gaps_end_where_the_next_part_begins),
		cmocka_unit_test(the_end_of_all_addresses_is_found),
		cmocka_unit_test(overlaps_are_what_a_plain_search_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
