// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/map_drawing.h"

#include <string.h>

#include "report_fixture.h"

static struct hr_map_drawing *drawing;

static int tear_down(void **state)
{
	hr_drawing_destroy(drawing);
	drawing = NULL;
	return report_tear_down(state);
}

static void create(void)
{
	assert_success(hr_drawing_create(&told.kernel, false, &drawing));
}

static uint64_t linear_va(uint64_t pa)
{
	return told.kernel.layout.page_offset + (pa - told.kernel.layout.phys_offset);
}

/* Add @count leaves of @level from @pa on. */
static void add_leaves(uint64_t pa, int level, bool cont, uint64_t size, uint64_t count)
{
	const struct hr_run run = {
		.state = HR_MAP_MAPPED,
		.leaf = {
			.level = level,
			.cont = cont,
			.valid = true,
			.expected = true,
			.va = linear_va(pa),
			.pa = pa,
			.size = size,
		},
		.count = count,
	};

	assert_success(hr_drawing_add(drawing, &run));
}

/* Add [@pa, @pa + @size), mapped by PMD leaves. */
static void add(uint64_t pa, uint64_t size)
{
	add_leaves(pa, HR_LEVEL_PMD, false, MIB(2), size / MIB(2));
}

static void print(void)
{
	hr_drawing_print(drawing);
}

static void a_map_of_nothing_is_a_sentence(void **state)
{
	(void)state;
	create();
	print();
	assert_string_equal(told_text(&told), "linear map: nothing is mapped\n\n");
}

static void a_cell_is_a_memory_block(void **state)
{
	(void)state;
	create();
	add(GIB(2), MIB(256));
	print();
	assert_line(&told, "linear map by PA, 128 MiB per cell");
	assert_line(&told, "0x80000000  **");
}

static void without_physical_addresses_it_is_drawn_by_va(void **state)
{
	(void)state;
	told.kernel.has_phys_offset = false;
	create();
	add(GIB(3), MIB(128));
	print();
	assert_line(&told, "linear map by VA, 128 MiB per cell");
	assert_line(&told, "0xffff000040000000  *");
}

static void addresses_of_lines_are_as_wide_as_the_widest(void **state)
{
	(void)state;
	create();
	add(GIB(3), MIB(128));
	add(GIB(4), MIB(128));
	print();
	assert_line(&told, "0xc0000000   *");
	assert_line(&told, "0x100000000  *");
}

/* PHYS_OFFSET need not be a multiple of a memory block. */
static void cells_begin_at_round_physical_addresses(void **state)
{
	(void)state;
	told.kernel.layout.phys_offset = GIB(2) + MIB(64);
	create();
	add(GIB(3), MIB(128));
	print();
	assert_line(&told, "0xc0000000  *");
}

static void block_characters_need_utf8(void **state)
{
	(void)state;
	assert_success(hr_drawing_create(&told.kernel, true, &drawing));
	add(GIB(2), MIB(256));
	print();
	assert_line(&told, "0x80000000  \u2592\u2592");
	assert_line(&told, "\u2592     256 MiB in PMD leaves of 2 MiB");
}

