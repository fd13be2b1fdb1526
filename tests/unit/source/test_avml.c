// SPDX-License-Identifier: GPL-2.0-or-later
#include "avml_fixture.h"

#include <string.h>

static void assert_reads(uint64_t pa, int fill)
{
	unsigned char byte = (unsigned char)~fill;

	assert_success(hr_memory_read(&source.memory, pa, &byte, 1));
	assert_int_equal(byte, fill);
}

static void assert_unreadable(uint64_t pa, const char *why)
{
	char byte;

	assert_failure(hr_memory_read(&source.memory, pa, &byte, 1), HR_ERROR_UNREADABLE, why);
}

/* Begin a block of @size bytes at 0x40000000. */
static void begin_block(uint64_t size)
{
	avml_file_header(&file, 0x40000000, 0x40000000 + size - 1);
	avml_file_identifier(&file);
}

static void memory_is_read_where_it_is(void **state)
{
	(void)state;
	avml_file_block(&file, 0x80000000, 0x8002ffff, 8);
	avml_file_block(&file, 0x40000000, 0x40000ffe, 4);
	assert_success(open_file());
	assert_int_equal(source.memory.size, 0x30fff);
	assert_false(source.memory.live);
	assert_false(source.incomplete.is_set);
	assert_reads(0x40000000, 4);
	assert_reads(0x40000ffe, 4);
	assert_reads(0x80000000, 8);
	assert_reads(0x8000ffff, 8);
	assert_reads(0x80010000, 9);
	assert_reads(0x8002ffff, 10);
	assert_unreadable(0x3fffffff, "PA 0x3fffffff is not in the source");
	assert_unreadable(0x40000fff, "not in the source");
	assert_unreadable(0x80030000, "not in the source");
}

/* Of chunks, of blocks that follow each other, and never beyond. */
static void a_read_may_go_over_edges(void **state)
{
	static const unsigned char wanted[] = { 8, 8, 9, 9 };
	unsigned char bytes[4];

	(void)state;
	avml_file_block(&file, 0x80000000, 0x8001ffff, 8);
	avml_file_block(&file, 0x80020000, 0x80020fff, 10);
	assert_success(open_file());
	assert_success(hr_memory_read(&source.memory, 0x8000fffe, bytes, sizeof(bytes)));
	assert_memory_equal(bytes, wanted, sizeof(wanted));
	assert_success(hr_memory_read(&source.memory, 0x8001fffe, bytes, sizeof(bytes)));
	assert_int_equal(bytes[1], 9);
	assert_int_equal(bytes[2], 10);
	assert_failure(hr_memory_read(&source.memory, 0x80020ffe, bytes, sizeof(bytes)),
		       HR_ERROR_UNREADABLE, "PA 0x80021000 is not in the source");
}

static void chunks_of_all_kinds_may_be_mixed(void **state)
{
	(void)state;
	begin_block(12);
	avml_file_chunk(&file, AVML_PADDING, "padding", 7);
	avml_file_stored(&file, "abcd", 4);
	avml_file_stored(&file, "", 0);
	avml_file_chunk(&file, 0x80, "of the future", 13);
	avml_file_compressed(&file, "efgh", 4);
	avml_file_identifier(&file);
	avml_file_stored(&file, "ijkl", 4);
	avml_file_chunk(&file, AVML_PADDING, "", 0);
	avml_file_trailer(&file);
	assert_success(open_file());
	for (int i = 0; i < 12; i++)
		assert_reads(0x40000000 + (uint64_t)i, 'a' + i);
}

/* More of them than stay unpacked, each read twice. */
static void many_chunks_can_be_read_in_any_order(void **state)
{
	(void)state;
	avml_file_block(&file, 0x40000000, 0x40000000 + 200 * AVML_FULL - 1, 1);
	assert_success(open_file());
	for (uint64_t i = 0; i < 400; i++) {
		uint64_t chunk = i * 77 % 200;

		assert_reads(0x40000000 + chunk * AVML_FULL + i, (int)chunk + 1);
	}
}

