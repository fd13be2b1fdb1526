// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_file.h"

#include <string.h>
#include <unistd.h>

#include "source/kdump_lack.h"

/* Offsets of the fields that the tests change, in the header and in the sub header. */
enum {
	STATUS = 424,
	SUB_SPLIT = KDUMP_BLOCK + 12,
	SUB_ERASEINFO = KDUMP_BLOCK + 64, /* offset and size */
	SUB_PFNS = KDUMP_BLOCK + 80,	  /* first, and end */
};

static struct core_file file;
static struct hr_kdump_set set;
static struct hr_incomplete found;

static int set_up(void **state)
{
	(void)state;
	memset(&found, 0, sizeof(found));
	kdump_file_init(&file);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_kdump_set_forget(&set);
	core_file_release(&file);
	return 0;
}

static void write64(uint64_t value, uint64_t offset)
{
	core_file_write(&file, &value, sizeof(value), offset);
}

static struct hr_error *find(void)
{
	uint64_t bitmaps, pages;

	hr_kdump_set_init(&set, &file.fd, 1);
	assert_success(hr_kdump_set_read_headers(&set, &bitmaps));
	assert_success(hr_kdump_set_index(&set, &pages));
	return hr_kdump_lack_find(&set, &found);
}

static void a_whole_dump_lacks_nothing(void **state)
{
	(void)state;
	assert_success(find());
	assert_false(found.is_set);
}

static void missing_pages_are_counted(void **state)
{
	(void)state;
	assert_int_equal(ftruncate(file.fd, KDUMP_DATA + (KDUMP_PAGES - 2) * KDUMP_BLOCK), 0);
	assert_success(find());
	assert_string_equal(found.what, "2 of its 128 pages are missing");
	assert_true(found.has_bytes);
	assert_int_equal(found.bytes, 2 * KDUMP_BLOCK);
	assert_null(found.why);
}

static void a_dump_may_say_why(void **state)
{
	const uint32_t status = 0x8;

	(void)state;
	core_file_write(&file, &status, sizeof(status), STATUS);
	kdump_file_describe(&file, 7, 0, 0);
	assert_success(find());
	assert_string_equal(found.what, "1 of its 128 pages is missing");
	assert_false(found.has_bytes);
	assert_string_equal(found.why, HR_INCOMPLETE_NO_SPACE);
}

static void what_is_behind_the_pages_may_be_all_that_is_missing(void **state)
{
	(void)state;
	write64(KDUMP_DATA + KDUMP_PAGES * KDUMP_BLOCK, SUB_ERASEINFO);
	write64(100, SUB_ERASEINFO + 8);
	assert_success(find());
	assert_string_equal(found.what, "its end is missing");
	assert_false(found.has_bytes);
}

static void a_dump_without_any_page_is_refused(void **state)
{
	(void)state;
	assert_int_equal(ftruncate(file.fd, KDUMP_DATA), 0);
	assert_failure(find(), HR_ERROR_INPUT, "before its first page");
}

/* The bitmap has the pages of all files of the set. */
static void pages_of_other_files_are_counted(void **state)
{
	const uint32_t split = 1;

	(void)state;
	core_file_write(&file, &split, sizeof(split), SUB_SPLIT);
	write64(kdump_file_pfn(10), SUB_PFNS);
	write64(kdump_file_pfn(KDUMP_PAGES - 1), SUB_PFNS + 8);
	assert_success(find());
	assert_string_equal(found.what, "11 pages are in files that were not given");
	assert_false(found.has_bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(a_whole_dump_lacks_nothing),
		ROW(missing_pages_are_counted),
		ROW(a_dump_may_say_why),
		ROW(what_is_behind_the_pages_may_be_all_that_is_missing),
		ROW(a_dump_without_any_page_is_refused),
		ROW(pages_of_other_files_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
