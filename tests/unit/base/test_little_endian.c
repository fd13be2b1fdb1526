// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "base/little_endian.h"

/* At an odd address, as in packed headers of files. */
static const unsigned char bytes[] = { 0xee, 1, 2, 3, 4, 5, 6, 7, 8, 0xee };

static void the_first_byte_is_the_lowest(void **state)
{
	(void)state;
	assert_int_equal(hr_get_le32(bytes + 1), 0x04030201);
	assert_int_equal(hr_get_le64(bytes + 1), UINT64_C(0x0807060504030201));
}

static void what_is_put_has_the_same_bytes_and_no_others(void **state)
{
	unsigned char put[sizeof(bytes)];

	(void)state;
	memset(put, 0xee, sizeof(put));
	hr_put_le64(put + 1, UINT64_C(0x0807060504030201));
	assert_memory_equal(put, bytes, sizeof(bytes));
	memset(put, 0xee, sizeof(put));
	hr_put_le32(put + 1, 0x04030201);
	assert_memory_equal(put, bytes, 5);
	assert_int_equal(put[5], 0xee);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_byte_is_the_lowest),
		cmocka_unit_test(what_is_put_has_the_same_bytes_and_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