static void each_kind_has_its_words(void **state)
{
	static const struct {
		int level;
		bool cont;
		uint64_t size;
		const char *line;
	} rows[] = {
		{ HR_LEVEL_PUD, false, GIB(1), "#       1 GiB in PUD leaves of 1 GiB" },
		{ HR_LEVEL_PMD, true, MIB(32), "%      32 MiB in CONT_PMD groups of 32 MiB" },
		{ HR_LEVEL_PTE, true, KIB(64), "=      64 KiB in CONT_PTE groups of 64 KiB" },
		{ HR_LEVEL_PTE, false, KIB(4), ":       4 KiB in PTE leaves of 4 KiB" },
		{ HR_LEVEL_P4D, false, GIB(512),
		  "!     512 GiB in leaves that Linux never creates" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		create();
		add_leaves(GIB(512), rows[i].level, rows[i].cont, rows[i].size, 1);
		print();
		assert_line(&told, rows[i].line);
		hr_drawing_destroy(drawing);
		drawing = NULL;
		told_forget(&told);
	}
}

static void what_could_not_be_read_is_drawn(void **state)
{
	const struct hr_run run = {
		.state = HR_MAP_UNREADABLE,
		.leaf = { .va = linear_va(GIB(3)), .size = GIB(1) },
		.count = 1,
	};

	(void)state;
	create();
	assert_success(hr_drawing_add(drawing, &run));
	print();
	assert_line(&told, "0xc0000000  ????????");
	assert_line(&told, "?       1 GiB unreadable");
}

/* The legend has all that is mapped, even if no cell shows it. */
static void what_fills_no_cell_has_no_symbol(void **state)
{
	(void)state;
	create();
	add(GIB(2), MIB(126));
	add_leaves(GIB(2) + MIB(126), HR_LEVEL_PTE, false, KIB(4), 512);
	print();
	assert_line(&told, "0x80000000  *");
	assert_line(&told, "        2 MiB in PTE leaves of 4 KiB");
}

static void a_hole_is_explained_if_it_is_seen(void **state)
{
	(void)state;
	create();
	add(GIB(2), MIB(30));
	add(GIB(2) + MIB(98), MIB(30));
	print();
	assert_line(&told, "0x80000000  .");
	assert_line(&told, ".      68 MiB not mapped (holes)");
}

static void a_hole_that_no_cell_shows_is_left_out(void **state)
{
	(void)state;
	create();
	add(GIB(2), MIB(32));
	add(GIB(2) + MIB(64), MIB(64));
	print();
	assert_line(&told, "0x80000000  *");
	assert_no_text(&told, "not mapped");
}

/* A damaged table can hold a leaf that is larger than the map. */
static void what_lies_outside_of_the_map_is_cut_off(void **state)
{
	uint64_t last = told.kernel.layout.linear_end - 1;
	uint64_t last_pa = last - linear_va(0);

	(void)state;
	create();
	add_leaves(GIB(1), HR_LEVEL_PUD, false, GIB(2), 1);
	add_leaves(last_pa + 1 - GIB(1), HR_LEVEL_PUD, false, GIB(2), 1);
	print();
	assert_line(&told, "#       2 GiB in PUD leaves of 2 GiB");
}

static void a_narrow_terminal_has_lines_of_a_round_length(void **state)
{
	(void)state;
	create();
	add(GIB(2), GIB(8));
	print();
	assert_text(&told, "0x80000000 ");
	assert_text(&told, "0x180000000  ");
	assert_no_text(&told, "0x200000000");
}

static void a_file_has_the_lines_of_80_columns(void **state)
{
	(void)state;
	create();
	add(GIB(2), GIB(10));
	print();
	assert_text(&told, "\n0x80000000   ********");
	assert_text(&told, "\n0x280000000  ********");
}

static void a_long_picture_has_larger_cells(void **state)
{
	size_t lines = 0;

	(void)state;
	create();
	for (uint64_t i = 0; i < 17; i++)
		add(GIB(2) + i * GIB(1), MIB(128));
	print();
	for (const char *at = told_text(&told); (at = strstr(at, "\n0x")); at++)
		lines++;
	assert_int_equal(lines, 1);
	assert_line(&told, "linear map by PA, 1 GiB per cell");
}

static void sixteen_lines_are_not_too_long(void **state)
{
	(void)state;
	create();
	for (uint64_t i = 0; i < 16; i++)
		add(GIB(2) + i * GIB(1), MIB(128));
	print();
	assert_line(&told, "linear map by PA, 128 MiB per cell");
}

static void colour_changes_with_the_kind(void **state)
{
	(void)state;
	create();
	add(GIB(2), MIB(256));
	add_leaves(GIB(2) + MIB(256), HR_LEVEL_PTE, false, KIB(4), MIB(128) / KIB(4));
	print();
	assert_line(&told, "0x80000000  \033[0;33m**\033[0;32m:\033[0m");
	assert_line(&told, "\033[0;33m*\033[0m     256 MiB in PMD leaves of 2 MiB");
}

static void a_kind_without_a_symbol_has_no_colour(void **state)
{
	(void)state;
	create();
	add(GIB(2), MIB(126));
	add_leaves(GIB(2) + MIB(126), HR_LEVEL_PTE, false, KIB(4), 512);
	print();
	assert_line(&told, "        2 MiB in PTE leaves of 4 KiB");
}

static void a_file_has_no_colour(void **state)
{
	(void)state;
	create();
	add(GIB(2), MIB(256));
	print();
	assert_no_text(&told, "\033");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name)     cmocka_unit_test_setup_teardown(name, report_set_up, tear_down)
#define ON_TERM(name) cmocka_unit_test_setup_teardown(name, report_set_up_terminal, tear_down)
		ROW(a_map_of_nothing_is_a_sentence),
		ROW(a_cell_is_a_memory_block),
		ROW(without_physical_addresses_it_is_drawn_by_va),
		ROW(addresses_of_lines_are_as_wide_as_the_widest),
		ROW(cells_begin_at_round_physical_addresses),
		ROW(block_characters_need_utf8),
		ROW(each_kind_has_its_words),
		ROW(what_could_not_be_read_is_drawn),
		ROW(what_fills_no_cell_has_no_symbol),
		ROW(a_hole_is_explained_if_it_is_seen),
		ROW(a_hole_that_no_cell_shows_is_left_out),
		ROW(what_lies_outside_of_the_map_is_cut_off),
		ON_TERM(a_narrow_terminal_has_lines_of_a_round_length),
		ROW(a_file_has_the_lines_of_80_columns),
		ROW(a_long_picture_has_larger_cells),
		ROW(sixteen_lines_are_not_too_long),
		ON_TERM(colour_changes_with_the_kind),
		ON_TERM(a_kind_without_a_symbol_has_no_colour),
		ROW(a_file_has_no_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
