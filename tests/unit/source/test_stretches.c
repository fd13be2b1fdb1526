// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/stretches.h"

#include "fake.h"

static struct hr_stretches stretches;

static int tear_down(void **state)
{
	(void)state;
	hr_stretches_release(&stretches);
	return 0;
}

static void add(uint64_t offset, uint64_t len)
{
	assert_success(hr_stretches_add(&stretches, offset, len));
}

static void without_a_description_everything_was_written(void **state)
{
	(void)state;
	hr_stretches_settle(&stretches);
	assert_true(hr_stretches_have(&stretches, 0, 1));
	assert_true(hr_stretches_have(&stretches, UINT64_MAX - 1, 1));
	assert_false(hr_stretches_have_gap(&stretches, 0, UINT64_MAX));
}

static void what_is_not_completely_in_a_stretch_was_not_written(void **state)
{
	(void)state;
	add(100, 50);
	add(200, 50);
	hr_stretches_settle(&stretches);
	assert_true(hr_stretches_have(&stretches, 100, 50));
	assert_true(hr_stretches_have(&stretches, 249, 1));
	assert_false(hr_stretches_have(&stretches, 99, 2));
	assert_false(hr_stretches_have(&stretches, 149, 2));
	assert_false(hr_stretches_have(&stretches, 140, 80));
	assert_false(hr_stretches_have(&stretches, 0, 1));
	assert_false(hr_stretches_have(&stretches, 250, 1));
	assert_false(hr_stretches_have(&stretches, 120, UINT64_MAX));
	assert_true(hr_stretches_have(&stretches, 0, 0));
}

static void stretches_come_in_any_order_and_may_overlap(void **state)
{
	(void)state;
	add(300, 100);
	add(0, 100);
	add(50, 100);
	add(350, 10);
	add(150, 150);
	hr_stretches_settle(&stretches);
	assert_int_equal(stretches.count, 1);
	assert_true(hr_stretches_have(&stretches, 0, 400));
	assert_false(hr_stretches_have(&stretches, 0, 401));
}

/* As descriptors and data of a dump are written by turns. */
static void writers_that_go_forward_take_little_memory(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 100000; i++) {
		add(i * 24, 24);
		add(MIB(64) + i * 4096, 4096);
		add(GIB(64) + i, 1);
	}
	assert_int_equal(stretches.count, 3);
}

static void there_may_be_too_many(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < HR_STRETCHES_MAX; i++)
		add(2 * i, 1);
	assert_false(stretches.are_too_many);
	add(UINT64_C(1) << 40, 1);
	assert_true(stretches.are_too_many);
	assert_int_equal(stretches.count, HR_STRETCHES_MAX);
}

/* What is missing at the end is not a gap: nothing follows it. */
static void a_gap_has_something_behind_it(void **state)
{
	(void)state;
	add(0, 150);
	add(180, 20);
	hr_stretches_settle(&stretches);
	assert_false(hr_stretches_have_gap(&stretches, 100, 140));
	assert_false(hr_stretches_have_gap(&stretches, 100, 180));
	assert_true(hr_stretches_have_gap(&stretches, 100, 181));
	assert_true(hr_stretches_have_gap(&stretches, 160, 300));
	assert_false(hr_stretches_have_gap(&stretches, 180, 300));
	assert_false(hr_stretches_have_gap(&stretches, 200, 300));
	assert_false(hr_stretches_have_gap(&stretches, 0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_teardown(name, tear_down)
		ROW(without_a_description_everything_was_written),
		ROW(what_is_not_completely_in_a_stretch_was_not_written),
		ROW(stretches_come_in_any_order_and_may_overlap),
		ROW(writers_that_go_forward_take_little_memory),
		ROW(there_may_be_too_many),
		ROW(a_gap_has_something_behind_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
