// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "source/codec_library.h"

static void every_library_has_all_its_functions(void **state)
{
	static const struct hr_library_form *const forms[] = { &hr_lzma_form, &hr_zstd_form,
							       &hr_bzip2_form };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		void *library = NULL;
		void *const *members;

		assert_success(hr_library_load(forms[i], &library));
		members = library;
		for (size_t j = 0; j < forms[i]->size / sizeof(*members); j++)
			assert_non_null(members[j]);
		hr_library_release(library);
	}
}

static void functions_are_those_of_the_library(void **state)
{
	const struct hr_zstd_library *zstd;
	void *library = NULL;

	(void)state;
	assert_success(hr_library_load(&hr_zstd_form, &library));
	zstd = library;
	assert_true(zstd->is_error((size_t)-1));
	assert_false(zstd->is_error(0));
	hr_library_release(library);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_library_has_all_its_functions),
		cmocka_unit_test(functions_are_those_of_the_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
