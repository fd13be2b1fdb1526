// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/compressed.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core_file.h"

enum {
	CONTENT = 300000
};

static const struct hr_progress no_progress;
static const int filters[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD,
			       ARCHIVE_FILTER_BZIP2 };

/* What is compressed, the result, and the file that it is unpacked to. */
static unsigned char content[CONTENT];
static unsigned char packed[CONTENT + 65536];
static size_t packed_len;
static struct core_file file, out;
static struct hr_unwrapped unwrapped;

/* It begins and ends with zeros, and has some in between. */
static int set_up(void **state)
{
	uint32_t value = 1;

	(void)state;
	memset(content, 0, sizeof(content));
	for (size_t i = 5000; i < CONTENT - 5000; i++) {
		value = value * 1103515245 + 12345;
		content[i] = i / 8192 % 3 ? (unsigned char)(value >> 28) : 0;
	}
	return 0;
}

static void release(void)
{
	core_file_release(&file);
	core_file_release(&out);
	hr_stretches_release(&unwrapped.stored);
}

static int tear_down(void **state)
{
	(void)state;
	release();
	return 0;
}

/* Compress the @len @bytes and append them to what is packed. */
static void pack(int filter, const void *bytes, size_t len)
{
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	size_t used = 0;

	assert_int_equal(archive_write_set_format_raw(archive), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter(archive, filter), ARCHIVE_OK);
	archive_write_set_bytes_per_block(archive, 0);
	assert_int_equal(archive_write_open_memory(archive, packed + packed_len,
						   sizeof(packed) - packed_len, &used),
			 ARCHIVE_OK);
	archive_entry_set_pathname(entry, "data");
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(archive, bytes, len), len);
	archive_entry_free(entry);
	assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
	packed_len += used;
}

static struct hr_error *unpack(void)
{
	release();
	core_file_raw(&file, packed, packed_len);
	core_file_raw(&out, "", 0);
	assert_success(hr_compressed_prepare(packed, packed_len));
	return hr_compressed_unwrap(file.fd, &no_progress, out.fd, &unwrapped);
}

static void assert_content(const void *bytes, size_t len)
{
	unsigned char *found = malloc(len);

	assert_non_null(found);
	assert_int_equal(core_file_size(&out), len);
	assert_int_equal(pread(out.fd, found, len, 0), len);
	assert_memory_equal(found, bytes, len);
	free(found);
}

/* This test comes first: libraries stay loaded. In a sandbox, it is too late to load another. */
static void a_file_that_became_one_of_another_codec_is_refused(void **state)
{
	(void)state;
	packed_len = 0;
	pack(ARCHIVE_FILTER_XZ, content, CONTENT);
	core_file_raw(&file, packed, packed_len);
	core_file_raw(&out, "", 0);
	assert_success(hr_compressed_prepare("\x1f\x8b\x08", 3));
	assert_failure(hr_compressed_unwrap(file.fd, &no_progress, out.fd, &unwrapped),
		       HR_ERROR_INPUT, "being written to");
}

static void content_is_unpacked(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(filters); i++) {
		char head[HR_FORMAT_HEAD];
		size_t len;

		packed_len = 0;
		pack(filters[i], content, CONTENT);
		assert_true(hr_compressed_probe(packed, 16));
		assert_success(unpack());
		assert_content(content, CONTENT);
		assert_success(hr_compressed_peek(file.fd, head, &len));
		assert_int_equal(len, HR_FORMAT_HEAD);
		assert_memory_equal(head, content, len);
	}
}

/* As gzip and the others write if they append to a file. */
static void members_are_joined(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(filters); i++) {
		packed_len = 0;
		pack(filters[i], content, 100000);
		pack(filters[i], content + 100000, CONTENT - 100000);
		assert_success(unpack());
		assert_content(content, CONTENT);
	}
}

static void little_content_has_a_short_head(void **state)
{
	char head[HR_FORMAT_HEAD];
	size_t len;

	(void)state;
	packed_len = 0;
	pack(ARCHIVE_FILTER_GZIP, "hello", 5);
	assert_success(unpack());
	assert_content("hello", 5);
	assert_success(hr_compressed_peek(file.fd, head, &len));
	assert_int_equal(len, 5);
}

/* What was unpacked is the beginning of the content. */
static void assert_cut(void)
{
	size_t len = core_file_size(&out);

	assert_true(unwrapped.is_cut);
	assert_in_range(len, 1, CONTENT);
	assert_content(content, len);
	assert_int_equal(unwrapped.stored.count, 1);
	assert_int_equal(unwrapped.stored.list[0].start, 0);
	assert_int_equal(unwrapped.stored.list[0].end, len);
}

/* zstd and bzip2 have content in blocks, and nothing before the first is whole. */
static void what_ends_early_has_the_content_before_its_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(filters); i++) {
		size_t whole;

		packed_len = 0;
		pack(filters[i], content, CONTENT);
		whole = packed_len;
		for (size_t cut = 1; cut + whole / 7 < whole; cut += whole / 7) {
			struct hr_error *error;

			packed_len = whole - cut;
			error = unpack();
			if (error && cut > 1 && i > 1) {
				assert_failure(error, HR_ERROR_INPUT, "before its first content");
				continue;
			}
			assert_success(error);
			assert_cut();
		}
	}
}

