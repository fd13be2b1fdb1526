// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_totals.h"

#include "report/outputs.h"
#include "told.h"

#define BLOCK MIB(128)

static struct told told;
static struct hr_block_totals totals;

static int set_up(void **state)
{
	(void)state;
	told_begin(&told, &hr_text_sink);
	totals = (struct hr_block_totals){ 0 };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	told_end(&told);
	return 0;
}

/* Count a removable block in the state @online. */
static void add(enum hr_tristate online)
{
	static const struct hr_answer answer = {
		.range = { 0, BLOCK },
		.verdict = HR_VERDICT_REMOVABLE,
	};
	const struct hr_listed_block block = { .answer = &answer, .online = online };

	hr_block_totals_add(&totals, &block, 0);
}

static void states_are_summed_up_in_the_words_of_lsmem(void **state)
{
	(void)state;
	add(HR_YES);
	add(HR_YES);
	add(HR_NO);
	hr_block_totals_print(&totals, BLOCK, false);
	assert_string_equal(told_text(&told), "Memory block size:          128 MiB\n"
					      "Total online memory:        256 MiB\n"
					      "Total offline memory:       128 MiB\n"
					      "\n"
					      "   384 MiB  removable block by block\n"
					      "\n");
}

static void no_offline_memory_is_a_sum_too(void **state)
{
	(void)state;
	add(HR_YES);
	hr_block_totals_print(&totals, BLOCK, false);
	assert_line(&told, "Total offline memory:           0 B");
	assert_no_text(&told, "unknown state");
}

static void a_state_that_is_not_known_has_a_sum_of_its_own(void **state)
{
	(void)state;
	add(HR_UNKNOWN);
	hr_block_totals_print(&totals, BLOCK, false);
	assert_line(&told, "Total online memory:            0 B");
	assert_line(&told, "Memory of unknown state:    128 MiB");
}

static void sums_may_be_in_bytes(void **state)
{
	(void)state;
	add(HR_UNKNOWN);
	hr_block_totals_print(&totals, BLOCK, true);
	assert_line(&told, "Memory block size:              134217728");
	assert_line(&told, "Memory of unknown state:        134217728");
	assert_line(&told, "       134217728  removable block by block");
}

/* The size of a block is known all the same. */
static void without_a_block_nothing_is_summed_up_by_part(void **state)
{
	(void)state;
	hr_block_totals_print(&totals, BLOCK, false);
	assert_string_equal(told_text(&told), "Memory block size:          128 MiB\n"
					      "Total online memory:            0 B\n"
					      "Total offline memory:           0 B\n"
					      "\n");
}

static void each_part_has_its_line(void **state)
{
	(void)state;
	for (enum hr_block_part part = 0; part < HR_PART_COUNT; part++)
		totals.parts[part] = (part + 1) * BLOCK;
	hr_block_totals_print(&totals, BLOCK, false);
	assert_line(&told, "   128 MiB  removable block by block");
	assert_line(&told, "   384 MiB  boot memory");
	assert_line(&told, "   640 MiB  unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(states_are_summed_up_in_the_words_of_lsmem),
		ROW(no_offline_memory_is_a_sum_too),
		ROW(a_state_that_is_not_known_has_a_sum_of_its_own),
		ROW(sums_may_be_in_bytes),
		ROW(without_a_block_nothing_is_summed_up_by_part),
		ROW(each_part_has_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
