// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "units.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(largest_unit_that_divides_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
