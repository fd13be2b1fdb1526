// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/table_row.h"

#include "fake.h"

#define BLOCK MIB(128)

static struct hr_answer answer;
static struct hr_listed_block block;
static struct hr_table_row row, next;
static struct hr_selection all;

/* A block that is online, removable, mapped by PMDs, and was added. */
static void usual_block(uint64_t start)
{
	answer = (struct hr_answer){
		.range = { start, start + BLOCK },
		.verdict = HR_VERDICT_REMOVABLE,
		.contents[HR_MAP_LINEAR].leaves[HR_LEAF_PMD] = 64,
		.contents[HR_MAP_VMEMMAP].leaves[HR_LEAF_PMD] = 1,
	};
	block = (struct hr_listed_block){
		.answer = &answer,
		.online = HR_YES,
		.boot = HR_NO,
	};
}

/* The row of a usual block at 1 GiB; the block that may differ follows it. */
static int set_up(void **state)
{
	(void)state;
	hr_columns_select_all(&all);
	usual_block(GIB(1));
	hr_table_row_fill(&row, &all, &block);
	usual_block(GIB(1) + BLOCK);
	return 0;
}

static void take(void)
{
	hr_table_row_fill(&next, &all, &block);
	hr_table_row_take(&row, &all, &next);
}

static const char *cell(enum hr_column column)
{
	return row.cells[column];
}

static void a_block_is_a_row(void **state)
{
	(void)state;
	assert_int_equal(row.start, GIB(1));
	assert_int_equal(row.end, GIB(1) + BLOCK);
	assert_int_equal(row.verdict, HR_VERDICT_REMOVABLE);
	assert_string_equal(cell(HR_COLUMN_STATE), "online");
	assert_string_equal(cell(HR_COLUMN_ORIGIN), "hot-added");
	assert_string_equal(cell(HR_COLUMN_VERDICT), "removable");
	assert_string_equal(cell(HR_COLUMN_CHECK), "accepts");
	assert_string_equal(cell(HR_COLUMN_LINEAR), "PMD");
	assert_string_equal(cell(HR_COLUMN_WHY), "");
}

static void equal_blocks_change_nothing_but_the_end(void **state)
{
	const struct hr_table_row before = row;

	(void)state;
	take();
	assert_int_equal(row.start, GIB(1));
	assert_int_equal(row.end, GIB(1) + 2 * BLOCK);
	assert_true(hr_table_row_is_alike(&row, &all, &before));
}

