// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/snappy_frame.h"

#include <string.h>

#include "avml_file.h"

static struct avml_file file;
static struct hr_snappy_library *library;
static struct hr_snappy snappy;
static char content[HR_SNAPPY_CONTENT_MAX];

static int set_up(void **state)
{
	(void)state;
	avml_file_init(&file);
	assert_success(hr_snappy_library_load(&library));
	assert_success(hr_snappy_init(&snappy, library));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_snappy_release(&snappy);
	hr_library_release(library);
	avml_file_release(&file);
	return 0;
}

static struct hr_error *look(struct hr_snappy_chunk *ret)
{
	return hr_snappy_look(file.file.fd, 0, file.end, ret);
}

static void assert_content(const char *wanted)
{
	struct hr_snappy_chunk chunk;

	assert_success(look(&chunk));
	assert_int_equal(chunk.end, file.end);
	assert_int_equal(chunk.content, strlen(wanted));
	assert_success(hr_snappy_unpack(&snappy, file.file.fd, &chunk, content));
	assert_memory_equal(content, wanted, strlen(wanted));
}

static void assert_refused(const char *why)
{
	struct hr_snappy_chunk chunk;

	assert_failure(look(&chunk), HR_ERROR_INPUT, why);
}

static void assert_skipped(void)
{
	struct hr_snappy_chunk chunk;

	assert_success(look(&chunk));
	assert_int_equal(chunk.end, file.end);
	assert_int_equal(chunk.content, 0);
	assert_false(chunk.is_cut);
}

static void stored_content_is_read(void **state)
{
	(void)state;
	avml_file_stored(&file, "some bytes", 10);
	assert_content("some bytes");
}

static void compressed_content_is_unpacked(void **state)
{
	(void)state;
	avml_file_compressed(&file, "ab ab ab ab ab ab ab ab ab ab ab ab ab", 38);
	assert_true(file.end < 38);
	assert_content("ab ab ab ab ab ab ab ab ab ab ab ab ab");
}

static void a_chunk_has_up_to_65536_bytes(void **state)
{
	static char full[HR_SNAPPY_CONTENT_MAX + 1];
	struct hr_snappy_chunk chunk;

	(void)state;
	memset(full, 'x', sizeof(full));
	avml_file_compressed(&file, full, HR_SNAPPY_CONTENT_MAX);
	assert_success(look(&chunk));
	assert_int_equal(chunk.content, HR_SNAPPY_CONTENT_MAX);
	assert_success(hr_snappy_unpack(&snappy, file.file.fd, &chunk, content));
	assert_memory_equal(content, full, HR_SNAPPY_CONTENT_MAX);
	file.end = 0;
	avml_file_compressed(&file, full, sizeof(full));
	assert_refused("the chunk at offset 0x0 claims more than 65536 bytes");
	file.end = 0;
	avml_file_stored(&file, full, sizeof(full));
	assert_refused("has more than 65536 bytes");
}

static void padding_and_skippable_chunks_have_no_content(void **state)
{
	static const unsigned char types[] = { 0x80, 0xfd, AVML_PADDING };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		file.end = 0;
		avml_file_chunk(&file, types[i], "anything", 8);
		assert_skipped();
	}
}

static void unknown_chunks_that_may_not_be_skipped_are_refused(void **state)
{
	static const unsigned char types[] = { 0x02, 0x7f };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		file.end = 0;
		avml_file_chunk(&file, types[i], "anything", 8);
		assert_refused("the chunk at offset 0x0 is of a type that is not known");
	}
}

static void only_the_right_identifier_is_one(void **state)
{
	struct hr_snappy_chunk chunk;

	(void)state;
	avml_file_identifier(&file);
	assert_success(look(&chunk));
	assert_true(chunk.is_identifier);
	file.end = 0;
	avml_file_chunk(&file, 0xff, "SnApPy", 6);
	assert_refused("does not identify a stream");
	file.end = 0;
	avml_file_chunk(&file, 0xff, "sNaPpY!", 7);
	assert_refused("does not identify a stream");
}

/* What a length says is not believed: three bytes become at most 64. */
static void lengths_that_cannot_be_are_refused(void **state)
{
	static const char many[] = "sum \x80\x80\x04", endless[] = "sum \xff\xff\xff\xff\xff";
	static char large[HR_SNAPPY_DATA_MAX + 5];

	(void)state;
	avml_file_chunk(&file, AVML_STORED, "sum", 3);
	assert_refused("is too short for a checksum");
	file.end = 0;
	avml_file_chunk(&file, AVML_COMPRESSED, "sum ", 4);
	assert_refused("does not say how much is in it");
	file.end = 0;
	avml_file_chunk(&file, AVML_COMPRESSED, endless, sizeof(endless) - 1);
	assert_refused("does not say how much is in it");
	file.end = 0;
	avml_file_chunk(&file, AVML_COMPRESSED, many, sizeof(many) - 1);
	assert_refused("claims more than can be in it");
	file.end = 0;
	avml_file_chunk(&file, AVML_COMPRESSED, large, sizeof(large));
	assert_refused("has more data than 65536 bytes can become");
}

static void a_wrong_sum_makes_content_unreadable(void **state)
{
	struct hr_snappy_chunk chunk;

	(void)state;
	avml_file_stored(&file, "some bytes", 10);
	core_file_write(&file.file, "S", 1, 8);
	assert_success(look(&chunk));
	assert_failure(hr_snappy_unpack(&snappy, file.file.fd, &chunk, content),
		       HR_ERROR_UNREADABLE, "the chunk at offset 0x0 has a wrong checksum");
}

static void wrong_data_makes_content_unreadable(void **state)
{
	struct hr_snappy_chunk chunk;

	(void)state;
	/* Ten bytes; a copy of four of them before the first. */
	avml_file_chunk(&file, AVML_COMPRESSED, "sum \x0a\x01\x01", 7);
	assert_success(look(&chunk));
	assert_int_equal(chunk.content, 10);
	assert_failure(hr_snappy_unpack(&snappy, file.file.fd, &chunk, content),
		       HR_ERROR_UNREADABLE, "the chunk at offset 0x0 cannot be unpacked");
}

/* It is not damage: the file may end there. */
static void a_chunk_may_be_cut_anywhere(void **state)
{
	struct hr_snappy_chunk chunk;
	uint64_t whole;

	(void)state;
	avml_file_compressed(&file, "some bytes", 10);
	whole = file.end;
	for (file.end = 0; file.end < whole; file.end++) {
		assert_success(look(&chunk));
		assert_true(chunk.is_cut);
	}
	assert_content("some bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(stored_content_is_read),
		ROW(compressed_content_is_unpacked),
		ROW(a_chunk_has_up_to_65536_bytes),
		ROW(padding_and_skippable_chunks_have_no_content),
		ROW(unknown_chunks_that_may_not_be_skipped_are_refused),
		ROW(only_the_right_identifier_is_one),
		ROW(lengths_that_cannot_be_are_refused),
		ROW(a_wrong_sum_makes_content_unreadable),
		ROW(wrong_data_makes_content_unreadable),
		ROW(a_chunk_may_be_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
