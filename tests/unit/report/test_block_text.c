// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_text.h"

#include <string.h>

#include "fake.h"

#define BLOCK MIB(128)

static struct hr_answer answer;
static struct hr_listed_block block;
static char text[HR_BLOCK_TEXT_SIZE];

static int set_up(void **state)
{
	(void)state;
	answer = (struct hr_answer){ .range = { GIB(1), GIB(1) + BLOCK } };
	block = (struct hr_listed_block){ .answer = &answer };
	return 0;
}

static void give_reason(enum hr_reason_code code)
{
	answer.check.reasons[answer.check.count++].code = code;
}

/* An edge inside a leaf of @level. */
static struct hr_block_edge edge_in(int level, bool cont, uint64_t size)
{
	return (struct hr_block_edge){
		.state = HR_MAP_MAPPED,
		.has_leaf = true,
		.leaf = { .level = level, .cont = cont, .valid = true, .size = size },
	};
}

static const char *leaves_text(void)
{
	hr_block_leaves_text(&block, HR_MAP_LINEAR, text);
	return text;
}

static const char *edge_text(bool at_end)
{
	hr_block_edge_text(&block, HR_MAP_LINEAR, at_end, text);
	return text;
}

static void a_state_that_is_not_known_is_a_question_mark(void **state)
{
	static const struct {
		enum hr_tristate value;
		const char *online, *boot;
	} rows[] = {
		{ HR_YES, "online", "boot" },
		{ HR_NO, "offline", "hot-added" },
		{ HR_UNKNOWN, "?", "?" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		block.online = block.boot = rows[i].value;
		assert_string_equal(hr_block_state_text(&block), rows[i].online);
		assert_string_equal(hr_block_origin_text(&block), rows[i].boot);
	}
}

static void no_reason_is_no_text(void **state)
{
	(void)state;
	hr_block_reasons_text(&block, text);
	assert_string_equal(text, "");
}

static void each_kind_of_reason_stands_once_in_the_order_of_codes(void **state)
{
	(void)state;
	give_reason(HR_REASON_UNREADABLE);
	give_reason(HR_REASON_SPLITS_LEAF);
	give_reason(HR_REASON_SPLITS_LEAF);
	hr_block_reasons_text(&block, text);
	assert_string_equal(text, "splits-leaf,unreadable");
	assert_int_equal(hr_block_reasons(&block),
			 1u << HR_REASON_SPLITS_LEAF | 1u << HR_REASON_UNREADABLE);
}

static void there_is_room_for_every_reason(void **state)
{
	static const char last[] = ",unmovable-pages";

	(void)state;
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++)
		give_reason(code);
	hr_block_reasons_text(&block, text);
	assert_string_equal(text + strlen(text) - strlen(last), last);
}

static void leaves_are_listed_largest_first(void **state)
{
	(void)state;
	answer.contents[HR_MAP_LINEAR].leaves[HR_LEAF_PTE] = 512;
	answer.contents[HR_MAP_LINEAR].leaves[HR_LEAF_CONT_PMD] = 1;
	answer.contents[HR_MAP_VMEMMAP].leaves[HR_LEAF_PMD] = 1;
	assert_string_equal(leaves_text(), "CONT_PMD,PTE");
}

/* The leaf in the way is the one that matters, and it does not lie inside. */
static void a_leaf_beyond_either_edge_is_listed(void **state)
{
	struct hr_block_edges *edges = &block.edges[HR_MAP_LINEAR];

	(void)state;
	edges->start = edge_in(HR_LEVEL_PUD, false, GIB(1));
	assert_string_equal(leaves_text(), "PUD");
	edges->end = edge_in(HR_LEVEL_PMD, true, MIB(32));
	assert_string_equal(leaves_text(), "PUD,CONT_PMD");
}

static void a_damaged_group_at_an_edge_is_no_leaf(void **state)
{
	struct hr_block_edge *start = &block.edges[HR_MAP_LINEAR].start;

	(void)state;
	*start = edge_in(HR_LEVEL_PMD, true, MIB(32));
	start->is_damaged = true;
	assert_string_equal(leaves_text(), "unmapped");
}

static void a_leaf_that_linux_never_makes_is_another(void **state)
{
	(void)state;
	block.edges[HR_MAP_LINEAR].end = edge_in(HR_LEVEL_P4D, false, GIB(512));
	assert_string_equal(leaves_text(), "other");
}

