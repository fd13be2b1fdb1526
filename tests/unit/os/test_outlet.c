// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/outlet.h"

enum {
	HOLD = 3 * PIPE_BUF,
	LIMIT = 100 * HOLD,
	WRITES_MAX = 64
};

/* What the outlet wrote, write by write. */
static struct {
	size_t sizes[WRITES_MAX], left[WRITES_MAX];
	size_t count;
	bool in_write;
} written;

/* The outlet of a test, and where to find what it wrote, which is not the outlet's own. */
static struct hr_outlet *outlet;
static FILE *stream;
static int fd = -1;

static void on_before(void *context)
{
	(void)context;
	assert_false(written.in_write);
	written.in_write = true;
}

static void on_after(void *context, size_t size, size_t left)
{
	(void)context;
	assert_true(written.in_write);
	assert_in_range(written.count, 0, WRITES_MAX - 1);
	written.in_write = false;
	written.sizes[written.count] = size;
	written.left[written.count++] = left;
}

/* Close the outlet, as fclose() does. */
static int close_outlet(void)
{
	FILE *closed = stream;

	stream = NULL;
	return fclose(closed);
}

/* Keep a descriptor of @to, which the outlet takes over. */
static void keep(int to)
{
	assert_true(to >= 0);
	memset(&written, 0, sizeof(written));
	hr_cleanup_close(&fd);
	fd = dup(to);
	assert_true(fd >= 0);
}

static void open_to(int to)
{
	static const struct hr_outlet_witness witness = { on_before, on_after, NULL };

	keep(to);
	assert_success(hr_outlet_open(to, HOLD, LIMIT, &witness, &outlet, &stream));
}

/* An outlet to memory. */
static int set_up(void **state)
{
	(void)state;
	open_to(memfd_create("outlet", MFD_CLOEXEC));
	return 0;
}

/* It is an error if an outlet that is still open cannot be closed. */
static int tear_down(void **state)
{
	int status;

	(void)state;
	hr_cleanup_close(&fd);
	fd = -1;
	status = stream ? close_outlet() : 0;
	if (written.in_write)
		status = -1;
	memset(&written, 0, sizeof(written));
	return status;
}

/* Write @count lines of @len bytes, including the newline. */
static void put_lines(size_t count, size_t len)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k + 1 < len; k++)
			putc('a' + (int)((i + k) % 26), stream);
		putc('\n', stream);
	}
	fflush(stream);
}

static size_t bytes_out(void)
{
	return (size_t)lseek(fd, 0, SEEK_END);
}

static char byte_at(size_t at)
{
	char byte;

	assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
	return byte;
}

static void holds_until_flushed(void **state)
{
	(void)state;
	put_lines(10, 100);
	assert_int_equal(written.count, 0);
	assert_true(hr_outlet_flush(outlet));
	assert_int_equal(bytes_out(), 1000);
	assert_int_equal(written.count, 1);
	assert_int_equal(written.left[0], 0);
	assert_true(hr_outlet_flush(outlet));
	assert_int_equal(written.count, 1);
	fputs("no line", stream);
	assert_true(hr_outlet_flush(outlet));
	assert_int_equal(bytes_out(), 1007);
}

/* When the buffer is full, complete lines are written; an incomplete one stays. */
static void lets_whole_lines_out(void **state)
{
	size_t at = 0;

	(void)state;
	put_lines(HOLD / 100, 100);
	assert_int_equal(bytes_out(), 0);
	put_lines(1, 100);
	assert_int_equal(bytes_out(), HOLD / 100 * 100);
	assert_int_equal(written.left[written.count - 1], HOLD % 100);
	for (size_t i = 0; i < written.count; i++) {
		at += written.sizes[i];
		assert_in_range(written.sizes[i], i + 1 < written.count ? PIPE_BUF - 100 : 1,
				PIPE_BUF);
		assert_int_equal(byte_at(at - 1), '\n');
	}
}

