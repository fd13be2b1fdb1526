// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <errno.h>

#include "base/error.h"

static void message_is_formatted(void **state)
{
	struct hr_error *error = hr_error_new(HR_ERROR_INPUT, "page %d of %s", 7, "file");

	(void)state;
	assert_int_equal(error->code, HR_ERROR_INPUT);
	assert_string_equal(error->message, "page 7 of file");
	hr_error_destroy(error);
}

static void errno_text_follows_the_message(void **state)
{
	struct hr_error *error = hr_error_errno(ENOENT, "cannot open %s", "x");

	(void)state;
	assert_int_equal(error->code, HR_ERROR_OS);
	assert_string_equal(error->message, "cannot open x: No such file or directory");
	hr_error_destroy(error);
}

static void context_goes_in_front_and_keeps_the_code(void **state)
{
	struct hr_error *error = hr_error_new(HR_ERROR_UNREADABLE, "not there");

	(void)state;
	error = hr_error_context(error, "PA %#x", 0x1000);
	error = hr_error_context(error, "dump");
	assert_int_equal(error->code, HR_ERROR_UNREADABLE);
	assert_string_equal(error->message, "dump: PA 0x1000: not there");
	hr_error_destroy(error);
}

static void no_memory_survives_context_and_destruction(void **state)
{
	struct hr_error *error = hr_error_context(hr_error_no_memory(), "while reading");

	(void)state;
	hr_error_destroy(error);
	hr_error_destroy(error);
	assert_ptr_equal(error, hr_error_no_memory());
	assert_int_equal(error->code, HR_ERROR_NO_MEMORY);
	assert_string_equal(error->message, "not enough memory");
}

static void destroying_no_error_is_fine(void **state)
{
	struct hr_error *error = NULL;

	(void)state;
	hr_error_destroy(error);
	hr_cleanup_error(&error);
	assert_null(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message_is_formatted),
		cmocka_unit_test(errno_text_follows_the_message),
		cmocka_unit_test(context_goes_in_front_and_keeps_the_code),
		cmocka_unit_test(no_memory_survives_context_and_destruction),
		cmocka_unit_test(destroying_no_error_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