/* Whatever follows a member has its first byte. */
static void further_members_may_end_early(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(filters); i++) {
		size_t first;

		packed_len = 0;
		pack(filters[i], content, 100000);
		first = packed_len;
		pack(filters[i], content + 100000, CONTENT - 100000);
		packed_len = first + 1;
		assert_success(unpack());
		assert_int_equal(core_file_size(&out), 100000);
		assert_cut();
		packed_len = first;
		assert_success(unpack());
		assert_false(unwrapped.is_cut);
		assert_int_equal(unwrapped.stored.count, 0);
	}
}

static void what_ends_before_its_content_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(filters); i++) {
		char head[HR_FORMAT_HEAD];
		size_t len;

		packed_len = 0;
		pack(filters[i], content, CONTENT);
		packed_len = 10;
		assert_failure(unpack(), HR_ERROR_INPUT, "ends before its first content");
		assert_failure(hr_compressed_peek(file.fd, head, &len), HR_ERROR_INPUT,
			       "ends before its first content");
	}
}

/* A decoder of gzip takes them for content. */
static void zeros_instead_of_the_end_are_damage(void **state)
{
	(void)state;
	packed_len = 0;
	pack(ARCHIVE_FILTER_GZIP, content, CONTENT);
	memset(packed + packed_len - 4096, 0, 4096);
	assert_failure(unpack(), HR_ERROR_INPUT, "it ends in zeros");
}

/* What leads a decoder over the end of a member, here the second one: the last bits of it. */
static void an_end_that_was_not_reached_is_damage(void **state)
{
	bool found = false;

	(void)state;
	packed_len = 0;
	pack(ARCHIVE_FILTER_GZIP, content, 100000);
	pack(ARCHIVE_FILTER_GZIP, content, CONTENT);
	for (size_t bit = 0; !found && bit < 8 * 16; bit++) {
		struct hr_error *error;

		packed[packed_len - 9 - bit / 8] ^= (unsigned char)(1 << bit % 8);
		error = unpack();
		assert_non_null(error);
		found = strstr(error->message, "its end is there") != NULL;
		assert_failure(error, HR_ERROR_INPUT, "is damaged");
		packed[packed_len - 9 - bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	assert_true(found);
}

/* In every part of the file, checksums included. zstd's are optional, and not written here. */
static void damage_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(filters); i++) {
		if (filters[i] == ARCHIVE_FILTER_ZSTD)
			continue;
		packed_len = 0;
		pack(filters[i], content, CONTENT);
		for (size_t at = packed_len - 8; at > 100; at -= at / 9) {
			packed[at] ^= 0x10;
			assert_failure(unpack(), HR_ERROR_INPUT, "is damaged");
			packed[at] ^= 0x10;
		}
	}
}

static void bytes_behind_a_gzip_member_are_ignored(void **state)
{
	(void)state;
	packed_len = 0;
	pack(ARCHIVE_FILTER_GZIP, content, CONTENT);
	memset(packed + packed_len, 0, 1000);
	packed_len += 1000;
	assert_success(unpack());
	assert_content(content, CONTENT);
}

/* It is compressed so well that a small file would fill the disk. */
static void content_beyond_the_limit_is_refused(void **state)
{
	static char zeros[1 << 20];
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();

	(void)state;
	release();
	core_file_raw(&file, "", 0);
	core_file_raw(&out, "", 0);
	archive_write_set_format_raw(archive);
	archive_write_add_filter(archive, ARCHIVE_FILTER_ZSTD);
	assert_int_equal(archive_write_open_fd(archive, file.fd), ARCHIVE_OK);
	archive_entry_set_pathname(entry, "data");
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	for (size_t i = 0; i < 600; i++)
		assert_int_equal(archive_write_data(archive, zeros, sizeof(zeros)), sizeof(zeros));
	archive_entry_free(entry);
	assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
	assert_success(hr_compressed_prepare("\x28\xb5\x2f\xfd", 4));
	assert_failure(hr_compressed_unwrap(file.fd, &no_progress, out.fd, &unwrapped),
		       HR_ERROR_INPUT, "exceeds the limit");
}

static void other_files_are_not_compressed(void **state)
{
	(void)state;
	assert_false(hr_compressed_probe("\x1f\x8b", 2));
	assert_false(hr_compressed_probe("\177ELF", 4));
	packed_len = 0;
	memcpy(packed, "hello", 5);
	packed_len = 5;
	assert_failure(unpack(), HR_ERROR_INPUT, "being written to");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(a_file_that_became_one_of_another_codec_is_refused),
		ROW(content_is_unpacked),
		ROW(members_are_joined),
		ROW(little_content_has_a_short_head),
		ROW(what_ends_early_has_the_content_before_its_end),
		ROW(further_members_may_end_early),
		ROW(what_ends_before_its_content_is_refused),
		ROW(zeros_instead_of_the_end_are_damage),
		ROW(an_end_that_was_not_reached_is_damage),
		ROW(damage_is_refused),
		ROW(bytes_behind_a_gzip_member_are_ignored),
		ROW(content_beyond_the_limit_is_refused),
		ROW(other_files_are_not_compressed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
