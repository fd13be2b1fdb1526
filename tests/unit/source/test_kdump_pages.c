// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_file.h"

#include <string.h>
#include <unistd.h>

#include "source/kdump_pages.h"

static const struct hr_stretches all_stored;

/* A dump, and which pages it has. */
static struct core_file file;
static struct hr_kdump_pages *pages;

static void release(void)
{
	hr_kdump_pages_destroy(pages);
	pages = NULL;
	core_file_release(&file);
}

/* Make both, in the place of those before if there are any. */
static void begin(void)
{
	struct hr_kdump_header header;

	release();
	kdump_file_init(&file);
	assert_success(hr_kdump_header_read(file.fd, core_file_size(&file), &header));
	assert_success(hr_kdump_pages_create(file.fd, core_file_size(&file), &header, &all_stored,
					     &pages));
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
	return 0;
}

/* Every frame up to a few after the last: those that were written, and no other. */
static void pages_are_those_that_were_written(void **state)
{
	struct hr_kdump_page page;
	size_t next = 0;

	(void)state;
	assert_int_equal(hr_kdump_pages_count(pages), KDUMP_PAGES);
	for (uint64_t pfn = 0; pfn < kdump_file_pfn(KDUMP_PAGES - 1) + 5000; pfn++) {
		if (next < KDUMP_PAGES && pfn == kdump_file_pfn(next)) {
			assert_success(hr_kdump_pages_find(pages, pfn, &page));
			next++;
		} else {
			assert_failure(hr_kdump_pages_find(pages, pfn, &page), HR_ERROR_UNREADABLE,
				       "not in the dump");
		}
	}
	assert_int_equal(next, KDUMP_PAGES);
}

static void frames_beyond_the_bitmap_are_not_in_the_dump(void **state)
{
	static const uint64_t frames[] = { 2 * KDUMP_BLOCK * 8, UINT64_C(1) << 40, UINT64_MAX };
	struct hr_kdump_page page;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(frames); i++) {
		assert_false(hr_kdump_pages_cover(pages, frames[i]));
		assert_failure(hr_kdump_pages_find(pages, frames[i], &page), HR_ERROR_UNREADABLE,
			       "not in the dump");
	}
}

