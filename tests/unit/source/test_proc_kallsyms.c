// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <stdio.h>
#include <string.h>

#include "environment.h"
#include "source/proc_kallsyms.h"

enum {
	LINES = 5000 /* more than are read at once */
};

static void write_lines(struct core_file *file)
{
	uint64_t at = 0;

	core_file_raw(file, "", 0);
	for (int i = 0; i < LINES; i++) {
		char line[64];
		int len = snprintf(line, sizeof(line), "%016x T symbol_%d%s\n", 0x1000 + i, i,
				   i % 3 ? "" : "\t[module]");

		core_file_write(file, line, (size_t)len, at);
		at += (uint64_t)len;
	}
}

/* No line is lost or mistaken for another, wherever a read ends. */
static void every_line_is_found(void **state)
{
	struct core_file file;
	char names[3][32];

	(void)state;
	write_lines(&file);
	for (int i = 0, step = 2 * (int)one_of(); i + 1 < LINES; i += step) {
		struct hr_symbol symbols[] = { { .name = names[0] },
					       { .name = names[1] },
					       { .name = names[2] } };

		snprintf(names[0], sizeof(names[0]), "symbol_%d", i);
		snprintf(names[1], sizeof(names[1]), "symbol_%d", i + 1);
		snprintf(names[2], sizeof(names[2]), "symbol_%d", LINES + i);
		/* Each time from the beginning. */
		assert_success(hr_proc_kallsyms_find(file.fd, symbols, COUNT_OF(symbols)));
		assert_true(symbols[0].found && symbols[1].found);
		assert_int_equal(symbols[0].va, 0x1000 + i);
		assert_int_equal(symbols[1].va, 0x1001 + i);
		assert_false(symbols[2].found);
	}
	core_file_release(&file);
}

static struct hr_error *find_in(const char *text, size_t len, struct hr_symbol *symbol)
{
	struct hr_error *error;
	struct core_file file;

	*symbol = (struct hr_symbol){ .name = "wanted" };
	core_file_raw(&file, text, len);
	error = hr_proc_kallsyms_find(file.fd, symbol, 1);
	core_file_release(&file);
	return error;
}

static void odd_lines_are_none_of_ours(void **state)
{
	static const struct {
		const char *text;
		bool found;
	} rows[] = {
		{ "0000000000001000 T wanted\n", true },
		{ "0000000000001000 T wanted\t[module]\n", true },
		{ "\n\n0000000000001000 T wanted\n", true },
		{ "0000000000000000 T wanted\n", false }, /* hidden from this user */
		{ "0000000000001000 T wanted_too\n", false },
		{ "0000000000001000 T unwanted\n", false },
		{ "0000000000001000 wanted\n", false },
		{ "wanted\n", false },
		{ "0000000000001000 T \n", false },
		{ "0000000000001000 T wanted", false }, /* truncated: the name may continue */
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_symbol symbol;

		assert_success(find_in(rows[i].text, strlen(rows[i].text), &symbol));
		if (symbol.found != rows[i].found)
			fail_msg("row %zu", i);
	}
}

/* A file that is not a list of symbols takes no more memory than one that is. */
static void endless_lines_are_passed_over(void **state)
{
	static char text[300000];
	static const char line[] = "\n0000000000001000 T wanted\n";
	struct hr_symbol symbol;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + sizeof(text) - strlen(line), line, strlen(line));
	assert_success(find_in(text, sizeof(text), &symbol));
	assert_true(symbol.found);
	memset(text, 0, sizeof(text));
	assert_success(find_in(text, sizeof(text), &symbol));
	assert_false(symbol.found);
}

static void files_that_cannot_be_read_are_errors(void **state)
{
	struct hr_symbol symbol = { .name = "wanted" };

	(void)state;
	assert_failure(hr_proc_kallsyms_find(-1, &symbol, 1), HR_ERROR_OS, "/proc/kallsyms");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_found),
		cmocka_unit_test(odd_lines_are_none_of_ours),
		cmocka_unit_test(endless_lines_are_passed_over),
		cmocka_unit_test(files_that_cannot_be_read_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
