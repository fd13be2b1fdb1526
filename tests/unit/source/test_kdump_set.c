// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/vmcoreinfo.h"
#include "source/kdump_set.h"

/* Offsets of the fields that the tests change, in the header and in the sub header. */
enum {
	BLOCK_SIZE = 428,
	SUB_SPLIT = KDUMP_BLOCK + 12,
	SUB_VMCOREINFO = KDUMP_BLOCK + 32, /* offset and size */
	SUB_PFNS = KDUMP_BLOCK + 80,	   /* first, and end */
};

static void write64(struct core_file *file, uint64_t value, uint64_t offset)
{
	core_file_write(file, &value, sizeof(value), offset);
}

/* Make @file a part of a split dump, with pages [@first, @end) of the whole dump. */
static void init_part(struct core_file *file, size_t first, size_t end)
{
	const uint32_t split = 1;

	kdump_file_init(file);
	core_file_write(file, &split, sizeof(split), SUB_SPLIT);
	write64(file, kdump_file_pfn(first), SUB_PFNS);
	write64(file, end < KDUMP_PAGES ? kdump_file_pfn(end) : UINT64_MAX, SUB_PFNS + 8);
	for (size_t i = first; i < end; i++)
		kdump_file_describe(file, i - first, KDUMP_DATA + i * KDUMP_BLOCK, KDUMP_BLOCK);
}

/* The files of a dump, and the set of them. */
static struct core_file files[2];
static struct hr_kdump_set set;

/* Make the set of the first @count files. */
static void init_set(size_t count)
{
	const int fds[] = { files[0].fd, files[1].fd };

	hr_kdump_set_forget(&set);
	hr_kdump_set_init(&set, fds, count);
}

static void index_set(void)
{
	uint64_t bitmaps, pages;

	assert_success(hr_kdump_set_read_headers(&set, &bitmaps));
	assert_success(hr_kdump_set_index(&set, &pages));
	assert_int_equal(pages, KDUMP_PAGES);
}

static int set_up_file(void **state)
{
	(void)state;
	kdump_file_init(&files[0]);
	init_set(1);
	return 0;
}

static int set_up_index(void **state)
{
	set_up_file(state);
	index_set();
	return 0;
}

static int set_up_parts(void **state)
{
	(void)state;
	init_part(&files[0], 0, 50);
	init_part(&files[1], 50, KDUMP_PAGES);
	init_set(2);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_kdump_set_forget(&set);
	for (size_t i = 0; i < COUNT_OF(files); i++)
		core_file_release(&files[i]);
	return 0;
}

static void headers_say_how_large_all_is(void **state)
{
	uint64_t bitmaps;

	(void)state;
	init_set(1);
	assert_success(hr_kdump_set_read_headers(&set, &bitmaps));
	assert_int_equal(set.block_size, KDUMP_BLOCK);
	assert_int_equal(bitmaps, 2 * KDUMP_BLOCK);
	init_set(2);
	assert_success(hr_kdump_set_read_headers(&set, &bitmaps));
	assert_int_equal(bitmaps, 4 * KDUMP_BLOCK);
}

static void pages_are_found_where_they_are_stored(void **state)
{
	(void)state;
	for (size_t i = 0; i < KDUMP_PAGES; i++) {
		struct hr_kdump_page page;
		int fd;

		assert_success(hr_kdump_set_find(&set, kdump_file_pfn(i), &page, &fd));
		assert_int_equal(fd, files[0].fd);
		assert_int_equal(page.offset, KDUMP_DATA + i * KDUMP_BLOCK);
		assert_int_equal(page.size, KDUMP_BLOCK);
	}
}

static void pages_of_a_split_dump_are_found_in_their_part(void **state)
{
	struct hr_kdump_page page;
	int fd;

	(void)state;
	index_set();
	for (size_t i = 0; i < KDUMP_PAGES; i++) {
		assert_success(hr_kdump_set_find(&set, kdump_file_pfn(i), &page, &fd));
		assert_int_equal(fd, files[i >= 50].fd);
		assert_int_equal(page.offset, KDUMP_DATA + i * KDUMP_BLOCK);
	}
	/* Frame 0 is before the first part. */
	assert_failure(hr_kdump_set_find(&set, 0, &page, &fd), HR_ERROR_UNREADABLE,
		       "not in the dump");
}

/* Whatever the order of the parts. The bitmap of each has the pages of all. */
static void runs_of_a_split_dump_are_those_of_its_parts(void **state)
{
	const int fds[] = { files[1].fd, files[0].fd };
	uint64_t pfn = 0, first, end;
	size_t pages = 0;

	(void)state;
	for (size_t order = 0; order < 2; order++) {
		index_set();
		for (pages = pfn = 0; hr_kdump_set_next(&set, pfn, &first, &end); pfn = end) {
			assert_int_equal(first, kdump_file_pfn(pages));
			pages += end - first;
		}
		assert_int_equal(pages, KDUMP_PAGES);
		hr_kdump_set_forget(&set);
		hr_kdump_set_init(&set, fds, 2);
	}
}

static void parts_of_several_dumps_are_refused(void **state)
{
	const uint32_t block_size = 2 * KDUMP_BLOCK;
	uint64_t bitmaps;

	(void)state;
	kdump_file_init(&files[1]);
	core_file_write(&files[1], &block_size, sizeof(block_size), BLOCK_SIZE);
	init_set(2);
	assert_failure(hr_kdump_set_read_headers(&set, &bitmaps), HR_ERROR_INPUT,
		       "block sizes differ");
}

