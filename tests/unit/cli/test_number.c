// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/number.h"

#include "fake.h"

static void numbers_are_decimal_or_0x_hexadecimal(void **state)
{
	uint64_t number;

	(void)state;
	assert_true(hr_number_parse("0xffffffffffffffff", false, &number));
	assert_int_equal(number, UINT64_MAX);
	assert_true(hr_number_parse("010", false, &number));
	assert_int_equal(number, 10);
	assert_false(hr_number_parse("ff", false, &number));
	assert_false(hr_number_parse("", false, &number));
	assert_false(hr_number_parse("0x", false, &number));
	assert_false(hr_number_parse("18446744073709551616", false, &number));
}

static void suffixes_are_powers_of_1024(void **state)
{
	static const struct {
		const char *text;
		uint64_t number;
	} rows[] = {
		{ "2K", 2048 },
		{ "2k", 2048 },
		{ "2KiB", 2048 },
		{ "3MiB", MIB(3) },
		{ "3mib", MIB(3) },
		{ "4GIB", GIB(4) },
		{ "0x10T", UINT64_C(16) << 40 },
		{ "5TiB", UINT64_C(5) << 40 },
		{ "16777215T", UINT64_C(16777215) << 40 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t number;

		assert_true(hr_number_parse(rows[i].text, true, &number));
		assert_int_equal(number, rows[i].number);
		assert_false(hr_number_parse(rows[i].text, false, &number));
	}
}

static void other_suffixes_are_not_taken(void **state)
{
	static const char *const texts[] = {
		"1B", "1KB", "1Ki", "1KiBs", "1P", "1 K", "1iB", "K", "KiB", "16777216T",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		uint64_t number;

		if (hr_number_parse(texts[i], true, &number))
			fail_msg("\"%s\" was taken", texts[i]);
	}
}

static void hexadecimal_digits_need_no_0x_where_nothing_else_is_possible(void **state)
{
	uint64_t number;

	(void)state;
	assert_true(hr_number_parse_hex("140000000", &number));
	assert_int_equal(number, 0x140000000);
	assert_true(hr_number_parse_hex("0X1F", &number));
	assert_int_equal(number, 0x1f);
	assert_false(hr_number_parse_hex("1g", &number));
	assert_false(hr_number_parse_hex("0x", &number));
	assert_false(hr_number_parse_hex("", &number));
	assert_false(hr_number_parse_hex("10000000000000000", &number));
}

static void a_letter_shows_that_0x_is_missing(void **state)
{
	(void)state;
	assert_true(hr_number_lacks_prefix("c0000000"));
	assert_true(hr_number_lacks_prefix("14FFFFFFF"));
	assert_false(hr_number_lacks_prefix("140000000"));
	assert_false(hr_number_lacks_prefix("0x14fffffff"));
	assert_false(hr_number_lacks_prefix("12g"));
	assert_false(hr_number_lacks_prefix(""));
}

static void zeros_at_the_end_look_like_those_of_an_address(void **state)
{
	static const struct {
		const char *text;
		bool looks_hex;
	} rows[] = {
		{ "140000000", true },
		{ "40000000", true },
		{ "40001000", true },
		{ "0140000000", true },
		{ "0x140000000", false },
		{ "0", false },
		{ "4096", false },
		{ "134217728", false },
		{ "5368709120", false },
		{ "16777216000", false }, /* 125 blocks of 128 MiB */
		{ "140000001", false },
		{ "99999999999999999000", false }, /* more than 64 bits */
		{ "14000000a", false },
		{ "", false },
		/* No physical address has more than 52 bits. */
		{ "8000000000000", true },
		{ "10000000000000", false },
		{ "1474723840000000", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(hr_number_looks_hex(rows[i].text), rows[i].looks_hex);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_decimal_or_0x_hexadecimal),
		cmocka_unit_test(suffixes_are_powers_of_1024),
		cmocka_unit_test(other_suffixes_are_not_taken),
		cmocka_unit_test(hexadecimal_digits_need_no_0x_where_nothing_else_is_possible),
		cmocka_unit_test(a_letter_shows_that_0x_is_missing),
		cmocka_unit_test(zeros_at_the_end_look_like_those_of_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