static void keeps_the_rest_for_the_end(void **state)
{
	size_t rest = 57;

	(void)state;
	put_lines(HOLD / 100, 100);
	for (size_t i = 0; i < HOLD % 100 + rest; i++)
		putc('x', stream);
	fflush(stream);
	assert_int_equal(bytes_out(), HOLD / 100 * 100);
	assert_int_equal(close_outlet(), 0);
	assert_int_equal(bytes_out(), HOLD + rest);
	assert_int_equal(byte_at(HOLD + rest - 1), 'x');
}

/*
 * A line longer than a piece is written in full pieces, and a line longer than the buffer is
 * written too.
 */
static void long_lines(void **state)
{
	(void)state;
	put_lines(1, 10);
	put_lines(1, 2 * PIPE_BUF);
	assert_true(hr_outlet_flush(outlet));
	assert_int_equal(written.count, 3);
	assert_int_equal(written.sizes[0], 10);
	assert_int_equal(written.sizes[1], PIPE_BUF);
	assert_int_equal(written.sizes[2], PIPE_BUF);
	put_lines(1, 5 * HOLD);
	assert_true(hr_outlet_flush(outlet));
	assert_int_equal(bytes_out(), 10 + 2 * PIPE_BUF + 5 * HOLD);
	for (size_t i = 3; i < written.count; i++)
		assert_in_range(written.sizes[i], 1, PIPE_BUF);
}

static void random_text(void **state)
{
	size_t len = 0;
	char *text, *found;

	(void)state;
	text = malloc(8 * HOLD);
	assert_non_null(text);
	while (len < 8 * HOLD) {
		text[len++] = random() % 900 ? (char)('a' + random() % 26) : '\n';
		assert_int_equal(fwrite(&text[len - 1], 1, 1, stream), 1);
	}
	assert_true(hr_outlet_flush(outlet));
	found = malloc(len);
	assert_non_null(found);
	assert_int_equal(bytes_out(), len);
	assert_int_equal(pread(fd, found, len, 0), len);
	assert_memory_equal(found, text, len);
	free(found);
	free(text);
}

static void drops_what_is_held(void **state)
{
	(void)state;
	put_lines(10, 100);
	fputs("in the stream's own buffer", stream);
	assert_true(hr_outlet_drop(outlet));
	put_lines(1, 100);
	assert_true(hr_outlet_flush(outlet));
	assert_int_equal(bytes_out(), 100);
	put_lines(2 * HOLD / 100, 100);
	assert_false(hr_outlet_drop(outlet));
	assert_true(hr_outlet_flush(outlet));
	assert_int_equal(bytes_out(), 100 + 2 * HOLD / 100 * 100);
	assert_true(hr_outlet_drop(outlet));
}

/* A failed write is reported by the next flush, by the stream, and at the end. */
static void failures(void **state)
{
	(void)state;
	open_to(open("/dev/full", O_WRONLY | O_CLOEXEC));
	put_lines(1, 100);
	assert_false(ferror(stream));
	assert_false(hr_outlet_flush(outlet));
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(written.sizes[0], 0);
	put_lines(1, 100);
	assert_true(ferror(stream));
	assert_false(hr_outlet_flush(outlet));
	assert_int_equal(written.count, 1);
	errno = 0;
	assert_int_equal(close_outlet(), EOF);
	assert_int_equal(errno, ENOSPC);
}

static void failure_at_the_end(void **state)
{
	(void)state;
	open_to(open("/dev/full", O_WRONLY | O_CLOEXEC));
	put_lines(1, 100);
	assert_int_equal(close_outlet(), EOF);
	assert_int_equal(errno, ENOSPC);
	/* If nothing is written, nothing is lost. */
	open_to(open("/dev/full", O_WRONLY | O_CLOEXEC));
	assert_int_equal(close_outlet(), 0);
}

static void reader_is_gone(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	open_to(ends[1]);
	put_lines(2 * HOLD / 100, 100);
	assert_true(ferror(stream));
	assert_int_equal(close_outlet(), EOF);
	assert_int_equal(errno, EPIPE);
}

