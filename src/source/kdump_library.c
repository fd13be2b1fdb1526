// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_library.h"

#include <stddef.h>

#define FUNCTION(member, name)                                                                     \
	{                                                                                          \
		name, offsetof(struct hr_kdump_library, member)                                    \
	}

static const struct hr_library_function functions[] = {
	FUNCTION(new_ctx, "kdump_new"),	      FUNCTION(free_ctx, "kdump_free"),
	FUNCTION(get_err, "kdump_get_err"),   FUNCTION(clear_err, "kdump_clear_err"),
	FUNCTION(set_attr, "kdump_set_attr"), FUNCTION(open_fdset, "kdump_open_fdset"),
	FUNCTION(read, "kdump_read"),
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
	return hr_library_load(&form, ret);
}
