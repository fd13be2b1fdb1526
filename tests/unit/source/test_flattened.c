// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/temporary.h"
#include "source/flattened.h"

enum {
	HEADER = 4096,
};

static const struct hr_progress no_progress;

/* The bytes of a flattened file, the file, and the one that it is rearranged into. */
static struct {
	char bytes[128 * HEADER];
	size_t len;
} stream;
static struct core_file file;
static int fd = -1;
static struct hr_unwrapped unwrapped;

static void release(void)
{
	hr_stretches_release(&unwrapped.stored);
	hr_cleanup_close(&fd);
	fd = -1;
	core_file_release(&file);
}

/* Begin a stream with nothing but a header. */
static void begin(uint64_t type, uint64_t version)
{
	uint64_t head[2] = { htobe64(type), htobe64(version) };

	memset(&stream, 0, sizeof(stream));
	memcpy(stream.bytes, HR_FLATTENED_SIGNATURE, HR_FLATTENED_SIGNATURE_LEN);
	memcpy(stream.bytes + 16, head, sizeof(head));
	stream.len = HEADER;
}

static int set_up(void **state)
{
	(void)state;
	begin(1, 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	release();
	return 0;
}

static void put(uint64_t offset, uint64_t len, const char *bytes)
{
	uint64_t place[2] = { htobe64(offset), htobe64(len) };

	memcpy(stream.bytes + stream.len, place, sizeof(place));
	stream.len += sizeof(place);
	memcpy(stream.bytes + stream.len, bytes, strlen(bytes));
	stream.len += strlen(bytes);
}

static void end(void)
{
	put(UINT64_MAX, UINT64_MAX, "");
}

/* Write the stream to a file, and rearrange that. */
static struct hr_error *rearrange(void)
{
	release();
	core_file_raw(&file, stream.bytes, stream.len);
	assert_success(hr_temporary_open("", &fd));
	return hr_flattened_rearrange(file.fd, &no_progress, fd, &unwrapped);
}

static void pieces_go_to_their_places_in_any_order(void **state)
{
	struct stat st;
	char buffer[6];

	(void)state;
	put(0x10000, 6, "second");
	put(0, 5, "first");
	end();
	assert_success(rearrange());
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 0x10006);
	assert_int_equal(pread(fd, buffer, 6, 0x10000), 6);
	assert_memory_equal(buffer, "second", 6);
	assert_int_equal(pread(fd, buffer, 6, 0), 6);
	assert_memory_equal(buffer, "first\0", 6);
}

/* makedumpfile writes its header again when it knows the final values. */
static void later_pieces_win(void **state)
{
	char buffer[4];

	(void)state;
	put(0, 4, "aaaa");
	put(1, 2, "bb");
	end();
	assert_success(rearrange());
	assert_int_equal(pread(fd, buffer, 4, 0), 4);
	assert_memory_equal(buffer, "abba", 4);
}

/* More than one buffer, with pieces that lie across its ends. */
static void large_streams_come_through_whole(void **state)
{
	unsigned char byte;

	(void)state;
	core_file_init(&file);
	core_file_load(&file, 0x40000000, MIB(3) + 123, 0x5a);
	core_file_finish(&file);
	core_file_flatten(&file);
	assert_success(hr_temporary_open("", &fd));
	assert_success(hr_flattened_rearrange(file.fd, &no_progress, fd, &unwrapped));
	for (uint64_t at = 0; at < MIB(3) + 123; at += 1021) {
		assert_int_equal(pread(fd, &byte, 1, (off_t)(file.phdrs[0].p_offset + at)), 1);
		assert_int_equal(byte, 0x5a);
	}
}

static void what_follows_the_end_is_not_read(void **state)
{
	(void)state;
	put(0, 4, "dump");
	end();
	put(0, 4, "junk");
	assert_success(rearrange());
}

/* The file is sparse; only its size is checked. */
static void larger_files_are_refused(void **state)
{
	(void)state;
	core_file_raw(&file, "", 0);
	assert_int_equal(ftruncate(file.fd, HR_FLATTENED_MAX), 0);
	assert_failure(hr_flattened_rearrange(file.fd, &no_progress, -1, &unwrapped),
		       HR_ERROR_INPUT, "only type 1 and version 1");
	assert_int_equal(ftruncate(file.fd, HR_FLATTENED_MAX + 1), 0);
	assert_failure(hr_flattened_rearrange(file.fd, &no_progress, -1, &unwrapped),
		       HR_ERROR_INPUT, "exceeds the limit of 256 GiB");
}

