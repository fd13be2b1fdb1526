// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "base/text_append.h"

#define ROOM 16

static void list(size_t count, char text[ROOM])
{
	static const char *const words[] = { "one", "two", "three" };

	*text = '\0';
	for (size_t i = 0; i < count; i++)
		hr_text_append(text, ROOM, i + 1 == count ? " or " : ", ", words[i]);
}

static void words_are_listed_as_in_a_sentence(void **state)
{
	char text[ROOM];

	(void)state;
	list(0, text);
	assert_string_equal(text, "");
	list(1, text);
	assert_string_equal(text, "one");
	list(2, text);
	assert_string_equal(text, "one or two");
}

static void what_exceeds_the_room_is_cut(void **state)
{
	char text[ROOM];

	(void)state;
	list(3, text);
	assert_string_equal(text, "one, two or thr");
}

static void a_separator_stands_between_words_alone(void **state)
{
	char list[16] = "";

	(void)state;
	hr_text_append(list, sizeof(list), ", ", "one");
	assert_string_equal(list, "one");
	hr_text_append(list, sizeof(list), ", ", "two");
	assert_string_equal(list, "one, two");
}

static void a_word_without_room_is_cut(void **state)
{
	char list[6] = "one";

	(void)state;
	hr_text_append(list, sizeof(list), ",", "two");
	assert_string_equal(list, "one,t");
	hr_text_append(list, sizeof(list), ",", "three");
	assert_string_equal(list, "one,t");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_listed_as_in_a_sentence),
		cmocka_unit_test(a_separator_stands_between_words_alone),
		cmocka_unit_test(a_word_without_room_is_cut),
		cmocka_unit_test(what_exceeds_the_room_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