static void a_damaged_chunk_is_unreadable(void **state)
{
	uint64_t at;

	(void)state;
	begin_block(12);
	avml_file_stored(&file, "abcd", 4);
	at = file.end;
	avml_file_stored(&file, "efgh", 4);
	avml_file_stored(&file, "ijkl", 4);
	avml_file_trailer(&file);
	core_file_write(&file.file, "E", 1, at + 8);
	assert_success(open_file());
	assert_reads(0x40000003, 'd');
	assert_unreadable(0x40000004, "the chunk at offset 0x36 has a wrong checksum");
	assert_unreadable(0x40000007, "the chunk at offset 0x36 has a wrong checksum");
	assert_reads(0x40000008, 'i');
}

/* Where the memory of its other chunks belongs is not known. */
static void a_block_that_does_not_add_up_is_unreadable(void **state)
{
	(void)state;
	begin_block(12);
	avml_file_stored(&file, "abcd", 4);
	avml_file_stored(&file, "efgh", 4);
	avml_file_trailer(&file);
	avml_file_block(&file, 0x80000000, 0x80000fff, 8);
	assert_success(open_file());
	assert_unreadable(0x40000000, "the AVML block 0x40000000-0x4000000b cannot be used: its "
				      "chunks have 8 B of memory");
	assert_unreadable(0x4000000b, "cannot be used");
	assert_reads(0x80000000, 8);
}

static void a_block_with_more_memory_than_its_range_is_unreadable(void **state)
{
	(void)state;
	begin_block(6);
	avml_file_stored(&file, "abcd", 4);
	avml_file_stored(&file, "efgh", 4);
	avml_file_trailer(&file);
	assert_success(open_file());
	assert_unreadable(0x40000000, "the chunk at offset 0x36 has more memory than its block");
}

