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

#include "os/outlet.h"

enum {
	HOLD = 3 * PIPE_BUF,
	LIMIT = 100 * HOLD,
	WRITES_MAX = 64
};

/* What the outlet wrote, write by write, and where to find it. */
struct written {
	size_t sizes[WRITES_MAX], left[WRITES_MAX];
	size_t count;
	bool in_write;
	int fd; /* not the outlet's own */
	struct hr_outlet *outlet;
	FILE *stream;
};

static void on_before(void *context)
{
	struct written *written = context;

	assert_false(written->in_write);
	written->in_write = true;
}

static void on_after(void *context, size_t size, size_t left)
{
	struct written *written = context;

	assert_true(written->in_write);
	assert_in_range(written->count, 0, WRITES_MAX - 1);
	written->in_write = false;
	written->sizes[written->count] = size;
	written->left[written->count++] = left;
}

/* Open an outlet to @fd, which it takes over. */
static void open_to(struct written *written, int fd)
{
	const struct hr_outlet_witness witness = { on_before, on_after, written };

	assert_true(fd >= 0);
	*written = (struct written){ .fd = dup(fd) };
	assert_true(written->fd >= 0);
	assert_success(
		hr_outlet_open(fd, HOLD, LIMIT, &witness, &written->outlet, &written->stream));
}

/* An outlet to memory. */
static void open_outlet(struct written *written)
{
	open_to(written, memfd_create("outlet", MFD_CLOEXEC));
}

/* Write @count lines of @len bytes, including the newline. */
static void put_lines(FILE *stream, size_t count, size_t len)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k + 1 < len; k++)
			putc('a' + (int)((i + k) % 26), stream);
		putc('\n', stream);
	}
	fflush(stream);
}

static size_t bytes_out(const struct written *written)
{
	return (size_t)lseek(written->fd, 0, SEEK_END);
}

static char byte_at(const struct written *written, size_t at)
{
	char byte;

	assert_int_equal(pread(written->fd, &byte, 1, (off_t)at), 1);
	return byte;
}

static void close_outlet(struct written *written)
{
	assert_int_equal(fclose(written->stream), 0);
	assert_false(written->in_write);
	close(written->fd);
}

static void holds_until_flushed(void **state)
{
	struct written written;

	(void)state;
	open_outlet(&written);
	put_lines(written.stream, 10, 100);
	assert_int_equal(written.count, 0);
	assert_true(hr_outlet_flush(written.outlet));
	assert_int_equal(bytes_out(&written), 1000);
	assert_int_equal(written.count, 1);
	assert_int_equal(written.left[0], 0);
	assert_true(hr_outlet_flush(written.outlet));
	assert_int_equal(written.count, 1);
	fputs("no line", written.stream);
	assert_true(hr_outlet_flush(written.outlet));
	assert_int_equal(bytes_out(&written), 1007);
	close_outlet(&written);
}

/* When the buffer is full, complete lines are written; an incomplete one stays. */
static void lets_whole_lines_out(void **state)
{
	struct written written;
	size_t at = 0;

	(void)state;
	open_outlet(&written);
	put_lines(written.stream, HOLD / 100, 100);
	assert_int_equal(bytes_out(&written), 0);
	put_lines(written.stream, 1, 100);
	assert_int_equal(bytes_out(&written), HOLD / 100 * 100);
	assert_int_equal(written.left[written.count - 1], HOLD % 100);
	for (size_t i = 0; i < written.count; i++) {
		at += written.sizes[i];
		assert_in_range(written.sizes[i], i + 1 < written.count ? PIPE_BUF - 100 : 1,
				PIPE_BUF);
		assert_int_equal(byte_at(&written, at - 1), '\n');
	}
	close_outlet(&written);
}

static void keeps_the_rest_for_the_end(void **state)
{
	struct written written;
	size_t rest = 57;

	(void)state;
	open_outlet(&written);
	put_lines(written.stream, HOLD / 100, 100);
	for (size_t i = 0; i < HOLD % 100 + rest; i++)
		putc('x', written.stream);
	fflush(written.stream);
	assert_int_equal(bytes_out(&written), HOLD / 100 * 100);
	assert_int_equal(fclose(written.stream), 0);
	assert_int_equal(bytes_out(&written), HOLD + rest);
	assert_int_equal(byte_at(&written, HOLD + rest - 1), 'x');
	close(written.fd);
}

/*
 * A line longer than a piece is written in full pieces, and a line longer than the buffer is
 * written too.
 */
