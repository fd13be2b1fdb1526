// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/lime.h"

#include <endian.h>
#include <string.h>
#include <unistd.h>

#include "core_file.h"
#include "source/elf_headers.h"

/* A file, its end, and the source made from it. */
static struct core_file file;
static uint64_t end;
static struct hr_source source;

static void release(void)
{
	if (source.ops)
		source.ops->destroy(source.context);
	core_file_release(&file);
}

static void begin(void)
{
	release();
	memset(&source, 0, sizeof(source));
	core_file_raw(&file, "", 0);
	end = 0;
}

static int set_up(void **state)
{
	(void)state;
	begin();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	release();
	memset(&source, 0, sizeof(source));
	return 0;
}

/* Append a range of memory that is filled with @fill. */
static void add(uint64_t start, uint64_t last, int fill)
{
	const uint64_t header[] = { htole64(0x14c694d45), htole64(start), htole64(last), 0 };
	static char bytes[0x10000];

	core_file_write(&file, header, sizeof(header), end);
	end += sizeof(header);
	if (last < start || last - start >= sizeof(bytes))
		return;
	memset(bytes, fill, sizeof(bytes));
	core_file_write(&file, bytes, last - start + 1, end);
	end += last - start + 1;
}

static struct hr_error *open_file(void)
{
	return hr_lime_open(&file.fd, 1, NULL, &source);
}

static void assert_reads(uint64_t pa, int fill)
{
	unsigned char byte = (unsigned char)~fill;

	assert_success(hr_memory_read(&source.memory, pa, &byte, 1));
	assert_int_equal(byte, fill);
}

static void assert_absent(uint64_t pa)
{
	char byte;

	assert_failure(hr_memory_read(&source.memory, pa, &byte, 1), HR_ERROR_UNREADABLE,
		       "not in the source");
}

static void ranges_are_found_in_any_order(void **state)
{
	unsigned char bytes[16];

	(void)state;
	add(0x80000000, 0x80001fff, 8);
	add(0x40000000, 0x40000fff, 4);
	add(0x80002000, 0x80002fff, 9);
	assert_success(open_file());
	assert_int_equal(source.memory.size, 0x4000);
	assert_false(source.incomplete.is_set);
	assert_reads(0x40000000, 4);
	assert_reads(0x80001fff, 8);
	assert_success(hr_memory_read(&source.memory, 0x80001ff8, bytes, 16));
	assert_int_equal(bytes[7], 8);
	assert_int_equal(bytes[8], 9);
	assert_absent(0x40001000);
	assert_absent(0x80003000);
}

static void the_source_says_what_it_has(void **state)
{
	static const uint64_t rows[][2] = { { 0x40000000, 0x40001000 },
					    { 0x80000000, 0x80002000 } };
	uint64_t pa = 0, start, stop;

	(void)state;
	add(0x80000000, 0x80001fff, 8);
	add(0x40000000, 0x40000fff, 4);
	assert_success(open_file());
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_true(source.ops->next(source.context, pa, &start, &stop));
		assert_int_equal(start, rows[i][0]);
		assert_int_equal(stop, rows[i][1]);
		pa = stop;
	}
	assert_false(source.ops->next(source.context, pa, &start, &stop));
}

static void what_a_file_lacks_is_unreadable_and_told(void **state)
{
	(void)state;
	add(0x40000000, 0x40000fff, 4);
	add(0x80000000, 0x80000fff, 8);
	assert_int_equal(ftruncate(file.fd, (off_t)end - 1), 0);
	assert_success(open_file());
	assert_string_equal(source.incomplete.what, "its last 1 byte is missing");
	assert_int_equal(source.incomplete.bytes, 1);
	assert_reads(0x80000ffe, 8);
	assert_absent(0x80000fff);
}

static void a_header_may_be_cut(void **state)
{
	(void)state;
	add(0x40000000, 0x40000fff, 4);
	add(0x80000000, 0x80000fff, 8);
	assert_int_equal(ftruncate(file.fd, 32 + 0x1000 + 31), 0);
	assert_success(open_file());
	assert_string_equal(source.incomplete.what, "its last header is cut");
	assert_reads(0x40000fff, 4);
}

static void files_without_memory_are_refused(void **state)
{
	(void)state;
	add(0x40000000, 0x40000fff, 4);
	assert_int_equal(ftruncate(file.fd, 32), 0);
	assert_failure(open_file(), HR_ERROR_INPUT, "before its first memory");
}

static void damaged_headers_are_refused(void **state)
{
	(void)state;
	add(0x40000000, 0x40000fff, 4);
	core_file_write(&file, "no header, but 32 bytes or more...", 34, end);
	assert_failure(open_file(), HR_ERROR_INPUT, "there is no header at offset 0x1020");
	begin();
	add(0x40000fff, 0x40000000, 4);
	assert_failure(open_file(), HR_ERROR_INPUT, "has the range 0x40000fff-0x40000000");
	begin();
	add(0, UINT64_MAX, 4);
	assert_failure(open_file(), HR_ERROR_INPUT, "has the range");
}

static void ranges_that_overlap_are_refused(void **state)
{
	(void)state;
	add(0x40000000, 0x40001fff, 4);
	add(0x40001000, 0x40002fff, 5);
	assert_failure(open_file(), HR_ERROR_INPUT, "its ranges overlap");
}

static void many_ranges_are_refused(void **state)
{
	(void)state;
	for (uint64_t i = 0; i <= HR_LIME_RANGES_MAX; i++)
		add(2 * i, 2 * i, 1);
	assert_failure(open_file(), HR_ERROR_INPUT, "more than 131072 ranges");
}

/* What lies between the pieces of a flattened file would read as zeros. */
static void content_with_gaps_is_refused(void **state)
{
	(void)state;
	add(0x40000000, 0x40000fff, 4);
	assert_success(hr_stretches_add(&source.stored[0], 0, end - 1));
	assert_failure(open_file(), HR_ERROR_INPUT, "incomplete");
	hr_stretches_release(&source.stored[0]);
}

/* That of a compressed file that ends early is one stretch. */
static void content_without_gaps_is_read(void **state)
{
	(void)state;
	add(0x40000000, 0x40000fff, 4);
	assert_success(hr_stretches_add(&source.stored[0], 0, end));
	assert_success(open_file());
	assert_reads(0x40000fff, 4);
	hr_stretches_release(&source.stored[0]);
}

static void files_are_told_by_magic_and_version(void **state)
{
	(void)state;
	assert_true(hr_lime_probe("EMiL\1\0\0\0", 8));
	assert_false(hr_lime_probe("EMiL\2\0\0\0", 8));
	assert_false(hr_lime_probe("EMiL", 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(ranges_are_found_in_any_order),
		ROW(the_source_says_what_it_has),
		ROW(what_a_file_lacks_is_unreadable_and_told),
		ROW(a_header_may_be_cut),
		ROW(files_without_memory_are_refused),
		ROW(damaged_headers_are_refused),
		ROW(ranges_that_overlap_are_refused),
		ROW(many_ranges_are_refused),
		ROW(content_with_gaps_is_refused),
		ROW(content_without_gaps_is_read),
		ROW(files_are_told_by_magic_and_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
