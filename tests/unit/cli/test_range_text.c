// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/range_text.h"

#include <string.h>

#include "fake.h"

static void pasted_characters_become_plain(void **state)
{
	static const struct {
		const char *text, *plain;
	} rows[] = {
		{ "", "" },
		{ "memory40", "memory40" },
		{ "\xef\xbb\xbf"
		  "memory40",
		  "memory40" },
		{ "memory40\r\n", "memory40" },
		{ " \t memory40 \t", "memory40" },
		{ "\xc2\xa0memory40\xc2\xa0-\xc2\xa0memory47\xc2\xa0", "memory40 - memory47" },
		{ "memory40\xe2\x80\xaf-\xe2\x80\xafmemory47", "memory40 - memory47" },
		{ "0x1000\xe2\x80\x93"
		  "0x1fff",
		  "0x1000-0x1fff" },
		{ "0x1000\xe2\x88\x92"
		  "0x1fff",
		  "0x1000-0x1fff" },
		{ "\xef\xbb\xbf", "" },
		{ " \r\n", "" },
		{ "\xc2", "\xc2" },
		{ "\xe2\x80", "\xe2\x80" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[64];

		strcpy(text, rows[i].text);
		hr_range_text_clean(text);
		assert_string_equal(text, rows[i].plain);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pasted_characters_become_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
