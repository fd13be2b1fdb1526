// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/formats.h"

static struct hr_error *detect(const void *bytes, size_t len, const struct hr_format **ret)
{
	struct core_file file;
	struct hr_error *error;

	core_file_raw(&file, bytes, len);
	error = hr_format_detect(file.fd, ret);
	core_file_release(&file);
	return error;
}

static void files_are_told_by_their_first_bytes(void **state)
{
	static const struct {
		const char *bytes, *name;
		size_t len;
	} rows[] = {
		{ "\177ELF", "elf", 4 },
		{ "KDUMP   ", "kdump", 8 },
		{ "makedumpfile", "flattened", 12 },
		{ "makedumpfile\0\0\0\0 and more than is looked at", "flattened", 41 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct hr_format *format;

		assert_success(detect(rows[i].bytes, rows[i].len, &format));
		assert_string_equal(format->name, rows[i].name);
	}
}

static void other_files_are_of_no_format(void **state)
{
	static const char *const texts[] = { "x", "\177EL", "KDUMP  ", " \177ELF" };
	const struct hr_format *format;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		assert_failure(detect(texts[i], strlen(texts[i]), &format), HR_ERROR_INPUT,
			       "it is not an ELF core, ");
	assert_failure(detect("", 0, &format), HR_ERROR_INPUT, "empty");
}

/* Such a file has a way to become one that is read. */
static void files_that_are_not_read_are_named(void **state)
{
	const struct hr_format *format;

	(void)state;
	assert_failure(detect("QEVM\0\0\0\3", 8, &format), HR_ERROR_INPUT,
		       "it is a migration stream of QEMU, which is not read: load it");
}

static void a_text_may_be_of_page_tables(void **state)
{
	static const char *const texts[] = { "---[ Linear Mapping", "> 0xffff000000000000-0x",
					     "\357\273\277---[ Linear" };
	const struct hr_format *format;
	struct hr_error *error;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		assert_failure(detect(texts[i], strlen(texts[i]), &format), HR_ERROR_INPUT,
			       "read with --ptdump");
	error = detect("\0\0\0\0", 4, &format);
	assert_null(strstr(error->message, "--ptdump"));
	assert_failure(error, HR_ERROR_INPUT, "a flattened dump");
}

/* A user with another kind of dump learns what can be read. */
static void the_error_lists_all_formats(void **state)
{
	const struct hr_format *format, *found;

	(void)state;
	for (size_t i = 0; (format = hr_format_at(i)); i++)
		assert_failure(detect("x", 1, &found), HR_ERROR_INPUT, format->what);
}

static void what_cannot_be_read_is_an_error_of_the_system(void **state)
{
	const struct hr_format *format;
	int fd = open("/tmp", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_failure(hr_format_detect(fd, &format), HR_ERROR_OS, "cannot be read");
	close(fd);
}

/* A row that is hidden by another one, or incomplete, would never be used. */
static void each_row_can_be_used(void **state)
{
	const struct hr_format *format, *other;
	size_t count = 0;

	(void)state;
	for (; (format = hr_format_at(count)); count++) {
		assert_true(strlen(format->name) && strlen(format->what));
		assert_true(!format->open != !format->unwrap);
		assert_false(format->unwrap && format->helpers);
		for (size_t i = 0; (other = hr_format_at(i)) != format; i++)
			assert_string_not_equal(format->name, other->name);
	}
	assert_in_range(count, 1, HR_FORMATS_MAX);
	assert_null(hr_format_at(HR_FORMATS_MAX));
}

/* The name in the output: after the longest wrapper, with a hyphen in between. */
static void names_have_room(void **state)
{
	const struct hr_format *format;
	size_t wrap = 0, inner = 0;

	(void)state;
	for (size_t i = 0; (format = hr_format_at(i)); i++) {
		size_t *longest = format->unwrap ? &wrap : &inner;

		*longest = strlen(format->name) > *longest ? strlen(format->name) : *longest;
	}
	assert_in_range(wrap + 1 + inner, 1, HR_FORMAT_NAME - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_told_by_their_first_bytes),
		cmocka_unit_test(other_files_are_of_no_format),
		cmocka_unit_test(files_that_are_not_read_are_named),
		cmocka_unit_test(a_text_may_be_of_page_tables),
		cmocka_unit_test(the_error_lists_all_formats),
		cmocka_unit_test(what_cannot_be_read_is_an_error_of_the_system),
		cmocka_unit_test(each_row_can_be_used),
		cmocka_unit_test(names_have_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
