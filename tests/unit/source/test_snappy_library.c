// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "source/snappy_library.h"

/* Three bytes of content, which are stored as they are. */
static const char data[] = "\3\10abc";

static void the_library_that_is_loaded_works(void **state)
{
	struct hr_snappy_library *library = NULL;
	char content[8] = "";
	size_t len = sizeof(content);

	(void)state;
	assert_success(hr_snappy_library_load(&library));
	assert_int_equal(library->uncompress(data, strlen(data), content, &len), SNAPPY_OK);
	assert_int_equal(len, 3);
	assert_string_equal(content, "abc");
	hr_library_release(library);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_library_that_is_loaded_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
