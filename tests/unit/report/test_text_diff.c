// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_diff.h"

#include "report_fixture.h"

#define BLOCK MIB(128)

static const struct hr_block_form online = {
	.exists = true,
	.online = HR_YES,
	.boot = HR_NO,
	.verdict = HR_VERDICT_REMOVABLE,
	.guard = HR_GUARD_ACCEPTS,
};

static void a_fact_has_its_key_and_its_values(void **state)
{
	(void)state;
	hr_text_fact_change(&(struct hr_fact_change){ "models.guard", "", "requested" });
	assert_line(&told, "  kernel   models.guard: not known -> requested");
}

static void a_release_cannot_drive_the_terminal(void **state)
{
	(void)state;
	hr_text_fact_change(&(struct hr_fact_change){ "release", "6.1\033[2J", "6.1\nfake" });
	assert_line(&told, "  kernel   release: 6.1?[2J -> 6.1?fake");
}

static void a_range_has_its_answers(void **state)
{
	struct hr_block_change change = {
		.range = { GIB(5), GIB(6) },
		.change = HR_CHANGE_OTHER,
		.before = online,
		.after = online,
	};

	(void)state;
	change.after.verdict = HR_VERDICT_NOT_REMOVABLE;
	change.after.reasons = 1u << HR_REASON_SPLITS_LEAF;
	hr_text_range_change(&change);
	assert_line(&told, "  range    0x140000000-0x17fffffff  changed: removable, check accepts "
			   "-> not-removable, check accepts, splits-leaf");
}

static void blocks_have_their_names(void **state)
{
	struct hr_block_change change = {
		.range = { GIB(5), GIB(5) + BLOCK },
		.change = HR_CHANGE_ADDED,
		.after = online,
	};

	(void)state;
	hr_text_block_change(&change, BLOCK);
	assert_line(&told, "  blocks   memory40  added: no memory block -> online, hot-added, "
			   "removable, check accepts");
	change.range.end = GIB(6);
	hr_text_block_change(&change, BLOCK);
	assert_line(&told, "  blocks   memory40-memory47  added: no memory block -> online, "
			   "hot-added, removable, check accepts");
}

/* The blocks of the file may be smaller than those of this kernel, and begin inside of them. */
static void blocks_of_another_size_have_no_name(void **state)
{
	struct hr_block_change change = {
		.range = { GIB(5) + BLOCK, GIB(6) },
		.change = HR_CHANGE_REMOVED,
		.before = online,
	};

	(void)state;
	hr_text_block_change(&change, GIB(1));
	assert_text(&told, "  blocks   0x148000000-0x17fffffff  removed: ");
	change.range = (struct hr_pa_range){ GIB(5), GIB(5) + BLOCK };
	hr_text_block_change(&change, GIB(1));
	assert_text(&told, "  blocks   0x140000000-0x147ffffff  removed: ");
}

static void leaves_have_their_map_and_their_memory(void **state)
{
	struct hr_leaf_change change = {
		.map = HR_MAP_LINEAR,
		.range = { GIB(5), GIB(6) },
		.change = HR_CHANGE_SPLIT,
		.before = { .state = HR_MAP_MAPPED,
			    .level = HR_LEVEL_PUD,
			    .valid = true,
			    .expected = true,
			    .size = GIB(1) },
		.after = { .state = HR_MAP_MAPPED,
			   .level = HR_LEVEL_PMD,
			   .valid = true,
			   .expected = true,
			   .size = MIB(2) },
	};

	(void)state;
	hr_text_leaf_change(&change);
	assert_line(&told, "  linear   0x140000000-0x17fffffff  split: PUD 1 GiB -> PMD 2 MiB");
	change.map = HR_MAP_VMEMMAP;
	change.change = HR_CHANGE_REMOVED;
	change.after = (struct hr_leaf_form){ .state = HR_MAP_UNMAPPED };
	hr_text_leaf_change(&change);
	assert_line(&told, "  vmemmap  0x140000000-0x17fffffff  removed: PUD 1 GiB -> unmapped");
}

static void the_result_says_what_is_certain(void **state)
{
	static const struct {
		struct hr_summary summary;
		const char *line;
	} rows[] = {
		{ { .changes = 0 }, "file: nothing has changed since then" },
		{ { .incomplete = true }, "file: nothing has changed since then" },
		{ { .unsure = true },
		  "file: nothing known has changed since then, but not everything is known" },
		{ { .unsure = true, .changes = 1, .uncertain = 1 },
		  "file: nothing known has changed since then, but not everything is known "
		  "(1 difference)" },
		{ { .changed = true, .changes = 1 }, "file: CHANGED since then (1 difference)" },
		{ { .changed = true, .changes = 5, .unsure = true, .uncertain = 4 },
		  "file: CHANGED since then (5 differences)" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		hr_text_diff_result("file", &rows[i].summary);
		assert_line(&told, rows[i].line);
		told_forget(&told);
	}
}

/* The creator of a file can put anything into its name. */
static void the_name_of_the_file_cannot_drive_the_terminal(void **state)
{
	(void)state;
	hr_text_diff_result("before\033[2J", &(struct hr_summary){ .changes = 0 });
	assert_line(&told, "before?[2J: nothing has changed since then");
}

static void long_lines_wrap(void **state)
{
	(void)state;
	hr_text_block_change(&(struct hr_block_change){ .range = { GIB(5), GIB(6) },
							.change = HR_CHANGE_ADDED,
							.after = online },
			     BLOCK);
	assert_no_text(&told, "removable, check accepts");
	assert_text(&told, "accepts\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(a_fact_has_its_key_and_its_values),
		test_of_report(a_release_cannot_drive_the_terminal),
		test_of_report(a_range_has_its_answers),
		test_of_report(blocks_have_their_names),
		test_of_report(blocks_of_another_size_have_no_name),
		test_of_report(leaves_have_their_map_and_their_memory),
		test_of_report(the_result_says_what_is_certain),
		test_of_report(the_name_of_the_file_cannot_drive_the_terminal),
		test_on_terminal(long_lines_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
