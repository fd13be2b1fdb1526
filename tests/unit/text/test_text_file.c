// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/text_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core_file.h"
#include "text/page_lines.h"

#define LINE "0xffff000000000000-0xffff000000200000 2M PMD RW MEM/NORMAL"

static struct core_file file;
static struct hr_text text;

static int set_up(void **state)
{
	(void)state;
	text = (struct hr_text){ .bytes = NULL };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(text.bytes);
	core_file_release(&file);
	return 0;
}

static struct hr_error *read_bytes(const char *bytes, size_t len, size_t limit,
				   const struct hr_text_form *form)
{
	core_file_raw(&file, bytes, len);
	return hr_text_read(file.fd, limit, form, &text);
}

static void all_cleaning_is_one_step(void **state)
{
	static const char bytes[] = "\xef\xbb\xbf&gt; 1:\x1b[31m" LINE "=20\r\n> 2:<b>---[ "
				    "vmemmap=C2=A0start ]---</b>\r\n";

	(void)state;
	assert_success(read_bytes(bytes, strlen(bytes), 1024, &hr_page_lines));
	assert_string_equal(text.bytes, LINE " \n---[ vmemmap start ]---\n");
	assert_int_equal(text.len, strlen(text.bytes));
	assert_false(text.is_cut);
}

static void without_a_form_only_the_coding_is_cleaned(void **state)
{
	static const char bytes[] = "\xef\xbb\xbf&gt; 1:" LINE "=20\r\n";

	(void)state;
	assert_success(read_bytes(bytes, strlen(bytes), 1024, NULL));
	assert_string_equal(text.bytes, "&gt; 1:" LINE "=20\n");
}

static void a_text_is_cut_if_its_last_line_has_no_end(void **state)
{
	(void)state;
	assert_success(read_bytes("one\ntwo", 7, 1024, NULL));
	assert_true(text.is_cut);
}

static void an_empty_file_is_an_empty_text(void **state)
{
	(void)state;
	assert_success(read_bytes("", 0, 1024, &hr_page_lines));
	assert_int_equal(text.len, 0);
	assert_false(text.is_cut);
}

static void one_byte_beyond_the_limit_is_read_and_no_more(void **state)
{
	char bytes[300000];

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	assert_success(read_bytes(bytes, sizeof(bytes), 200000, NULL));
	assert_int_equal(text.len, 200001);
}

static void the_first_unclear_line_is_named(void **state)
{
	static const char bytes[] = "> what I see:\n> see " LINE "\n";

	(void)state;
	assert_failure(read_bytes(bytes, strlen(bytes), 1024, &hr_page_lines), HR_ERROR_INPUT,
		       "line 2: '> see ' stands before the addresses");
}

static void a_line_is_found_wherever_it_is(void **state)
{
	static const char *const with[] = { LINE, "see\n\n> " LINE "\n", "\n1: " LINE "\nsee" };
	static const char *const without[] = { "", "\n", "see\n0xffff\n" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct hr_text bare = { .bytes = (char *)with[i], .len = strlen(with[i]) };

		assert_true(hr_text_has(&bare, hr_page_lines.find));
		bare = (struct hr_text){ .bytes = (char *)without[i], .len = strlen(without[i]) };
		assert_false(hr_text_has(&bare, hr_page_lines.find));
	}
}

static void what_cannot_be_read_is_an_error(void **state)
{
	(void)state;
	assert_failure(hr_text_read(-1, 1024, NULL, &text), HR_ERROR_OS, "it cannot be read");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_cleaning_is_one_step, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_a_form_only_the_coding_is_cleaned, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_text_is_cut_if_its_last_line_has_no_end, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(an_empty_file_is_an_empty_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_byte_beyond_the_limit_is_read_and_no_more,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_first_unclear_line_is_named, set_up, tear_down),
		cmocka_unit_test(a_line_is_found_wherever_it_is),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_is_an_error, set_up, NULL),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
