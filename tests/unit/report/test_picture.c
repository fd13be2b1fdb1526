// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdio.h>
#include <string.h>

#include "report/picture.h"

/* The cell size in all tests, until cells grow. */
#define CELL MIB(128)
/* A letter for each kind, in the order of the enums. */
#define LETTERS "GCMcp!?."

static struct hr_picture *picture;

/* Begin a picture, in the place of the one before it if there is one. */
static void begin(uint64_t cell)
{
	hr_picture_destroy(picture);
	picture = NULL;
	assert_success(hr_picture_create(cell, &picture));
}

static int set_up(void **state)
{
	(void)state;
	begin(CELL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_picture_destroy(picture);
	picture = NULL;
	return 0;
}

static void add(uint64_t start, uint64_t size, enum hr_picture_kind kind)
{
	assert_success(hr_picture_add(picture, start, size, kind));
}

/* @text is "start cells" for each line; one that continues an area begins with "+". */
static void assert_lines(size_t width, const char *text)
{
	struct hr_picture_line line = { .first = 0 };
	char shown[4096] = "";

	while (hr_picture_line(picture, line.first + line.count, width, &line)) {
		size_t len = strlen(shown);

		len += (size_t)snprintf(shown + len, sizeof(shown) - len, "%s%s%llx ",
					len ? " " : "", line.is_continued ? "+" : "",
					(unsigned long long)line.start);
		for (size_t i = 0; i < line.count; i++)
			shown[len++] = LETTERS[hr_picture_cell(picture, line.first + i)];
		shown[len] = '\0';
	}
	assert_string_equal(shown, text);
}

static void nothing_has_no_lines(void **state)
{
	(void)state;
	hr_picture_fit(picture, 1, HR_PICTURE_LINES_MIN);
	assert_lines(16, "");
	for (enum hr_picture_kind kind = 0; kind < HR_PICTURE_KINDS; kind++)
		assert_int_equal(hr_picture_bytes(picture, kind), 0);
	assert_int_equal(hr_picture_cell_size(picture), CELL);
	hr_picture_destroy(NULL);
}

static void cell_sizes_are_powers_of_two(void **state)
{
	static const struct {
		uint64_t wanted, got;
	} rows[] = {
		{ 0, 1 },
		{ 1, 1 },
		{ MIB(128), MIB(128) },
		{ MIB(128) + 1, MIB(256) },
		{ UINT64_MAX, UINT64_C(1) << 62 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin(rows[i].wanted);
		assert_int_equal(hr_picture_cell_size(picture), rows[i].got);
	}
}

static void areas_begin_lines(void **state)
{
	(void)state;
	add(GIB(1), MIB(512), HR_PICTURE_CONT_PMD);
	add(GIB(2) + MIB(128), MIB(896), HR_PICTURE_PTE);
	add(GIB(3), GIB(1), HR_PICTURE_PUD);
	assert_lines(16, "40000000 CCCC 88000000 pppppppGGGGGGGG");
	assert_lines(4, "40000000 CCCC 88000000 pppp +a8000000 pppG +c8000000 GGGG "
			"+e8000000 GGG");
	assert_int_equal(hr_picture_bytes(picture, HR_PICTURE_CONT_PMD), MIB(512));
	assert_int_equal(hr_picture_bytes(picture, HR_PICTURE_PTE), MIB(896));
	assert_int_equal(hr_picture_bytes(picture, HR_PICTURE_PUD), GIB(1));
	assert_int_equal(hr_picture_bytes(picture, HR_PICTURE_HOLE), 0);
}

static void a_cell_shows_what_has_most_of_it(void **state)
{
	(void)state;
	add(GIB(1), MIB(40), HR_PICTURE_PMD);
	add(GIB(1) + MIB(40), MIB(30), HR_PICTURE_PTE);
	add(GIB(1) + MIB(70), MIB(28), HR_PICTURE_PMD);
	add(GIB(1) + MIB(98), MIB(30), HR_PICTURE_UNREADABLE);
	add(GIB(1) + CELL, MIB(64), HR_PICTURE_PTE);
	add(GIB(1) + CELL + MIB(64), MIB(64), HR_PICTURE_CONT_PTE);
	add(GIB(1) + 2 * CELL, CELL, HR_PICTURE_OTHER);
	add(GIB(1) + 3 * CELL, CELL, HR_PICTURE_UNREADABLE);
	assert_lines(16, "40000000 Mc!?");
}

static void holes_show_where_they_are_most_of_a_cell(void **state)
{
	(void)state;
	/* Half of a cell is not more than half, and what lies around an area is not a hole. */
	add(GIB(1) + MIB(127), MIB(1), HR_PICTURE_PMD);
	add(GIB(1) + CELL, MIB(64), HR_PICTURE_PMD);
	add(GIB(1) + 2 * CELL, MIB(32), HR_PICTURE_PMD);
	add(GIB(1) + 2 * CELL + MIB(100), MIB(28), HR_PICTURE_PMD);
	add(GIB(1) + 3 * CELL, MIB(1), HR_PICTURE_PTE);
	assert_lines(16, "47f00000 MM.p");
	assert_int_equal(hr_picture_bytes(picture, HR_PICTURE_HOLE), MIB(132));
}

static void holes_need_not_be_added(void **state)
{
	(void)state;
	add(0, GIB(1), HR_PICTURE_HOLE);
	assert_lines(16, "");
}

static void what_overlaps_counts_once(void **state)
{
	(void)state;
	add(GIB(2), 2 * CELL, HR_PICTURE_PMD);
	add(GIB(1), GIB(1) + 3 * CELL, HR_PICTURE_PTE);
	add(GIB(1), MIB(2), HR_PICTURE_PTE);
	add(GIB(2) + CELL, CELL, HR_PICTURE_PUD);
	assert_lines(16, "80000000 MMp");
	assert_int_equal(hr_picture_bytes(picture, HR_PICTURE_PMD), 2 * CELL);
	assert_int_equal(hr_picture_bytes(picture, HR_PICTURE_PTE), CELL);
	assert_int_equal(hr_picture_bytes(picture, HR_PICTURE_PUD), 0);
}

static void positions_have_a_limit(void **state)
{
	(void)state;
	add(HR_PICTURE_END + 1, 0, HR_PICTURE_PMD);
	add(UINT64_MAX - MIB(1), MIB(2), HR_PICTURE_PMD);
	add(HR_PICTURE_END - CELL, CELL + 1, HR_PICTURE_PMD);
	add(MIB(2), UINT64_MAX, HR_PICTURE_PMD);
	assert_lines(16, "");
	add(HR_PICTURE_END - CELL, CELL, HR_PICTURE_PMD);
	assert_lines(16, "3ffffffff8000000 M");
}

static void cells_grow_until_the_picture_fits(void **state)
{
	(void)state;
	/* 512 cells of one block need 32 lines of 16. */
	add(GIB(64), GIB(64), HR_PICTURE_CONT_PMD);
	hr_picture_fit(picture, 16, 32);
	assert_int_equal(hr_picture_cell_size(picture), CELL);
	hr_picture_fit(picture, 16, 31);
	assert_int_equal(hr_picture_cell_size(picture), 2 * CELL);
	hr_picture_fit(picture, 16, 4);
	assert_int_equal(hr_picture_cell_size(picture), 8 * CELL);
	assert_lines(16, "1000000000 CCCCCCCCCCCCCCCC +1400000000 CCCCCCCCCCCCCCCC "
			 "+1800000000 CCCCCCCCCCCCCCCC +1c00000000 CCCCCCCCCCCCCCCC");
	assert_int_equal(hr_picture_bytes(picture, HR_PICTURE_CONT_PMD), GIB(64));
}

static void areas_merge_when_cells_grow(void **state)
{
	(void)state;
	/* Twenty blocks, each followed by a hole of one block. */
	for (uint64_t i = 0; i < 20; i++)
		add(GIB(4) + 2 * i * CELL, CELL, HR_PICTURE_PMD);
	hr_picture_fit(picture, 16, 20);
	assert_int_equal(hr_picture_cell_size(picture), CELL);
	hr_picture_fit(picture, 16, 16);
	assert_int_equal(hr_picture_cell_size(picture), 2 * CELL);
	assert_lines(16, "100000000 MMMMMMMMMMMMMMMM +200000000 MMMM");
	assert_int_equal(hr_picture_bytes(picture, HR_PICTURE_HOLE), 19 * CELL);
}

static void two_lines_of_one_cell_hold_everything(void **state)
{
	(void)state;
	add(0, 1, HR_PICTURE_PTE);
	add(HR_PICTURE_END - 1, 1, HR_PICTURE_PMD);
	hr_picture_fit(picture, 1, HR_PICTURE_LINES_MIN);
	assert_lines(1, "0 p 3fffffffffffffff M");
	assert_int_equal(hr_picture_cell_size(picture), CELL);
	begin(CELL);
	for (uint64_t at = 1; at < HR_PICTURE_END; at *= 2)
		add(at, 1, HR_PICTURE_PTE);
	hr_picture_fit(picture, 1, HR_PICTURE_LINES_MIN);
	assert_int_equal(hr_picture_cell_size(picture), HR_PICTURE_END / 2);
	assert_lines(1, "1 . +2000000000000000 p");
}

static void memory_is_bounded(void **state)
{
	const uint64_t end = UINT64_C(1) << 52;
	struct hr_picture_line line = { .first = 0 };
	size_t cells = 0;

	(void)state;
	/* Everything that a linear map can have, in leaves of 512 GiB, and then in one. */
	for (uint64_t at = 0; at < end / 2; at += GIB(512))
		add(at, GIB(512), HR_PICTURE_OTHER);
	add(end / 2, end / 2, HR_PICTURE_UNREADABLE);
	while (hr_picture_line(picture, line.first + line.count, 64, &line))
		cells += line.count;
	assert_in_range(cells, 1, HR_PICTURE_CELLS_MAX);
	assert_int_equal(hr_picture_bytes(picture, HR_PICTURE_OTHER), end / 2);
	assert_int_equal(hr_picture_bytes(picture, HR_PICTURE_UNREADABLE), end / 2);
	hr_picture_fit(picture, 8, 2);
	assert_lines(8, "0 !!!!!!!! +8000000000000 ????????");
	begin(CELL);
	/* No two of these cells can merge at first. */
	for (uint64_t at = 0; at < end; at += 8 * CELL)
		add(at, MIB(2), HR_PICTURE_PMD);
	assert_int_equal(hr_picture_cell_size(picture), end / HR_PICTURE_CELLS_MAX);
	assert_int_equal(hr_picture_bytes(picture, HR_PICTURE_PMD), end / (8 * CELL) * MIB(2));
}

static void leaves_have_kinds(void **state)
{
	static const struct {
		struct hr_leaf leaf;
		enum hr_picture_kind kind;
	} rows[] = {
		{ { .level = HR_LEVEL_PUD }, HR_PICTURE_PUD },
		{ { .level = HR_LEVEL_PMD, .cont = true }, HR_PICTURE_CONT_PMD },
		{ { .level = HR_LEVEL_PMD }, HR_PICTURE_PMD },
		{ { .level = HR_LEVEL_PTE, .cont = true }, HR_PICTURE_CONT_PTE },
		{ { .level = HR_LEVEL_PTE }, HR_PICTURE_PTE },
		{ { .level = HR_LEVEL_P4D }, HR_PICTURE_OTHER },
		{ { .level = HR_LEVEL_PGD }, HR_PICTURE_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_leaf leaf = rows[i].leaf;

		leaf.expected = rows[i].kind != HR_PICTURE_OTHER;
		assert_int_equal(hr_picture_kind_of(&leaf), rows[i].kind);
		leaf.expected = false;
		assert_int_equal(hr_picture_kind_of(&leaf), HR_PICTURE_OTHER);
	}
}

/* They must not depend on colour, and the ASCII symbols must be ASCII. */
static void symbols_differ(void **state)
{
	(void)state;
	for (enum hr_picture_kind kind = 0; kind < HR_PICTURE_KINDS; kind++) {
		const char *ascii = hr_picture_symbol(kind, false);

		assert_int_equal(strlen(ascii), 1);
		assert_in_range(*ascii, '!', '~');
		for (enum hr_picture_kind other = 0; other < kind; other++) {
			assert_string_not_equal(ascii, hr_picture_symbol(other, false));
			assert_string_not_equal(hr_picture_symbol(kind, true),
						hr_picture_symbol(other, true));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(nothing_has_no_lines),
		ROW(cell_sizes_are_powers_of_two),
		ROW(areas_begin_lines),
		ROW(a_cell_shows_what_has_most_of_it),
		ROW(holes_show_where_they_are_most_of_a_cell),
		ROW(holes_need_not_be_added),
		ROW(what_overlaps_counts_once),
		ROW(positions_have_a_limit),
		ROW(cells_grow_until_the_picture_fits),
		ROW(areas_merge_when_cells_grow),
		ROW(two_lines_of_one_cell_hold_everything),
		ROW(memory_is_bounded),
		cmocka_unit_test(leaves_have_kinds),
		cmocka_unit_test(symbols_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
