// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_table.h"

#include <stdlib.h>
#include <string.h>

#include "report/block_columns.h"
#include "report/outputs.h"
#include "screen.h"
#include "told.h"

#define BLOCK MIB(128)

static struct told told;
static struct hr_block_table *table;
static struct hr_answer answer;
static struct hr_listed_block block;
static struct hr_output output;
static enum hr_table_form form;

/* The next block: removable, and nothing else is known about it. */
static void new_block(uint64_t start)
{
	answer = (struct hr_answer){ .range = { start, start + BLOCK },
				     .verdict = HR_VERDICT_REMOVABLE };
	block = (struct hr_listed_block){
		.answer = &answer,
		.online = HR_UNKNOWN,
		.boot = HR_UNKNOWN,
	};
}

static void begin(void)
{
	told_begin(&told, &hr_text_sink);
	form = HR_TABLE_TEXT;
	new_block(0);
}

static int set_up(void **state)
{
	(void)state;
	if (!screen_begin_file(false))
		return -1;
	begin();
	return 0;
}

static int set_up_terminal(void **state)
{
	(void)state;
	if (!screen_begin(60, false))
		return -1;
	begin();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_block_table_destroy(table);
	table = NULL;
	told_end(&told);
	screen_end();
	return 0;
}

static void create(const char *columns)
{
	output = (struct hr_output){ .form = form };
	told.options.output = &output;
	told.options.columns = columns;
	assert_success(hr_block_table_create(&told.session, &table));
}

static void add(uint64_t start)
{
	answer.range = (struct hr_pa_range){ start, start + BLOCK };
	assert_success(hr_block_table_add(table, &block));
}

static void print(void)
{
	assert_success(hr_block_table_print(table));
}

static void give_reason(enum hr_reason_code code)
{
	answer.check.reasons[answer.check.count++].code = code;
	answer.verdict =
		code == HR_REASON_UNREADABLE ? HR_VERDICT_UNKNOWN : HR_VERDICT_NOT_REMOVABLE;
}

static void no_block_is_a_sentence_without_headings(void **state)
{
	(void)state;
	create(NULL);
	print();
	assert_string_equal(told_text(&told), "no memory block could be read\n\n"
					      "Memory block size:          128 MiB\n"
					      "Total online memory:            0 B\n"
					      "Total offline memory:           0 B\n\n");
}

static void neighbours_of_the_same_content_share_a_line(void **state)
{
	(void)state;
	create("RANGE,SIZE,BLOCK,VERDICT");
	add(GIB(1));
	add(GIB(1) + BLOCK);
	print();
	assert_line(&told, "0x0000000040000000-0x000000004fffffff 256 MiB   8-9 removable");
}

static void a_single_block_has_a_single_number(void **state)
{
	(void)state;
	create("BLOCK,VERDICT");
	add(GIB(1));
	print();
	assert_line(&told, "    8 removable");
}

static void a_gap_begins_a_line(void **state)
{
	(void)state;
	create("RANGE");
	add(GIB(1));
	add(GIB(1) + 2 * BLOCK);
	print();
	assert_line(&told, "0x0000000040000000-0x0000000047ffffff");
	assert_line(&told, "0x0000000050000000-0x0000000057ffffff");
}

static void neighbours_that_differ_have_a_line_each(void **state)
{
	(void)state;
	create("RANGE,STATE");
	add(GIB(1));
	block.online = HR_YES;
	add(GIB(1) + BLOCK);
	print();
	assert_line(&told, "0x0000000040000000-0x0000000047ffffff ?");
	assert_line(&told, "0x0000000048000000-0x000000004fffffff online");
}

static void what_is_not_shown_separates_nothing(void **state)
{
	(void)state;
	create("RANGE,VERDICT");
	add(GIB(1));
	block.online = HR_YES;
	add(GIB(1) + BLOCK);
	print();
	assert_line(&told, "0x0000000040000000-0x000000004fffffff removable");
}

