// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/fields.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "fake.h"

/* A text of the library, and what a user reads. */
struct row {
	const char *text, *expected;
};

static void assert_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *named = hr_fields_to_options(rows[i].text);

		assert_non_null(named);
		assert_string_equal(named, rows[i].expected);
	}
}

static void a_field_becomes_its_option(void **state)
{
	static const struct row rows[] = {
		{ "{page_size}", "--page-size" },
		{ "give {phys_offset} or {vmcoreinfo}", "give --phys-offset or --vmcoreinfo" },
		{ "({release} overrides)", "(--kernel-release overrides)" },
		{ "{release=X.Y.Z} or X.Y-rcN", "--kernel-release=X.Y.Z or X.Y-rcN" },
		{ "{ignored=boot-memory,not-present}", "--ignore=boot-memory,not-present" },
	};

	(void)state;
	assert_rows(rows, COUNT_OF(rows));
}

static void an_assumption_is_a_key_with_a_value(void **state)
{
	static const struct row rows[] = {
		{ "{guard}", "--assume=guard=..." },
		{ "({tlbi_range=0} overrides)", "(--assume=tlbi-range=0 overrides)" },
		{ "{calls=block}", "--assume=calls=block" },
	};

	(void)state;
	assert_rows(rows, COUNT_OF(rows));
}

static void braces_around_anything_else_stay(void **state)
{
	static const char *const texts[] = {
		"",
		"{",
		"}",
		"{}",
		"{=1}",
		"{page_size",
		"{page-size}",
		"{PAGE_SIZE}",
		"{page_siz}",
		"{page_sizes}",
		"{page_size }",
		"{page_size=",
		"{page_size=4K",
		"{name}",
		"{assume}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const struct row row = { texts[i], texts[i] };

		assert_rows(&row, 1);
	}
}

static void a_field_may_stand_beside_braces(void **state)
{
	static const struct row rows[] = {
		{ "{{lpa2=1}}", "{--assume=lpa2=1}" },
		{ "kernel {x} {va_bits", "kernel {x} {va_bits" },
		{ "{va_bits{va_bits}", "{va_bits--va-bits" },
	};

	(void)state;
	assert_rows(rows, COUNT_OF(rows));
}

static void an_error_keeps_its_code(void **state)
{
	const struct hr_config config = { .name = "vmcore" };
	struct hr_error *error = hr_error_new(HR_ERROR_INPUT, "vmcore: give {va_bits}");

	(void)state;
	assert_failure(hr_fields_error(error, &config), HR_ERROR_INPUT, "vmcore: give --va-bits");
	error = hr_fields_error(hr_error_no_memory(), &config);
	assert_ptr_equal(error, hr_error_no_memory());
}

/* Fields that a file is named after are no advice. */
static void the_name_of_a_file_stays(void **state)
{
	const struct hr_config config = { .name = "{va_bits}", .vmcoreinfo_of = "{guard}" };
	struct hr_error *error = hr_error_new(HR_ERROR_INPUT, "{va_bits}: give {va_bits}");

	(void)state;
	assert_failure(hr_fields_error(error, &config), HR_ERROR_INPUT,
		       "{va_bits}: give --va-bits");
	error = hr_error_new(HR_ERROR_INPUT, "{guard}: give {va_bits}");
	assert_failure(hr_fields_error(error, &config), HR_ERROR_INPUT, "{guard}: give --va-bits");
}

static void printed_text_cannot_drive_the_terminal(void **state)
{
	_cleanup_free_ char *printed = NULL;
	size_t size;
	FILE *stream = open_memstream(&printed, &size);

	(void)state;
	assert_non_null(stream);
	hr_fields_print("kernel \033[2J: give {release}", stream);
	fclose(stream);
	assert_string_equal(printed, "kernel ?[2J: give --kernel-release");
}

static unsigned int words_found;

/* Fail if a word in braces that @text has stands for no option. */
static void check_words(const char *path, const char *text)
{
	while ((text = strchr(text, '{'))) {
		size_t len = strspn(++text, "abcdefghijklmnopqrstuvwxyz0123456789_");
		_cleanup_free_ char *word = NULL, *named = NULL;

		if (!len || (text[len] != '}' && text[len] != '='))
			continue;
		assert_true(asprintf(&word, "{%.*s}", (int)len, text) > 0);
		named = hr_fields_to_options(word);
		if (strncmp(named, "--", 2) != 0)
			fail_msg("%s: no option is for %s", path, word);
		words_found++;
	}
}

static int check_file(const char *path, const struct stat *stat, int type, struct FTW *place)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *file;

	(void)stat;
	(void)place;
	if (type != FTW_F)
		return 0;
	file = fopen(path, "r");
	assert_non_null(file);
	if (getdelim(&text, &size, '\0', file) > 0)
		check_words(path, text);
	fclose(file);
	return 0;
}

/* The library may name what it likes, but the program must know it. */
static void each_word_in_the_sources_has_an_option(void **state)
{
	(void)state;
	words_found = 0;
	assert_int_equal(nftw(HR_PROJECT "/src", check_file, 16, FTW_PHYS), 0);
	assert_true(words_found > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_becomes_its_option),
		cmocka_unit_test(an_assumption_is_a_key_with_a_value),
		cmocka_unit_test(braces_around_anything_else_stay),
		cmocka_unit_test(a_field_may_stand_beside_braces),
		cmocka_unit_test(an_error_keeps_its_code),
		cmocka_unit_test(the_name_of_a_file_stays),
		cmocka_unit_test(printed_text_cannot_drive_the_terminal),
		cmocka_unit_test(each_word_in_the_sources_has_an_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
