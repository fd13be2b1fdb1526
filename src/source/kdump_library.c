// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/kdump_library.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"

#define FUNCTION(member, name)                                                                     \
	{                                                                                          \
		name, offsetof(struct hr_kdump_library, member)                                    \
	}

static const struct {
	const char *name;
	size_t offset; /* of its pointer */
} functions[] = {
	FUNCTION(new_ctx, "kdump_new"),	      FUNCTION(free_ctx, "kdump_free"),
	FUNCTION(get_err, "kdump_get_err"),   FUNCTION(clear_err, "kdump_clear_err"),
	FUNCTION(set_attr, "kdump_set_attr"), FUNCTION(open_fdset, "kdump_open_fdset"),
	FUNCTION(read, "kdump_read"),
};

const char *hr_kdump_library_version(void)
{
	return KDUMPFILE_VERSION_STRING;
}

static struct hr_error *cannot_load(void)
{
	return hr_error_new(HR_ERROR_OS,
			    "cannot load " HR_KDUMPFILE_SONAME ", which reads this format (%s): "
			    "install libkdumpfile",
			    dlerror());
}

void hr_kdump_library_release(struct hr_kdump_library *library)
{
	if (!library)
		return;
	if (library->handle)
		dlclose(library->handle);
	free(library);
}

static void cleanup_library(struct hr_kdump_library **library)
{
	hr_kdump_library_release(*library);
}

/* All functions are looked up now, because a sandbox closes the files that they come from. */
struct hr_error *hr_kdump_library_load(struct hr_kdump_library **ret)
{
	_cleanup_(cleanup_library) struct hr_kdump_library *library = calloc(1, sizeof(*library));

	if (!library)
		return hr_error_no_memory();
	library->handle = dlopen(HR_KDUMPFILE_SONAME, RTLD_NOW | RTLD_LOCAL);
	if (!library->handle)
		return cannot_load();
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *function = dlsym(library->handle, functions[i].name);

		if (!function)
			return cannot_load();
		memcpy((char *)library + functions[i].offset, &function, sizeof(function));
	}
	*ret = hr_take(library);
	return NULL;
}