static void all_blocks_have_a_line_each_if_that_is_wanted(void **state)
{
	(void)state;
	told.options.all = true;
	create("RANGE");
	add(GIB(1));
	add(GIB(1) + BLOCK);
	print();
	assert_line(&told, "0x0000000040000000-0x0000000047ffffff");
	assert_line(&told, "0x0000000048000000-0x000000004fffffff");
}

static void each_column_tells_of_its_own_map_and_edge(void **state)
{
	struct hr_block_edges *vmemmap = &block.edges[HR_MAP_VMEMMAP];
	struct hr_block_edges *linear = &block.edges[HR_MAP_LINEAR];

	(void)state;
	linear->start = linear->end = vmemmap->start = vmemmap->end = (struct hr_block_edge){
		.has_leaf = true,
		.leaf = { .level = HR_LEVEL_PTE },
	};
	linear->start.leaf.size = 1;
	linear->end.leaf.size = 2;
	vmemmap->start.leaf.size = 3;
	vmemmap->end.leaf.size = 4;
	answer.contents[HR_MAP_LINEAR].unreadable = 1;
	create("LINEAR,VMEMMAP,LINEAR-START,LINEAR-END,VMEMMAP-START,VMEMMAP-END");
	told.options.no_headings = true;
	add(GIB(1));
	print();
	assert_line(&told, "PTE,unreadable PTE     PTE 1 B      PTE 2 B    PTE 3 B       PTE 4 B");
}

static void the_words_of_a_block_are_in_their_columns(void **state)
{
	(void)state;
	block.online = HR_NO;
	block.boot = HR_YES;
	answer.guard.outcome = HR_GUARD_CANNOT_TELL;
	give_reason(HR_REASON_UNREADABLE);
	create("STATE,ORIGIN,VERDICT,CHECK,WHY");
	add(GIB(1));
	print();
	assert_line(&told, "offline boot   unknown unknown unreadable");
}

static void a_column_that_is_not_known_is_refused(void **state)
{
	(void)state;
	told.options.columns = "RANGE,COLOUR";
	assert_failure(hr_block_table_create(&told.session, &table), HR_ERROR_USAGE, "COLOUR");
}

static void headings_can_be_left_out(void **state)
{
	(void)state;
	told.options.no_headings = true;
	create("STATE");
	add(GIB(1));
	print();
	assert_no_text(&told, "STATE");
	assert_line(&told, "?");
}

static void an_empty_cell_leaves_no_blanks(void **state)
{
	(void)state;
	create(NULL);
	add(GIB(1));
	print();
	assert_no_text(&told, " \n");
}

/* The table is printed in parts, so that memory use does not grow with the machine. */
static void a_long_table_is_printed_in_parts_under_one_heading(void **state)
{
	const char *second;

	(void)state;
	told.options.all = true;
	create("RANGE");
	for (uint64_t i = 0; i < 16385; i++)
		add(GIB(1) + i * BLOCK);
	assert_line(&told, "0x0000000040000000-0x0000000047ffffff");
	print();
	second = strstr(strstr(told_text(&told), "RANGE") + 1, "RANGE");
	assert_null(second);
	assert_line(&told, "0x0000020040000000-0x0000020047ffffff");
}

