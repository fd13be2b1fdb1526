// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/kcore_open.h"

static void opening_explains_what_is_wrong(void **state)
{
	static const struct {
		const char *path;
		enum hr_error_code code;
		const char *part;
	} rows[] = {
		{ "/nonexistent/kcore", HR_ERROR_OS, "No such file" },
		{ "/proc/nonexistent", HR_ERROR_OS, "mount /proc" },
		{ "/dev/null", HR_ERROR_INPUT, "container" },
		{ "/", HR_ERROR_INPUT, "directory" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int fd = -1;

		assert_failure(hr_kcore_open(rows[i].path, &fd), rows[i].code, rows[i].part);
		assert_int_equal(fd, -1);
	}
}

static void empty_files_are_hidden_cores(void **state)
{
	struct core_file core;
	int fd = -1;

	(void)state;
	core_file_raw(&core, "", 0);
	assert_failure(hr_kcore_open(core.path, &fd), HR_ERROR_INPUT, "container");
	core_file_release(&core);
}

static void closed_files_are_for_root(void **state)
{
	uid_t user = geteuid();
	struct core_file core;
	struct hr_error *error;
	int fd = -1;

	(void)state;
	core_file_raw(&core, "x", 1);
	assert_int_equal(chmod(core.path, 0), 0);
	if (!user)
		assert_int_equal(seteuid(65534), 0);
	error = hr_kcore_open(core.path, &fd);
	assert_int_equal(seteuid(user), 0);
	assert_failure(error, HR_ERROR_OS, "as root");
	core_file_release(&core);
}

static void regular_files_open(void **state)
{
	struct core_file core;
	int fd = -1;

	(void)state;
	core_file_raw(&core, "x", 1);
	assert_success(hr_kcore_open(core.path, &fd));
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(fd);
	core_file_release(&core);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opening_explains_what_is_wrong),
		cmocka_unit_test(empty_files_are_hidden_cores),
		cmocka_unit_test(closed_files_are_for_root),
		cmocka_unit_test(regular_files_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
