/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function returns errors as objects: NULL is success, and outputs are the last parameters. The
 * caller destroys an error or passes it on, usually after adding context.
 */
#ifndef HR_ERROR_H
#define HR_ERROR_H

#include <stdbool.h>

enum hr_error_code {
	HR_ERROR_USAGE,	     /* the request makes no sense */
	HR_ERROR_INPUT,	     /* a file or a kernel is not what it should be */
	HR_ERROR_UNREADABLE, /* the source does not have this memory, or it cannot be trusted */
	HR_ERROR_OS,	     /* the operating system refused */
	HR_ERROR_OUTPUT,     /* output was not delivered */
	HR_ERROR_NO_MEMORY,
};

struct hr_error {
	enum hr_error_code code;
	bool is_static; /* never freed: used if there is no memory for an error */
	char *message;	/* one sentence without a full stop: what, where, what to do */
};

/*
 * Create an error from a printf format. Never returns NULL: without memory it returns the static
 * error.
 */
struct hr_error *hr_error_new(enum hr_error_code code, const char *format, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));

/* Like hr_error_new(), followed by ": " and the text of @errnum (an errno value). */
struct hr_error *hr_error_errno(int errnum, const char *format, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));

/* Put "context: " before the message of @error. Consumes @error; the code stays the same. */
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
