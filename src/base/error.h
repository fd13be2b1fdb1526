/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors are objects that a function returns: NULL is success, and outputs come last. The one who
 * receives an error destroys it or passes it on, usually with context put in front.
 */
#ifndef HR_ERROR_H
#define HR_ERROR_H

#include <stdbool.h>

enum hr_error_code {
	HR_ERROR_USAGE,	     /* the caller asked for something that cannot be meant */
	HR_ERROR_INPUT,	     /* a file or a kernel that is not what it should be */
	HR_ERROR_UNREADABLE, /* this memory is not in the source, or not to be trusted */
	HR_ERROR_OS,	     /* the operating system refused */
	HR_ERROR_OUTPUT,     /* what was printed did not arrive */
	HR_ERROR_NO_MEMORY,
};

struct hr_error {
	enum hr_error_code code;
	bool is_static; /* never freed: the error of having no memory for an error */
	char *message;	/* one sentence without a full stop: what, where, what to do */
};

/* Make an error from a printf format. Never NULL: without memory the static error comes back. */
struct hr_error *hr_error_new(enum hr_error_code code, const char *format, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));

/* As hr_error_new() with ": " and the text of @errnum (an errno value) behind it. */
struct hr_error *hr_error_errno(int errnum, const char *format, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));

/* Put "context: " in front of the message of @error, which is consumed. The code stays. */
struct hr_error *hr_error_context(struct hr_error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));

/* The error for a failed allocation. It is static and may be destroyed any number of times. */
struct hr_error *hr_error_no_memory(void) __attribute__((returns_nonnull));

/* Free @error; NULL is fine. */
void hr_error_destroy(struct hr_error *error);

static inline void hr_cleanup_error(struct hr_error **error)
{
	hr_error_destroy(*error);
}

#endif