static void each_block_counts_in_one_total(void **state)
{
	static const struct {
		enum hr_reason_code code;
		const char *line;
	} rows[] = {
		{ HR_REASON_SPLITS_LEAF, "   128 MiB  not block by block: a leaf crosses an edge, "
					 "or the kernel refuses" },
		{ HR_REASON_GUARD_VETO, "   128 MiB  not block by block: a leaf crosses an edge, "
					"or the kernel refuses" },
		{ HR_REASON_BOOT_MEMORY, "   128 MiB  boot memory" },
		{ HR_REASON_MALFORMED_CONT, "   128 MiB  not removable for other reasons" },
		{ HR_REASON_UNREADABLE, "   128 MiB  unknown" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		new_block(GIB(1));
		give_reason(rows[i].code);
		create("RANGE");
		add(GIB(1));
		print();
		assert_line(&told, rows[i].line);
		hr_block_table_destroy(table);
		told_forget(&told);
	}
	table = NULL;
}

static void removable_blocks_are_added_up(void **state)
{
	(void)state;
	create("RANGE");
	add(GIB(1));
	add(GIB(2));
	add(GIB(3));
	print();
	assert_line(&told, "   384 MiB  removable block by block");
	assert_no_text(&told, "MiB  unknown");
}

static void boot_memory_counts_as_such_whatever_else_is_wrong(void **state)
{
	(void)state;
	give_reason(HR_REASON_SPLITS_LEAF);
	give_reason(HR_REASON_BOOT_MEMORY);
	create("RANGE");
	add(GIB(1));
	print();
	assert_line(&told, "   128 MiB  boot memory");
}

static void a_reason_that_is_ignored_does_not_choose_the_total(void **state)
{
	(void)state;
	told.options.ignored = 1u << HR_REASON_BOOT_MEMORY;
	give_reason(HR_REASON_BOOT_MEMORY);
	give_reason(HR_REASON_SPLITS_LEAF);
	create("RANGE");
	add(GIB(1));
	print();
	assert_text(&told, "128 MiB  not block by block");
}

/* What could not be read beside a definite reason is no reason of its own. */
static void a_leaf_in_the_way_outweighs_what_could_not_be_read(void **state)
{
	(void)state;
	give_reason(HR_REASON_UNREADABLE);
	give_reason(HR_REASON_SPLITS_LEAF);
	create("RANGE");
	add(GIB(1));
	print();
	assert_text(&told, "128 MiB  not block by block");
}

static void bytes_are_bytes_in_the_table_and_below_it(void **state)
{
	(void)state;
	told.options.bytes = true;
	create("SIZE");
	add(GIB(1));
	print();
	assert_line(&told, "134217728");
	assert_line(&told, "       134217728  removable block by block");
}

static void a_file_has_no_colour_and_no_breaks(void **state)
{
	(void)state;
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++)
		give_reason(code);
	answer.verdict = HR_VERDICT_UNKNOWN;
	create("RANGE,VERDICT,WHY");
	add(GIB(1));
	print();
	assert_no_text(&told, "\033");
	assert_line(
		&told,
		"0x0000000040000000-0x0000000047ffffff unknown splits-leaf,guard-veto,boot-memory,"
		"misaligned,not-present,malformed-cont,no-hotremove,unreadable,"
		"unmovable-pages");
}

static void a_terminal_shows_the_verdict_in_colour(void **state)
{
	static const struct {
		enum hr_verdict verdict;
		const char *text;
	} rows[] = {
		{ HR_VERDICT_REMOVABLE, "\033[1;32mremovable" },
		{ HR_VERDICT_NOT_REMOVABLE, "\033[1;31mnot-removable" },
		{ HR_VERDICT_UNKNOWN, "\033[1;33munknown" },
	};

	(void)state;
	create("VERDICT");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		answer.verdict = rows[i].verdict;
		add(i * BLOCK);
	}
	print();
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_text(&told, rows[i].text);
}

static void a_terminal_without_colour_gets_none(void **state)
{
	(void)state;
	setenv("NO_COLOR", "1", true);
	create("VERDICT");
	add(GIB(1));
	print();
	assert_no_text(&told, "\033");
}

static void addresses_stand_under_each_other(void **state)
{
	(void)state;
	create("RANGE,PFN");
	add(0);
	add(GIB(1));
	add(0x10000000000);
	print();
	assert_line(&told, "0x0000000000000000-0x0000000007ffffff            0x0-0x7fff");
	assert_line(&told, "0x0000000040000000-0x0000000047ffffff       0x40000-0x47fff");
	assert_line(&told, "0x0000010000000000-0x0000010007ffffff 0x10000000-0x10007fff");
}

