// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static const char no_memory_message[] = "not enough memory";
/* Nobody writes to a static error, and a library has no state. */
static const struct hr_error no_memory = {
	.code = HR_ERROR_NO_MEMORY,
	.is_static = true,
	.message = (char *)no_memory_message,
};

struct hr_error *hr_error_no_memory(void)
{
	return (struct hr_error *)&no_memory;
}

/* Takes ownership of @message. */
static struct hr_error *error_from_message(enum hr_error_code code, char *message)
{
	struct hr_error *error = message ? malloc(sizeof(*error)) : NULL;

	if (!error) {
		free(message);
		return hr_error_no_memory();
	}
	*error = (struct hr_error){ .code = code, .message = message };
	return error;
}

struct hr_error *hr_error_new(enum hr_error_code code, const char *format, ...)
{
	char *message = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&message, format, args) < 0)
		message = NULL;
	va_end(args);
	return error_from_message(code, message);
}

struct hr_error *hr_error_errno(int errnum, const char *format, ...)
{
	_cleanup_free_ char *what = NULL;
	char *message = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&what, format, args) < 0)
		what = NULL;
	va_end(args);
	if (!what || asprintf(&message, "%s: %s", what, strerror(errnum)) < 0)
		message = NULL;
	return error_from_message(HR_ERROR_OS, message);
}

struct hr_error *hr_error_context(struct hr_error *error, const char *format, ...)
{
	_cleanup_free_ char *context = NULL;
	char *message = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&context, format, args) < 0)
		context = NULL;
	va_end(args);
	if (error->is_static || !context ||
	    asprintf(&message, "%s: %s", context, error->message) < 0)
		return error;
	free(error->message);
	error->message = message;
	return error;
}

void hr_error_destroy(struct hr_error *error)
{
	if (!error || error->is_static)
		return;
	free(error->message);
	free(error);
}
