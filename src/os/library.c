// SPDX-License-Identifier: GPL-2.0-or-later
#include "os/library.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static struct hr_error *cannot_load(const struct hr_library_form *form)
{
	return hr_error_new(HR_ERROR_OS, "cannot load %s, which reads this format (%s): install %s",
			    form->soname, dlerror(), form->name);
}

static struct hr_error *look_up(const struct hr_library_form *form, struct hr_library *library)
{
	library->handle = dlopen(form->soname, RTLD_NOW | RTLD_LOCAL);
	if (!library->handle)
		return cannot_load(form);
	for (size_t i = 0; i < form->count; i++) {
		void *function = dlsym(library->handle, form->functions[i].name);

		if (!function)
			return cannot_load(form);
		memcpy((char *)library + form->functions[i].offset, (const void *)&function,
		       sizeof(void *));
	}
	return NULL;
}

struct hr_error *hr_library_load(const struct hr_library_form *form, void **ret)
{
	struct hr_library *library = calloc(1, form->size);
	struct hr_error *error;

	if (!library)
		return hr_error_no_memory();
	error = look_up(form, library);
	if (error) {
		hr_library_release(library);
		return error;
	}
	*ret = library;
	return NULL;
}

void hr_library_release(void *library)
{
	struct hr_library *loaded = library;

	if (!loaded)
		return;
	if (loaded->handle)
		dlclose(loaded->handle);
	free(loaded);
}
