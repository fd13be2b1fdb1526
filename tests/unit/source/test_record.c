// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "source/record.h"

static struct fake fake;
static struct hr_record record;
static struct hr_memory memory;

static int set_up(void **state)
{
	(void)state;
	fake_init(&fake, 12);
	for (uint64_t pa = 0; pa < KIB(64); pa += KIB(4))
		fake_write64(&fake, pa, pa);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_record_release(&record);
	fake_release(&fake);
	return 0;
}

static void begin(void)
{
	hr_record_begin(&fake.memory, &record, &memory);
}

static void read_at(uint64_t pa, size_t len)
{
	char buffer[KIB(4)];

	assert_success(hr_memory_read(&memory, pa, buffer, len));
}

/* After all, exactly these ranges were read: @count pairs of start and end. */
static void assert_ranges(const uint64_t (*ranges)[2], size_t count)
{
	assert_success(hr_record_settle(&record));
	assert_int_equal(record.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(record.ranges[i].start, ranges[i][0]);
		assert_int_equal(record.ranges[i].end, ranges[i][1]);
	}
}

static void exactly_the_bytes_that_were_read_are_known(void **state)
{
	static const uint64_t ranges[][2] = { { 0x1008, 0x1010 }, { 0x3001, 0x3002 } };

	(void)state;
	begin();
	read_at(0x3001, 1);
	read_at(0x1008, 8);
	assert_ranges(ranges, COUNT_OF(ranges));
}

static void neighbours_and_repetitions_are_one(void **state)
{
	static const uint64_t ranges[][2] = { { 0x1000, 0x4000 } };

	(void)state;
	begin();
	read_at(0x3000, KIB(4));
	read_at(0x1000, KIB(4));
	read_at(0x2000, KIB(4));
	read_at(0x1800, 16);
	read_at(0x2ff8, 8);
	assert_ranges(ranges, COUNT_OF(ranges));
}

static void many_reads_of_little_memory_need_little_room(void **state)
{
	(void)state;
	begin();
	for (uint64_t i = 0; i < 100000; i++)
		read_at(i * 7 % 16 * KIB(4), 16);
	assert_true(record.room < 2000);
	assert_success(hr_record_settle(&record));
	assert_int_equal(record.count, 16);
}

static void reads_in_batches_are_known_as_far_as_they_succeed(void **state)
{
	static const uint64_t ranges[][2] = { { 0x1000, 0x2000 }, { 0x5000, 0x6000 } };
	static const uint64_t pas[] = { 0x5000, 0x3000, 0x1000 };
	char buffer[3 * KIB(4)];
	bool ok[3] = { false };
	struct hr_batch batch = {
		.pas = pas, .count = 3, .len = KIB(4), .buffer = buffer, .ok = ok
	};

	(void)state;
	fake_exclude(&fake, 0x3000);
	fake_reads_meanwhile(&fake);
	begin();
	hr_memory_begin(&memory, &batch);
	hr_memory_finish(&memory, &batch);
	assert_true(ok[0] && !ok[1] && ok[2]);
	assert_ranges(ranges, COUNT_OF(ranges));
}

static void memory_that_is_not_read_in_batches_stays_so(void **state)
{
	(void)state;
	begin();
	assert_null(memory.begin);
	assert_null(memory.finish);
	fake_reads_ahead(&fake);
	begin();
	assert_null(memory.begin);
	assert_non_null(memory.finish);
}

static void reads_that_fail_are_told_once_with_their_reason(void **state)
{
	struct hr_snapshot snapshot = { .room = 1 };
	char buffer[8];

	(void)state;
	fake_exclude(&fake, 0x3000);
	fake_exclude(&fake, 0x1000);
	begin();
	for (int i = 0; i < 3; i++) {
		hr_error_destroy(hr_memory_read(&memory, 0x3000, buffer, 8));
		hr_error_destroy(hr_memory_read(&memory, 0x1000, buffer, 8));
	}
	assert_success(hr_record_settle(&record));
	assert_int_equal(record.count, 0);
	assert_int_equal(record.failed_count, 2);
	assert_int_equal(record.failed[0].pa, 0x1000);
	assert_success(hr_record_tell_failed(&record, &snapshot));
	assert_int_equal(snapshot.unread[0].first, 0x1000);
	hr_snapshot_release(&snapshot);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(exactly_the_bytes_that_were_read_are_known),
		test(neighbours_and_repetitions_are_one),
		test(many_reads_of_little_memory_need_little_room),
		test(reads_in_batches_are_known_as_far_as_they_succeed),
		test(memory_that_is_not_read_in_batches_stays_so),
		test(reads_that_fail_are_told_once_with_their_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