static void the_worst_verdict_is_that_of_the_row(void **state)
{
	static const struct {
		enum hr_verdict one, other, row;
	} rows[] = {
		{ HR_VERDICT_REMOVABLE, HR_VERDICT_REMOVABLE, HR_VERDICT_REMOVABLE },
		{ HR_VERDICT_REMOVABLE, HR_VERDICT_UNKNOWN, HR_VERDICT_UNKNOWN },
		{ HR_VERDICT_UNKNOWN, HR_VERDICT_REMOVABLE, HR_VERDICT_UNKNOWN },
		{ HR_VERDICT_REMOVABLE, HR_VERDICT_NOT_REMOVABLE, HR_VERDICT_NOT_REMOVABLE },
		{ HR_VERDICT_NOT_REMOVABLE, HR_VERDICT_REMOVABLE, HR_VERDICT_NOT_REMOVABLE },
		{ HR_VERDICT_UNKNOWN, HR_VERDICT_NOT_REMOVABLE, HR_VERDICT_NOT_REMOVABLE },
		{ HR_VERDICT_NOT_REMOVABLE, HR_VERDICT_UNKNOWN, HR_VERDICT_NOT_REMOVABLE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		answer.verdict = rows[i].one;
		hr_table_row_fill(&row, &all, &block);
		answer.verdict = rows[i].other;
		take();
		assert_int_equal(row.verdict, rows[i].row);
		assert_string_equal(cell(HR_COLUMN_VERDICT), hr_verdict_name(rows[i].row));
	}
}

static void all_reasons_and_answers_of_the_check_are_listed(void **state)
{
	(void)state;
	answer.check.reasons[answer.check.count++].code = HR_REASON_BOOT_MEMORY;
	answer.guard.outcome = HR_GUARD_REFUSES;
	take();
	answer.check.reasons[0].code = HR_REASON_SPLITS_LEAF;
	answer.guard.outcome = HR_GUARD_CANNOT_TELL;
	take();
	assert_string_equal(cell(HR_COLUMN_WHY), "splits-leaf,boot-memory");
	assert_string_equal(cell(HR_COLUMN_CHECK), "accepts,refuses,unknown");
}

static void all_kinds_of_leaves_are_listed(void **state)
{
	(void)state;
	answer.contents[HR_MAP_LINEAR] = (struct hr_contents){ .leaves[HR_LEAF_PUD] = 1 };
	answer.contents[HR_MAP_VMEMMAP] = (struct hr_contents){ 0 };
	take();
	assert_string_equal(cell(HR_COLUMN_LINEAR), "PUD,PMD");
	/* What nothing maps is not hidden by what its neighbour has. */
	assert_string_equal(cell(HR_COLUMN_VMEMMAP), "PMD,unmapped");
}

static void states_and_origins_that_differ_are_mixed(void **state)
{
	(void)state;
	block.online = HR_NO;
	block.boot = HR_YES;
	take();
	assert_string_equal(cell(HR_COLUMN_STATE), "mixed");
	assert_string_equal(cell(HR_COLUMN_ORIGIN), "mixed");
}

/* The row may or may not be mixed, until a difference shows. */
static void a_state_that_is_not_known_makes_that_of_the_row_unknown(void **state)
{
	(void)state;
	block.online = HR_UNKNOWN;
	take();
	assert_string_equal(cell(HR_COLUMN_STATE), "?");
	block.online = HR_NO;
	take();
	assert_string_equal(cell(HR_COLUMN_STATE), "mixed");
}

static struct hr_block_edge edge_in(uint64_t size)
{
	return (struct hr_block_edge){
		.has_leaf = true,
		.leaf = { .level = HR_LEVEL_PTE, .size = size },
	};
}

static void the_edges_of_a_row_are_those_of_its_first_and_last_block(void **state)
{
	(void)state;
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		block.edges[map] = (struct hr_block_edges){ edge_in(1), edge_in(2) };
	hr_table_row_fill(&row, &all, &block);
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++)
		block.edges[map] = (struct hr_block_edges){ edge_in(3), edge_in(4) };
	take();
	assert_string_equal(cell(HR_COLUMN_LINEAR_START), "PTE 1 B");
	assert_string_equal(cell(HR_COLUMN_LINEAR_END), "PTE 4 B");
	assert_string_equal(cell(HR_COLUMN_VMEMMAP_START), "PTE 1 B");
	assert_string_equal(cell(HR_COLUMN_VMEMMAP_END), "PTE 4 B");
}

static void rows_are_compared_in_the_selected_columns(void **state)
{
	struct hr_selection selection;

	(void)state;
	block.online = HR_NO;
	hr_table_row_fill(&next, &all, &block);
	assert_success(hr_columns_select("STATE", 0, &selection));
	assert_false(hr_table_row_is_alike(&row, &selection, &next));
	assert_success(hr_columns_select("VERDICT,WHY", 0, &selection));
	assert_true(hr_table_row_is_alike(&row, &selection, &next));
}

static void the_place_is_no_difference(void **state)
{
	struct hr_selection selection;

	(void)state;
	hr_table_row_fill(&next, &all, &block);
	assert_success(hr_columns_select("RANGE,SIZE,BLOCK,PFN", 0, &selection));
	assert_true(hr_table_row_is_alike(&row, &selection, &next));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup(name, set_up)
		ROW(a_block_is_a_row),
		ROW(equal_blocks_change_nothing_but_the_end),
		ROW(the_worst_verdict_is_that_of_the_row),
		ROW(all_reasons_and_answers_of_the_check_are_listed),
		ROW(all_kinds_of_leaves_are_listed),
		ROW(states_and_origins_that_differ_are_mixed),
		ROW(a_state_that_is_not_known_makes_that_of_the_row_unknown),
		ROW(the_edges_of_a_row_are_those_of_its_first_and_last_block),
		ROW(rows_are_compared_in_the_selected_columns),
		ROW(the_place_is_no_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
