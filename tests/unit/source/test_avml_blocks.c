// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/avml_blocks.h"

#include <string.h>

#include "avml_file.h"

static struct avml_file file;
static struct hr_avml_blocks blocks;
static struct hr_incomplete incomplete;

static void release(void)
{
	hr_avml_blocks_release(&blocks);
	avml_file_release(&file);
}

static void begin(void)
{
	release();
	memset(&incomplete, 0, sizeof(incomplete));
	avml_file_init(&file);
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

static struct hr_error *find(void)
{
	hr_avml_blocks_release(&blocks);
	memset(&incomplete, 0, sizeof(incomplete));
	return hr_avml_blocks_find(file.file.fd, &incomplete, &blocks);
}

/* Make the last size of a stream wrong, as AVML itself did: then sizes do not lead back. */
static void spoil_trailer(void)
{
	core_file_write(&file.file, "\1\2\3", 3, file.end - AVML_TRAILER);
}

static void assert_block(size_t i, uint64_t pa, uint64_t size)
{
	assert_in_range(i, 0, blocks.count - 1);
	assert_int_equal(blocks.list[i].pa, pa);
	assert_int_equal(blocks.list[i].size, size);
}

static void add_three(void)
{
	avml_file_block(&file, 0x80000000, 0x8001ffff, 8);
	avml_file_block(&file, 0x40000000, 0x40000ffe, 4);
	avml_file_block(&file, 0x80020000, 0x80020fff, 9);
}

static void assert_three(void)
{
	assert_success(find());
	assert_false(incomplete.is_set);
	assert_int_equal(blocks.count, 3);
	assert_block(0, 0x40000000, 0xfff);
	assert_block(1, 0x80000000, 0x20000);
	assert_block(2, 0x80020000, 0x1000);
	assert_int_equal(blocks.list[1].offset, AVML_HEADER);
	assert_int_equal(blocks.list[2].end, file.end - AVML_TRAILER);
}

static void blocks_are_found_in_any_order(void **state)
{
	(void)state;
	add_three();
	assert_three();
	assert_int_equal(blocks.size, 0x21fff);
}

/* AVML does not read the sizes that it writes. */
static void blocks_are_found_whatever_their_sizes_say(void **state)
{
	(void)state;
	add_three();
	spoil_trailer();
	assert_three();
}

/* AVML 0.16 and 0.17 write a header, and nothing else, for a block of zeros. */
static void a_header_alone_is_a_block_that_was_left_out(void **state)
{
	(void)state;
	for (size_t spoiled = 0; spoiled < 2; spoiled++) {
		begin();
		avml_file_header(&file, 0x10000000, 0x10ffffff);
		avml_file_block(&file, 0x40000000, 0x40000fff, 4);
		avml_file_header(&file, 0x50000000, 0x50ffffff);
		avml_file_header(&file, 0x51000000, 0x51ffffff);
		avml_file_block(&file, 0x80000000, 0x80000fff, 8);
		if (spoiled)
			spoil_trailer();
		assert_success(find());
		assert_false(incomplete.is_set);
		assert_int_equal(blocks.count, 2);
		assert_block(0, 0x40000000, 0x1000);
		assert_block(1, 0x80000000, 0x1000);
	}
}

/* The last header may also be of a block that was cut. */
static void a_header_at_the_end_is_told(void **state)
{
	(void)state;
	avml_file_block(&file, 0x40000000, 0x40000fff, 4);
	avml_file_header(&file, 0x50000000, 0x50ffffff);
	assert_success(find());
	assert_string_equal(incomplete.what, "its last block lacks 16 MiB of memory");
	assert_int_equal(blocks.count, 1);
}

/* What is damaged in a block whose size is known shows when its memory is wanted. */
static void damaged_chunks_do_not_hide_other_blocks(void **state)
{
	(void)state;
	add_three();
	core_file_write(&file.file, "\x55", 1, AVML_HEADER + AVML_IDENTIFIER);
	assert_three();
	spoil_trailer();
	assert_failure(find(), HR_ERROR_INPUT,
		       "it is damaged: the chunk at offset 0x2a is of a type that is not known");
}

static void damaged_headers_are_refused(void **state)
{
	static const unsigned char padding = 1;

	(void)state;
	avml_file_block(&file, 0x40000000, 0x40000000, 4);
	avml_file_add(&file, "no header, but 32 bytes or more...", 34);
	assert_failure(find(), HR_ERROR_INPUT, "there is no header at offset 0x3d");
	begin();
	avml_file_block(&file, 0x40000000, 0x40000fff, 4);
	core_file_write(&file.file, &padding, 1, AVML_HEADER - 1);
	assert_failure(find(), HR_ERROR_INPUT, "there is no header at offset 0x0");
	begin();
	avml_file_header(&file, 0x40000fff, 0x40000000);
	avml_file_identifier(&file);
	assert_failure(find(), HR_ERROR_INPUT, "has the range 0x40000fff-0x40000000");
	begin();
	avml_file_header(&file, 0x40000fff, UINT64_MAX);
	avml_file_identifier(&file);
	assert_failure(find(), HR_ERROR_INPUT, "has the range 0x40000fff-0xffffffffffffffff");
}

static void blocks_that_overlap_are_refused(void **state)
{
	(void)state;
	avml_file_block(&file, 0x40001000, 0x40002fff, 5);
	avml_file_block(&file, 0x40000000, 0x40001000, 4);
	assert_failure(find(), HR_ERROR_INPUT, "its blocks overlap");
}

static void other_streams_are_refused(void **state)
{
	(void)state;
	avml_file_header(&file, 0x40000000, 0x40000fff);
	avml_file_chunk(&file, AVML_PADDING, "anything", 8);
	assert_failure(find(), HR_ERROR_INPUT, "the chunk at offset 0x20 does not begin a stream");
}

static void a_chunk_may_not_be_longer_than_its_block(void **state)
{
	(void)state;
	avml_file_header(&file, 0x40000000, 0x40000003);
	avml_file_identifier(&file);
	avml_file_stored(&file, "12345", 5);
	assert_failure(find(), HR_ERROR_INPUT,
		       "the chunk at offset 0x2a has more memory than its block");
}

/* The bounds of the program's work follow from it. */
static void a_header_cannot_claim_more_than_fits_into_the_file(void **state)
{
	(void)state;
	avml_file_header(&file, 0, UINT64_MAX - 1);
	avml_file_identifier(&file);
	avml_file_trailer(&file);
	assert_success(find());
	assert_int_equal(blocks.size, HR_SNAPPY_RATIO_MAX * file.end);
}

enum {
	SMALL = 100 /* bytes of the last chunk of each block */
};

/* A small block, and one with a full chunk and a small one. Gets the places where they end. */
static void add_two(uint64_t *first_end, uint64_t *full_end, uint64_t *second_end)
{
	static char full[AVML_FULL];

	avml_file_block(&file, 0x40000000, 0x40000000 + SMALL - 1, 4);
	*first_end = file.end;
	avml_file_header(&file, 0x80000000, 0x80000000 + AVML_FULL + SMALL - 1);
	avml_file_identifier(&file);
	avml_file_compressed(&file, full, AVML_FULL);
	*full_end = file.end;
	avml_file_stored(&file, full, SMALL);
	*second_end = file.end;
	avml_file_trailer(&file);
}

static void a_file_may_be_cut_anywhere(void **state)
{
	uint64_t first, full, second;

	(void)state;
	add_two(&first, &full, &second);
	for (uint64_t size = file.end; size-- > 0;) {
		struct hr_error *error;

		avml_file_cut(&file, size);
		error = find();
		if (size < first - AVML_TRAILER) {
			assert_failure(error, HR_ERROR_INPUT, "before its first memory");
			continue;
		}
		assert_success(error);
		assert_int_equal(incomplete.is_set, size != first);
		assert_int_equal(blocks.count, size < full ? 1 : 2);
		assert_block(0, 0x40000000, SMALL);
		if (size >= full)
			assert_block(1, 0x80000000, size < second ? AVML_FULL : AVML_FULL + SMALL);
	}
}

static void what_is_missing_is_told(void **state)
{
	uint64_t first, full, second;

	(void)state;
	add_two(&first, &full, &second);
	avml_file_cut(&file, file.end - 3);
	assert_success(find());
	assert_string_equal(incomplete.what, "its last 3 bytes are missing");
	assert_int_equal(incomplete.bytes, 3);
	avml_file_cut(&file, second - 1);
	assert_success(find());
	assert_string_equal(incomplete.what, "its last block lacks 100 B of memory");
	assert_false(incomplete.has_bytes);
	avml_file_cut(&file, first + 1);
	assert_success(find());
	assert_string_equal(incomplete.what, "its last header is cut");
}

/* A chunk that AVML would not have written may hide that those behind it are not in their place. */
static void in_a_cut_block_only_full_chunks_count(void **state)
{
	static char full[AVML_FULL];

	(void)state;
	for (size_t skipped = 0; skipped < 2; skipped++) {
		begin();
		avml_file_header(&file, 0x40000000, 0x40ffffff);
		avml_file_identifier(&file);
		avml_file_compressed(&file, full, AVML_FULL);
		if (skipped)
			avml_file_chunk(&file, 0x80, "anything", 8);
		else
			avml_file_stored(&file, "some bytes", 10);
		avml_file_compressed(&file, full, AVML_FULL);
		assert_success(find());
		assert_int_equal(blocks.count, 1);
		assert_block(0, 0x40000000, AVML_FULL);
	}
}

static void files_are_told_by_magic_and_version(void **state)
{
	(void)state;
	assert_true(hr_avml_probe("AVML\2\0\0\0", 8));
	assert_false(hr_avml_probe("AVML\3\0\0\0", 8));
	assert_false(hr_avml_probe("AVML", 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(blocks_are_found_in_any_order),
		ROW(blocks_are_found_whatever_their_sizes_say),
		ROW(a_header_alone_is_a_block_that_was_left_out),
		ROW(a_header_at_the_end_is_told),
		ROW(damaged_chunks_do_not_hide_other_blocks),
		ROW(damaged_headers_are_refused),
		ROW(blocks_that_overlap_are_refused),
		ROW(other_streams_are_refused),
		ROW(a_chunk_may_not_be_longer_than_its_block),
		ROW(a_header_cannot_claim_more_than_fits_into_the_file),
		ROW(a_file_may_be_cut_anywhere),
		ROW(what_is_missing_is_told),
		ROW(in_a_cut_block_only_full_chunks_count),
		ROW(files_are_told_by_magic_and_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
