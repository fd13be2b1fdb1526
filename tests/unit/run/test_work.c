// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/work.h"

#include "report/outputs.h"
#include "told.h"

#define BLOCK MIB(128)

static struct told told;
static struct hr_work work;

/* A kernel with memory at 4 GiB and at 8 GiB, 1 GiB each. */
static int set_up(void **state)
{
	(void)state;
	told_begin(&told, &hr_quiet_sink);
	fake_map_linear(&told.fake, GIB(4), GIB(1), FAKE_PUD);
	fake_map_linear(&told.fake, GIB(8), GIB(1), FAKE_PUD);
	told_reopen(&told);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	told_end(&told);
	return 0;
}

static void begin(uint64_t range_bytes, uint64_t passes)
{
	hr_work_begin(&work, &told.kernel, range_bytes, passes);
}

static void next_range(uint64_t start, uint64_t size)
{
	const struct hr_pa_range range = { start, start + size };

	hr_work_next(&work, &range);
}

/* The work that is done when the walk has come to @pa. */
static uint64_t done_at(uint64_t pa)
{
	uint64_t done, total;

	assert_true(hr_work_position(&work, pa, &done, &total));
	return done;
}

static bool is_known(void)
{
	uint64_t done, total;

	return hr_work_position(&work, GIB(4), &done, &total);
}

static void no_work_has_no_progress(void **state)
{
	(void)state;
	begin(0, 0);
	assert_false(is_known());
}

static void the_total_is_that_of_ranges_and_passes(void **state)
{
	uint64_t done, total;

	(void)state;
	begin(GIB(3), 2);
	hr_work_measure(&work);
	assert_true(hr_work_position(&work, 0, &done, &total));
	assert_int_equal(total, GIB(3) + 2 * GIB(2));
}

static void a_range_is_done_as_far_as_the_walk_has_come(void **state)
{
	(void)state;
	begin(GIB(4), 0);
	next_range(GIB(4), GIB(2));
	assert_int_equal(done_at(GIB(1)), 0);
	assert_int_equal(done_at(GIB(4) + 1), 1);
	assert_int_equal(done_at(GIB(5)), GIB(1));
	assert_int_equal(done_at(GIB(100)), GIB(2));
}

static void the_next_range_adds_to_those_before(void **state)
{
	(void)state;
	begin(GIB(4), 0);
	next_range(GIB(4), GIB(1));
	next_range(GIB(64), GIB(2));
	assert_int_equal(done_at(0), GIB(1));
	assert_int_equal(done_at(GIB(65)), GIB(2));
}

/* A question also looks at memory elsewhere, where struct pages lie. */
static void progress_never_goes_back(void **state)
{
	(void)state;
	begin(GIB(4), 0);
	next_range(GIB(4), GIB(2));
	assert_int_equal(done_at(GIB(5)), GIB(1));
	assert_int_equal(done_at(GIB(4)), GIB(1));
}

static void the_last_hundredth_is_left_for_the_checks(void **state)
{
	(void)state;
	begin(1000, 0);
	next_range(GIB(4), 1000);
	assert_int_equal(done_at(GIB(4) + 989), 989);
	assert_int_equal(done_at(GIB(5)), 990);
}

static void a_pass_that_was_not_measured_has_no_progress(void **state)
{
	(void)state;
	begin(GIB(1), 1);
	hr_work_next(&work, NULL);
	assert_false(is_known());
}

static void a_pass_covers_the_memory_that_exists(void **state)
{
	(void)state;
	begin(0, 2);
	hr_work_measure(&work);
	hr_work_next(&work, NULL);
	assert_int_equal(done_at(GIB(4) + MIB(512)), MIB(512));
	assert_int_equal(done_at(GIB(6)), GIB(1));
	assert_int_equal(done_at(GIB(8) + MIB(512)), GIB(1) + MIB(512));
}

static void a_pass_adds_to_those_before(void **state)
{
	(void)state;
	begin(0, 2);
	hr_work_measure(&work);
	hr_work_next(&work, NULL);
	hr_work_next(&work, NULL);
	assert_int_equal(done_at(GIB(5)), GIB(3));
}

static void passes_and_ranges_add_up(void **state)
{
	(void)state;
	begin(GIB(2), 2);
	hr_work_measure(&work);
	next_range(GIB(64), GIB(1));
	hr_work_next(&work, NULL);
	assert_int_equal(done_at(GIB(5)), GIB(2));
	next_range(GIB(64), GIB(1));
	assert_int_equal(done_at(GIB(64) + MIB(1)), GIB(3) + MIB(1));
}

static void neighbours_are_one_area(void **state)
{
	(void)state;
	begin(0, 1);
	hr_work_measure(&work);
	assert_int_equal(work.area_count, 2);
	assert_int_equal(work.areas[1].start, GIB(8));
	assert_int_equal(work.areas[1].end, GIB(9));
	assert_int_equal(work.present, GIB(2));
}

static void memory_in_too_many_places_counts_as_one_at_the_end(void **state)
{
	uint64_t last = GIB(16) + 2 * HR_WORK_AREAS * BLOCK;

	(void)state;
	for (uint64_t pa = GIB(16); pa <= last; pa += 2 * BLOCK)
		fake_map_linear(&told.fake, pa, BLOCK, FAKE_PMD);
	told_reopen(&told);
	begin(0, 1);
	hr_work_measure(&work);
	assert_int_equal(work.area_count, HR_WORK_AREAS);
	assert_int_equal(work.areas[HR_WORK_AREAS - 1].end, last + BLOCK);
}

static void too_many_blocks_are_not_measured(void **state)
{
	(void)state;
	told.kernel.memory_block_size = told.kernel.facts.memory_block_size = KIB(1);
	begin(0, 1);
	hr_work_measure(&work);
	assert_false(is_known());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(no_work_has_no_progress),
		ROW(the_total_is_that_of_ranges_and_passes),
		ROW(a_range_is_done_as_far_as_the_walk_has_come),
		ROW(the_next_range_adds_to_those_before),
		ROW(progress_never_goes_back),
		ROW(the_last_hundredth_is_left_for_the_checks),
		ROW(a_pass_that_was_not_measured_has_no_progress),
		ROW(a_pass_covers_the_memory_that_exists),
		ROW(a_pass_adds_to_those_before),
		ROW(passes_and_ranges_add_up),
		ROW(neighbours_are_one_area),
		ROW(memory_in_too_many_places_counts_as_one_at_the_end),
		ROW(too_many_blocks_are_not_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
