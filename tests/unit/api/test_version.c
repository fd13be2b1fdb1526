// SPDX-License-Identifier: GPL-2.0-or-later
#include <hotremove/hotremove.h>
#include <stdio.h>

#include "fake.h"

/* The build takes the version of the library from CMakeLists.txt. */
static void header_and_library_are_of_one_version(void **state)
{
	char text[32];

	(void)state;
	snprintf(text, sizeof(text), "%d.%d.%d", HR_VERSION_MAJOR, HR_VERSION_MINOR,
		 HR_VERSION_PATCH);
	assert_string_equal(hr_version(), text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_and_library_are_of_one_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
