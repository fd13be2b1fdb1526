// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/temporary.h"

/* The original $TMPDIR, while a test uses its own. */
static char *before;

static int keep_tmpdir(void **state)
{
	const char *dir = getenv("TMPDIR");

	(void)state;
	before = dir ? strdup(dir) : NULL;
	return dir && !before;
}

static int restore_tmpdir(void **state)
{
	int result = before ? setenv("TMPDIR", before, 1) : unsetenv("TMPDIR");

	(void)state;
	free(before);
	return result;
}

static void goes_where_tmpdir_says(void **state)
{
	struct stat st, dir;
	int fd;

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/dev/shm", 1), 0);
	assert_success(hr_temporary_open("to test in", &fd));
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(stat("/dev/shm", &dir), 0);
	assert_int_equal(st.st_dev, dir.st_dev);
	close(fd);
}

static void goes_elsewhere_if_there_is_no_such_place(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
	assert_success(hr_temporary_open("to test in", &fd));
	close(fd);
	assert_int_equal(unsetenv("TMPDIR"), 0);
	assert_success(hr_temporary_open("to test in", &fd));
	close(fd);
}

static void has_no_name_and_one_reader(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	assert_success(hr_temporary_open("to test in", &fd));
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_true(fd > STDERR_FILENO);
	close(fd);
}

static void takes_no_number_of_a_standard_stream(void **state)
{
	int saved = dup(STDIN_FILENO), fd;

	(void)state;
	close(STDIN_FILENO);
	assert_success(hr_temporary_open("to test in", &fd));
	assert_true(fd > STDERR_FILENO);
	close(fd);
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	close(saved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(goes_where_tmpdir_says, keep_tmpdir,
						restore_tmpdir),
		cmocka_unit_test_setup_teardown(goes_elsewhere_if_there_is_no_such_place,
						keep_tmpdir, restore_tmpdir),
		cmocka_unit_test(has_no_name_and_one_reader),
		cmocka_unit_test(takes_no_number_of_a_standard_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
