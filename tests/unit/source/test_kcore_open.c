// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "source/kcore_open.h"

/* A file that is opened as a core. */
static struct core_file core;
static int fd = -1;

static int set_up(void **state)
{
	(void)state;
	fd = -1;
	core_file_raw(&core, "x", 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_cleanup_close(&fd);
	core_file_release(&core);
	return 0;
}

static void opening_explains_what_is_wrong(void **state)
{
	static const struct {
		const char *path;
		enum hr_error_code code;
		const char *part;
	} rows[] = {
		{ "/nonexistent/kcore", HR_ERROR_OS, "No such file" },
		{ "/proc/nonexistent", HR_ERROR_OS, "mount /proc" },
		{ "/dev/null", HR_ERROR_INPUT, "not a regular file" },
		{ "/dev/zero", HR_ERROR_INPUT, "not a regular file" },
		{ "/", HR_ERROR_INPUT, "directory" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_failure(hr_kcore_open(rows[i].path, &fd), rows[i].code, rows[i].part);
		assert_int_equal(fd, -1);
	}
}

/* A file of /proc that is always empty in a test takes the place of a masked core. */
static void empty_files_of_proc_are_hidden_by_a_container(void **state)
{
	char path[64];

	(void)state;
	assert_int_equal(ftruncate(core.fd, 0), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", core.fd);
	assert_failure(hr_kcore_open(path, &fd), HR_ERROR_INPUT, "a container hides it");
}

static void other_empty_files_are_just_empty(void **state)
{
	(void)state;
	assert_int_equal(ftruncate(core.fd, 0), 0);
	assert_failure(hr_kcore_open(core.path, &fd), HR_ERROR_INPUT, "is an empty file");
}

static void pipes_are_not_cores(void **state)
{
	(void)state;
	unlink(core.path);
	assert_int_equal(mkfifo(core.path, 0600), 0);
	assert_failure(hr_kcore_open(core.path, &fd), HR_ERROR_INPUT, "is a pipe");
}

static void closed_files_are_for_root(void **state)
{
	uid_t user = geteuid();
	struct hr_error *error;

	(void)state;
	assert_int_equal(chmod(core.path, 0), 0);
	if (!user)
		assert_int_equal(seteuid(65534), 0);
	error = hr_kcore_open(core.path, &fd);
	assert_int_equal(seteuid(user), 0);
	assert_failure(error, HR_ERROR_OS, "as root");
}

static void regular_files_open(void **state)
{
	(void)state;
	assert_success(hr_kcore_open(core.path, &fd));
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

static void core_in_procfs_is_live_unless_it_is_that_of_a_crash(void **state)
{
	(void)state;
	fd = open("/proc/self/comm", O_RDONLY);
	assert_true(fd >= 0);
	assert_true(hr_kcore_is_live(fd, "/nonexistent"));
	assert_true(hr_kcore_is_live(fd, core.path));
	assert_false(hr_kcore_is_live(fd, "/proc/self/comm"));
}

static void copy_of_a_core_is_not_live(void **state)
{
	(void)state;
	assert_success(hr_kcore_open(core.path, &fd));
	assert_false(hr_kcore_is_live(fd, "/nonexistent"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(opening_explains_what_is_wrong),
		ROW(empty_files_of_proc_are_hidden_by_a_container),
		ROW(other_empty_files_are_just_empty),
		ROW(pipes_are_not_cores),
		ROW(closed_files_are_for_root),
		ROW(regular_files_open),
		ROW(core_in_procfs_is_live_unless_it_is_that_of_a_crash),
		ROW(copy_of_a_core_is_not_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
