// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/prefix.h"

#include <stdio.h>
#include <string.h>

#include "fake.h"

/* The lines of this test begin with "KEY". */
static size_t find(const char *line, size_t len)
{
	const char *at = memmem(line, len, "KEY", 3);

	return at ? (size_t)(at - line) : len;
}

static const struct hr_text_form form = { .what = "the key", .is_alone = true, .find = find };

static void strip(const char *text, const char *expected)
{
	char copy[512] = "";
	size_t len = strlen(text);

	assert_true(len < sizeof(copy));
	memcpy(copy, text, len);
	assert_success(hr_text_strip(&form, copy, &len));
	copy[len] = '\0';
	assert_string_equal(copy, expected);
}

static void refuse(const char *text, const char *part)
{
	char copy[512];
	size_t len = strlen(text);

	assert_true(len < sizeof(copy));
	memcpy(copy, text, len);
	assert_failure(hr_text_strip(&form, copy, &len), HR_ERROR_INPUT, part);
}

static void lines_without_a_prefix_stay_as_they_are(void **state)
{
	(void)state;
	strip("KEY 1\n  KEY 2\n> >> | KEY 3\nhost kernel: else\n",
	      "KEY 1\n  KEY 2\n> >> | KEY 3\nhost kernel: else\n");
}

static void each_known_prefix_goes_away(void **state)
{
	static const char *const prefixes[] = {
		"12:",
		"12-",
		"     3\t",
		"3  ",
		"+",
		"-",
		"< ",
		"> + ",
		"file.txt:",
		"./a/b_c:12:",
		"[   12.345678] ",
		"<6>[   12.345678] ",
		"[12.345678][  T123] ",
		"[   12.345678] [    C0] ",
		"[Mon Nov 30 04:27:20 2026] ",
		"kern  :info  : [   12.345678] ",
		"Nov 30 04:27:20 host kernel: ",
		"Nov  3 04:27:20 my-host.example kernel: [   12.345678] ",
		"Nov 30 04:27:20.123456 host cat[1234]: ",
		"2026-11-30T04:27:20+00:00 host kernel: ",
		"2026-11-30T04:27:20+0000 host kernel: ",
		"2026-11-30T04:27:20Z host kernel: ",
		"2026-11-30T04:27:20.123456-05:00 host (cat)[12]: ",
		"2026-11-30T04:27:20,123456+00:00 ",
		"[   12.345678] host kernel: ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text), "%sKEY 1\n%sKEY 2\n", prefixes[i], prefixes[i]);
		strip(text, "KEY 1\nKEY 2\n");
	}
}

static void numbers_and_times_may_differ(void **state)
{
	(void)state;
	strip("9:KEY 1\n10:KEY 2\n", "KEY 1\nKEY 2\n");
	strip("[    9.000001] KEY 1\n[12345.678901] KEY 2\n", "KEY 1\nKEY 2\n");
	strip("Nov 30 23:59:59 h kernel: KEY 1\nDec  1 00:00:00 h kernel: KEY 2\n",
	      "KEY 1\nKEY 2\n");
}

static void the_rest_of_a_line_has_the_prefix_too(void **state)
{
	(void)state;
	strip("1\tKEY 1\n2\trest\n\t3\t more\nfree\n", "KEY 1\nrest\nmore\nfree\n");
	strip("a:KEY 1\na:rest\nb:rest\n", "KEY 1\nrest\nb:rest\n");
}

static void quote_marks_may_differ(void **state)
{
	(void)state;
	strip("> 1:KEY 1\n>> 2:KEY 2\n3: KEY 3\n", "KEY 1\nKEY 2\nKEY 3\n");
}

static void what_is_not_known_is_refused_by_its_line(void **state)
{
	(void)state;
	refuse("KEY 1\nsee KEY 2\n", "line 2: 'see ' stands before the key, and is not a prefix");
	refuse("!KEY\n", "line 1: '!'");
	refuse("1:2:3:4:5:6:7:KEY\n", "line 1: '1:2:3:4:5:6:7:'");
	refuse("\xe2\x80\x93KEY\n", "line 1: '\xe2\x80\x93'");
}

static void lines_of_several_texts_are_refused(void **state)
{
	(void)state;
	refuse("+KEY 1\n-KEY 2\n", "line 2: '-' stands before the key, but in line 1 it is '+'");
	refuse("+KEY 1\n KEY 2\n", "line 2: ' ' stands before the key, but in line 1 it is '+'");
	refuse("KEY 1\n\n2:KEY 2\n", "line 3: '2:' stands before the key, but in line 1 it is ''");
	refuse("a:KEY 1\nb:KEY 2\n", "line 2: 'b:'");
	refuse("Nov 3 04:27:20 a kernel: KEY 1\nNov 3 04:27:20 b kernel: KEY 2\n",
	       "line 2: 'Nov 3 04:27:20 b kernel: '");
}

static void a_line_with_two_is_refused(void **state)
{
	(void)state;
	refuse("1:KEY 1 KEY 2\n", "line 1: it has the key twice");
}

static void a_prefix_is_shown_in_part(void **state)
{
	char text[400];

	(void)state;
	memset(text, '!', 300);
	strcpy(text + 300, "KEY\n");
	text[60] = 'x';
	refuse(text, "!!!' stands before the key");
}

static void names_have_a_limit(void **state)
{
	char text[400];

	(void)state;
	memset(text, 'a', 300);
	strcpy(text + 300, ":KEY\n");
	refuse(text, "is not a prefix that is known");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_without_a_prefix_stay_as_they_are),
		cmocka_unit_test(each_known_prefix_goes_away),
		cmocka_unit_test(numbers_and_times_may_differ),
		cmocka_unit_test(the_rest_of_a_line_has_the_prefix_too),
		cmocka_unit_test(quote_marks_may_differ),
		cmocka_unit_test(what_is_not_known_is_refused_by_its_line),
		cmocka_unit_test(lines_of_several_texts_are_refused),
		cmocka_unit_test(a_line_with_two_is_refused),
		cmocka_unit_test(a_prefix_is_shown_in_part),
		cmocka_unit_test(names_have_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
