// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "base/listing.h"

#define ROOM 16

static void list(size_t count, char text[ROOM])
{
	static const char *const words[] = { "one", "two", "three" };

	*text = '\0';
	for (size_t i = 0; i < count; i++)
		hr_list_add(text, ROOM, i, count, " or ", words[i]);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_listed_as_in_a_sentence),
		cmocka_unit_test(what_exceeds_the_room_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
