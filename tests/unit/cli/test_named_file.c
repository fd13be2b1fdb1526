// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/named_file.h"

#include <stdio.h>
#include <string.h>

#include "core_file.h"

static struct hr_named_file file;

static int tear_down(void **state)
{
	(void)state;
	hr_named_file_release(&file);
	return 0;
}

static void words_without_an_address_are_names(void **state)
{
	static const char *const words[] = { "vmcore",	"vmcore@home", "vmcore@",
					     "@0x1000", "a@b@c",       "" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		assert_success(hr_named_file_parse(words[i], &file));
		assert_string_equal(file.path, words[i]);
		assert_false(file.is_raw);
		tear_down(NULL);
	}
}

static void number_behind_the_last_sign_is_an_address(void **state)
{
	(void)state;
	assert_success(hr_named_file_parse("no/memory@home@2G", &file));
	assert_string_equal(file.path, "no/memory@home");
	assert_true(file.is_raw);
	assert_int_equal(file.pa, GIB(2));
}

static void name_that_exists_has_no_address(void **state)
{
	struct core_file core;
	char path[96];

	(void)state;
	core_file_raw(&core, "x", 1);
	snprintf(path, sizeof(path), "%s@0x1000", core.path);
	assert_int_equal(rename(core.path, path), 0);
	assert_success(hr_named_file_parse(path, &file));
	assert_int_equal(rename(path, core.path), 0);
	core_file_release(&core);
	assert_string_equal(file.path, path);
	assert_false(file.is_raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_teardown(name, tear_down)
		ROW(words_without_an_address_are_names),
		ROW(number_behind_the_last_sign_is_an_address),
		ROW(name_that_exists_has_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