/* Each descriptor is checked when its page is wanted. */
static void pages_whose_data_is_not_in_the_file_are_unreadable(void **state)
{
	static const struct {
		uint64_t offset;
		uint32_t size;
	} rows[] = {
		{ KDUMP_DATA + KDUMP_PAGES * KDUMP_BLOCK, KDUMP_BLOCK },
		{ KDUMP_DATA + KDUMP_PAGES * KDUMP_BLOCK - 1, 2 },
		{ UINT64_MAX, KDUMP_BLOCK },
		{ KDUMP_DATA, KDUMP_BLOCK + 1 },
		{ KDUMP_DATA, UINT32_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_kdump_page page;

		begin();
		kdump_file_describe(&file, 7, rows[i].offset, rows[i].size);
		assert_success(hr_kdump_pages_find(pages, kdump_file_pfn(KDUMP_PAGES - 1), &page));
		assert_failure(hr_kdump_pages_find(pages, kdump_file_pfn(7), &page),
			       HR_ERROR_UNREADABLE, "damaged");
	}
}

static void cut(uint64_t size)
{
	struct hr_kdump_header header;

	hr_kdump_pages_destroy(pages);
	pages = NULL;
	assert_success(hr_kdump_header_read(file.fd, core_file_size(&file), &header));
	assert_int_equal(ftruncate(file.fd, (off_t)size), 0);
	assert_success(hr_kdump_pages_create(file.fd, size, &header, &all_stored, &pages));
}

static void assert_lacks(uint64_t count, uint64_t bytes)
{
	struct hr_kdump_lack lack;

	assert_success(hr_kdump_pages_lack(pages, &lack));
	assert_int_equal(lack.pages, count);
	assert_int_equal(lack.bytes, bytes);
}

static void a_whole_dump_lacks_nothing(void **state)
{
	(void)state;
	assert_lacks(0, 0);
}

static void pages_behind_the_end_of_the_file_are_missing(void **state)
{
	struct hr_kdump_page page;

	(void)state;
	cut(KDUMP_DATA + 100 * KDUMP_BLOCK - 1);
	assert_lacks(KDUMP_PAGES - 99, (KDUMP_PAGES - 100) * KDUMP_BLOCK + 1);
	assert_success(hr_kdump_pages_find(pages, kdump_file_pfn(98), &page));
	assert_failure(hr_kdump_pages_find(pages, kdump_file_pfn(99), &page), HR_ERROR_UNREADABLE,
		       "incomplete");
}

/* All pages of zeros may have the same data, at the beginning. */
static void the_last_page_may_be_there(void **state)
{
	struct hr_kdump_page page;

	(void)state;
	kdump_file_describe(&file, KDUMP_PAGES - 1, KDUMP_DATA, KDUMP_BLOCK);
	cut(KDUMP_DATA + 100 * KDUMP_BLOCK);
	assert_lacks(KDUMP_PAGES - 101, (KDUMP_PAGES - 101) * KDUMP_BLOCK);
	assert_success(hr_kdump_pages_find(pages, kdump_file_pfn(KDUMP_PAGES - 1), &page));
}

/* makedumpfile leaves zeros for what it could not write. */
static void descriptors_of_zeros_are_missing_pages(void **state)
{
	struct hr_kdump_page page;

	(void)state;
	kdump_file_describe(&file, KDUMP_PAGES - 1, 0, 0);
	assert_lacks(1, UINT64_MAX);
	assert_failure(hr_kdump_pages_find(pages, kdump_file_pfn(KDUMP_PAGES - 1), &page),
		       HR_ERROR_UNREADABLE, "is missing");
}

static void pages_without_a_descriptor_are_missing(void **state)
{
	struct hr_kdump_page page;

	(void)state;
	cut(KDUMP_DESCS + 10 * 24 + 23);
	assert_lacks(KDUMP_PAGES, UINT64_MAX);
	assert_failure(hr_kdump_pages_find(pages, kdump_file_pfn(9), &page), HR_ERROR_UNREADABLE,
		       "incomplete");
	assert_failure(hr_kdump_pages_find(pages, kdump_file_pfn(10), &page), HR_ERROR_UNREADABLE,
		       "is missing");
}

/* Every page would have the descriptor of another one. */
static void bits_without_a_page_are_damage(void **state)
{
	const unsigned char one = 1;
	struct hr_kdump_lack lack;
	struct hr_kdump_header header;

	(void)state;
	for (size_t i = 0; i < KDUMP_PAGES; i++)
		kdump_file_describe(&file, i, KDUMP_DESCS + KDUMP_PAGES * 24 + i, 1);
	core_file_write(&file, &one, 1, KDUMP_SECOND_BITMAP);
	hr_kdump_pages_destroy(pages);
	pages = NULL;
	assert_success(hr_kdump_header_read(file.fd, core_file_size(&file), &header));
	assert_success(hr_kdump_pages_create(file.fd, core_file_size(&file), &header, &all_stored,
					     &pages));
	assert_failure(hr_kdump_pages_lack(pages, &lack), HR_ERROR_INPUT, "by its bitmap");
}

static void pages_of_a_range_of_frames_are_counted(void **state)
{
	struct hr_kdump_header header;
	uint64_t count;

	(void)state;
	assert_success(hr_kdump_header_read(file.fd, core_file_size(&file), &header));
	assert_success(hr_kdump_pages_between(file.fd, &header, 0, UINT64_MAX, &count));
	assert_int_equal(count, KDUMP_PAGES);
	assert_success(hr_kdump_pages_between(file.fd, &header, kdump_file_pfn(5),
					      kdump_file_pfn(50), &count));
	assert_int_equal(count, 45);
	assert_success(hr_kdump_pages_between(file.fd, &header, 0, kdump_file_pfn(0), &count));
	assert_int_equal(count, 0);
}

/* Index the file as if only @stored were in it. */
static struct hr_error *index_stretches(struct hr_stretches *stored)
{
	struct hr_kdump_header header;

	hr_kdump_pages_destroy(pages);
	pages = NULL;
	assert_success(hr_kdump_header_read(file.fd, core_file_size(&file), &header));
	return hr_kdump_pages_create(file.fd, core_file_size(&file), &header, stored, &pages);
}

/* What is not there reads as zeros. */
static void what_was_not_written_is_missing(void **state)
{
	struct hr_stretch list[] = {
		{ 0, KDUMP_DESCS + 100 * 24 },
		{ KDUMP_DATA, KDUMP_DATA + 50 * KDUMP_BLOCK - 1 },
		{ KDUMP_DATA + 60 * KDUMP_BLOCK, KDUMP_DATA + KDUMP_PAGES * KDUMP_BLOCK },
	};
	struct hr_stretches stored = { .list = list, .count = COUNT_OF(list) };
	struct hr_kdump_page page;

	(void)state;
	for (size_t i = 100; i < KDUMP_PAGES; i++)
		kdump_file_describe(&file, i, 0, 0);
	assert_success(index_stretches(&stored));
	assert_lacks(KDUMP_PAGES - 100 + 11, UINT64_MAX);
	for (size_t i = 0; i < KDUMP_PAGES; i++) {
		bool here = i < 100 && (i < 49 || i >= 60);
		struct hr_error *error = hr_kdump_pages_find(pages, kdump_file_pfn(i), &page);

		assert_int_equal(!error, here);
		hr_error_destroy(error);
	}
}

/* Otherwise each page behind the missing part would have the descriptor of another one. */
static void a_bitmap_that_lacks_a_part_before_others_is_refused(void **state)
{
	struct hr_stretch list[] = {
		{ 0, KDUMP_SECOND_BITMAP + 100 },
		{ KDUMP_SECOND_BITMAP + 200, KDUMP_DATA + KDUMP_PAGES * KDUMP_BLOCK },
	};
	struct hr_stretches stored = { .list = list, .count = COUNT_OF(list) };

	(void)state;
	assert_failure(index_stretches(&stored), HR_ERROR_INPUT, "a part of its page bitmap");
}

/* The runs are those of @rows, each from a first page to a last one. */
static void assert_runs(const size_t (*rows)[2], size_t count)
{
	uint64_t pfn = 0, first, end;

	for (size_t i = 0; i < count; i++) {
		assert_true(hr_kdump_pages_next(pages, pfn, &first, &end));
		assert_int_equal(first, kdump_file_pfn(rows[i][0]));
		assert_int_equal(end, kdump_file_pfn(rows[i][1]) + 1);
		pfn = end;
	}
	assert_false(hr_kdump_pages_next(pages, pfn, &first, &end));
}

/* The groups of pages. */
static void runs_are_what_was_written(void **state)
{
	size_t rows[KDUMP_PAGES / 4][2];
	uint64_t first, end;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		rows[i][0] = 4 * i;
		rows[i][1] = 4 * i + 3;
	}
	assert_runs(rows, COUNT_OF(rows));
	assert_true(hr_kdump_pages_next(pages, kdump_file_pfn(6), &first, &end));
	assert_int_equal(first, kdump_file_pfn(6));
	assert_int_equal(end, kdump_file_pfn(7) + 1);
	assert_false(hr_kdump_pages_next(pages, UINT64_MAX, &first, &end));
}