/* A bit of its type makes a chunk one that is skipped. */
static void a_block_with_a_chunk_of_another_type_is_unreadable(void **state)
{
	static const struct {
		unsigned char type;
		const char *why;
	} rows[] = {
		{ 0x81, "its chunks have 4 B of memory" },
		{ 0x03, "the chunk at offset 0x2a is of a type that is not known" },
		{ 0xff, "the chunk at offset 0x2a does not identify a stream" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin();
		begin_block(8);
		avml_file_stored(&file, "abcd", 4);
		avml_file_stored(&file, "efgh", 4);
		avml_file_trailer(&file);
		core_file_write(&file.file, &rows[i].type, 1, AVML_HEADER + AVML_IDENTIFIER);
		assert_success(open_file());
		assert_unreadable(0x40000004, rows[i].why);
	}
}

static void a_chunk_that_goes_beyond_its_block_makes_it_unreadable(void **state)
{
	(void)state;
	begin_block(8);
	avml_file_stored(&file, "abcdefgh", 8);
	core_file_write(&file.file, "\x10", 1, AVML_HEADER + AVML_IDENTIFIER + 1);
	avml_file_trailer(&file);
	assert_success(open_file());
	assert_unreadable(0x40000000, "the chunk at offset 0x2a goes beyond its block");
}

/* Damage is found once: a block may have many chunks. */
static void what_was_damaged_stays_unreadable(void **state)
{
	(void)state;
	begin_block(4);
	avml_file_stored(&file, "abcd", 4);
	core_file_write(&file.file, "\x55", 1, AVML_HEADER + AVML_IDENTIFIER);
	avml_file_trailer(&file);
	assert_success(open_file());
	assert_unreadable(0x40000000, "is of a type that is not known");
	core_file_write(&file.file, "\1", 1, AVML_HEADER + AVML_IDENTIFIER);
	assert_unreadable(0x40000000, "is of a type that is not known");
}

/* The second chunk becomes a shorter one, or padding, once it is known where it is. */
static void a_file_that_is_written_to_is_unreadable(void **state)
{
	(void)state;
	for (size_t padded = 0; padded < 2; padded++) {
		begin();
		begin_block(8);
		avml_file_stored(&file, "abcd", 4);
		avml_file_stored(&file, "efgh", 4);
		avml_file_trailer(&file);
		assert_success(open_file());
		assert_reads(0x40000000, 'a');
		file.end = AVML_HEADER + AVML_IDENTIFIER + 12;
		if (padded)
			avml_file_chunk(&file, AVML_PADDING, "", 0);
		else
			avml_file_stored(&file, "ef", 2);
		assert_unreadable(0x40000007, "the file is being written to");
	}
}

static void a_file_that_gets_shorter_is_unreadable(void **state)
{
	(void)state;
	avml_file_block(&file, 0x40000000, 0x4001ffff, 4);
	assert_success(open_file());
	assert_reads(0x40000000, 4);
	avml_file_cut(&file, 100);
	assert_unreadable(0x40010000, "the file ends at offset");
}

static void what_a_file_lacks_is_unreadable_and_told(void **state)
{
	(void)state;
	avml_file_block(&file, 0x40000000, 0x4002ffff, 4);
	avml_file_cut(&file, file.end - AVML_TRAILER - 1);
	assert_success(open_file());
	assert_string_equal(source.incomplete.what, "its last block lacks 64 KiB of memory");
	assert_int_equal(source.memory.size, 0x20000);
	assert_reads(0x4001ffff, 5);
	assert_unreadable(0x40020000, "not in the source");
}

static void assert_next(uint64_t pa, uint64_t wanted_start, uint64_t wanted_end)
{
	uint64_t start, end;

	assert_true(source.ops->next(source.context, pa, &start, &end));
	assert_int_equal(start, wanted_start);
	assert_int_equal(end, wanted_end);
}

static void memory_can_be_gone_through(void **state)
{
	uint64_t start, end;

	(void)state;
	avml_file_block(&file, 0x80000000, 0x80000fff, 8);
	avml_file_block(&file, 0x40000000, 0x40000ffe, 4);
	assert_success(open_file());
	assert_next(0, 0x40000000, 0x40000fff);
	assert_next(0x40000ffe, 0x40000ffe, 0x40000fff);
	assert_next(0x40000fff, 0x80000000, 0x80001000);
	assert_false(source.ops->next(source.context, 0x80001000, &start, &end));
}

static void files_of_a_split_set_are_refused(void **state)
{
	int fds[2];

	(void)state;
	avml_file_block(&file, 0x40000000, 0x40000fff, 4);
	fds[0] = fds[1] = file.file.fd;
	assert_failure(hr_avml_open(fds, 2, library, &source), HR_ERROR_INPUT,
		       "an AVML file is a single file");
}

/* What lies between the pieces of a flattened file would read as zeros. */
static void content_with_gaps_is_refused(void **state)
{
	(void)state;
	avml_file_block(&file, 0x40000000, 0x40000fff, 4);
	assert_success(hr_stretches_add(&source.stored[0], 0, file.end - 1));
	assert_failure(open_file(), HR_ERROR_INPUT, "incomplete");
	hr_stretches_release(&source.stored[0]);
}

static void content_without_gaps_is_read(void **state)
{
	(void)state;
	avml_file_block(&file, 0x40000000, 0x40000fff, 4);
	assert_success(hr_stretches_add(&source.stored[0], 0, file.end));
	assert_success(open_file());
	assert_next(0x40000000, 0x40000000, 0x40001000);
	hr_stretches_release(&source.stored[0]);
}

static void damaged_files_are_refused(void **state)
{
	(void)state;
	avml_file_block(&file, 0x40000000, 0x40001fff, 4);
	avml_file_block(&file, 0x40001000, 0x40002fff, 5);
	assert_failure(open_file(), HR_ERROR_INPUT, "its blocks overlap");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(memory_is_read_where_it_is),
		ROW(a_read_may_go_over_edges),
		ROW(chunks_of_all_kinds_may_be_mixed),
		ROW(many_chunks_can_be_read_in_any_order),
		ROW(a_damaged_chunk_is_unreadable),
		ROW(a_block_that_does_not_add_up_is_unreadable),
		ROW(a_block_with_more_memory_than_its_range_is_unreadable),
		ROW(a_block_with_a_chunk_of_another_type_is_unreadable),
		ROW(a_chunk_that_goes_beyond_its_block_makes_it_unreadable),
		ROW(what_was_damaged_stays_unreadable),
		ROW(a_file_that_is_written_to_is_unreadable),
		ROW(a_file_that_gets_shorter_is_unreadable),
		ROW(what_a_file_lacks_is_unreadable_and_told),
		ROW(memory_can_be_gone_through),
		ROW(files_of_a_split_set_are_refused),
		ROW(content_with_gaps_is_refused),
		ROW(content_without_gaps_is_read),
		ROW(damaged_files_are_refused),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
