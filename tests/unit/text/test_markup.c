// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/markup.h"

#include <string.h>

#include "fake.h"

/* The lines of this test are encoded if they have "=3D". */
static size_t find_nothing(const char *line, size_t len)
{
	(void)line;
	return len;
}

static bool is_encoded(const char *line, size_t len)
{
	return memmem(line, len, "=3D", 3);
}

static const struct hr_text_form form = {
	.what = "the key",
	.find = find_nothing,
	.is_encoded = is_encoded,
};

static void decode(const char *text, bool is_printable, const char *expected)
{
	char copy[512];
	size_t len = strlen(text);

	assert_true(len < sizeof(copy));
	memcpy(copy, text, len);
	assert_int_equal(hr_text_decode_printable(&form, copy, &len), is_printable);
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(copy, expected, len);
}

static void drop(const char *text, const char *expected)
{
	char copy[512] = "";
	size_t len = strlen(text);

	assert_true(len < sizeof(copy));
	memcpy(copy, text, len);
	hr_text_drop_html(copy, &len);
	copy[len] = '\0';
	assert_string_equal(copy, expected);
}

static void encoded_bytes_and_joined_lines_come_back(void **state)
{
	(void)state;
	decode("A=3D1=20\nB=C2=A0=3D=\n2\n", true, "A=1 \nB\xc2\xa0=2\n\n");
	decode("A=3D1 =  \n2\n", true, "A=1 2\n\n");
}

/* A line that was joined leaves its end behind, so that the later ones keep their numbers. */
static void lines_keep_their_numbers(void **state)
{
	(void)state;
	decode("A=3D=\n1=\n2\nB\n", true, "A=12\n\n\nB\n");
}

static void a_text_without_an_encoded_line_stays_as_it_is(void **state)
{
	(void)state;
	decode("SIZE(x)=20\nTITLE\n=====\n", false, "SIZE(x)=20\nTITLE\n=====\n");
}

static void an_equals_sign_of_no_coding_is_damage(void **state)
{
	(void)state;
	decode("A=3D1\nB=2\nC=3d1\nD=00\n", true,
	       "A=1\nB\x7f"
	       "2\nC\x7f"
	       "3d1\nD\x7f"
	       "00\n");
}

static void the_end_of_the_text_may_be_a_joined_line(void **state)
{
	(void)state;
	decode("A=3D1=", true, "A=1");
	decode("A=3D1=\n", true, "A=1");
	decode("A=3D1=3", true,
	       "A=1\x7f"
	       "3");
}

static void tags_vanish_or_end_lines(void **state)
{
	(void)state;
	drop("<pre>one\n<b>two</b><br>three<BR/>four<br>\nfive</pre>",
	     "one\ntwo\nthree\nfour\nfive\n");
	drop("<tr><td>one</td><td class=\"x\">two</td></tr>", " one  two \n");
	drop("<div>a</div><div>b</div>", "a\nb\n");
}

static void what_is_not_a_tag_stays(void **state)
{
	(void)state;
	drop("a < b, <6>[ 1.2] <someone@example.org> <b\n<>", "a < b, <6>[ 1.2] "
							      "<someone@example.org> <b\n<>");
	drop("<!-- hidden -->", "<!-- hidden -->");
}

static void characters_come_back_for_their_names(void **state)
{
	(void)state;
	drop("&gt;&lt;&amp;&quot;&apos;&nbsp;&#62;&#x3e;&#160;&#xA0;.", "><&\"' >>  .");
}

static void names_are_replaced_once(void **state)
{
	(void)state;
	drop("&amp;gt; &lt;br&gt;", "&gt; <br>");
}

static void what_is_not_a_known_name_stays(void **state)
{
	(void)state;
	drop("a & b; &uuml; &#7; &#x110000; &#; &;", "a & b; &uuml; &#7; &#x110000; &#; &;");
	drop("&gt", "&gt");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(encoded_bytes_and_joined_lines_come_back),
		cmocka_unit_test(lines_keep_their_numbers),
		cmocka_unit_test(a_text_without_an_encoded_line_stays_as_it_is),
		cmocka_unit_test(an_equals_sign_of_no_coding_is_damage),
		cmocka_unit_test(the_end_of_the_text_may_be_a_joined_line),
		cmocka_unit_test(tags_vanish_or_end_lines),
		cmocka_unit_test(what_is_not_a_tag_stays),
		cmocka_unit_test(characters_come_back_for_their_names),
		cmocka_unit_test(names_are_replaced_once),
		cmocka_unit_test(what_is_not_a_known_name_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
