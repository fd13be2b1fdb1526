// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "ptdump_parse.h"
#include "source/ptdump_file.h"

#define LINE(first, end) "0x" first "-0x" end " 2M PMD RW NX SHD AF BLK UXN MEM/NORMAL\n"
#define TEXT                                                                                       \
	LINE("ffff000000000000", "ffff000000200000") LINE("ffff000000400000", "ffff000000600000")

static void assert_text(const struct hr_ptdump *ptdump)
{
	assert_int_equal(ptdump->count, 2);
	assert_int_equal(ptdump->entries[0].va, 0xffff000000000000);
	assert_int_equal(ptdump->entries[1].va, 0xffff000000400000);
}

static void files_are_read_again_and_again(void **state)
{
	struct core_file file;
	int fd;

	(void)state;
	core_file_raw(&file, TEXT, strlen(TEXT));
	assert_success(hr_ptdump_open(file.path, &fd));
	assert_true(fd > STDERR_FILENO);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	for (int round = 0; round < 2; round++) {
		_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump = NULL;

		assert_success(hr_ptdump_read(fd, file.path, &ptdump));
		assert_text(ptdump);
	}
	close(fd);
	core_file_release(&file);
}

/* A read from a pipe returns what has arrived so far, which may end within a line. */
static void pipes_are_read_to_their_end(void **state)
{
	_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump = NULL;
	int ends[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		for (const char *at = TEXT; *at; at++)
			if (write(ends[1], at, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	assert_success(hr_ptdump_read(ends[0], "pipe", &ptdump));
	assert_text(ptdump);
	close(ends[0]);
}

static void a_hyphen_is_standard_input(void **state)
{
	int saved = dup(STDIN_FILENO), fd = -1;
	struct hr_ptdump *ptdump = NULL;
	struct core_file file;

	(void)state;
	core_file_raw(&file, "no table\n", 9);
	assert_int_equal(lseek(file.fd, 0, SEEK_SET), 0);
	assert_int_equal(dup2(file.fd, STDIN_FILENO), STDIN_FILENO);
	assert_success(hr_ptdump_open("-", &fd));
	assert_int_equal(fd, STDIN_FILENO);
	assert_failure(hr_ptdump_read(fd, "-", &ptdump), HR_ERROR_INPUT, "standard input: ");
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	close(saved);
	core_file_release(&file);
}

static void errors_name_the_file(void **state)
{
	struct hr_ptdump *ptdump = NULL;
	struct core_file file;
	int fd;

	(void)state;
	assert_failure(hr_ptdump_open("/nonexistent/tables", &fd), HR_ERROR_OS,
		       "/nonexistent/tables");
	core_file_raw(&file, "no table\n", 9);
	assert_failure(hr_ptdump_read(file.fd, file.path, &ptdump), HR_ERROR_INPUT, file.path);
	core_file_release(&file);
	assert_success(hr_ptdump_open("/", &fd));
	assert_failure(hr_ptdump_read(fd, "/", &ptdump), HR_ERROR_OS, "/: it cannot be read");
	close(fd);
}

static struct hr_error *read_text(const char *text)
{
	struct hr_ptdump *ptdump = NULL;
	struct core_file file;
	struct hr_error *error;

	core_file_raw(&file, text, strlen(text));
	error = hr_ptdump_read(file.fd, file.path, &ptdump);
	core_file_release(&file);
	hr_ptdump_destroy(ptdump);
	return error;
}

static void vmcoreinfo_is_told_where_it_belongs(void **state)
{
	(void)state;
	assert_failure(read_text("OSRELEASE=6.1.0\nPAGESIZE=4096\n"), HR_ERROR_INPUT,
		       "it is a VMCOREINFO text: use --vmcoreinfo=FILE");
	assert_failure(read_text("NAME=Debian\n"), HR_ERROR_INPUT, "it has no line of");
	/* What is wrong with the lines of page tables matters more. */
	assert_failure(read_text("OSRELEASE=6.1.0\n0xffff000000000000-0xffff000000200000 2M PXD\n"),
		       HR_ERROR_INPUT, "line 2: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_read_again_and_again),
		cmocka_unit_test(pipes_are_read_to_their_end),
		cmocka_unit_test(a_hyphen_is_standard_input),
		cmocka_unit_test(errors_name_the_file),
		cmocka_unit_test(vmcoreinfo_is_told_where_it_belongs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
