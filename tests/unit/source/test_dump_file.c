// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/dump_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "core_file.h"

static struct core_file core;
static int fd = -1;

static int set_up(void **state)
{
	(void)state;
	core_file_raw(&core, "x", 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_cleanup_close(&fd);
	fd = -1;
	core_file_release(&core);
	return 0;
}

static void regular_file_is_open_beside_the_standard_streams(void **state)
{
	(void)state;
	assert_success(hr_dump_file_open(core.path, &fd));
	assert_true(fd > STDERR_FILENO);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void pipe_without_a_writer_is_refused_and_not_waited_for(void **state)
{
	(void)state;
	unlink(core.path);
	assert_int_equal(mkfifo(core.path, 0600), 0);
	assert_failure(hr_dump_file_open(core.path, &fd), HR_ERROR_INPUT,
		       "cannot come from a pipe");
}

static void what_is_no_file_is_refused(void **state)
{
	static const struct {
		const char *path;
		enum hr_error_code code;
		const char *part;
	} rows[] = {
		{ "/nonexistent", HR_ERROR_OS, "cannot open the file: No such file" },
		{ "/tmp", HR_ERROR_INPUT, "it is a directory, not a dump" },
		{ "/dev/null", HR_ERROR_INPUT, "it is not a regular file" },
		{ "-", HR_ERROR_INPUT, "cannot come from a pipe or from standard input" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_failure(hr_dump_file_open(rows[i].path, &fd), rows[i].code, rows[i].part);
		hr_cleanup_close(&fd);
	}
	fd = -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(regular_file_is_open_beside_the_standard_streams),
		ROW(pipe_without_a_writer_is_refused_and_not_waited_for),
		ROW(what_is_no_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
