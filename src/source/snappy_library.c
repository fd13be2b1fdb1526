// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/snappy_library.h"

#include <stddef.h>

static const struct hr_library_function functions[] = {
	{ "snappy_uncompress", offsetof(struct hr_snappy_library, uncompress) },
};

static const struct hr_library_form form = {
	.soname = HR_SNAPPY_SONAME,
	.name = "libsnappy",
	.functions = functions,
	.count = sizeof(functions) / sizeof(functions[0]),
	.size = sizeof(struct hr_snappy_library),
};

struct hr_error *hr_snappy_library_load(struct hr_snappy_library **ret)
{
	void *library = NULL;
	struct hr_error *error = hr_library_load(&form, &library);

	*ret = library;
	return error;
}