static void long_lines(void **state)
{
	struct written written;

	(void)state;
	open_outlet(&written);
	put_lines(written.stream, 1, 10);
	put_lines(written.stream, 1, 2 * PIPE_BUF);
	assert_true(hr_outlet_flush(written.outlet));
	assert_int_equal(written.count, 3);
	assert_int_equal(written.sizes[0], 10);
	assert_int_equal(written.sizes[1], PIPE_BUF);
	assert_int_equal(written.sizes[2], PIPE_BUF);
	put_lines(written.stream, 1, 5 * HOLD);
	assert_true(hr_outlet_flush(written.outlet));
	assert_int_equal(bytes_out(&written), 10 + 2 * PIPE_BUF + 5 * HOLD);
	for (size_t i = 3; i < written.count; i++)
		assert_in_range(written.sizes[i], 1, PIPE_BUF);
	close_outlet(&written);
}

static void random_text(void **state)
{
	struct written written;
	size_t len = 0;
	char *text, *found;

	(void)state;
	open_outlet(&written);
	text = malloc(8 * HOLD);
	assert_non_null(text);
	while (len < 8 * HOLD) {
		text[len++] = random() % 900 ? (char)('a' + random() % 26) : '\n';
		assert_int_equal(fwrite(&text[len - 1], 1, 1, written.stream), 1);
	}
	assert_true(hr_outlet_flush(written.outlet));
	found = malloc(len);
	assert_non_null(found);
	assert_int_equal(bytes_out(&written), len);
	assert_int_equal(pread(written.fd, found, len, 0), len);
	assert_memory_equal(found, text, len);
	free(found);
	free(text);
	close_outlet(&written);
}

static void drops_what_is_held(void **state)
{
	struct written written;

	(void)state;
	open_outlet(&written);
	put_lines(written.stream, 10, 100);
	fputs("in the stream's own buffer", written.stream);
	assert_true(hr_outlet_drop(written.outlet));
	put_lines(written.stream, 1, 100);
	assert_true(hr_outlet_flush(written.outlet));
	assert_int_equal(bytes_out(&written), 100);
	put_lines(written.stream, 2 * HOLD / 100, 100);
	assert_false(hr_outlet_drop(written.outlet));
	assert_true(hr_outlet_flush(written.outlet));
	assert_int_equal(bytes_out(&written), 100 + 2 * HOLD / 100 * 100);
	assert_true(hr_outlet_drop(written.outlet));
	close_outlet(&written);
}

/* A failed write is reported by the next flush, by the stream, and at the end. */
static void failures(void **state)
{
	struct written written;

	(void)state;
	open_to(&written, open("/dev/full", O_WRONLY | O_CLOEXEC));
	put_lines(written.stream, 1, 100);
	assert_false(ferror(written.stream));
	assert_false(hr_outlet_flush(written.outlet));
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(written.sizes[0], 0);
	put_lines(written.stream, 1, 100);
	assert_true(ferror(written.stream));
	assert_false(hr_outlet_flush(written.outlet));
	assert_int_equal(written.count, 1);
	errno = 0;
	assert_int_equal(fclose(written.stream), EOF);
	assert_int_equal(errno, ENOSPC);
	close(written.fd);
}

static void failure_at_the_end(void **state)
{
	struct written written;

	(void)state;
	open_to(&written, open("/dev/full", O_WRONLY | O_CLOEXEC));
	put_lines(written.stream, 1, 100);
	assert_int_equal(fclose(written.stream), EOF);
	assert_int_equal(errno, ENOSPC);
	close(written.fd);
	/* If nothing is written, nothing is lost. */
	open_to(&written, open("/dev/full", O_WRONLY | O_CLOEXEC));
	assert_int_equal(fclose(written.stream), 0);
	close(written.fd);
}

static void reader_is_gone(void **state)
{
	struct written written;
	int ends[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	open_to(&written, ends[1]);
	put_lines(written.stream, 2 * HOLD / 100, 100);
	assert_true(ferror(written.stream));
	assert_int_equal(fclose(written.stream), EOF);
	assert_int_equal(errno, EPIPE);
	close(written.fd);
	signal(SIGPIPE, SIG_DFL);
}

/* A file that takes part of a piece, and then nothing more. */
static void short_write(void **state)
{
	struct rlimit before, limit;
	char path[] = "/tmp/hotremove-outlet.XXXXXX";
	struct written written;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){ .rlim_cur = 1234, .rlim_max = before.rlim_max };
	open_to(&written, mkstemp(path));
	put_lines(written.stream, 20, 100);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_false(hr_outlet_flush(written.outlet));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(written.sizes[0], 1234);
	assert_int_equal(written.left[0], 2000 - 1234);
	assert_int_equal(bytes_out(&written), 1234);
	assert_false(hr_outlet_drop(written.outlet));
	assert_int_equal(fclose(written.stream), EOF);
	assert_int_equal(errno, EFBIG);
	close(written.fd);
	unlink(path);
	signal(SIGXFSZ, SIG_DFL);
}

