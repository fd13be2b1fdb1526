// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/page_lines.h"

#include <string.h>

#include "fake.h"

#define ADDRESSES "0xffff000000000000-0xffff000000200000"

static void assert_found(const char *line, size_t expected)
{
	assert_int_equal(hr_page_lines.find(line, strlen(line)), expected);
}

static void assert_not_found(const char *line)
{
	assert_found(line, strlen(line));
}

static void a_line_begins_with_its_addresses_or_a_marker(void **state)
{
	(void)state;
	assert_found(ADDRESSES "           2M PMD       RW", 0);
	assert_found("12:" ADDRESSES "\t2M PMD", 3);
	assert_found("+" ADDRESSES, 1);
	assert_found("---[ Linear Mapping start ]---", 0);
	assert_found("13----[ vmemmap end ]---", 3);
	assert_found("----[ Fixmap start ]---", 1);
}

static void other_lines_have_nothing(void **state)
{
	(void)state;
	assert_not_found("");
	assert_not_found("0x");
	assert_not_found("pc : 0xffff800008005120");
	assert_not_found("the hole " ADDRESSES " is large");
	assert_not_found(ADDRESSES "2M PMD");
	assert_not_found("0xffff0000000000000-0xffff000000200000 2M PMD");
	assert_not_found("---[ end trace 0000000000000000 ]---");
	assert_not_found("------------[ cut here ]------------");
}

static void an_encoded_line_shows_by_its_equals_signs(void **state)
{
	static const char *const encoded[] = {
		"0xffff000000000000-0xffff000000200000 2M PMD RW NX SHD AF   =",
		"0xffff000000000000-0xffff000000200000=20 2M PMD",
		"0xffff000000000000-0xffff000000200000=C2=A02M PMD",
	};
	static const char *const others[] = { "=====", "a =3D b", ADDRESSES " 2M PMD", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(encoded) / sizeof(encoded[0]); i++)
		assert_true(hr_page_lines.is_encoded(encoded[i], strlen(encoded[i])));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(hr_page_lines.is_encoded(others[i], strlen(others[i])));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_begins_with_its_addresses_or_a_marker),
		cmocka_unit_test(other_lines_have_nothing),
		cmocka_unit_test(an_encoded_line_shows_by_its_equals_signs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
