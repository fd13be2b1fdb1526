// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "base/units.h"

static void largest_unit_that_divides_is_chosen(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{ 0, "0 B" },
		{ 1, "1 B" },
		{ 1023, "1023 B" },
		{ KIB(1), "1 KiB" },
		{ 4097, "4097 B" },
		{ KIB(64), "64 KiB" },
		{ MIB(2), "2 MiB" },
		{ MIB(1152), "1152 MiB" },
		{ GIB(1), "1 GiB" },
		{ GIB(16), "16 GiB" },
		{ GIB(1) + 1, "1073741825 B" },
		{ GIB(4096), "4 TiB" },
		{ UINT64_C(1) << 52, "4 PiB" },
		{ UINT64_C(1) << 63, "8192 PiB" },
		{ UINT64_MAX, "18446744073709551615 B" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(hr_size_text(rows[i].bytes).text, rows[i].text);
}

static void only_one_has_the_singular(void **state)
{
	static const struct {
		uint64_t count;
		const char *text;
	} rows[] = {
		{ 0, "0 leaves" },
		{ 1, "1 leaf" },
		{ 2, "2 leaves" },
		{ UINT64_MAX, "18446744073709551615 leaves" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(hr_count_text(rows[i].count, "leaf", "leaves").text,
				    rows[i].text);
}

static void ranges_have_an_inclusive_end(void **state)
{
	(void)state;
	assert_string_equal(hr_range_text(0x88000000, 0x90000000).text, "0x88000000-0x8fffffff");
	assert_string_equal(hr_range_text(0, 1).text, "0x0-0x0");
	assert_string_equal(hr_range_text(UINT64_C(0xfffffffffffff000), 0).text,
			    "0xfffffffffffff000-0xffffffffffffffff");
}

static void blocks_are_counted_from_address_0_on(void **state)
{
	(void)state;
	assert_string_equal(hr_block_name(0, MIB(128)).text, "memory0");
	assert_string_equal(hr_block_name(0x88000000, MIB(128)).text, "memory17");
	assert_string_equal(hr_block_name(0x100000000, GIB(1)).text, "memory4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(largest_unit_that_divides_is_chosen),
		cmocka_unit_test(only_one_has_the_singular),
		cmocka_unit_test(ranges_have_an_inclusive_end),
		cmocka_unit_test(blocks_are_counted_from_address_0_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