/* A file that takes part of a piece, and then nothing more. */
static void short_write(void **state)
{
	struct rlimit before, limit;
	char path[] = "/tmp/hotremove-outlet.XXXXXX";
	bool flushed;
	int error;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){ .rlim_cur = 1234, .rlim_max = before.rlim_max };
	open_to(mkstemp(path));
	unlink(path);
	put_lines(20, 100);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	flushed = hr_outlet_flush(outlet);
	error = errno;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_false(flushed);
	assert_int_equal(error, EFBIG);
	assert_int_equal(written.sizes[0], 1234);
	assert_int_equal(written.left[0], 2000 - 1234);
	assert_int_equal(bytes_out(), 1234);
	assert_false(hr_outlet_drop(outlet));
	assert_int_equal(close_outlet(), EOF);
	assert_int_equal(errno, EFBIG);
}

/* An outlet to memory that takes @limit bytes. */
static void open_limited(uint64_t limit)
{
	int to = memfd_create("outlet", MFD_CLOEXEC);

	keep(to);
	assert_success(hr_outlet_open(to, 10, limit, NULL, &outlet, &stream));
}

/* Everything up to the limit arrives. The next byte does not, and all functions report it. */
static void more_than_the_limit(void **state)
{
	static const uint64_t limits[] = { 1, 9, 10, 11, 100 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(limits); i++) {
		open_limited(limits[i]);
		for (uint64_t k = 0; k < limits[i]; k++) {
			assert_int_equal(putc('x', stream), 'x');
			assert_int_equal(fflush(stream), 0);
		}
		assert_true(hr_outlet_flush(outlet));
		assert_int_equal(bytes_out(), limits[i]);
		for (uint64_t k = 0; k <= limits[i]; k++)
			putc('x', stream);
		assert_false(hr_outlet_flush(outlet));
		assert_true(ferror(stream));
		assert_int_equal(bytes_out(), limits[i]);
		errno = 0;
		assert_int_equal(close_outlet(), EOF);
		assert_int_equal(errno, EOVERFLOW);
	}
}

/* What was written before stays, and what is held is dropped. */
static void limit_behind_what_is_out(void **state)
{
	(void)state;
	open_limited(50);
	put_lines(9, 5);
	assert_false(ferror(stream));
	assert_int_equal(bytes_out(), 40);
	put_lines(2, 5);
	assert_true(ferror(stream));
	assert_false(hr_outlet_drop(outlet));
	put_lines(1, 5);
	assert_int_equal(close_outlet(), EOF);
	assert_int_equal(errno, EOVERFLOW);
	assert_int_equal(bytes_out(), 40);
}

/* Each answer may use the full limit; a dropped one does not count. */
static void each_answer_counts_anew(void **state)
{
	(void)state;
	open_limited(8);
	for (size_t i = 0; i < 5; i++) {
		put_lines(2, 4);
		assert_true(hr_outlet_flush(outlet));
		put_lines(1, 8);
		assert_true(hr_outlet_drop(outlet));
	}
	assert_int_equal(bytes_out(), 40);
	assert_int_equal(close_outlet(), 0);
}

static void no_witness(void **state)
{
	int ends[2];
	char text[8] = "";

	(void)state;
	assert_int_equal(pipe(ends), 0);
	fd = ends[0];
	assert_success(hr_outlet_open(ends[1], 1, LIMIT, NULL, &outlet, &stream));
	fputs("text\n", stream);
	assert_int_equal(close_outlet(), 0);
	assert_int_equal(read(fd, text, sizeof(text)), 5);
	assert_string_equal(text, "text\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name, set_up) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(holds_until_flushed, set_up),
		ROW(lets_whole_lines_out, set_up),
		ROW(keeps_the_rest_for_the_end, set_up),
		ROW(long_lines, set_up),
		ROW(random_text, set_up),
		ROW(drops_what_is_held, set_up),
		ROW(failures, NULL),
		ROW(failure_at_the_end, NULL),
		ROW(reader_is_gone, NULL),
		ROW(short_write, NULL),
		ROW(more_than_the_limit, NULL),
		ROW(limit_behind_what_is_out, NULL),
		ROW(each_answer_counts_anew, NULL),
		ROW(no_witness, NULL),
	};

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
