// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <dlfcn.h>
#include <string.h>

#include "source/kdump_library.h"

void *__real_dlopen(const char *name, int flags);
void *__wrap_dlopen(const char *name, int flags);
void *__real_dlsym(void *handle, const char *name);
void *__wrap_dlsym(void *handle, const char *name);

/* What is missing of the library; NULL: nothing. */
static bool is_missing;
static const char *missing_function;

void *__wrap_dlopen(const char *name, int flags)
{
	return __real_dlopen(is_missing ? "libnone-such.so.0" : name, flags);
}

void *__wrap_dlsym(void *handle, const char *name)
{
	if (missing_function && !strcmp(name, missing_function))
		name = "kdump_none_such";
	return __real_dlsym(handle, name);
}

static int set_up(void **state)
{
	(void)state;
	is_missing = false;
	missing_function = NULL;
	return 0;
}

static void the_library_that_is_loaded_works(void **state)
{
	struct hr_kdump_library *library = NULL;
	const kdump_attr_t nothing = { .type = KDUMP_NIL };
	kdump_ctx_t *ctx;

	(void)state;
	assert_success(hr_kdump_library_load(&library));
	ctx = library->new_ctx();
	assert_non_null(ctx);
	assert_int_not_equal(library->set_attr(ctx, "none", &nothing), KDUMP_OK);
	assert_non_null(library->get_err(ctx));
	library->free_ctx(ctx);
	hr_kdump_library_release(library);
}

static void a_library_that_is_not_installed_is_named(void **state)
{
	struct hr_kdump_library *library = NULL;

	(void)state;
	is_missing = true;
	assert_failure(hr_kdump_library_load(&library), HR_ERROR_OS, "install libkdumpfile");
	hr_kdump_library_release(library);
}

static void a_library_that_lacks_a_function_is_refused(void **state)
{
	static const char *const names[] = {
		"kdump_new",	  "kdump_free",	      "kdump_get_err", "kdump_clear_err",
		"kdump_set_attr", "kdump_open_fdset", "kdump_read",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct hr_kdump_library *library = NULL;

		missing_function = names[i];
		assert_failure(hr_kdump_library_load(&library), HR_ERROR_OS, "kdump_none_such");
		hr_kdump_library_release(library);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_library_that_is_loaded_works, set_up),
		cmocka_unit_test_setup(a_library_that_is_not_installed_is_named, set_up),
		cmocka_unit_test_setup(a_library_that_lacks_a_function_is_refused, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
