// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/file_io.h"

/* A file of ten bytes, and the ends of a pipe that a test may open. */
static struct core_file file;
static int ends[2];

static int set_up(void **state)
{
	(void)state;
	ends[0] = ends[1] = -1;
	core_file_raw(&file, "0123456789", 10);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_cleanup_close(&ends[0]);
	hr_cleanup_close(&ends[1]);
	core_file_release(&file);
	return 0;
}

static void reads_are_whole_or_fail(void **state)
{
	char bytes[8] = "";

	(void)state;
	assert_success(hr_pread_all(file.fd, bytes, 8, 2));
	assert_memory_equal(bytes, "23456789", 8);
	assert_failure(hr_pread_all(file.fd, bytes, 8, 3), HR_ERROR_UNREADABLE,
		       "ends at offset 0xa");
	assert_failure(hr_pread_all(file.fd, bytes, 1, 10), HR_ERROR_UNREADABLE, "ends");
	assert_success(hr_pread_all(file.fd, bytes, 0, 10));
}

static void no_file_reaches_beyond_signed_offsets(void **state)
{
	char bytes[8];

	(void)state;
	assert_failure(hr_pread_all(file.fd, bytes, 8, UINT64_MAX), HR_ERROR_UNREADABLE,
		       "too large for a file");
	assert_failure(hr_pread_all(file.fd, bytes, 8, INT64_MAX - 7), HR_ERROR_UNREADABLE,
		       "too large for a file");
	assert_failure(hr_pread_all(file.fd, bytes, 8, INT64_MAX - 8), HR_ERROR_UNREADABLE, "ends");
}

static void what_the_system_refuses_is_its_error(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char byte = 0;

	(void)state;
	assert_failure(hr_pread_all(-1, &byte, 1, 0), HR_ERROR_OS, "offset 0x0");
	assert_failure(hr_pwrite_all(fd, &byte, 1, 16), HR_ERROR_OS, "offset 0x10");
	close(fd);
}

static void writes_go_to_their_place(void **state)
{
	char bytes[10];

	(void)state;
	assert_success(hr_pwrite_all(file.fd, "abc", 3, 4));
	assert_success(hr_pread_all(file.fd, bytes, sizeof(bytes), 0));
	assert_memory_equal(bytes, "0123abc789", 10);
}

/* On file systems that keep holes; on others, the whole file is stored. */
static void stored_parts_are_found_between_holes(void **state)
{
	uint64_t start, stop;

	(void)state;
	assert_int_equal(ftruncate(file.fd, 0), 0);
	assert_int_equal(ftruncate(file.fd, MIB(8)), 0);
	core_file_write(&file, "data", 4, MIB(4));
	hr_next_stored(file.fd, 0, MIB(8), &start, &stop);
	assert_true(start <= MIB(4) && stop > MIB(4) && stop <= MIB(8));
	if (!start)
		skip();
	/* No file system has blocks that large. */
	assert_true(start > MIB(3) && stop < MIB(5));
	hr_next_stored(file.fd, MIB(6), MIB(8), &start, &stop);
	assert_int_equal(start, MIB(8));
	assert_int_equal(stop, MIB(8));
	hr_next_stored(file.fd, MIB(1), MIB(2), &start, &stop);
	assert_int_equal(start, MIB(2));
	assert_int_equal(stop, MIB(2));
}

static void all_is_stored_where_nobody_can_tell(void **state)
{
	uint64_t start, stop;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	hr_next_stored(ends[0], 4096, 8192, &start, &stop);
	assert_int_equal(start, 4096);
	assert_int_equal(stop, 8192);
}

static void regular_files_have_a_size(void **state)
{
	uint64_t size;

	(void)state;
	assert_success(hr_file_size(file.fd, &size));
	assert_int_equal(size, 10);
	assert_int_equal(pipe(ends), 0);
	assert_failure(hr_file_size(ends[0], &size), HR_ERROR_INPUT, "not a regular file");
	assert_failure(hr_file_size(-1, &size), HR_ERROR_OS, "size");
}

static void descriptors_move_above_a_number(void **state)
{
	int fd = open("/dev/null", O_RDONLY), moved;

	(void)state;
	moved = hr_fd_above(fd, fd + 5);
	assert_true(moved > fd + 5);
	assert_int_equal(fcntl(moved, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	/* It is above already. */
	assert_int_equal(hr_fd_above(moved, fd), moved);
	assert_int_equal(hr_fd_above_standard(moved), moved);
	close(moved);
}

static void no_descriptor_stays_none(void **state)
{
	(void)state;
	errno = ENOENT;
	assert_int_equal(hr_fd_above(-1, 2), -1);
	assert_int_equal(errno, ENOENT);
}

/* Without a number left, the old one is still closed. */
static void numbers_may_run_out(void **state)
{
	int fd = open("/dev/null", O_RDONLY), moved, errnum;
	struct rlimit before, limit;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = (struct rlimit){ (rlim_t)fd + 1, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	errno = 0;
	moved = hr_fd_above(fd, fd + 1);
	errnum = errno;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(moved, -1);
	assert_int_equal(errnum, EMFILE);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void files_are_read_anew_and_pipes_once(void **state)
{
	char byte;

	(void)state;
	assert_int_equal(lseek(file.fd, 1, SEEK_SET), 1);
	hr_rewind(file.fd);
	assert_int_equal(read(file.fd, &byte, 1), 1);
	assert_int_equal(byte, '0');
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "ab", 2), 2);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	hr_rewind(ends[0]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(byte, 'b');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(reads_are_whole_or_fail),
		ROW(no_file_reaches_beyond_signed_offsets),
		cmocka_unit_test(what_the_system_refuses_is_its_error),
		ROW(writes_go_to_their_place),
		ROW(stored_parts_are_found_between_holes),
		ROW(all_is_stored_where_nobody_can_tell),
		ROW(regular_files_have_a_size),
		cmocka_unit_test(descriptors_move_above_a_number),
		cmocka_unit_test(no_descriptor_stays_none),
		cmocka_unit_test(numbers_may_run_out),
		ROW(files_are_read_anew_and_pipes_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
