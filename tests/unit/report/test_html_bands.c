// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_bands.h"

#include <stdlib.h>
#include <string.h>

#include "fake.h"

#define CELL MIB(2)

static struct hr_html_pictures pictures;
static FILE *stream;
static char *text;
static size_t size;

static int set_up(void **state)
{
	(void)state;
	assert_success(hr_picture_create(CELL, &pictures.leaves));
	assert_success(hr_picture_create(CELL, &pictures.parts));
	stream = open_memstream(&text, &size);
	return stream ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	hr_picture_destroy(pictures.leaves);
	hr_picture_destroy(pictures.parts);
	fclose(stream);
	free(text);
	return 0;
}

static void add_leaves(uint64_t start, uint64_t bytes, enum hr_picture_kind kind)
{
	assert_success(hr_picture_add(pictures.leaves, start, bytes, kind));
}

static void add_part(uint64_t start, uint64_t bytes, enum hr_block_part part)
{
	assert_success(hr_picture_add(pictures.parts, start, bytes, (enum hr_picture_kind)part));
}

static uint32_t put(bool is_parts, struct hr_html_line line)
{
	const struct hr_html_band band = { .y = 1, .height = 2, .width = 4 };
	uint32_t shown = is_parts ? hr_html_put_parts(stream, &pictures, &line, &band)
				  : hr_html_put_leaves(stream, &pictures, &line, &band);

	fflush(stream);
	return shown;
}

static void equal_cells_are_one_box(void **state)
{
	(void)state;
	add_leaves(0, 2 * CELL, HR_PICTURE_PMD);
	add_leaves(2 * CELL, CELL, HR_PICTURE_PTE);
	assert_int_equal(put(false, (struct hr_html_line){ 0, 3, 1 }),
			 1u << HR_PICTURE_PMD | 1u << HR_PICTURE_PTE);
	assert_string_equal(text,
			    "<rect class=\"k2\" x=\"0%\" width=\"50%\" y=\"1\" height=\"2\"/>"
			    "<rect class=\"k4\" x=\"50%\" width=\"25%\" y=\"1\" height=\"2\"/>");
}

static void memory_that_is_not_mapped_is_not_drawn(void **state)
{
	(void)state;
	add_leaves(0, CELL, HR_PICTURE_PMD);
	add_leaves(2 * CELL, CELL, HR_PICTURE_PMD);
	assert_true(put(false, (struct hr_html_line){ 0, 3, 1 }) & 1u << HR_PICTURE_HOLE);
	assert_non_null(strstr(text, "x=\"0%\" width=\"25%\""));
	assert_non_null(strstr(text, "x=\"50%\" width=\"25%\""));
}

static void a_group_of_cells_shows_the_leaves_that_map_the_most(void **state)
{
	(void)state;
	add_leaves(0, CELL, HR_PICTURE_PTE);
	add_leaves(CELL, 3 * CELL, HR_PICTURE_PMD);
	assert_int_equal(put(false, (struct hr_html_line){ 0, 1, 4 }), 1u << HR_PICTURE_PMD);
}

/* One refused block must not vanish among many that can go. */
static void a_group_of_different_blocks_is_mixed(void **state)
{
	(void)state;
	add_part(0, 63 * CELL, HR_PART_REMOVABLE);
	add_part(63 * CELL, CELL, HR_PART_WHOLE_LEAF);
	assert_int_equal(put(true, (struct hr_html_line){ 0, 1, 64 }), 1u << HR_HTML_MIXED);
}

static void a_line_ends_at_a_hole_in_both_pictures(void **state)
{
	struct hr_html_line line;

	(void)state;
	add_leaves(4 * CELL, CELL, HR_PICTURE_PMD);
	add_part(5 * CELL, CELL, HR_PART_BOOT);
	add_part(7 * CELL, CELL, HR_PART_BOOT);
	assert_true(hr_html_line_at(&pictures, 0, 128, &line));
	assert_int_equal(line.first, 4);
	assert_int_equal(line.count, 2);
	assert_true(hr_html_line_at(&pictures, 6, 128, &line));
	assert_int_equal(line.first, 7);
	assert_false(hr_html_line_at(&pictures, 8, 128, &line));
}

static void pictures_that_fit_have_equal_cells_and_few_lines(void **state)
{
	struct hr_html_line line = { .first = 0 };
	size_t lines = 0;

	(void)state;
	for (uint64_t i = 0; i < 5000; i++) {
		add_leaves(2 * i * CELL, CELL, HR_PICTURE_PMD);
		add_part(GIB(64) + 2 * i * CELL, CELL, HR_PART_REMOVABLE);
	}
	hr_html_pictures_fit(&pictures, 128, 16);
	assert_int_equal(hr_picture_cell_size(pictures.leaves),
			 hr_picture_cell_size(pictures.parts));
	while (hr_html_line_at(&pictures, line.first + line.count, 128, &line))
		lines++;
	assert_true(lines <= 32);
}

static void a_stretch_has_at_most_as_many_groups_as_asked_for(void **state)
{
	struct hr_html_line line;

	(void)state;
	line = hr_html_line_of(&pictures, GIB(1), GIB(1) + MIB(128), 64);
	assert_int_equal(line.first, GIB(1) / CELL);
	assert_int_equal(line.count, 64);
	assert_int_equal(line.group, 1);
	line = hr_html_line_of(&pictures, 0, 65 * CELL, 64);
	assert_int_equal(line.group, 2);
	assert_int_equal(line.count, 33);
	line = hr_html_line_of(&pictures, 0, UINT64_C(1) << 52, 64);
	assert_int_equal(line.count, 64);
}

#define test_of_bands(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_bands(equal_cells_are_one_box),
		test_of_bands(memory_that_is_not_mapped_is_not_drawn),
		test_of_bands(a_group_of_cells_shows_the_leaves_that_map_the_most),
		test_of_bands(a_group_of_different_blocks_is_mixed),
		test_of_bands(a_line_ends_at_a_hole_in_both_pictures),
		test_of_bands(pictures_that_fit_have_equal_cells_and_few_lines),
		test_of_bands(a_stretch_has_at_most_as_many_groups_as_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
