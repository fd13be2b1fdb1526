// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/saved_file.h"

static char folder[64], path[96];
static struct hr_saved_file file;

static int set_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	strcpy(folder, "/tmp/saved-file.XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hr_saved_file_close(&file);
	unlink(path);
	return rmdir(folder);
}

/* How many files the folder has, with a name of any kind. */
static unsigned int count_files(void)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	unsigned int count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	closedir(dir);
	return count;
}

static void put(const char *name, const char *text)
{
	_cleanup_close_ int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void assert_content(const char *wanted)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32] = "";

	assert_true(fd >= 0);
	assert_int_equal(read(fd, text, sizeof(text) - 1), strlen(wanted));
	assert_string_equal(text, wanted);
}

static void a_file_appears_when_it_is_complete(void **state)
{
	struct stat st;

	(void)state;
	umask(0);
	assert_success(hr_saved_file_open(path, &file));
	assert_int_equal(pwrite(file.fd, "content and more", 16, 0), 16);
	assert_int_equal(access(path, F_OK), -1);
	assert_success(hr_saved_file_commit(&file, 7));
	assert_content("content");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	hr_saved_file_close(&file);
	assert_int_equal(count_files(), 1);
}

static void a_file_replaces_the_one_before(void **state)
{
	(void)state;
	put(path, "before");
	assert_success(hr_saved_file_open(path, &file));
	assert_int_equal(pwrite(file.fd, "after", 5, 0), 5);
	assert_content("before");
	assert_success(hr_saved_file_commit(&file, 5));
	assert_content("after");
}

static void without_a_commit_nothing_is_left(void **state)
{
	(void)state;
	put(path, "before");
	assert_success(hr_saved_file_open(path, &file));
	assert_int_equal(pwrite(file.fd, "after", 5, 0), 5);
	hr_saved_file_close(&file);
	assert_content("before");
	assert_int_equal(count_files(), 1);
}

static void a_name_without_a_folder_is_in_the_current_one(void **state)
{
	char before[256];

	(void)state;
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(folder), 0);
	assert_success(hr_saved_file_open("file", &file));
	assert_int_equal(chdir(before), 0);
	assert_success(hr_saved_file_commit(&file, 0));
	assert_content("");
}

static void only_files_are_replaced(void **state)
{
	(void)state;
	assert_failure(hr_saved_file_open("/dev/null", &file), HR_ERROR_OS, "not a regular file");
	assert_failure(hr_saved_file_open(folder, &file), HR_ERROR_OS, "not a regular file");
	assert_failure(hr_saved_file_open("/nowhere/file", &file), HR_ERROR_OS,
		       "cannot create /nowhere/file");
	assert_int_equal(file.fd, -1);
	assert_int_equal(count_files(), 0);
}

static void a_name_that_is_taken_meanwhile_by_a_folder_is_an_error(void **state)
{
	(void)state;
	assert_success(hr_saved_file_open(path, &file));
	assert_int_equal(mkdir(path, 0700), 0);
	assert_failure(hr_saved_file_commit(&file, 0), HR_ERROR_OS, "cannot be given its name");
	hr_saved_file_close(&file);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(count_files(), 0);
}

static void a_keeper_that_has_gone_is_an_error(void **state)
{
	(void)state;
	assert_success(hr_saved_file_open(path, &file));
	assert_int_equal(kill(file.pid, SIGKILL), 0);
	assert_failure(hr_saved_file_commit(&file, 0), HR_ERROR_OS, "has ended");
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_file_appears_when_it_is_complete),
		test(a_file_replaces_the_one_before),
		test(without_a_commit_nothing_is_left),
		test(a_name_without_a_folder_is_in_the_current_one),
		test(only_files_are_replaced),
		test(a_name_that_is_taken_meanwhile_by_a_folder_is_an_error),
		test(a_keeper_that_has_gone_is_an_error),
	};

	file = HR_SAVED_FILE_NONE;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
