// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "base/grow.h"

static void there_is_always_room_for_one_more(void **state)
{
	size_t *numbers = NULL, room = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		numbers = hr_grow(numbers, i, &room, sizeof(*numbers));
		assert_non_null(numbers);
		assert_true(room > i);
		numbers[i] = i;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(numbers[i], i);
	free(numbers);
}

static void an_array_with_room_stays_where_it_is(void **state)
{
	size_t room = 0;
	char *bytes = hr_grow(NULL, 0, &room, 1), *before = bytes;
	size_t before_room = room;

	(void)state;
	bytes = hr_grow(bytes, room - 1, &room, 1);
	assert_ptr_equal(bytes, before);
	assert_int_equal(room, before_room);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_always_room_for_one_more),
		cmocka_unit_test(an_array_with_room_stays_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