/* An outlet to memory that takes @limit bytes. */
static void open_limited(struct hr_outlet **outlet, FILE **stream, uint64_t limit, int *ret_fd)
{
	int fd = memfd_create("outlet", MFD_CLOEXEC);

	assert_true(fd >= 0);
	*ret_fd = dup(fd);
	assert_true(*ret_fd >= 0);
	assert_success(hr_outlet_open(fd, 10, limit, NULL, outlet, stream));
}

/* Everything up to the limit arrives. The next byte does not, and all functions report it. */
static void more_than_the_limit(void **state)
{
	static const uint64_t limits[] = { 1, 9, 10, 11, 100 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(limits); i++) {
		struct hr_outlet *outlet;
		FILE *stream;
		int fd;

		open_limited(&outlet, &stream, limits[i], &fd);
		for (uint64_t k = 0; k < limits[i]; k++) {
			assert_int_equal(putc('x', stream), 'x');
			assert_int_equal(fflush(stream), 0);
		}
		assert_true(hr_outlet_flush(outlet));
		assert_int_equal(lseek(fd, 0, SEEK_END), limits[i]);
		for (uint64_t k = 0; k <= limits[i]; k++)
			putc('x', stream);
		assert_false(hr_outlet_flush(outlet));
		assert_true(ferror(stream));
		assert_int_equal(lseek(fd, 0, SEEK_END), limits[i]);
		errno = 0;
		assert_int_equal(fclose(stream), EOF);
		assert_int_equal(errno, EOVERFLOW);
		close(fd);
	}
}

/* What was written before stays, and what is held is dropped. */
static void limit_behind_what_is_out(void **state)
{
	struct hr_outlet *outlet;
	FILE *stream;
	int fd;

	(void)state;
	open_limited(&outlet, &stream, 50, &fd);
	put_lines(stream, 9, 5);
	assert_false(ferror(stream));
	assert_int_equal(lseek(fd, 0, SEEK_END), 40);
	put_lines(stream, 2, 5);
	assert_true(ferror(stream));
	assert_false(hr_outlet_drop(outlet));
	put_lines(stream, 1, 5);
	assert_int_equal(fclose(stream), EOF);
	assert_int_equal(errno, EOVERFLOW);
	assert_int_equal(lseek(fd, 0, SEEK_END), 40);
	close(fd);
}

/* Each answer may use the full limit; a dropped one does not count. */
static void each_answer_counts_anew(void **state)
{
	struct hr_outlet *outlet;
	FILE *stream;
	int fd;

	(void)state;
	open_limited(&outlet, &stream, 8, &fd);
	for (size_t i = 0; i < 5; i++) {
		put_lines(stream, 2, 4);
		assert_true(hr_outlet_flush(outlet));
		put_lines(stream, 1, 8);
		assert_true(hr_outlet_drop(outlet));
	}
	assert_int_equal(lseek(fd, 0, SEEK_END), 40);
	assert_int_equal(fclose(stream), 0);
	close(fd);
}

static void no_witness(void **state)
{
	struct hr_outlet *outlet;
	FILE *stream;
	int ends[2];
	char text[8] = "";

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_success(hr_outlet_open(ends[1], 1, LIMIT, NULL, &outlet, &stream));
	fputs("text\n", stream);
	assert_int_equal(fclose(stream), 0);
	assert_int_equal(read(ends[0], text, sizeof(text)), 5);
	assert_string_equal(text, "text\n");
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_until_flushed),
		cmocka_unit_test(lets_whole_lines_out),
		cmocka_unit_test(keeps_the_rest_for_the_end),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(random_text),
		cmocka_unit_test(drops_what_is_held),
		cmocka_unit_test(failures),
		cmocka_unit_test(failure_at_the_end),
		cmocka_unit_test(reader_is_gone),
		cmocka_unit_test(short_write),
		cmocka_unit_test(more_than_the_limit),
		cmocka_unit_test(limit_behind_what_is_out),
		cmocka_unit_test(each_answer_counts_anew),
		cmocka_unit_test(no_witness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
