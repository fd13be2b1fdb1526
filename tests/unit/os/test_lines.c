// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <stdio.h>
#include <string.h>

#include "os/lines.h"

/* The lines received, each in brackets, and the number of lines after which to fail. */
struct seen {
	char text[64];
	char last[16];
	unsigned int count, fail_at;
};

static struct hr_error *take_line(void *context, char *line)
{
	struct seen *seen = context;
	size_t len = strlen(seen->text);

	snprintf(seen->text + len, sizeof(seen->text) - len, "[%s]", line);
	snprintf(seen->last, sizeof(seen->last), "%s", line);
	seen->count++;
	return seen->count == seen->fail_at ? hr_error_new(HR_ERROR_INPUT, "enough") : NULL;
}

static struct hr_error *read_text(const char *text, size_t len, struct seen *seen)
{
	struct hr_error *error;
	struct core_file file;

	core_file_raw(&file, text, len);
	error = hr_lines_read(file.fd, "a file", take_line, seen);
	core_file_release(&file);
	return error;
}

static void lines_come_in_order_and_whole(void **state)
{
	static const char text[] = "one\n\n two \ncut off";
	struct seen seen = { .count = 0 };

	(void)state;
	assert_success(read_text(text, strlen(text), &seen));
	assert_string_equal(seen.text, "[one][][ two ]");
}

static void an_error_ends_the_reading(void **state)
{
	static const char text[] = "one\ntwo\nthree\n";
	struct seen seen = { .fail_at = 2 };

	(void)state;
	assert_failure(read_text(text, strlen(text), &seen), HR_ERROR_INPUT, "enough");
	assert_string_equal(seen.text, "[one][two]");
}

static void what_cannot_be_read_is_named(void **state)
{
	struct seen seen = { .count = 0 };

	(void)state;
	assert_failure(hr_lines_read(-1, "a file", take_line, &seen), HR_ERROR_OS,
		       "cannot open a file");
	assert_int_equal(seen.count, 0);
}

/* A line that is too long takes no more memory than a valid one. */
static void endless_line_is_passed_over(void **state)
{
	static char text[200000];
	struct seen seen = { .count = 0 };

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_success(read_text(text, sizeof(text), &seen));
	assert_int_equal(seen.count, 0);
	memcpy(text + sizeof(text) - 5, "\nend\n", 5);
	assert_success(read_text(text, sizeof(text), &seen));
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.last, "end");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_in_order_and_whole),
		cmocka_unit_test(an_error_ends_the_reading),
		cmocka_unit_test(what_cannot_be_read_is_named),
		cmocka_unit_test(endless_line_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
