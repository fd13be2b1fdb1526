// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "redact/read_log.h"

static struct fake fake;
static struct hr_read_log reads;
static struct hr_memory memory;

static int set_up(void **state)
{
	(void)state;
	fake_init(&fake, 12);
	fake_write64(&fake, 0x1000, 7);
	hr_read_log_begin(&fake.memory, &reads, &memory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_read_log_release(&reads);
	fake_release(&fake);
	return 0;
}

static void read_at(uint64_t pa, size_t len)
{
	unsigned char buffer[4096];

	assert_success(hr_memory_read(&memory, pa, buffer, len));
}

static void bytes_that_were_read_are_kept(void **state)
{
	(void)state;
	read_at(0x1000, 8);
	read_at(0x1000, 8);
	read_at(0x1ff0, 1);
	assert_int_equal(reads.count, 2);
	assert_int_equal(reads.reads[0].pa, 0x1000);
	assert_int_equal(reads.reads[0].len, 8);
	assert_int_equal(reads.reads[0].bytes[0], 7);
	assert_int_equal(reads.reads[1].pa, 0x1ff0);
}

static void pages_and_failures_are_not(void **state)
{
	char byte;

	(void)state;
	read_at(0x1000, 4096);
	assert_failure(hr_memory_read(&memory, 0x9000, &byte, 1), HR_ERROR_UNREADABLE, "");
	assert_int_equal(reads.count, 0);
}

static void nothing_is_kept_once_it_is_closed(void **state)
{
	(void)state;
	reads.is_closed = true;
	read_at(0x1000, 8);
	assert_int_equal(reads.count, 0);
	assert_false(reads.is_lost);
}

static void batches_are_passed_on(void **state)
{
	static const uint64_t pas[] = { 0x1000 };
	static uint64_t page[512];
	bool ok = false;
	struct hr_batch batch = { .pas = pas, .count = 1, .len = 4096, .buffer = page, .ok = &ok };

	(void)state;
	fake_reads_meanwhile(&fake);
	hr_read_log_begin(&fake.memory, &reads, &memory);
	hr_memory_begin(&memory, &batch);
	hr_memory_finish(&memory, &batch);
	assert_true(ok);
	assert_int_equal(page[0], 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bytes_that_were_read_are_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pages_and_failures_are_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_kept_once_it_is_closed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(batches_are_passed_on, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
