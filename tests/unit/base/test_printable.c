// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/printable.h"

#include <stdlib.h>
#include <string.h>

#include "fake.h"

/* Text, and how it is printed. */
static const struct {
	const char *text, *shown;
} cases[] = {
	{ "", "" },
	{ "memory40 is fine", "memory40 is fine" },
	/* The first and the last character of each length. */
	{ " ~", " ~" },
	{ "\xc2\xa0\xdf\xbf", "\xc2\xa0\xdf\xbf" },
	{ "\xe0\xa0\x80\xef\xbf\xbf", "\xe0\xa0\x80\xef\xbf\xbf" },
	{ "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
	/* Control characters: 7-bit, and 8-bit as UTF-8 and as bytes. */
	{ "a\033[2Jb", "a?[2Jb" },
	{ "a\nb\tc\rd\be\x7f", "a?b?c?d?e?" },
	{ "\xc2\x80\xc2\x9b\xc2\x9f", "??????" },
	{ "\x9b"
	  "31m",
	  "?31m" },
	/* Overlong: a slash, ESC, and the characters just below the first of each length. */
	{ "\xc0\xaf\xc0\x9b\xc1\xbf", "??????" },
	{ "\xe0\x80\x9b\xe0\x9f\xbf", "??????" },
	{ "\xf0\x80\x80\x9b\xf0\x8f\xbf\xbf", "????????" },
	/* Surrogates and their neighbours. */
	{ "\xed\x9f\xbf\xed\xa0\x80\xed\xbf\xbf\xee\x80\x80", "\xed\x9f\xbf??????\xee\x80\x80" },
	/* Beyond the last code point, and bytes that cannot begin a character. */
	{ "\xf4\x90\x80\x80\xf5\x80\x80\x80\xff\xfe", "??????????" },
	/* Truncated, by the end or by another character. */
	{ "\xe2\x82", "??" },
	{ "\xe2\x82x", "??x" },
	{ "\xf0\x9f\x98", "???" },
	{ "\xc3", "?" },
	{ "\xe2\xe2\x82\xac", "?\xe2\x82\xac" },
	{ "\x80\xbf", "??" },
	/* Characters that end a line or change its direction. */
	{ "a\xe2\x80\xa8"
	  "b\xe2\x80\xa9",
	  "a???b???" },
	{ "\xe2\x80\xae"
	  "elf.txt",
	  "???elf.txt" },
	{ "\xe2\x81\xa6x\xe2\x81\xa9", "???x???" },
	{ "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa",
	  "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa" },
};

static void text_is_made_printable(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		size_t size;
		char *shown;
		FILE *stream = open_memstream(&shown, &size);

		assert_non_null(stream);
		hr_put_printable(cases[i].text, stream);
		assert_int_equal(fclose(stream), 0);
		assert_string_equal(shown, cases[i].shown);
		assert_int_equal(hr_is_printable(cases[i].text),
				 !strcmp(cases[i].text, cases[i].shown));
		free(shown);
	}
}

/* Encode @point in the form with @len bytes, whether or not that is the right one. */
static void encode(uint32_t point, size_t len, char ret[5])
{
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	memset(ret, 0, 5);
	for (size_t i = len; i-- > 1; point >>= 6)
		ret[i] = (char)(0x80 | (point & 0x3f));
	ret[0] = (char)(first[len] | point);
}

static size_t right_length(uint32_t point)
{
	if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

/* Everything that the forms of UTF-8 can encode. */
static void each_character_has_one_form(void **state)
{
	static const uint32_t limits[] = { 0, 0x80, 0x800, 0x10000, 0x200000 };

	(void)state;
	for (size_t len = 1; len <= 4; len++) {
		for (uint32_t point = 0; point < limits[len]; point++) {
			char text[5];

			encode(point, len, text);
			if (hr_utf8_length(text) != (right_length(point) == len ? len : 0))
				fail_msg("U+%04X in %zu bytes", point, len);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_made_printable),
		cmocka_unit_test(each_character_has_one_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