/* As dumps store pages of zeros. */
static void data_that_is_stored_once_is_in_one_run(void **state)
{
	static const size_t rows[][2] = { { 0, 1 }, { 3, 3 }, { 127, 127 } };

	(void)state;
	for (size_t i = 0; i < KDUMP_PAGES; i++) {
		size_t data = i < 2 ? i : i < 3 ? 1 : i < 127 ? 3 : 127;

		kdump_file_describe(&file, i, KDUMP_DATA + data * KDUMP_BLOCK, KDUMP_BLOCK);
	}
	assert_runs(rows, COUNT_OF(rows));
}

static void pages_without_a_descriptor_are_in_no_run(void **state)
{
	static const size_t rows[][2] = { { 0, 3 }, { 4, 5 } };

	(void)state;
	cut(KDUMP_DESCS + 6 * 24 + 23);
	assert_runs(rows, COUNT_OF(rows));
}

/* A file that is written to while it is read must not lead beyond what was counted. */
static void bitmaps_that_grow_are_noticed(void **state)
{
	unsigned char all[512];
	struct hr_kdump_page page;

	(void)state;
	memset(all, 0xff, sizeof(all));
	core_file_write(&file, all, sizeof(all), KDUMP_SECOND_BITMAP + 0x1000 / 8);
	assert_failure(hr_kdump_pages_find(pages, 0x1fff, &page), HR_ERROR_UNREADABLE,
		       "not in the dump");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(pages_are_those_that_were_written),
		ROW(frames_beyond_the_bitmap_are_not_in_the_dump),
		ROW(pages_whose_data_is_not_in_the_file_are_unreadable),
		ROW(a_whole_dump_lacks_nothing),
		ROW(pages_behind_the_end_of_the_file_are_missing),
		ROW(the_last_page_may_be_there),
		ROW(descriptors_of_zeros_are_missing_pages),
		ROW(pages_without_a_descriptor_are_missing),
		ROW(bits_without_a_page_are_damage),
		ROW(pages_of_a_range_of_frames_are_counted),
		ROW(what_was_not_written_is_missing),
		ROW(a_bitmap_that_lacks_a_part_before_others_is_refused),
		ROW(runs_are_what_was_written),
		ROW(data_that_is_stored_once_is_in_one_run),
		ROW(pages_without_a_descriptor_are_in_no_run),
		ROW(bitmaps_that_grow_are_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
