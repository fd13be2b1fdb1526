// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_file.h"

#include <string.h>

#include "source/kdump_pages.h"

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
	assert_success(hr_kdump_pages_create(file.fd, core_file_size(&file), &header, &pages));
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

/* Each descriptor is checked when its page is wanted, not only the last ones. */
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
		{ KDUMP_DATA, 0 },
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

/* A file that is written to while it is read must not lead beyond what was counted. */
static void bitmaps_that_grow_are_noticed(void **state)
{
	unsigned char all[512];
	struct hr_kdump_page page;

	(void)state;
	memset(all, 0xff, sizeof(all));
	core_file_write(&file, all, sizeof(all), KDUMP_BITMAP + 0x1000 / 8);
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
		ROW(bitmaps_that_grow_are_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
