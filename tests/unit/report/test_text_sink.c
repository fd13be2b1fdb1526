// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/outputs.h"

#include <stdlib.h>
#include <string.h>

#include "told.h"

static struct told told;

static int set_up(void **state)
{
	(void)state;
	setenv("NO_COLOR", "1", true);
	told_begin(&told, &hr_text_sink);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	told_end(&told);
	return 0;
}

/* Report a map that has @count leaves of 2 MiB from PA @start on, in one run. */
static void tell_map(enum hr_map map, uint64_t start, uint64_t count)
{
	struct hr_run run = { .state = HR_MAP_MAPPED, .count = count };

	run.leaf = (struct hr_leaf){
		.level = HR_LEVEL_PMD,
		.valid = true,
		.expected = true,
		.va = fake_linear(&told.fake, start),
		.pa = start,
		.size = MIB(2),
	};
	assert_success(hr_sink_begin_map(told.sink, map));
	if (count)
		assert_success(hr_sink_run(told.sink, map, &run));
	assert_success(hr_sink_end_map(told.sink, map));
}

static void an_incomplete_dump_is_the_first_thing_to_know(void **state)
{
	(void)state;
	hr_incomplete_add(&told.source.incomplete, 1, "its last byte is missing");
	assert_success(hr_sink_begin(told.sink));
	assert_string_equal(told_text(&told),
			    "warning: the dump is incomplete: its last byte is missing; what it "
			    "lacks is unreadable\n\n");
}

static void a_whole_dump_needs_no_words(void **state)
{
	(void)state;
	assert_success(hr_sink_begin(told.sink));
	assert_string_equal(told_text(&told), "");
}

/* A reader of a long list ends up at the picture. */
static void the_picture_comes_behind_both_lists(void **state)
{
	const char *text, *linear, *vmemmap, *picture;

	(void)state;
	assert_success(hr_sink_begin_query(told.sink, HR_QUERY_MAP));
	tell_map(HR_MAP_LINEAR, GIB(2), 128);
	tell_map(HR_MAP_VMEMMAP, 0, 0);
	assert_success(hr_sink_end_query(told.sink, HR_QUERY_MAP));
	text = told_text(&told);
	linear = strstr(text, "linear\nVA");
	vmemmap = strstr(text, "\n\nvmemmap\nVA");
	picture = strstr(text, "\n\nlinear map by PA, 128 MiB per cell\n0x80000000  **\n");
	assert_ptr_equal(linear, text);
	assert_non_null(vmemmap);
	assert_non_null(picture);
	assert_true(vmemmap < picture);
	assert_non_null(strstr(picture, "*     256 MiB in PMD leaves of 2 MiB\n"));
}

static void a_map_of_nothing_has_no_picture(void **state)
{
	(void)state;
	assert_success(hr_sink_begin_query(told.sink, HR_QUERY_MAP));
	tell_map(HR_MAP_LINEAR, 0, 0);
	tell_map(HR_MAP_VMEMMAP, 0, 0);
	assert_success(hr_sink_end_query(told.sink, HR_QUERY_MAP));
	assert_non_null(strstr(told_text(&told), "\n\nlinear map: nothing is mapped\n"));
}

static void what_could_not_be_read_is_in_the_picture_alone(void **state)
{
	struct hr_run run = { .state = HR_MAP_UNREADABLE, .count = 1 };

	(void)state;
	run.leaf.va = fake_linear(&told.fake, GIB(2));
	run.leaf.size = GIB(1);
	assert_success(hr_sink_begin_query(told.sink, HR_QUERY_MAP));
	assert_success(hr_sink_run(told.sink, HR_MAP_LINEAR, &run));
	assert_success(hr_sink_end_query(told.sink, HR_QUERY_MAP));
	assert_int_equal(strncmp(told_text(&told), "linear map by PA", 16), 0);
	assert_non_null(strstr(told.text, "0x80000000  ????????\n"));
}

