// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include "source/file_part.h"

static void parts_of_the_file_are_fine(void **state)
{
	static const uint64_t parts[][2] = { { 0, 0 }, { 0, 100 }, { 99, 1 }, { 100, 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		assert_success(hr_file_part_check(100, "a note extends", parts[i][0], parts[i][1]));
	assert_success(hr_file_part_check(UINT64_MAX, "a note extends", 0, UINT64_MAX));
}

static void parts_behind_the_end_are_refused(void **state)
{
	static const struct {
		uint64_t offset, size;
		const char *part;
	} rows[] = {
		{ 0, 101, "a note extends to offset 0x65, but the file has 100 bytes" },
		{ 100, 1, "to offset 0x65" },
		{ 101, 0, "to offset 0x65" },
		/* Sums that wrap would look small. */
		{ UINT64_MAX, UINT64_MAX, "to offset 0xffffffffffffffff" },
		{ 2, UINT64_MAX, "to offset 0xffffffffffffffff" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_failure(
			hr_file_part_check(100, "a note extends", rows[i].offset, rows[i].size),
			HR_ERROR_INPUT, rows[i].part);
}

static void one_byte_is_singular(void **state)
{
	(void)state;
	assert_failure(hr_file_part_check(1, "a note extends", 0, 2), HR_ERROR_INPUT,
		       "but the file has 1 byte; copy it again");
}

/*
 * An early end is a fault of the file, not of one address; a failed read is a fault of the system.
 */
static void reads_that_end_too_soon_are_errors_of_the_input(void **state)
{
	struct core_file file;
	char bytes[8];

	(void)state;
	core_file_raw(&file, "0123456789", 10);
	assert_success(hr_file_part_read(file.fd, bytes, 8, 2));
	assert_memory_equal(bytes, "23456789", 8);
	assert_failure(hr_file_part_read(file.fd, bytes, 8, 3), HR_ERROR_INPUT, "ends at offset");
	assert_failure(hr_file_part_read(file.fd, bytes, 8, UINT64_MAX), HR_ERROR_INPUT,
		       "too large for a file");
	assert_failure(hr_file_part_read(-1, bytes, 8, 0), HR_ERROR_OS, "offset 0x0");
	core_file_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_of_the_file_are_fine),
		cmocka_unit_test(parts_behind_the_end_are_refused),
		cmocka_unit_test(one_byte_is_singular),
		cmocka_unit_test(reads_that_end_too_soon_are_errors_of_the_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
