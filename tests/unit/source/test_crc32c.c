// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/crc32c.h"

#include "fake.h"

#include <string.h>

/* The examples of RFC 3720, B.4: 32 bytes each of zeros, of ones, ascending and descending. */
static void examples_of_the_rfc_have_their_sums(void **state)
{
	unsigned char zeros[32] = { 0 }, ones[32], up[32], down[32];
	struct hr_crc32c crc;

	(void)state;
	for (size_t i = 0; i < 32; i++) {
		ones[i] = 0xff;
		up[i] = (unsigned char)i;
		down[i] = (unsigned char)(31 - i);
	}
	hr_crc32c_init(&crc);
	assert_int_equal(hr_crc32c_of(&crc, zeros, 32), 0x8a9136aa);
	assert_int_equal(hr_crc32c_of(&crc, ones, 32), 0x62a8ab43);
	assert_int_equal(hr_crc32c_of(&crc, up, 32), 0x46dd794e);
	assert_int_equal(hr_crc32c_of(&crc, down, 32), 0x113fdb5c);
}

/* The check value of the catalogues. It has one byte more than a step. */
static void lengths_need_not_be_whole_steps(void **state)
{
	struct hr_crc32c crc;

	(void)state;
	hr_crc32c_init(&crc);
	assert_int_equal(hr_crc32c_of(&crc, "123456789", 9), 0xe3069283);
	assert_int_equal(hr_crc32c_of(&crc, "a", 1), 0xc1d04330);
	assert_int_equal(hr_crc32c_of(&crc, "", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_of_the_rfc_have_their_sums),
		cmocka_unit_test(lengths_need_not_be_whole_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
