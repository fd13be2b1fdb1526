// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/refusal.h"

#include <string.h>

#include "fake.h"

/* Options that the program might have. */
static const struct hr_option options[] = {
	{ .name = "wind", .letter = 'w' },
	{ .name = "windmill" },
	{ .name = "windows", .letter = 'o', .value = "NUMBER" },
	{ .name = "all", .letter = 'a' },
};

/* @word is refused with @message, and @rest of its letters follow. */
static void assert_refused(const char *word, const char *message, const char *rest)
{
	const char *follows = NULL;

	assert_failure(hr_refusal_explain(options, COUNT_OF(options), word, &follows),
		       HR_ERROR_USAGE, message);
	assert_string_equal(follows, rest);
}

static void a_name_that_no_option_begins_with(void **state)
{
	(void)state;
	assert_refused("--weather", "'--weather' is not an option: see --help", "");
	assert_refused("--weather=fine", "'--weather=fine' is not an option", "");
	assert_refused("--alley", "'--alley' is not an option", "");
}

static void a_name_that_many_options_begin_with(void **state)
{
	(void)state;
	assert_refused("--win", "'--win' is the beginning of more than one option", "");
	assert_refused("--win=1", "'--win=1' is the beginning of more than one option", "");
	assert_refused("--=", "'--=' is the beginning of more than one option", "");
}

static void a_value_for_an_option_without_one(void **state)
{
	(void)state;
	assert_refused("--all=1", "option '--all' takes no value", "");
	assert_refused("--al=1", "option '--all' takes no value", "");
	assert_refused("--all=", "option '--all' takes no value", "");
}

static void a_whole_name_is_meant_even_if_others_begin_with_it(void **state)
{
	(void)state;
	assert_refused("--wind=1", "option '--wind' takes no value", "");
}

static void a_missing_value(void **state)
{
	(void)state;
	assert_refused("--windows", "option '--windows' needs a value: NUMBER", "");
	assert_refused("--windo", "option '--windows' needs a value: NUMBER", "");
	assert_refused("-o", "option '--windows' needs a value: NUMBER", "");
	assert_refused("-wao", "option '--windows' needs a value: NUMBER", "");
}

static void a_letter_that_is_not_an_option(void **state)
{
	(void)state;
	assert_refused("-x", "'-x' is not an option: see --help", "");
	assert_refused("-wax", "'-x' is not an option", "");
	assert_refused("-xw", "'-x' is not an option", "w");
	assert_refused("-wxyo", "'-x' is not an option", "yo");
	assert_refused("-a-", "'--' is not an option", "");
	assert_refused("-\xff", "'-\xff' is not an option", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_no_option_begins_with),
		cmocka_unit_test(a_name_that_many_options_begin_with),
		cmocka_unit_test(a_value_for_an_option_without_one),
		cmocka_unit_test(a_whole_name_is_meant_even_if_others_begin_with_it),
		cmocka_unit_test(a_missing_value),
		cmocka_unit_test(a_letter_that_is_not_an_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
