// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/temporary.h"
#include "source/flattened.h"

enum {
	HEADER = 4096,
};

/* A flattened file under construction. */
struct stream {
	char bytes[128 * HEADER];
	size_t len;
};

static void begin(struct stream *stream, uint64_t type, uint64_t version)
{
	uint64_t head[2] = { htobe64(type), htobe64(version) };

	memset(stream, 0, sizeof(*stream));
	memcpy(stream->bytes, HR_FLATTENED_SIGNATURE, HR_FLATTENED_SIGNATURE_LEN);
	memcpy(stream->bytes + 16, head, sizeof(head));
	stream->len = HEADER;
}

static void put(struct stream *stream, uint64_t offset, uint64_t len, const char *bytes)
{
	uint64_t place[2] = { htobe64(offset), htobe64(len) };

	memcpy(stream->bytes + stream->len, place, sizeof(place));
	stream->len += sizeof(place);
	memcpy(stream->bytes + stream->len, bytes, strlen(bytes));
	stream->len += strlen(bytes);
}

static void end(struct stream *stream)
{
	put(stream, UINT64_MAX, UINT64_MAX, "");
}

static struct hr_error *rearrange(const struct stream *stream, int *ret_fd)
{
	static const struct hr_progress none;
	struct hr_error *error;
	struct core_file file;

	core_file_raw(&file, stream->bytes, stream->len);
	assert_success(hr_temporary_open("", ret_fd));
	error = hr_flattened_rearrange(file.fd, &none, *ret_fd);
	if (error) {
		close(*ret_fd);
		*ret_fd = -1;
	}
	core_file_release(&file);
	return error;
}

static void pieces_go_to_their_places_in_any_order(void **state)
{
	struct stream stream;
	struct stat st;
	char buffer[6];
	int fd;

	(void)state;
	begin(&stream, 1, 1);
	put(&stream, 0x10000, 6, "second");
	put(&stream, 0, 5, "first");
	end(&stream);
	assert_success(rearrange(&stream, &fd));
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 0x10006);
	assert_int_equal(pread(fd, buffer, 6, 0x10000), 6);
	assert_memory_equal(buffer, "second", 6);
	assert_int_equal(pread(fd, buffer, 6, 0), 6);
	assert_memory_equal(buffer, "first\0", 6);
	close(fd);
}

/* makedumpfile writes its header again when it knows the final values. */
static void later_pieces_win(void **state)
{
	struct stream stream;
	char buffer[4];
	int fd;

	(void)state;
	begin(&stream, 1, 1);
	put(&stream, 0, 4, "aaaa");
	put(&stream, 1, 2, "bb");
	end(&stream);
	assert_success(rearrange(&stream, &fd));
	assert_int_equal(pread(fd, buffer, 4, 0), 4);
	assert_memory_equal(buffer, "abba", 4);
	close(fd);
}

/* More than one buffer, with pieces that lie across its ends. */
static void large_streams_come_through_whole(void **state)
{
	static const struct hr_progress none;
	struct core_file core;
	unsigned char byte;
	int fd;

	(void)state;
	core_file_init(&core);
	core_file_load(&core, 0x40000000, MIB(3) + 123, 0x5a);
	core_file_finish(&core);
	core_file_flatten(&core);
	assert_success(hr_temporary_open("", &fd));
	assert_success(hr_flattened_rearrange(core.fd, &none, fd));
	for (uint64_t at = 0; at < MIB(3) + 123; at += 1021) {
		assert_int_equal(pread(fd, &byte, 1, (off_t)(core.phdrs[0].p_offset + at)), 1);
		assert_int_equal(byte, 0x5a);
	}
	close(fd);
	core_file_release(&core);
}

static void what_follows_the_end_is_not_read(void **state)
{
	struct stream stream;
	int fd;

	(void)state;
	begin(&stream, 1, 1);
	put(&stream, 0, 4, "dump");
	end(&stream);
	put(&stream, 0, 4, "junk");
	assert_success(rearrange(&stream, &fd));
	close(fd);
}

