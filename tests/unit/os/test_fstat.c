// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The fstat() of this program, under both of its names, returns what the C library's statx() does.
 */
#include "core_file.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "os/sandbox.h"

/* The header declares this name only if it is another function. */
typedef int fstat_fn(int fd, struct stat *ret);

static void assert_same(const struct stat *st, const struct statx *other)
{
	assert_int_equal(st->st_mode, other->stx_mode);
	assert_int_equal(st->st_ino, other->stx_ino);
	assert_int_equal(st->st_size, other->stx_size);
	assert_int_equal(st->st_nlink, other->stx_nlink);
	assert_int_equal(st->st_uid, other->stx_uid);
	assert_int_equal(st->st_mtim.tv_sec, other->stx_mtime.tv_sec);
	assert_int_equal(st->st_mtim.tv_nsec, other->stx_mtime.tv_nsec);
	assert_int_equal(st->st_dev, makedev(other->stx_dev_major, other->stx_dev_minor));
	assert_int_equal(st->st_rdev, makedev(other->stx_rdev_major, other->stx_rdev_minor));
}

static void assert_told(int fd)
{
	struct statx other;
	struct stat st;

	memset(&st, 0xff, sizeof(st));
	assert_int_equal(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &other), 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_same(&st, &other);
}

static void all_kinds_of_files_are_told(void **state)
{
	int device = open("/dev/null", O_RDONLY), folder = open("/", O_RDONLY), ends[2];
	struct core_file file;

	(void)state;
	core_file_raw(&file, "0123456789", 10);
	assert_int_equal(pipe(ends), 0);
	assert_told(file.fd);
	assert_told(device);
	assert_told(folder);
	assert_told(ends[0]);
	core_file_release(&file);
	close(device);
	close(folder);
	close(ends[0]);
	close(ends[1]);
}

static void what_is_not_open_is_an_error(void **state)
{
	struct stat st;

	(void)state;
	errno = 0;
	assert_int_equal(fstat(-1, &st), -1);
	assert_int_equal(errno, EBADF);
}

/* Code built by another compiler or with other options uses the second name. */
static void both_names_are_of_this_program(void **state)
{
	struct stat st;
	Dl_info first, second;
	fstat_fn *other;
	int fd = open("/dev/null", O_RDONLY);

	(void)state;
#if !(HR_HAS_SANDBOX && (defined(__x86_64__) || defined(__aarch64__)))
	skip();
#endif
	*(void **)&other = dlsym(RTLD_DEFAULT, "fstat64");
	assert_non_null(other);
	assert_int_equal(other(fd, &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_true(dladdr(dlsym(RTLD_DEFAULT, "fstat"), &first));
	assert_true(dladdr(*(void **)&other, &second));
	assert_string_equal(first.dli_fname, second.dli_fname);
	assert_null(strstr(first.dli_fname, "libc.so"));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds_of_files_are_told),
		cmocka_unit_test(what_is_not_open_is_an_error),
		cmocka_unit_test(both_names_are_of_this_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