static void a_leaf_that_no_kernel_makes_is_marked(void **state)
{
	struct hr_run run = { .state = HR_MAP_MAPPED, .count = 1 };

	(void)state;
	run.leaf.level = HR_LEVEL_P4D;
	run.leaf.size = GIB(512);
	assert_success(hr_sink_begin_map(told.sink, HR_MAP_VMEMMAP));
	assert_success(hr_sink_run(told.sink, HR_MAP_VMEMMAP, &run));
	run.leaf.valid = run.leaf.expected = true;
	assert_success(hr_sink_run(told.sink, HR_MAP_VMEMMAP, &run));
	assert_non_null(strstr(told_text(&told), " 1  not valid  made by no kernel\n"));
	assert_non_null(strstr(told.text, " 1\n"));
}

/* The creator of a file can put anything into its name. */
static void the_name_of_a_text_cannot_drive_the_terminal(void **state)
{
	(void)state;
	told.options.verify_path = "text\033[2J";
	assert_success(hr_sink_compared(told.sink, 5, 0));
	assert_string_equal(told_text(&told),
			    "text?[2J: agrees with the walk (5 leaves, 0 differences)\n\n");
}

static void one_leaf_and_one_difference_are_singular(void **state)
{
	(void)state;
	told.options.verify_path = "text";
	assert_success(hr_sink_compared(told.sink, 1, 1));
	assert_string_equal(told_text(&told),
			    "text: DIFFERS from the walk (1 leaf, 1 difference)\n\n");
}

static void a_comparison_with_a_file_is_a_line_for_each_change(void **state)
{
	const struct hr_fact_change fact = { "release", "6.1", "6.2" };
	const struct hr_block_change block = {
		.range = { GIB(4), GIB(4) + MIB(128) },
		.change = HR_CHANGE_REMOVED,
		.before = { .exists = true, .online = HR_NO, .boot = HR_NO },
	};
	const struct hr_leaf_change leaf = {
		.map = HR_MAP_LINEAR,
		.range = block.range,
		.before = { .state = HR_MAP_UNREADABLE },
		.after = { .state = HR_MAP_UNMAPPED },
	};
	const struct hr_summary result = { .changed = true, .changes = 4, .uncertain = 1 };

	(void)state;
	told.kernel.facts.memory_block_size = MIB(128);
	told.options.diff_path = "before";
	assert_success(hr_sink_begin_part(told.sink, HR_DIFF_KERNEL));
	assert_success(hr_sink_fact_change(told.sink, &fact));
	assert_success(hr_sink_range_change(told.sink, &block));
	assert_success(hr_sink_block_change(told.sink, &block));
	assert_success(hr_sink_leaf_change(told.sink, &leaf));
	assert_success(hr_sink_diff_result(told.sink, &result));
	assert_line(&told, "  kernel   release: 6.1 -> 6.2");
	assert_text(&told, "  range    0x100000000-0x107ffffff  removed: ");
	assert_text(&told, "  blocks   memory32  removed: offline, hot-added, ");
	assert_line(&told, "  linear   0x100000000-0x107ffffff  unknown: unreadable -> unmapped");
	assert_line(&told, "before: CHANGED since then (4 differences)");
}

static void suggestions_that_are_not_there(void **state)
{
	const struct hr_suggestions none = { .count = 0 };

	(void)state;
	told.options.suggest = GIB(1);
	assert_success(hr_sink_suggestions(told.sink, &none));
	assert_string_equal(told_text(&told), "no range of at least 1 GiB is removable\n\n");
}

static void changes_of_each_kind(void **state)
{
	const struct hr_output *output = told.sink->output;

	(void)state;
	assert_success(hr_output_change(output, false, "memory8", NULL, "online"));
	assert_success(hr_output_change(output, false, "memory8", "online", "offline"));
	assert_success(hr_output_change(output, false, "memory8", "offline", NULL));
	assert_string_equal(told_text(&told), "memory8: new: online\n"
					      "memory8: online -> offline\n"
					      "memory8: gone (was offline)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(an_incomplete_dump_is_the_first_thing_to_know),
		ROW(a_whole_dump_needs_no_words),
		ROW(the_picture_comes_behind_both_lists),
		ROW(a_map_of_nothing_has_no_picture),
		ROW(what_could_not_be_read_is_in_the_picture_alone),
		ROW(a_leaf_that_no_kernel_makes_is_marked),
		ROW(the_name_of_a_text_cannot_drive_the_terminal),
		ROW(one_leaf_and_one_difference_are_singular),
		ROW(a_comparison_with_a_file_is_a_line_for_each_change),
		ROW(suggestions_that_are_not_there),
		ROW(changes_of_each_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
