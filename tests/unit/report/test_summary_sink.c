// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/outputs.h"

#include <string.h>

#include "told.h"

static struct told told;
static struct hr_summary summary;

static int set_up(void **state)
{
	(void)state;
	summary = (struct hr_summary){ 0 };
	told_begin(&told, &hr_summary_sink);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	told_end(&told);
	return 0;
}

/* Report 128 MiB at @start with @verdict because of @code. */
static void tell(uint64_t start, enum hr_verdict verdict, enum hr_reason_code code)
{
	static struct hr_answer answer;

	answer.range = (struct hr_pa_range){ start, start + MIB(128) };
	answer.verdict = verdict;
	answer.check.count = verdict != HR_VERDICT_REMOVABLE;
	answer.check.reasons[0].code = code;
	summary.ranges++;
	summary.verdicts[verdict]++;
	assert_success(hr_sink_range(told.sink, &answer));
}

/* The line for what was reported. */
static const char *line(void)
{
	assert_success(hr_sink_end(told.sink, &summary));
	return told_text(&told);
}

static void ranges_that_can_all_be_removed(void **state)
{
	(void)state;
	tell(GIB(1), HR_VERDICT_REMOVABLE, 0);
	tell(GIB(2), HR_VERDICT_REMOVABLE, 0);
	assert_string_equal(line(), "removable: all 2 ranges\n");
}

static void one_range_is_named(void **state)
{
	(void)state;
	tell(GIB(1), HR_VERDICT_REMOVABLE, 0);
	assert_string_equal(line(), "removable: 0x40000000-0x47ffffff\n");
}

static void the_first_that_cannot_be_removed_is_named(void **state)
{
	(void)state;
	tell(GIB(1), HR_VERDICT_UNKNOWN, HR_REASON_UNREADABLE);
	tell(GIB(2), HR_VERDICT_NOT_REMOVABLE, HR_REASON_SPLITS_LEAF);
	tell(GIB(3), HR_VERDICT_NOT_REMOVABLE, HR_REASON_BOOT_MEMORY);
	assert_string_equal(line(), "not-removable: 0x80000000-0x87ffffff splits-leaf; "
				    "0/3 removable\n");
}

static void the_first_that_is_not_known_is_named_without_such(void **state)
{
	(void)state;
	tell(GIB(1), HR_VERDICT_REMOVABLE, 0);
	tell(GIB(2), HR_VERDICT_UNKNOWN, HR_REASON_UNREADABLE);
	tell(GIB(3), HR_VERDICT_UNKNOWN, HR_REASON_UNREADABLE);
	assert_string_equal(line(), "unknown: 0x80000000-0x87ffffff unreadable; 1/3 removable\n");
}

/* What decided the status is always in the line, whatever else was asked. */
static void differences_come_before_ranges_that_can_be_removed(void **state)
{
	(void)state;
	tell(GIB(1), HR_VERDICT_REMOVABLE, 0);
	summary.differs = true;
	summary.differences = 3;
	assert_string_equal(line(), "walk and text differ: 3 differences\n");
}

static void one_difference_is_singular(void **state)
{
	(void)state;
	summary.differs = true;
	summary.differences = 1;
	assert_string_equal(line(), "walk and text differ: 1 difference\n");
}

static void changes_come_before_ranges_that_can_be_removed(void **state)
{
	(void)state;
	tell(GIB(1), HR_VERDICT_REMOVABLE, 0);
	summary.changed = true;
	summary.changes = 5;
	summary.uncertain = 2;
	assert_string_equal(line(), "changed: 3 differences\n");
}

static void nothing_that_has_changed_may_be_all_that_is_known(void **state)
{
	(void)state;
	told.options.diff_path = "before";
	assert_string_equal(line(), "nothing has changed\n");
	told_forget(&told);
	summary.unsure = summary.incomplete = true;
	assert_string_equal(line(), "nothing known has changed; partly unreadable\n");
}

static void one_leaf_is_singular(void **state)
{
	(void)state;
	told.options.verify_path = "text";
	summary.leaves = 1;
	assert_string_equal(line(), "walk and text agree: 1 leaf\n");
}

