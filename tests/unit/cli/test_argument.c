// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/argument.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake.h"

/* A folder of the test's own, in which it runs, and what the words so far have made. */
static char folder[32];
static struct hr_options options;

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/hotremove-XXXXXX");
	options = (struct hr_options){ .path_count = 0 };
	return mkdtemp(folder) ? chdir(folder) : -1;
}

static const char *const names[] = { "vmcore", "memory40", "memory.img", "0x10000-0x20000",
				     "0x1000+0x1000" };

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		unlink(names[i]);
	hr_options_release(&options);
	return chdir("/") || rmdir(folder);
}

static void make_file(const char *name)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fclose(file);
}

static void take(const char *word)
{
	assert_success(hr_argument_take(&options, word));
}

static void range_is_a_range_whatever_files_there_are(void **state)
{
	(void)state;
	make_file("memory40");
	make_file("0x1000+0x1000");
	take("memory40");
	take(" 0x1000+0x1000");
	take("0x1000+0x1000");
	assert_int_equal(options.range_count, 3);
	assert_int_equal(options.ranges[0].block, 40);
	assert_false(options.has_source);
}

static void path_of_a_file_with_the_name_of_a_range_is_a_file(void **state)
{
	(void)state;
	make_file("memory40");
	take("./memory40");
	assert_int_equal(options.range_count, 0);
	assert_string_equal(options.paths[0], "./memory40");
}

/* What is refused as a range may still be the name of a file. */
static void file_is_a_source_whose_kind_is_not_known_yet(void **state)
{
	static const char *const words[] = { "vmcore", "vmcore@1G", "memory.img", "0x10000-0x20000",
					     "-" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		make_file(names[i]);
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		options = (struct hr_options){ .path_count = 0 };
		take(words[i]);
		assert_true(options.has_source);
		assert_int_equal(options.kind, HR_SOURCE_BY_CONTENT);
		assert_string_equal(options.paths[0], words[i]);
		assert_int_equal(options.range_count, 0);
	}
}

static void file_that_may_not_be_looked_at_is_opened_later(void **state)
{
	(void)state;
	assert_int_equal(symlink("vmcore", "vmcore"), 0);
	take("vmcore");
	assert_true(options.has_source);
}

static void files_are_parts_of_one_dump(void **state)
{
	(void)state;
	make_file("vmcore");
	make_file("memory.img");
	take("vmcore");
	take("memory.img");
	assert_int_equal(options.path_count, 2);
	assert_int_equal(options.kind, HR_SOURCE_VMCORE);
}

static void word_that_is_neither_has_a_helpful_error(void **state)
{
	static const struct {
		const char *word, *part;
	} rows[] = {
		{ "vmcore", "'vmcore' is neither a range nor a file that exists" },
		{ "vmcore@1G", "FILE@PA for raw memory" },
		{ "./memory40/part", "START-END (END is inclusive), START+SIZE or memoryN" },
		{ "", "'' is neither" },
		{ "0x10000-0x20000", "END is inclusive, and 0x20000 looks exclusive" },
		{ "140000000+1G", "did you mean 0x140000000" },
		{ "memory", "'memory' is not a range" },
		{ "memory.img", "'memory.img' is not a range" },
		{ "2026-vmcore", "'2026-vmcore' is not a range" },
	};

	char word[5000];

	(void)state;
	make_file("memory40");
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_failure(hr_argument_take(&options, rows[i].word), HR_ERROR_USAGE,
			       rows[i].part);
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_failure(hr_argument_take(&options, word), HR_ERROR_USAGE, "xxx' is neither");
	assert_false(options.has_source);
}

static void range_too_many_is_not_taken_for_a_file(void **state)
{
	(void)state;
	make_file("memory40");
	for (size_t i = 0; i < HR_RANGES_MAX; i++)
		take("memory40");
	assert_failure(hr_argument_take(&options, "memory40"), HR_ERROR_USAGE, "too many ranges");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(range_is_a_range_whatever_files_there_are),
		ROW(path_of_a_file_with_the_name_of_a_range_is_a_file),
		ROW(file_is_a_source_whose_kind_is_not_known_yet),
		ROW(file_that_may_not_be_looked_at_is_opened_later),
		ROW(files_are_parts_of_one_dump),
		ROW(word_that_is_neither_has_a_helpful_error),
		ROW(range_too_many_is_not_taken_for_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
