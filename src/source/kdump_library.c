// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_library.h"

#include <stddef.h>

#define PLACE(member) offsetof(struct hr_kdump_library, member)

static const struct hr_library_function functions[] = {
	{ "kdump_new", PLACE(new_ctx) },       { "kdump_free", PLACE(free_ctx) },
	{ "kdump_get_err", PLACE(get_err) },   { "kdump_clear_err", PLACE(clear_err) },
	{ "kdump_set_attr", PLACE(set_attr) }, { "kdump_open_fdset", PLACE(open_fdset) },
	{ "kdump_read", PLACE(read) },
};

static const struct hr_library_form form = {
	.soname = HR_KDUMPFILE_SONAME,
	.name = "libkdumpfile",
	.functions = functions,
	.count = sizeof(functions) / sizeof(functions[0]),
	.size = sizeof(struct hr_kdump_library),
};

const char *hr_kdump_library_version(void)
{
	return KDUMPFILE_VERSION_STRING;
}

struct hr_error *hr_kdump_library_load(struct hr_kdump_library **ret)
{
	void *library = NULL;
	struct hr_error *error = hr_library_load(&form, &library);

	*ret = library;
	return error;
}
