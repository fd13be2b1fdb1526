// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/coding.h"

#include <string.h>

#include "fake.h"

#define BYTES(text) text, sizeof(text) - 1

/* Decode @len bytes of @text, which must be @expected then. */
static void decode(const char *text, size_t len, const char *expected)
{
	char copy[256] = "";

	assert_true(len < sizeof(copy));
	memcpy(copy, text, len);
	assert_success(hr_text_decode(copy, &len));
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(copy, expected, len);
}

static void refuse(const char *text, size_t len, const char *part)
{
	char copy[256];

	assert_true(len <= sizeof(copy));
	memcpy(copy, text, len);
	assert_failure(hr_text_decode(copy, &len), HR_ERROR_INPUT, part);
}

static void plain_text_stays_as_it_is(void **state)
{
	(void)state;
	decode(BYTES("one\n\n\ttwo  \nthree"), "one\n\n\ttwo  \nthree");
	decode(BYTES(""), "");
	decode(BYTES("Gr\xc3\xbc\xc3\x9f"
		     "e \xe2\x80\x93 \xf0\x9f\x98\x80\n"),
	       "Gr\xc3\xbc\xc3\x9f"
	       "e \xe2\x80\x93 \xf0\x9f\x98\x80\n");
}

static void line_ends_of_other_systems_become_line_feeds(void **state)
{
	(void)state;
	decode(BYTES("one\r\ntwo\r\r\nthree\r"), "one\ntwo\nthree\n");
	decode(BYTES("a\rb\n"), "a\rb\n");
}

static void marks_of_byte_order_go_away_where_lines_begin(void **state)
{
	(void)state;
	decode(BYTES("\xef\xbb\xbfone\n\xef\xbb\xbftwo\n"), "one\ntwo\n");
	decode(BYTES("o\xef\xbb\xbfne\n"), "o\xef\xbb\xbfne\n");
}

static void blanks_that_do_not_break_are_blanks(void **state)
{
	(void)state;
	decode(BYTES("a\xc2\xa0"
		     "b\xe2\x80\x87"
		     "c\xe2\x80\xaf"
		     "d\xa0"
		     "e\n"),
	       "a b c d e\n");
	/* The same byte inside of another character is not a blank. */
	decode(BYTES("\xc3\xa0\n"), "\xc3\xa0\n");
}

static void colours_go_away_and_other_sequences_stay(void **state)
{
	(void)state;
	decode(BYTES("\x1b[01;31m\x1b[Kred\x1b[m\x1b[K\x1b(B plain\n"), "red plain\n");
	decode(BYTES("\x1b[2Jgone\n\x1b"), "\x1b[2Jgone\n\x1b");
	decode(BYTES("\x1b[0"), "\x1b[0");
}

static void utf_16_is_read_with_a_mark_and_without(void **state)
{
	(void)state;
	decode(BYTES("\xff\xfeo\0k\0\xa0\0\r\0\n\0"), "ok \n");
	decode(BYTES("\xfe\xff\0o\0k\x20\x2f\0\n"), "ok \n");
	decode(BYTES("o\0k\0\n\0"), "ok\n");
	decode(BYTES("\0o\0k\0\n"), "ok\n");
}

/* No line of interest has them: what they are does not matter, if only they do not vanish. */
static void foreign_characters_of_utf_16_become_one_that_nothing_has(void **state)
{
	(void)state;
	decode(BYTES("\xff\xfe=\xd8\0\xde\x30\x04\n\0"), "\x7f\x7f\x7f\n");
}

static void zeros_that_fill_the_last_page_go_away(void **state)
{
	(void)state;
	decode(BYTES("one\n\0\0\0\0"), "one\n");
}

static void what_is_not_text_has_a_name(void **state)
{
	(void)state;
	refuse(BYTES("one\ntw\0o\n"), "line 2: it has a NUL byte: this is not text");
	refuse(BYTES("\xff\xfeo\0k"), "odd number of bytes");
	refuse(BYTES("\xff\xfe\0\0o\0\0\0"), "UTF-32");
	refuse(BYTES("\0\0\xfe\xff\0\0\0o"), "UTF-32");
	refuse(BYTES("\x1f\x8b\x08"), "compressed by gzip");
	refuse(BYTES("\xfd"
		     "7zXZ\0"),
	       "compressed by xz");
	refuse(BYTES("\x28\xb5\x2f\xfd\0"), "compressed by zstd");
	refuse(BYTES("BZh91AY"), "compressed by bzip2");
	refuse(BYTES("\x7f"
		     "ELF\2\1"),
	       "it is a dump, not text: give it as a file of its own");
	refuse(BYTES("KDUMP   \6"), "it is a dump");
	refuse(BYTES("makedumpfile\0"), "it is a dump");
	refuse(BYTES("EMiL\1"), "it is a dump");
	refuse(BYTES("AVML\2"), "it is a dump");
}

static void what_may_be_text_has_no_zeros_but_those_of_utf_16(void **state)
{
	(void)state;
	assert_true(hr_text_may_be(BYTES("a\x01\xff\n")));
	assert_true(hr_text_may_be(BYTES("one\n\0\0\0\0")));
	assert_true(hr_text_may_be(BYTES("\xff\xfeo\0")));
	assert_true(hr_text_may_be(BYTES("\0o\0n\0e")));
	assert_false(hr_text_may_be(BYTES("one\0two")));
	assert_false(hr_text_may_be(BYTES("\0\0\0\0")));
	assert_false(hr_text_may_be(BYTES("")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays_as_it_is),
		cmocka_unit_test(line_ends_of_other_systems_become_line_feeds),
		cmocka_unit_test(marks_of_byte_order_go_away_where_lines_begin),
		cmocka_unit_test(blanks_that_do_not_break_are_blanks),
		cmocka_unit_test(colours_go_away_and_other_sequences_stay),
		cmocka_unit_test(utf_16_is_read_with_a_mark_and_without),
		cmocka_unit_test(foreign_characters_of_utf_16_become_one_that_nothing_has),
		cmocka_unit_test(zeros_that_fill_the_last_page_go_away),
		cmocka_unit_test(what_is_not_text_has_a_name),
		cmocka_unit_test(what_may_be_text_has_no_zeros_but_those_of_utf_16),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
