// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_file.h"

#include <string.h>

#include "os/file_io.h"
#include "source/kdump_view.h"

static const struct hr_stretches all_stored;

static const uint64_t block_sizes[] = { 4096, 8192, 16384, 32768, 65536 };

/* A dump, and a view that is made from it. */
static struct core_file file;
static struct hr_kdump_view view = { .fd = -1 };

static void release(void)
{
	hr_kdump_view_release(&view);
	core_file_release(&file);
}

/* Make them, in the place of those before if there are any. */
static void make(uint64_t block_size)
{
	release();
	kdump_file_init(&file);
	assert_success(hr_kdump_view_create(&view));
	assert_success(hr_kdump_view_begin(&view, block_size));
}

static int set_up(void **state)
{
	(void)state;
	make(KDUMP_BLOCK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	release();
	return 0;
}

/* A view is a complete dump: the checks for dumps accept it, and find each page in it. */
static struct hr_kdump_pages *open_view(struct hr_kdump_header *header)
{
	struct hr_kdump_pages *pages = NULL;
	uint64_t size = 0;

	assert_success(hr_file_size(view.fd, &size));
	assert_success(hr_kdump_header_read(view.fd, size, header));
	assert_success(hr_kdump_pages_create(view.fd, size, header, &all_stored, &pages));
	return pages;
}

/* Append page @i of the file, which is stored uncompressed, as frame @pfn. */
static void add(size_t i, uint64_t pfn)
{
	const struct hr_kdump_page page = {
		.offset = KDUMP_DATA + i * KDUMP_BLOCK,
		.size = KDUMP_BLOCK,
		.flags = (uint32_t)i,
	};

	assert_success(hr_kdump_view_add(&view, pfn, file.fd, &page));
}

/* With blocks of each size, in all windows: a page keeps its content under its new number. */
static void pages_are_in_the_view_as_they_were_stored(void **state)
{
	(void)state;
	for (size_t row = 0; row < COUNT_OF(block_sizes); row++) {
		struct hr_kdump_header header;
		struct hr_kdump_pages *pages;

		make(block_sizes[row]);
		pages = open_view(&header);
		assert_int_equal(header.block_size, block_sizes[row]);
		for (size_t i = 0; i < 3 * HR_KDUMP_VIEW_WINDOWS; i++) {
			const uint64_t pfn = UINT64_C(0x400000000) + i;
			unsigned char bytes[KDUMP_BLOCK];
			struct hr_kdump_page page;
			uint64_t pa = 0;
			bool renew;

			hr_kdump_view_next(&view);
			add(i + 1, pfn + 7);
			add(i, pfn);
			assert_success(hr_kdump_view_finish(&view, &renew));
			assert_int_equal(renew, i % HR_KDUMP_VIEW_WINDOWS == 0);
			assert_true(hr_kdump_view_has(&view, pfn * block_sizes[row] + 16, 8, &pa));
			assert_int_equal(pa % block_sizes[row], 16);
			/* The reader also caches what it has read of the file. */
			hr_kdump_pages_destroy(pages);
			pages = open_view(&header);
			assert_success(hr_kdump_pages_find(pages, pa / block_sizes[row], &page));
			assert_int_equal(page.size, KDUMP_BLOCK);
			assert_int_equal(page.flags, i);
			assert_success(hr_pread_all(view.fd, bytes, sizeof(bytes), page.offset));
			for (size_t at = 0; at < sizeof(bytes); at++)
				assert_int_equal(bytes[at], kdump_file_fill(i));
		}
		hr_kdump_pages_destroy(pages);
	}
}

/* The library caches pages of the file, of up to 64 KiB, as long as the file is open. */
static void windows_share_no_page_of_a_host(void **state)
{
	(void)state;
	for (size_t row = 0; row < COUNT_OF(block_sizes); row++) {
		uint64_t last_desc = 0, last_data = 0;

		make(block_sizes[row]);
		for (size_t window = 0; window < HR_KDUMP_VIEW_WINDOWS; window++) {
			uint64_t first = 0, last = 0, desc, data;
			bool renew;

			hr_kdump_view_next(&view);
			for (uint64_t pfn = 0; pfn < HR_KDUMP_VIEW_BLOCKS; pfn++)
				add(0, pfn);
			assert_false(hr_kdump_view_has_room(&view, 0, 1));
			assert_success(hr_kdump_view_finish(&view, &renew));
			assert_true(hr_kdump_view_has(&view, 0, 1, &first));
			assert_true(hr_kdump_view_has(
				&view, (HR_KDUMP_VIEW_BLOCKS - 1) * block_sizes[row], 1, &last));
			desc = view.descs_offset + first / block_sizes[row] * 24;
			data = view.data_offset + window * HR_KDUMP_VIEW_BLOCKS * block_sizes[row];
			assert_true(desc / 65536 > last_desc / 65536 || !window);
			assert_true(data / 65536 > last_data / 65536 || !window);
			last_desc = view.descs_offset + (last / block_sizes[row] + 1) * 24 - 1;
			last_data = data + HR_KDUMP_VIEW_BLOCKS * block_sizes[row] - 1;
		}
	}
}

/* A piece needs all its blocks, one after the other. */
static void pieces_are_of_neighbours(void **state)
{
	const size_t len = 2 * KDUMP_BLOCK;
	uint64_t pa = 0, first = 0;

	(void)state;
	hr_kdump_view_next(&view);
	add(0, 11);
	add(1, 10);
	assert_true(hr_kdump_view_has(&view, 10 * KDUMP_BLOCK, KDUMP_BLOCK, &pa));
	assert_false(hr_kdump_view_has(&view, 10 * KDUMP_BLOCK, len, &pa));
	assert_false(hr_kdump_view_has(&view, 12 * KDUMP_BLOCK, 1, &pa));
	add(1, 10);
	add(0, 11);
	assert_true(hr_kdump_view_has(&view, 10 * KDUMP_BLOCK + 5, len - 5, &pa));
	assert_true(hr_kdump_view_has(&view, 11 * KDUMP_BLOCK, 1, &first));
	assert_int_equal(first, pa - 5 + KDUMP_BLOCK);
	assert_true(hr_kdump_view_has_room(&view, 1, (HR_KDUMP_VIEW_BLOCKS - 4) * KDUMP_BLOCK - 1));
	assert_false(hr_kdump_view_has_room(&view, 1, (HR_KDUMP_VIEW_BLOCKS - 4) * KDUMP_BLOCK));
}

/* So that a reader that opens the view again for the first window never misses that. */
static void windows_that_were_not_finished_come_again(void **state)
{
	bool renew;

	(void)state;
	for (size_t i = 0; i < 2 * HR_KDUMP_VIEW_WINDOWS; i++) {
		for (size_t again = 0; again < 3; again++) {
			hr_kdump_view_next(&view);
			add(0, 10);
		}
		assert_success(hr_kdump_view_finish(&view, &renew));
		assert_int_equal(renew, i % HR_KDUMP_VIEW_WINDOWS == 0);
	}
}

static void pages_that_are_gone_are_unreadable(void **state)
{
	const struct hr_kdump_page page = { .offset = UINT64_C(1) << 40, .size = KDUMP_BLOCK };
	uint64_t pa;

	(void)state;
	hr_kdump_view_next(&view);
	assert_failure(hr_kdump_view_add(&view, 10, file.fd, &page), HR_ERROR_UNREADABLE,
		       "the file ends");
	assert_false(hr_kdump_view_has(&view, 10 * KDUMP_BLOCK, 1, &pa));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(pages_are_in_the_view_as_they_were_stored),
		ROW(windows_share_no_page_of_a_host),
		ROW(pieces_are_of_neighbours),
		ROW(windows_that_were_not_finished_come_again),
		ROW(pages_that_are_gone_are_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
