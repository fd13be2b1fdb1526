// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_part.h"

#include <stdlib.h>

#include "fake.h"

static void a_part_has_room_until_it_is_full(void **state)
{
	struct hr_html_part part;

	(void)state;
	assert_success(hr_html_part_open(&part, 4));
	assert_true(hr_html_part_has_room(&part));
	fputs("abc", part.stream);
	assert_true(hr_html_part_has_room(&part));
	fputs("d", part.stream);
	assert_false(hr_html_part_has_room(&part));
	hr_html_part_release(&part);
}

static void a_part_is_copied_whole_and_can_be_released_twice(void **state)
{
	struct hr_html_part part;
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_non_null(stream);
	assert_success(hr_html_part_open(&part, 1));
	fputs("longer than its room", part.stream);
	assert_success(hr_html_part_copy(&part, stream));
	hr_html_part_release(&part);
	hr_html_part_release(&part);
	fclose(stream);
	assert_string_equal(text, "longer than its room");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_has_room_until_it_is_full),
		cmocka_unit_test(a_part_is_copied_whole_and_can_be_released_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
