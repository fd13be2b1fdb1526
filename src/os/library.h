/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Libraries that are loaded only if a file needs them. Those of C++ code would otherwise take most
 * of the time in which the program starts.
 */
#ifndef HR_LIBRARY_H
#define HR_LIBRARY_H

#include <hotremove/hotremove.h>
#include <stddef.h>

/* A function that is wanted of a library. */
struct hr_library_function {
	const char *name;
	size_t offset; /* of the pointer to it in the library's own structure */
};

/*
 * A library, as it is called by the dynamic linker (@soname) and by people (@name), and what is
 * wanted of it.
 */
struct hr_library_form {
	const char *soname, *name;
	const struct hr_library_function *functions;
	size_t count;
	size_t size; /* of the structure with the pointers, which begins with a struct hr_library */
};

struct hr_library {
	void *handle;
};

/*
 * Load the library of @form, and look up all its functions: a sandbox may close the files that they
 * come from. *@ret is the structure with the pointers, which hr_library_release() frees. Error
 * HR_ERROR_OS: the library is not installed, or lacks a function.
 */
struct hr_error *hr_library_load(const struct hr_library_form *form, void **ret);
void hr_library_release(void *library);

#endif