static void one_block_is_singular(void **state)
{
	(void)state;
	told.options.blocks = true;
	summary.blocks = summary.removable_blocks = 1;
	summary.block_size = MIB(128);
	assert_string_equal(line(), "removable: 1 of 1 memory block, 128 MiB\n");
}

static void blocks_are_counted(void **state)
{
	(void)state;
	told.options.blocks = true;
	summary.blocks = 9;
	summary.removable_blocks = 8;
	summary.block_size = MIB(128);
	summary.incomplete = true;
	assert_string_equal(line(), "removable: 8 of 9 memory blocks, 1 GiB; "
				    "partly unreadable\n");
}

static void an_incomplete_dump_is_told(void **state)
{
	(void)state;
	hr_incomplete_because(&told.source.incomplete, "no space");
	told.options.blocks = true;
	summary.blocks = summary.removable_blocks = 1;
	summary.block_size = MIB(128);
	assert_string_equal(line(), "removable: 1 of 1 memory block, 128 MiB; incomplete dump\n");
}

/* What does not fit is left out, but never the mark for the program's protection. */
static void the_line_has_80_characters_at_most(void **state)
{
	(void)state;
	told.inputs.mark = " [unprotect]";
	tell(UINT64_C(0xfffff00000000), HR_VERDICT_NOT_REMOVABLE, HR_REASON_MALFORMED_CONT);
	assert_string_equal(line(), "not-removable: 0xfffff00000000-0xfffff07ffffff "
				    "malformed-cont [unprotect]\n");
	assert_true(strlen(told.text) <= 81);
}

static void ranges_and_suggestions_are_both_named(void **state)
{
	(void)state;
	told.options.suggest = summary.wanted = MIB(128);
	summary.suggestions = 1;
	summary.best = (struct hr_pa_range){ GIB(3), GIB(3) + MIB(128) };
	tell(GIB(1), HR_VERDICT_REMOVABLE, 0);
	assert_string_equal(line(), "removable: 0x40000000-0x47ffffff; "
				    "suggested: 0xc0000000-0xc7ffffff\n");
}

static void a_range_is_named_even_if_nothing_is_suggested(void **state)
{
	(void)state;
	told.options.suggest = summary.wanted = GIB(1);
	summary.nothing_found = true;
	tell(GIB(1), HR_VERDICT_REMOVABLE, 0);
	assert_string_equal(line(), "no range of at least 1 GiB is removable; "
				    "removable: 0x40000000-0x47ffffff\n");
}

static void reasons_that_do_not_count_are_named(void **state)
{
	(void)state;
	told.options.ignored = 1u << HR_REASON_GUARD_VETO | 1u << HR_REASON_BOOT_MEMORY;
	tell(GIB(1), HR_VERDICT_REMOVABLE, 0);
	assert_string_equal(line(), "removable: 0x40000000-0x47ffffff; "
				    "ignores guard-veto,boot-memory\n");
}

/* A good answer never hides that reasons do not count. */
static void reasons_without_room_are_told_in_short(void **state)
{
	(void)state;
	told.options.ignored = (1u << HR_REASON_COUNT) - 1;
	told.inputs.mark = "; no sandbox";
	tell(UINT64_C(0xfffff00000000), HR_VERDICT_REMOVABLE, 0);
	assert_string_equal(line(), "removable: 0xfffff00000000-0xfffff07ffffff; some ignored; "
				    "no sandbox\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(ranges_that_can_all_be_removed),
		ROW(one_range_is_named),
		ROW(ranges_and_suggestions_are_both_named),
		ROW(a_range_is_named_even_if_nothing_is_suggested),
		ROW(reasons_that_do_not_count_are_named),
		ROW(reasons_without_room_are_told_in_short),
		ROW(the_first_that_cannot_be_removed_is_named),
		ROW(the_first_that_is_not_known_is_named_without_such),
		ROW(differences_come_before_ranges_that_can_be_removed),
		ROW(one_difference_is_singular),
		ROW(changes_come_before_ranges_that_can_be_removed),
		ROW(nothing_that_has_changed_may_be_all_that_is_known),
		ROW(one_leaf_is_singular),
		ROW(one_block_is_singular),
		ROW(blocks_are_counted),
		ROW(an_incomplete_dump_is_told),
		ROW(the_line_has_80_characters_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
