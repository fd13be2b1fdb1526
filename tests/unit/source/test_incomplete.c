// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/incomplete.h"

#include "fake.h"

#include <string.h>

static struct hr_incomplete incomplete;
static char text[HR_INCOMPLETE_TEXT];

static int set_up(void **state)
{
	(void)state;
	memset(&incomplete, 0, sizeof(incomplete));
	return 0;
}

static void assert_described(const char *expected)
{
	hr_incomplete_describe(&incomplete, text);
	assert_string_equal(text, expected);
}

static void a_file_may_say_why_but_not_how_much(void **state)
{
	(void)state;
	hr_incomplete_because(&incomplete, "no space");
	assert_true(incomplete.is_set);
	assert_false(incomplete.has_bytes);
	assert_described("the dump is incomplete (no space): what it lacks is unreadable");
}

static void what_is_missing_is_described(void **state)
{
	(void)state;
	hr_incomplete_add(&incomplete, 7, "its last %d bytes are missing", 7);
	assert_true(incomplete.is_set);
	assert_true(incomplete.has_bytes);
	assert_int_equal(incomplete.bytes, 7);
	assert_described("the dump is incomplete: its last 7 bytes are missing; what it lacks is "
			 "unreadable");
}

static void parts_add_up(void **state)
{
	(void)state;
	hr_incomplete_add(&incomplete, 7, "the end is missing");
	hr_incomplete_add(&incomplete, 8, "another end is missing");
	assert_true(incomplete.has_bytes);
	assert_int_equal(incomplete.bytes, 15);
	assert_described("the dump is incomplete: the end is missing, and another end is missing; "
			 "what it lacks is unreadable");
}

static void one_unknown_part_makes_the_size_unknown(void **state)
{
	(void)state;
	for (size_t unknown = 0; unknown < 3; unknown++) {
		memset(&incomplete, 0, sizeof(incomplete));
		for (size_t i = 0; i < 3; i++)
			hr_incomplete_add(&incomplete, i == unknown ? UINT64_MAX : 5, "more");
		assert_false(incomplete.has_bytes);
	}
}

static void a_size_that_overflows_is_unknown(void **state)
{
	(void)state;
	hr_incomplete_add(&incomplete, UINT64_MAX - 1, "much");
	hr_incomplete_add(&incomplete, 2, "more");
	assert_false(incomplete.has_bytes);
}

static void a_description_has_an_end(void **state)
{
	(void)state;
	hr_incomplete_because(&incomplete, HR_INCOMPLETE_NO_SPACE);
	for (size_t i = 0; i < 64; i++)
		hr_incomplete_add(&incomplete, 1, "the end of file %zu is missing", i);
	hr_incomplete_describe(&incomplete, text);
	assert_true(strlen(text) < sizeof(text) - 1);
	assert_non_null(strstr(text, "what it lacks is unreadable"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup(name, set_up)
		ROW(a_file_may_say_why_but_not_how_much),
		ROW(what_is_missing_is_described),
		ROW(parts_add_up),
		ROW(one_unknown_part_makes_the_size_unknown),
		ROW(a_size_that_overflows_is_unknown),
		ROW(a_description_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