static void pieces_are_in_the_dump_with_all_their_blocks(void **state)
{
	uint64_t pa = kdump_file_pfn(0) * KDUMP_BLOCK;

	(void)state;
	/* Four pages, followed by a gap. */
	assert_success(hr_kdump_set_check(&set, pa, 4 * KDUMP_BLOCK));
	assert_success(hr_kdump_set_check(&set, pa + 4 * KDUMP_BLOCK - 1, 1));
	assert_failure(hr_kdump_set_check(&set, pa, 4 * KDUMP_BLOCK + 1), HR_ERROR_UNREADABLE,
		       "not in the dump");
	assert_failure(hr_kdump_set_check(&set, pa - 1, 2), HR_ERROR_UNREADABLE, "not in the dump");
}

static void pieces_beyond_all_addresses_cannot_be(void **state)
{
	uint64_t first, last;

	(void)state;
	assert_failure(hr_kdump_set_check(&set, UINT64_MAX, 2), HR_ERROR_UNREADABLE,
		       "2 bytes at PA 0xffffffffffffffff cannot be read");
	assert_failure(hr_kdump_set_check(&set, 0, 0), HR_ERROR_UNREADABLE,
		       "0 bytes at PA 0x0 cannot be read");
	assert_success(hr_kdump_set_blocks(&set, UINT64_MAX, 1, &first, &last));
	assert_int_equal(first, UINT64_MAX / KDUMP_BLOCK);
	assert_int_equal(last, first);
}

static struct hr_error *read_note(uint64_t offset, uint64_t size, char **ret, size_t *ret_len)
{
	uint64_t bitmaps;

	write64(&files[0], offset, SUB_VMCOREINFO);
	write64(&files[0], size, SUB_VMCOREINFO + 8);
	init_set(1);
	assert_success(hr_kdump_set_read_headers(&set, &bitmaps));
	*ret = NULL;
	return hr_kdump_set_read_vmcoreinfo(&set, ret, ret_len);
}

static void the_note_is_read_where_there_is_one(void **state)
{
	size_t len = 0;
	char *text;

	(void)state;
	core_file_write(&files[0], "OSRELEASE=6.12\n", 15, KDUMP_DATA);
	assert_success(read_note(0, 15, &text, &len));
	assert_null(text);
	assert_success(read_note(KDUMP_DATA, 0, &text, &len));
	assert_null(text);
	assert_success(read_note(KDUMP_DATA, 15, &text, &len));
	assert_int_equal(len, 15);
	assert_memory_equal(text, "OSRELEASE=6.12\n", 15);
	free(text);
}

/* Even if they fit in the file. */
static void large_notes_are_refused(void **state)
{
	size_t len;
	char *text;

	(void)state;
	assert_int_equal(ftruncate(files[0].fd, KDUMP_DATA + HR_VMCOREINFO_MAX + 1), 0);
	assert_failure(read_note(KDUMP_DATA, HR_VMCOREINFO_MAX + 1, &text, &len), HR_ERROR_INPUT,
		       "exceeds the limit");
	assert_null(text);
}

/* As in rounds. */
static void what_was_forgotten_can_be_indexed_again(void **state)
{
	uint64_t pages;

	(void)state;
	hr_kdump_set_forget(&set);
	assert_null(set.pages[0]);
	hr_kdump_set_forget(&set);
	assert_success(hr_kdump_set_index(&set, &pages));
	assert_int_equal(pages, KDUMP_PAGES);
	assert_success(hr_kdump_set_check(&set, kdump_file_pfn(7) * KDUMP_BLOCK, 1));
}

static void files_that_are_cut_have_the_pages_before_the_cut(void **state)
{
	uint64_t bitmaps, pages;

	(void)state;
	assert_int_equal(ftruncate(files[0].fd, KDUMP_DATA + 3 * KDUMP_BLOCK), 0);
	assert_success(hr_kdump_set_read_headers(&set, &bitmaps));
	assert_success(hr_kdump_set_index(&set, &pages));
	assert_int_equal(pages, KDUMP_PAGES);
	assert_success(hr_kdump_set_check(&set, kdump_file_pfn(2) * KDUMP_BLOCK, KDUMP_BLOCK));
	assert_failure(hr_kdump_set_check(&set, kdump_file_pfn(3) * KDUMP_BLOCK, 1),
		       HR_ERROR_UNREADABLE, "incomplete");
}

static void files_that_end_in_their_bitmap_are_refused(void **state)
{
	uint64_t bitmaps;

	(void)state;
	assert_int_equal(ftruncate(files[0].fd, KDUMP_DATA - 2 * KDUMP_BLOCK), 0);
	assert_failure(hr_kdump_set_read_headers(&set, &bitmaps), HR_ERROR_INPUT, "truncated");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name, set_up) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(headers_say_how_large_all_is, set_up_parts),
		ROW(pages_are_found_where_they_are_stored, set_up_index),
		ROW(pages_of_a_split_dump_are_found_in_their_part, set_up_parts),
		ROW(runs_of_a_split_dump_are_those_of_its_parts, set_up_parts),
		ROW(parts_of_several_dumps_are_refused, set_up_file),
		ROW(pieces_are_in_the_dump_with_all_their_blocks, set_up_index),
		ROW(pieces_beyond_all_addresses_cannot_be, set_up_index),
		ROW(the_note_is_read_where_there_is_one, set_up_file),
		ROW(large_notes_are_refused, set_up_file),
		ROW(what_was_forgotten_can_be_indexed_again, set_up_index),
		ROW(files_that_are_cut_have_the_pages_before_the_cut, set_up_file),
		ROW(files_that_end_in_their_bitmap_are_refused, set_up_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
