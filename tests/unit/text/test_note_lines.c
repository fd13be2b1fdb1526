// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/note_lines.h"

#include <string.h>

#include "fake.h"

static char bytes[1024];
static struct hr_text text;
static bool is_cut;

static struct hr_error *split(const char *content)
{
	struct hr_error *error;

	assert_true(strlen(content) < sizeof(bytes));
	strcpy(bytes, content);
	text = (struct hr_text){ .bytes = bytes, .len = strlen(content) };
	error = hr_text_clean(&hr_note_lines, &text);
	return error ? error : hr_note_split(&text, &is_cut);
}

static void assert_split(const char *content, const char *expected)
{
	assert_success(split(content));
	assert_string_equal(text.bytes, expected);
	assert_int_equal(text.len, strlen(expected));
	assert_false(is_cut);
}

static void a_plain_text_stays_as_it_is(void **state)
{
	static const char plain[] = "OSRELEASE=7.2.12+deb13-arm64\nBUILD-ID=00ff\nPAGESIZE=4096\n"
				    "SYMBOL(mem_section)=ffff0000048db380\n"
				    "OFFSET(uts_namespace.name)=16\n"
				    "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
				    "CONFIG_ARM64_PAGESIZE=y\nKERNELOFFSET=3d0000\nSIZE(x)=20\n";

	(void)state;
	assert_split(plain, plain);
}

static void blanks_and_quote_marks_are_left_out(void **state)
{
	(void)state;
	assert_split("      PAGESIZE=4096  \n> > SIZE(page)=64\n\n",
		     "PAGESIZE=4096\nSIZE(page)=64\n");
}

static void a_line_may_have_several_keys(void **state)
{
	(void)state;
	assert_split("PAGESIZE=4096 SIZE(page)=64\tNUMBER(VA_BITS)=48\nOSRELEASE=6.1 ",
		     "PAGESIZE=4096\nSIZE(page)=64\nNUMBER(VA_BITS)=48\nOSRELEASE=6.1\n");
}

static void lines_without_a_key_are_left_out(void **state)
{
	(void)state;
	assert_split("PATH=/bin\nPAGESIZE=4096\n\n12\nwords\n", "PATH=/bin\nPAGESIZE=4096\n");
	assert_split(
		"$ cat note # root=/dev/vda\nVMCOREINFO:\nPAGESIZE=4096\nquiet=1\nx NUMBER y\n",
		"PAGESIZE=4096\n");
}

static void what_stands_before_keys_is_taken_away(void **state)
{
	(void)state;
	assert_split("[    1.200000] PAGESIZE=4096\n[    1.200001] SIZE(page)=64\n",
		     "PAGESIZE=4096\nSIZE(page)=64\n");
	assert_split("1:PAGESIZE=4096 SIZE(page)=64\n2:LENGTH(x)=1\n",
		     "PAGESIZE=4096\nSIZE(page)=64\nLENGTH(x)=1\n");
}

static void an_encoded_text_is_decoded(void **state)
{
	(void)state;
	assert_split("PAGESIZE=3D4096\nSYMBOL(mem_sec=\ntion)=3Dffff0000048db380\n",
		     "PAGESIZE=4096\nSYMBOL(mem_section)=ffff0000048db380\n");
	assert_failure(split("PAGESIZE=3D4096\nSIZE(page)=6\n"), HR_ERROR_INPUT,
		       "line 2: the equals sign after SIZE(page) is not quoted-printable");
}

static void what_is_not_a_key_and_its_value_is_refused(void **state)
{
	static const struct {
		const char *content, *part;
	} rows[] = {
		{ "\nPAGESIZE=4096 # usual\n", "line 2: '#' is not a key with its value" },
		{ "PAGESIZE=\n4096\n", "line 1: PAGESIZE has no value" },
		{ "NUMBER(VA_BITS) = 48\n", "line 1: NUMBER(VA_BITS) has no value after" },
		{ "PAGESIZE=4096,\n", "line 1: the value of PAGESIZE has a character" },
		{ "PAGESIZE=\xe2\x80\x8b"
		  "4096\n",
		  "line 1: the value of PAGESIZE" },
		{ "PAGESIZE=\r4096\n", "line 1: the value of PAGESIZE" },
		{ "SYMBOL(mem_section)=ffff0000\n048db380\n",
		  "line 2: it may be the rest of the value before it" },
		{ "say PAGESIZE=4096\n", "line 1: 'say ' stands before the key" },
		{ "12PAGESIZE=4096\n", "line 1: '12' stands before the key" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_failure(split(rows[i].content), HR_ERROR_INPUT, rows[i].part);
}

static void a_text_without_a_key_of_a_kernel_is_refused(void **state)
{
	(void)state;
	assert_failure(split(""), HR_ERROR_INPUT,
		       "it has no key of VMCOREINFO, such as OSRELEASE=");
	assert_failure(split("a = b\nFOO=1\n"), HR_ERROR_INPUT, "it has no key of VMCOREINFO");
}

static void a_value_in_which_the_text_ends_is_not_used(void **state)
{
	(void)state;
	assert_success(split("PAGESIZE=4096\nNUMBER(VA_BITS)=4"));
	assert_string_equal(text.bytes, "PAGESIZE=4096\n");
	assert_true(is_cut);
	assert_success(split("PAGESIZE=4096\nNUMBER(VA_BITS)="));
	assert_string_equal(text.bytes, "PAGESIZE=4096\n");
	assert_true(is_cut);
}

static bool has_key(const char *content)
{
	const struct hr_text bare = { .bytes = (char *)content, .len = strlen(content) };

	return hr_note_has_key(&bare);
}

static void a_key_that_others_have_too_does_not_make_a_note(void **state)
{
	(void)state;
	assert_true(has_key("OSRELEASE=6.1.0\n"));
	assert_true(has_key("a mail\n> SYMBOL(mem_section)=ffff0000"));
	assert_true(has_key("12:NUMBER(VA_BITS)=48\n"));
	assert_false(has_key("NAME=\"Debian\"\nVERSION_ID=13\n"));
	assert_false(has_key("SYMBOL(mem_section)\n"));
	assert_false(has_key("\n\n"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_text_stays_as_it_is),
		cmocka_unit_test(blanks_and_quote_marks_are_left_out),
		cmocka_unit_test(a_line_may_have_several_keys),
		cmocka_unit_test(lines_without_a_key_are_left_out),
		cmocka_unit_test(what_stands_before_keys_is_taken_away),
		cmocka_unit_test(an_encoded_text_is_decoded),
		cmocka_unit_test(what_is_not_a_key_and_its_value_is_refused),
		cmocka_unit_test(a_text_without_a_key_of_a_kernel_is_refused),
		cmocka_unit_test(a_value_in_which_the_text_ends_is_not_used),
		cmocka_unit_test(a_key_that_others_have_too_does_not_make_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
