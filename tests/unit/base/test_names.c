// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "base/names.h"

enum colour {
	COLOUR_UNKNOWN,
	COLOUR_RED,
	COLOUR_MIXED, /* has no name */
	COLOUR_BLUE,
};

static const struct hr_names colours = HR_NAMES([COLOUR_RED] = "red", [COLOUR_BLUE] = "dark-blue");

static void values_have_their_words(void **state)
{
	(void)state;
	assert_string_equal(hr_name_of(&colours, COLOUR_RED), "red");
	assert_string_equal(hr_name_of(&colours, COLOUR_BLUE), "dark-blue");
}

static void values_without_a_word_have_none(void **state)
{
	(void)state;
	assert_null(hr_name_of(&colours, COLOUR_UNKNOWN));
	assert_null(hr_name_of(&colours, COLOUR_MIXED));
	assert_null(hr_name_of(&colours, COLOUR_BLUE + 1));
	assert_null(hr_name_of(&colours, UINT32_MAX));
}

static void words_are_read_as_they_are_printed(void **state)
{
	unsigned int value;

	(void)state;
	assert_true(hr_name_parse(&colours, "red", &value));
	assert_int_equal(value, COLOUR_RED);
	assert_true(hr_name_parse(&colours, "dark-blue", &value));
	assert_int_equal(value, COLOUR_BLUE);
}

static void other_words_are_not_read(void **state)
{
	static const char *const words[] = { "", "Red", "re", "redd", "dark", "dark-blue ", "1" };
	unsigned int value = 42;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		assert_false(hr_name_parse(&colours, words[i], &value));
	assert_int_equal(value, 42);
}

static void a_word_is_all_of_a_piece_of_text(void **state)
{
	(void)state;
	assert_true(hr_is_word("lpa2", "lpa2=1", 4));
	assert_false(hr_is_word("lpa", "lpa2=1", 4));
	assert_false(hr_is_word("lpa2", "lpa2=1", 3));
	assert_false(hr_is_word("lpa3", "lpa2=1", 4));
	assert_false(hr_is_word(NULL, "", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_have_their_words),
		cmocka_unit_test(values_without_a_word_have_none),
		cmocka_unit_test(words_are_read_as_they_are_printed),
		cmocka_unit_test(other_words_are_not_read),
		cmocka_unit_test(a_word_is_all_of_a_piece_of_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
