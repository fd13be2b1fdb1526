// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/block_rows.h"

#include <stdio.h>
#include <string.h>

#include "fake.h"

#define BLOCK MIB(128)

static struct hr_block_rows *rows;
static struct hr_answer answer;

static int set_up(void **state)
{
	(void)state;
	assert_success(hr_block_rows_create(BLOCK, 0, &rows));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_block_rows_destroy(rows);
	rows = NULL;
	return 0;
}

/* Add block @number with this verdict; one that is not removable is boot memory. */
static void add(uint64_t number, enum hr_verdict verdict)
{
	struct hr_listed_block block = { .answer = &answer, .online = HR_YES, .boot = HR_NO };

	answer = (struct hr_answer){
		.range = { number * BLOCK, (number + 1) * BLOCK },
		.verdict = verdict,
	};
	if (verdict == HR_VERDICT_NOT_REMOVABLE) {
		answer.check.count = 1;
		answer.check.reasons[0].code = HR_REASON_BOOT_MEMORY;
		snprintf(answer.check.reasons[0].message, HR_MESSAGE_SIZE, "boot");
	}
	assert_success(hr_block_rows_add(rows, &block));
}

static size_t count_rows(void)
{
	size_t count = 0;

	while (hr_block_rows_at(rows, count))
		count++;
	return count;
}

static void alike_neighbours_share_a_row(void **state)
{
	const struct hr_block_row *row;

	(void)state;
	for (uint64_t i = 0; i < 3; i++)
		add(8 + i, HR_VERDICT_REMOVABLE);
	row = hr_block_rows_at(rows, 0);
	assert_int_equal(count_rows(), 1);
	assert_int_equal(row->start, 8 * BLOCK);
	assert_int_equal(row->end, 11 * BLOCK);
	assert_int_equal(row->count, 3);
	assert_int_equal(row->parts[HR_PART_REMOVABLE], 3);
	assert_false(row->is_joined);
	assert_null(row->words);
}

static void a_hole_or_a_difference_begins_a_row(void **state)
{
	(void)state;
	add(1, HR_VERDICT_REMOVABLE);
	add(3, HR_VERDICT_REMOVABLE);
	add(4, HR_VERDICT_NOT_REMOVABLE);
	assert_int_equal(count_rows(), 3);
}

static void the_first_reasons_of_a_row_are_kept(void **state)
{
	const struct hr_block_row *row;
	const char *line;
	size_t lines = 0;

	(void)state;
	for (uint64_t i = 0; i < HR_BLOCK_ROW_WORDS + 2; i++)
		add(i, HR_VERDICT_NOT_REMOVABLE);
	row = hr_block_rows_at(rows, 0);
	assert_memory_equal(row->words, "memory0: boot\nmemory1: boot\n", 28);
	for (line = row->words; (line = strchr(line, '\n')); line++)
		lines++;
	assert_int_equal(lines, HR_BLOCK_ROW_WORDS);
	assert_non_null(row->edges);
}

/* Too many rows are joined, and no block is lost. */
static void all_blocks_are_in_a_bounded_number_of_rows(void **state)
{
	enum {
		BLOCKS = 10 * HR_BLOCK_ROWS_MAX + 7
	};
	uint64_t count = 0, removable = 0, boot = 0, end = 0;
	const struct hr_block_row *row;

	(void)state;
	for (uint64_t i = 0; i < BLOCKS; i++)
		add(3 * i, i % 2 ? HR_VERDICT_REMOVABLE : HR_VERDICT_NOT_REMOVABLE);
	assert_true(count_rows() <= HR_BLOCK_ROWS_MAX);
	assert_true(hr_block_rows_are_joined(rows));
	for (size_t i = 0; (row = hr_block_rows_at(rows, i)); i++) {
		assert_true(row->start >= end);
		end = row->end;
		count += row->count;
		removable += row->parts[HR_PART_REMOVABLE];
		boot += row->parts[HR_PART_BOOT];
	}
	assert_int_equal(count, BLOCKS);
	assert_int_equal(removable, BLOCKS / 2);
	assert_int_equal(boot, BLOCKS - BLOCKS / 2);
	assert_int_equal(end, (3 * (BLOCKS - 1) + 1) * BLOCK);
}

/* A row that says "removable" has no other block in it. */
static void a_joined_row_says_so(void **state)
{
	const struct hr_block_row *row;

	(void)state;
	for (uint64_t i = 0; i < HR_BLOCK_ROWS_MAX + 1; i++)
		add(i, i % 2 ? HR_VERDICT_REMOVABLE : HR_VERDICT_NOT_REMOVABLE);
	for (size_t i = 0; (row = hr_block_rows_at(rows, i)); i++) {
		assert_int_equal(row->is_joined, row->count > 1);
		if (row->is_joined)
			assert_int_equal(row->set.verdicts, 1u << HR_VERDICT_REMOVABLE |
								    1u << HR_VERDICT_NOT_REMOVABLE);
	}
}

static void few_rows_are_not_joined(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < HR_BLOCK_ROWS_MAX; i++)
		add(2 * i, HR_VERDICT_REMOVABLE);
	assert_int_equal(count_rows(), HR_BLOCK_ROWS_MAX);
	assert_false(hr_block_rows_are_joined(rows));
}

#define test_of_rows(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_rows(alike_neighbours_share_a_row),
		test_of_rows(a_hole_or_a_difference_begins_a_row),
		test_of_rows(the_first_reasons_of_a_row_are_kept),
		test_of_rows(all_blocks_are_in_a_bounded_number_of_rows),
		test_of_rows(a_joined_row_says_so),
		test_of_rows(few_rows_are_not_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