static void all_columns_are_an_option(void **state)
{
	(void)state;
	told.options.all_columns = true;
	create(NULL);
	add(GIB(1));
	print();
	for (enum hr_column column = 0; column < HR_COLUMN_COUNT; column++)
		assert_text(&told, hr_columns[column].name);
}

static void rows_may_be_split_by_other_columns_than_those_shown(void **state)
{
	(void)state;
	told.options.split = "STATE";
	create("RANGE,VERDICT,WHY");
	add(GIB(1));
	give_reason(HR_REASON_BOOT_MEMORY);
	add(GIB(1) + BLOCK);
	block.online = HR_NO;
	add(GIB(1) + 2 * BLOCK);
	print();
	assert_line(&told, "0x0000000040000000-0x000000004fffffff not-removable boot-memory");
	assert_line(&told, "0x0000000050000000-0x0000000057ffffff not-removable boot-memory");
}

static void rows_are_split_by_edges_that_are_not_shown(void **state)
{
	(void)state;
	told.options.split = "LINEAR-END";
	create("RANGE");
	block.edges[HR_MAP_LINEAR].end.has_leaf = true;
	add(GIB(1));
	block.edges[HR_MAP_LINEAR].end.has_leaf = false;
	add(GIB(1) + BLOCK);
	print();
	assert_line(&told, "0x0000000040000000-0x0000000047ffffff");
}

static void rows_that_nothing_splits_end_at_holes(void **state)
{
	(void)state;
	told.options.split = "none";
	create("RANGE,STATE");
	block.online = HR_YES;
	add(GIB(1));
	block.online = HR_NO;
	add(GIB(1) + BLOCK);
	add(GIB(1) + 3 * BLOCK);
	print();
	assert_line(&told, "0x0000000040000000-0x000000004fffffff mixed");
	assert_line(&told, "0x0000000058000000-0x000000005fffffff offline");
}

static void pairs_have_a_key_for_each_column_and_no_totals(void **state)
{
	(void)state;
	form = HR_TABLE_PAIRS;
	create("RANGE,SIZE,WHY");
	add(GIB(1));
	give_reason(HR_REASON_BOOT_MEMORY);
	add(GIB(2));
	print();
	assert_string_equal(told_text(&told), "RANGE=\"0x0000000040000000-0x0000000047ffffff\" "
					      "SIZE=\"128 MiB\" WHY=\"\"\n"
					      "RANGE=\"0x0000000080000000-0x0000000087ffffff\" "
					      "SIZE=\"128 MiB\" WHY=\"boot-memory\"\n");
}

/* Whoever cuts a line at its blanks finds each value in its place. */
static void raw_rows_have_a_blank_between_values_alone(void **state)
{
	(void)state;
	form = HR_TABLE_RAW;
	create("SIZE,WHY,STATE");
	add(GIB(1));
	print();
	assert_string_equal(told_text(&told), "SIZE WHY STATE\n128\\x20MiB  ?\n");
}

static void raw_rows_keep_an_empty_value_at_their_end(void **state)
{
	(void)state;
	form = HR_TABLE_RAW;
	told.options.no_headings = true;
	create("STATE,WHY");
	add(GIB(1));
	print();
	assert_string_equal(told_text(&told), "? \n");
}

static void raw_rows_may_be_empty(void **state)
{
	(void)state;
	form = HR_TABLE_RAW;
	told.options.all = told.options.no_headings = true;
	create("WHY");
	add(GIB(1));
	add(GIB(1) + BLOCK);
	print();
	assert_string_equal(told_text(&told), "\n\n");
}

static void a_long_raw_table_has_one_heading(void **state)
{
	const char *text;
	size_t lines = 0;

	(void)state;
	form = HR_TABLE_RAW;
	told.options.all = true;
	create("BLOCK");
	for (uint64_t i = 0; i < 16385; i++)
		add(GIB(1) + i * BLOCK);
	print();
	for (text = told_text(&told); (text = strchr(text, '\n')); text++)
		lines++;
	assert_int_equal(lines, 1 + 16385);
	assert_null(strstr(told_text(&told) + 1, "BLOCK"));
}

