// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/raw_memory.h"

#include <string.h>
#include <unistd.h>

#include "core_file.h"

enum {
	PIECE = 0x3000
};

/* Two files, and the source made from them. */
static struct core_file files[2];
static struct hr_source source;

static int set_up(void **state)
{
	static char bytes[2][PIECE];

	(void)state;
	memset(&source, 0, sizeof(source));
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		memset(bytes[i], (int)i + 1, PIECE);
		core_file_raw(&files[i], bytes[i], PIECE);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (source.ops)
		source.ops->destroy(source.context);
	for (size_t i = 0; i < COUNT_OF(files); i++)
		core_file_release(&files[i]);
	return 0;
}

static struct hr_error *attach(uint64_t first, uint64_t second)
{
	const int fds[] = { files[0].fd, files[1].fd };
	const uint64_t pas[] = { first, second };

	return hr_raw_attach(fds, pas, 2, &source);
}

static struct hr_error *read_byte(uint64_t pa, int *ret)
{
	unsigned char byte = 0;
	struct hr_error *error = hr_memory_read(&source.memory, pa, &byte, 1);

	*ret = byte;
	return error;
}

static void memory_begins_where_the_user_says(void **state)
{
	static const struct {
		uint64_t pa;
		int byte; /* 0: nothing is there */
	} rows[] = {
		{ 0x80000000, 2 }, { 0x80002fff, 2 }, { 0x80003000, 0 },
		{ 0x7fffffff, 0 }, { 0xc0000000, 1 }, { 0xc0002fff, 1 },
		{ 0xc0003000, 0 }, { 0, 0 },	      { UINT64_MAX, 0 },
	};

	(void)state;
	assert_success(attach(0xc0000000, 0x80000000));
	assert_int_equal(source.memory.size, 2 * PIECE);
	assert_false(source.memory.live);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_error *error;
		int byte;

		error = read_byte(rows[i].pa, &byte);
		if (rows[i].byte)
			assert_success(error);
		else
			assert_failure(error, HR_ERROR_UNREADABLE, "not in the source");
		assert_int_equal(byte, rows[i].byte);
	}
}

static void the_source_says_what_it_has(void **state)
{
	static const uint64_t rows[][3] = {
		{ 0, 0x80000000, 0x80003000 },
		{ 0x80002fff, 0x80002fff, 0x80003000 },
		{ 0x80003000, 0xc0000000, 0xc0003000 },
	};
	uint64_t start, end;

	(void)state;
	assert_success(attach(0xc0000000, 0x80000000));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_true(source.ops->next(source.context, rows[i][0], &start, &end));
		assert_int_equal(start, rows[i][1]);
		assert_int_equal(end, rows[i][2]);
	}
	assert_false(source.ops->next(source.context, 0xc0003000, &start, &end));
}

static void reads_go_from_one_file_to_the_next(void **state)
{
	unsigned char bytes[16];

	(void)state;
	assert_success(attach(0x80000000, 0x80000000 + PIECE));
	assert_success(hr_memory_read(&source.memory, 0x80000000 + PIECE - 8, bytes, 16));
	assert_int_equal(bytes[7], 1);
	assert_int_equal(bytes[8], 2);
	assert_failure(hr_memory_read(&source.memory, 0x80000000 + 2 * PIECE - 8, bytes, 16),
		       HR_ERROR_UNREADABLE, "not in the source");
}

static void files_that_overlap_are_refused(void **state)
{
	(void)state;
	assert_failure(attach(0x80000000, 0x80002fff), HR_ERROR_INPUT,
		       "two files have the same memory: 0x80000000-0x80002fff and "
		       "0x80002fff-0x80005ffe");
	assert_failure(attach(0x80000000, 0x80000000), HR_ERROR_INPUT, "the same memory");
}

static void empty_files_are_refused(void **state)
{
	(void)state;
	assert_int_equal(ftruncate(files[1].fd, 0), 0);
	assert_failure(attach(0x80000000, 0xc0000000), HR_ERROR_INPUT, "empty");
}

static void memory_beyond_all_addresses_is_refused(void **state)
{
	(void)state;
	assert_failure(attach(UINT64_MAX - PIECE + 1, 0), HR_ERROR_INPUT, "cannot begin at");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(memory_begins_where_the_user_says),
		ROW(the_source_says_what_it_has),
		ROW(reads_go_from_one_file_to_the_next),
		ROW(files_that_overlap_are_refused),
		ROW(empty_files_are_refused),
		ROW(memory_beyond_all_addresses_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
