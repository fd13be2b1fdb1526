// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_text.h"

#include <stdlib.h>
#include <string.h>

#include "fake.h"

#define BAD "\xef\xbf\xbd"

static FILE *stream;
static char *text;
static size_t size;

static int set_up(void **state)
{
	(void)state;
	stream = open_memstream(&text, &size);
	return stream ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	fclose(stream);
	free(text);
	return 0;
}

/* What was written since the last time is @expected. */
static void assert_written(const char *expected)
{
	fflush(stream);
	assert_string_equal(text, expected);
	rewind(stream);
	memset(text, 0, size);
}

static void what_is_markup_becomes_a_reference(void **state)
{
	static const struct {
		const char *text, *written;
	} rows[] = {
		{ "&", "&amp;" },
		{ "<", "&lt;" },
		{ ">", "&gt;" },
		{ "\"", "&quot;" },
		{ "'", "&#39;" },
		{ "&lt;", "&amp;lt;" },
		{ "<b a='\"'>&</b>", "&lt;b a=&#39;&quot;&#39;&gt;&amp;&lt;/b&gt;" },
		{ "a]]>b", "a]]&gt;b" },
		{ "<!-- --", "&lt;!-- --" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		hr_html_put(stream, rows[i].text);
		assert_written(rows[i].written);
	}
}

static void other_text_stays_as_it_is(void **state)
{
	static const char *const texts[] = {
		"7.2.12+deb13-arm64",
		"caf\xc3\xa9 \xe2\x9c\x93 \xf0\x9f\x98\x80",
		"=`/\\;-{}",
		"",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		hr_html_put(stream, texts[i]);
		assert_written(texts[i]);
	}
}

static void each_control_character_is_replaced(void **state)
{
	(void)state;
	for (int character = 1; character <= 0x7f; character++) {
		const char one[] = { (char)character, '\0' };

		if (character >= 0x20 && character != 0x7f)
			continue;
		hr_html_put(stream, one);
		assert_written(BAD);
	}
}

static void what_is_not_utf_8_is_replaced_byte_by_byte(void **state)
{
	static const struct {
		const char *text, *written;
	} rows[] = {
		{ "\xff", BAD },
		{ "a\x80z", "a" BAD "z" },
		{ "\xc0\xbc", BAD BAD },	 /* overlong < */
		{ "\xe0\x80\xbc", BAD BAD BAD }, /* the same */
		{ "\xed\xa0\x80", BAD BAD BAD }, /* a surrogate */
		{ "\xe2\x9c", BAD BAD },	 /* cut */
		{ "\xc3<", BAD "&lt;" },	 /* does not swallow markup */
		{ "\xf4\x90\x80\x80", BAD BAD BAD BAD },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		hr_html_put(stream, rows[i].text);
		assert_written(rows[i].written);
	}
}

static void what_turns_text_round_or_is_not_in_xml_is_replaced(void **state)
{
	static const char *const texts[] = {
		"\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x80\xa8",
		"\xc2\x9b",	"\xef\xbf\xbe", "\xef\xbf\xbf",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		hr_html_put(stream, texts[i]);
		fflush(stream);
		assert_int_equal(strncmp(text, BAD, 3), 0);
		assert_null(strstr(text, texts[i]));
		assert_int_equal(strlen(text) % 3, 0);
		rewind(stream);
		memset(text, 0, size);
	}
}

static void formatted_text_is_escaped_and_cut(void **state)
{
	char longest[2048];

	(void)state;
	hr_html_print(stream, "<%s %d>", "a&b", 7);
	assert_written("&lt;a&amp;b 7&gt;");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	hr_html_print(stream, "%s", longest);
	fflush(stream);
	assert_int_equal(strlen(text), 1023);
}

static void a_list_can_break_behind_each_comma(void **state)
{
	(void)state;
	hr_html_put_list(stream, "a,b<,c");
	assert_written("a, b&lt;, c");
}

static void text_of_the_library_names_options(void **state)
{
	(void)state;
	hr_html_put_told(stream, "set {va_bits} < {nothing}");
	assert_written("set --va-bits &lt; {nothing}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_markup_becomes_a_reference, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(other_text_stays_as_it_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_control_character_is_replaced, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_utf_8_is_replaced_byte_by_byte, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_turns_text_round_or_is_not_in_xml_is_replaced,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(formatted_text_is_escaped_and_cut, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_list_can_break_behind_each_comma, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(text_of_the_library_names_options, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