/* The file is sparse; only its size is checked. */
static void larger_files_are_refused(void **state)
{
	static const struct hr_progress none;
	struct core_file file;

	(void)state;
	core_file_raw(&file, "", 0);
	assert_int_equal(ftruncate(file.fd, HR_FLATTENED_MAX), 0);
	assert_failure(hr_flattened_rearrange(file.fd, &none, -1), HR_ERROR_INPUT, "only 1 and 1");
	assert_int_equal(ftruncate(file.fd, HR_FLATTENED_MAX + 1), 0);
	assert_failure(hr_flattened_rearrange(file.fd, &none, -1), HR_ERROR_INPUT,
		       "more than 256 GiB");
	core_file_release(&file);
}

/* Truncated at every length: something is always missing. */
static void cut_streams_are_refused(void **state)
{
	struct stream stream;
	size_t whole;

	(void)state;
	begin(&stream, 1, 1);
	put(&stream, 0, 5, "first");
	put(&stream, 0x1000, 6, "second");
	end(&stream);
	whole = stream.len;
	for (size_t len = 0; len < whole; len += len < HEADER ? 1023 : 1) {
		int fd;

		stream.len = len;
		assert_failure(rearrange(&stream, &fd), HR_ERROR_INPUT, "cut short");
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
		{ HR_REARRANGED_MAX, 1, "limit of the dump in it is 8 TiB" },
		{ HR_REARRANGED_MAX - 1, 2, "limit of the dump in it is 8 TiB" },
		{ 0, HR_REARRANGED_MAX + 1, "limit of the dump in it is 8 TiB" },
		{ UINT64_MAX, 1, "damaged" },
		{ UINT64_C(1) << 63, 1, "damaged" },
		{ 0, UINT64_MAX, "damaged" },
		{ 1, UINT64_MAX, "damaged" },
		{ 0, 1000, "cut short" },
		{ 0, HR_REARRANGED_MAX, "cut short" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct stream stream;
		int fd;

		begin(&stream, 1, 1);
		put(&stream, rows[i].offset, rows[i].len, "x");
		end(&stream);
		assert_failure(rearrange(&stream, &fd), HR_ERROR_INPUT, rows[i].part);
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
		struct stream stream;
		int out;

		begin(&stream, 1, 1);
		for (uint64_t piece = 0; piece < COUNT; piece++)
			put(&stream, piece * steps[i], 1, "x");
		end(&stream);
		error = rearrange(&stream, &out);
		if (steps[i] > 1) {
			assert_failure(error, HR_ERROR_INPUT, "would take more than");
			continue;
		}
		assert_success(error);
		close(out);
	}
}

static void other_versions_are_refused(void **state)
{
	static const uint64_t rows[][2] = {
		{ 2, 1 }, { 1, 2 }, { 0, 0 }, { UINT64_C(1) << 56, 1 }
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct stream stream;
		int fd;

		begin(&stream, rows[i][0], rows[i][1]);
		put(&stream, 0, 4, "dump");
		end(&stream);
		assert_failure(rearrange(&stream, &fd), HR_ERROR_INPUT, "only 1 and 1");
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
	struct core_file core;
	int fd;

	(void)state;
	core_file_init(&core);
	core_file_load(&core, 0x40000000, MIB(1), 1);
	core_file_finish(&core);
	core_file_flatten(&core);
	assert_success(hr_temporary_open("", &fd));
	assert_success(hr_flattened_rearrange(core.fd, &progress, fd));
	assert_true(report.calls > 0);
	assert_int_equal(report.total, core_file_size(&core));
	close(fd);
	core_file_release(&core);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_go_to_their_places_in_any_order),
		cmocka_unit_test(later_pieces_win),
		cmocka_unit_test(large_streams_come_through_whole),
		cmocka_unit_test(what_follows_the_end_is_not_read),
		cmocka_unit_test(larger_files_are_refused),
		cmocka_unit_test(cut_streams_are_refused),
		cmocka_unit_test(damaged_pieces_are_refused),
		cmocka_unit_test(pieces_that_would_fill_the_disk_are_refused),
		cmocka_unit_test(other_versions_are_refused),
		cmocka_unit_test(signature_tells),
		cmocka_unit_test(progress_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
