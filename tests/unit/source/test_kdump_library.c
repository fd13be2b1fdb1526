// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "source/kdump_library.h"

static void the_library_that_is_loaded_works(void **state)
{
	const kdump_attr_t nothing = { .type = KDUMP_NIL };
	struct hr_kdump_library *library = NULL;
	kdump_ctx_t *ctx;

	(void)state;
	assert_success(hr_kdump_library_load(&library));
	ctx = library->new_ctx();
	assert_non_null(ctx);
	assert_int_not_equal(library->set_attr(ctx, "none", &nothing), KDUMP_OK);
	assert_non_null(library->get_err(ctx));
	library->free_ctx(ctx);
	hr_library_release(library);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_library_that_is_loaded_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