/* Cut at every length. A piece counts if all of it is there. */
static void cut_streams_have_the_pieces_before_the_cut(void **state)
{
	const size_t first = HEADER + 16 + 5, second = first + 16 + 6;
	size_t whole;

	(void)state;
	put(0, 5, "first");
	put(0x1000, 6, "second");
	end();
	whole = stream.len;
	for (size_t len = 0; len <= whole; len += len < HEADER ? 1024 : 1) {
		stream.len = len;
		if (len < first) {
			assert_failure(rearrange(), HR_ERROR_INPUT, "truncated");
			continue;
		}
		assert_success(rearrange());
		assert_int_equal(unwrapped.is_cut, len < whole);
		assert_int_equal(unwrapped.stored.count, len == whole ? 0 : len < second ? 1 : 2);
		if (len == whole)
			continue;
		assert_true(hr_stretches_have(&unwrapped.stored, 0, 5));
		assert_false(hr_stretches_have(&unwrapped.stored, 0, 6));
		assert_int_equal(hr_stretches_have(&unwrapped.stored, 0x1000, 6), len >= second);
	}
}

static void damaged_pieces_are_refused(void **state)
{
	static const struct {
		uint64_t offset, len;
		const char *part;
	} rows[] = {
		{ 0, 0, "damaged" },
		{ 0x1000, 0, "damaged" },
		{ HR_REARRANGED_MAX, 1, "it places 1 byte at offset 0x80000000000, but the limit" },
		{ HR_REARRANGED_MAX - 1, 2, "limit for the dump inside is 8 TiB" },
		{ 0, HR_REARRANGED_MAX + 1, "limit for the dump inside is 8 TiB" },
		{ UINT64_MAX, 1, "damaged" },
		{ UINT64_C(1) << 63, 1, "damaged" },
		{ 0, UINT64_MAX, "damaged" },
		{ 1, UINT64_MAX, "damaged" },
		{ 0, 1000, "it places 1000 bytes at offset 0x0, but has only 17 bytes" },
		{ 0, HR_REARRANGED_MAX, "has only 17 bytes of them" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin(1, 1);
		put(rows[i].offset, rows[i].len, "x");
		end();
		assert_failure(rearrange(), HR_ERROR_INPUT, rows[i].part);
	}
}

/* Bytes that lie far apart take a block of disk each; neighbours share one. */
static void pieces_that_would_fill_the_disk_are_refused(void **state)
{
	static const uint64_t steps[] = { 4096, 1 };
	enum {
		COUNT = 20000
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		struct hr_error *error;

		begin(1, 1);
		for (uint64_t piece = 0; piece < COUNT; piece++)
			put(piece * steps[i], 1, "x");
		end();
		error = rearrange();
		if (steps[i] > 1) {
			assert_failure(error, HR_ERROR_INPUT, "would need more than");
			continue;
		}
		assert_success(error);
	}
}

static void other_versions_are_refused(void **state)
{
	static const uint64_t rows[][2] = {
		{ 2, 1 }, { 1, 2 }, { 0, 0 }, { UINT64_C(1) << 56, 1 }
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin(rows[i][0], rows[i][1]);
		put(0, 4, "dump");
		end();
		assert_failure(rearrange(), HR_ERROR_INPUT, "only type 1 and version 1");
	}
}

static void signature_tells(void **state)
{
	(void)state;
	assert_true(hr_flattened_probe("makedumpfile\0\0\0\0", 16));
	assert_true(hr_flattened_probe("makedumpfile", 12));
	assert_false(hr_flattened_probe("makedumpfil", 11));
	assert_false(hr_flattened_probe("KDUMP   makedump", 16));
}

struct report {
	uint64_t calls, done, total;
};

static void on_progress(void *context, uint64_t done, uint64_t total)
{
	struct report *report = context;

	assert_true(done >= report->done && done <= total);
	report->calls++;
	report->done = done;
	report->total = total;
}

static void progress_is_told(void **state)
{
	struct report report = { .calls = 0 };
	const struct hr_progress progress = { on_progress, &report };

	(void)state;
	core_file_init(&file);
	core_file_load(&file, 0x40000000, MIB(1), 1);
	core_file_finish(&file);
	core_file_flatten(&file);
	assert_success(hr_temporary_open("", &fd));
	assert_success(hr_flattened_rearrange(file.fd, &progress, fd, &unwrapped));
	assert_true(report.calls > 0);
	assert_int_equal(report.total, core_file_size(&file));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(pieces_go_to_their_places_in_any_order),
		ROW(later_pieces_win),
		ROW(large_streams_come_through_whole),
		ROW(what_follows_the_end_is_not_read),
		ROW(larger_files_are_refused),
		ROW(cut_streams_have_the_pieces_before_the_cut),
		ROW(damaged_pieces_are_refused),
		ROW(pieces_that_would_fill_the_disk_are_refused),
		ROW(other_versions_are_refused),
		cmocka_unit_test(signature_tells),
		ROW(progress_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
