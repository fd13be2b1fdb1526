// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stddef.h>

#include "os/library.h"

/* A part of the C library, which is always there. */
struct c_library {
	struct hr_library base;
	int (*abs)(int number);
	size_t (*strlen)(const char *text);
};

static const struct hr_library_function functions[] = {
	{ "abs", offsetof(struct c_library, abs) },
	{ "strlen", offsetof(struct c_library, strlen) },
};

static const struct hr_library_form whole = {
	.soname = "libc.so.6",
	.name = "the C library",
	.functions = functions,
	.count = COUNT_OF(functions),
	.size = sizeof(struct c_library),
};

static void each_function_goes_to_its_place(void **state)
{
	const struct c_library *library;
	void *loaded = NULL;

	(void)state;
	assert_success(hr_library_load(&whole, &loaded));
	library = loaded;
	assert_int_equal(library->abs(-3), 3);
	assert_int_equal(library->strlen("four"), 4);
	hr_library_release(loaded);
}

static void a_library_that_is_not_installed_is_named(void **state)
{
	struct hr_library_form form = whole;
	void *library = NULL;

	(void)state;
	form.soname = "libnone-such.so.0";
	form.name = "libnone";
	assert_failure(hr_library_load(&form, &library), HR_ERROR_OS, "install libnone");
	assert_null(library);
}

static void a_library_that_lacks_a_function_is_refused(void **state)
{
	static const struct hr_library_function lacking[] = {
		{ "abs", offsetof(struct c_library, abs) },
		{ "none_such_function", offsetof(struct c_library, strlen) },
	};
	struct hr_library_form form = whole;
	void *library = NULL;

	(void)state;
	form.functions = lacking;
	assert_failure(hr_library_load(&form, &library), HR_ERROR_OS, "none_such_function");
	assert_null(library);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_function_goes_to_its_place),
		cmocka_unit_test(a_library_that_is_not_installed_is_named),
		cmocka_unit_test(a_library_that_lacks_a_function_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