static void what_could_not_be_read_is_not_unmapped(void **state)
{
	(void)state;
	answer.contents[HR_MAP_LINEAR].unreadable = 1;
	assert_string_equal(leaves_text(), "unreadable");
	answer.contents[HR_MAP_LINEAR].leaves[HR_LEAF_PMD] = 1;
	assert_string_equal(leaves_text(), "PMD,unreadable");
}

static void a_map_without_leaves_is_unmapped(void **state)
{
	(void)state;
	answer.contents[HR_MAP_LINEAR].unmapped = BLOCK;
	assert_string_equal(leaves_text(), "unmapped");
}

static void an_edge_names_its_leaf(void **state)
{
	(void)state;
	block.edges[HR_MAP_LINEAR].start = edge_in(HR_LEVEL_PTE, true, KIB(64));
	assert_string_equal(edge_text(false), "CONT_PTE 64 KiB");
}

static void a_leaf_that_crosses_an_edge_says_where(void **state)
{
	struct hr_block_edges *edges = &block.edges[HR_MAP_LINEAR];

	(void)state;
	edges->start = edges->end = edge_in(HR_LEVEL_PUD, false, GIB(1));
	edges->start.crosses = edges->end.crosses = true;
	assert_string_equal(edge_text(false), "PUD 1 GiB, inside");
	assert_string_equal(edge_text(true), "PUD 1 GiB, beyond");
}

static void a_damaged_group_says_so_before_it_crosses(void **state)
{
	struct hr_block_edge *end = &block.edges[HR_MAP_LINEAR].end;

	(void)state;
	*end = edge_in(HR_LEVEL_PMD, true, MIB(32));
	end->is_damaged = end->crosses = true;
	assert_string_equal(edge_text(true), "CONT_PMD 32 MiB, damaged, beyond");
}

static void an_edge_without_a_leaf_says_why(void **state)
{
	struct hr_block_edge *start = &block.edges[HR_MAP_LINEAR].start;

	(void)state;
	start->state = HR_MAP_UNMAPPED;
	assert_string_equal(edge_text(false), "unmapped");
	start->state = HR_MAP_UNREADABLE;
	assert_string_equal(edge_text(false), "unreadable");
}

static void a_line_has_all_but_the_place(void **state)
{
	char line[HR_BLOCK_LINE_SIZE];

	(void)state;
	block.online = HR_YES;
	answer.verdict = HR_VERDICT_REMOVABLE;
	answer.guard.outcome = HR_GUARD_ACCEPTS;
	answer.contents[HR_MAP_LINEAR].leaves[HR_LEAF_PMD] = 64;
	hr_block_line_text(&block, line);
	assert_string_equal(line, "online, removable, check accepts, linear PMD, vmemmap unmapped");
}

static void a_line_ends_with_the_reasons(void **state)
{
	static const char end[] = ", vmemmap unmapped, splits-leaf,boot-memory";
	char line[HR_BLOCK_LINE_SIZE];

	(void)state;
	give_reason(HR_REASON_SPLITS_LEAF);
	give_reason(HR_REASON_BOOT_MEMORY);
	hr_block_line_text(&block, line);
	assert_string_equal(line + strlen(line) - strlen(end), end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup(name, set_up)
		ROW(a_state_that_is_not_known_is_a_question_mark),
		ROW(no_reason_is_no_text),
		ROW(each_kind_of_reason_stands_once_in_the_order_of_codes),
		ROW(there_is_room_for_every_reason),
		ROW(leaves_are_listed_largest_first),
		ROW(a_leaf_beyond_either_edge_is_listed),
		ROW(a_damaged_group_at_an_edge_is_no_leaf),
		ROW(a_leaf_that_linux_never_makes_is_another),
		ROW(what_could_not_be_read_is_not_unmapped),
		ROW(a_map_without_leaves_is_unmapped),
		ROW(an_edge_names_its_leaf),
		ROW(a_leaf_that_crosses_an_edge_says_where),
		ROW(a_damaged_group_says_so_before_it_crosses),
		ROW(an_edge_without_a_leaf_says_why),
		ROW(a_line_has_all_but_the_place),
		ROW(a_line_ends_with_the_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