static void a_form_for_programs_prints_nothing_without_a_block(void **state)
{
	static const enum hr_table_form forms[] = { HR_TABLE_PAIRS, HR_TABLE_RAW };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		form = forms[i];
		create(NULL);
		print();
		assert_string_equal(told_text(&told), "");
		hr_block_table_destroy(table);
	}
	table = NULL;
}

static void a_terminal_changes_nothing_of_a_form_for_programs(void **state)
{
	(void)state;
	form = HR_TABLE_RAW;
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++)
		give_reason(code);
	answer.verdict = HR_VERDICT_UNKNOWN;
	create("RANGE,VERDICT,WHY");
	add(GIB(1));
	print();
	assert_line(&told, "0x0000000040000000-0x0000000047ffffff unknown splits-leaf,guard-veto,"
			   "boot-memory,misaligned,not-present,malformed-cont,no-hotremove,"
			   "unreadable,unmovable-pages");
}

static void a_narrow_terminal_breaks_reasons_after_commas(void **state)
{
	(void)state;
	setenv("NO_COLOR", "1", true);
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++)
		give_reason(code);
	answer.verdict = HR_VERDICT_UNKNOWN;
	create("RANGE,VERDICT,WHY");
	add(GIB(1));
	print();
	for (const char *line = told_text(&told); strstr(line, "MiB  unknown");) {
		size_t len = strcspn(line, "\n");

		assert_true(len <= 60);
		line += len + 1;
	}
	assert_text(&told, "guard-veto,\n");
	assert_text(&told, "unmovable-pages\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name)     cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define ON_TERM(name) cmocka_unit_test_setup_teardown(name, set_up_terminal, tear_down)
		ROW(no_block_is_a_sentence_without_headings),
		ROW(neighbours_of_the_same_content_share_a_line),
		ROW(a_single_block_has_a_single_number),
		ROW(a_gap_begins_a_line),
		ROW(neighbours_that_differ_have_a_line_each),
		ROW(what_is_not_shown_separates_nothing),
		ROW(all_blocks_have_a_line_each_if_that_is_wanted),
		ROW(each_column_tells_of_its_own_map_and_edge),
		ROW(the_words_of_a_block_are_in_their_columns),
		ROW(a_column_that_is_not_known_is_refused),
		ROW(headings_can_be_left_out),
		ROW(an_empty_cell_leaves_no_blanks),
		ROW(a_long_table_is_printed_in_parts_under_one_heading),
		ROW(each_block_counts_in_one_total),
		ROW(removable_blocks_are_added_up),
		ROW(boot_memory_counts_as_such_whatever_else_is_wrong),
		ROW(a_reason_that_is_ignored_does_not_choose_the_total),
		ROW(a_leaf_in_the_way_outweighs_what_could_not_be_read),
		ROW(bytes_are_bytes_in_the_table_and_below_it),
		ROW(a_file_has_no_colour_and_no_breaks),
		ROW(addresses_stand_under_each_other),
		ROW(all_columns_are_an_option),
		ROW(rows_may_be_split_by_other_columns_than_those_shown),
		ROW(rows_are_split_by_edges_that_are_not_shown),
		ROW(rows_that_nothing_splits_end_at_holes),
		ROW(pairs_have_a_key_for_each_column_and_no_totals),
		ROW(raw_rows_have_a_blank_between_values_alone),
		ROW(raw_rows_keep_an_empty_value_at_their_end),
		ROW(raw_rows_may_be_empty),
		ROW(a_long_raw_table_has_one_heading),
		ROW(a_form_for_programs_prints_nothing_without_a_block),
		ON_TERM(a_terminal_changes_nothing_of_a_form_for_programs),
		ON_TERM(a_terminal_shows_the_verdict_in_colour),
		ON_TERM(a_terminal_without_colour_gets_none),
		ON_TERM(a_narrow_terminal_breaks_reasons_after_commas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
