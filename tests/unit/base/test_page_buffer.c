// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "base/page_buffer.h"

static void a_buffer_of_any_size_begins_at_a_page(void **state)
{
	static const size_t sizes[] = { 1, 8, 4095, 4096, 4097, 65536, MIB(1) };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		char *buffer = hr_page_buffer(sizes[i]);

		assert_non_null(buffer);
		assert_int_equal((uintptr_t)buffer % 4096, 0);
		memset(buffer, 0xff, sizes[i]);
		free(buffer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_of_any_size_begins_at_a_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
