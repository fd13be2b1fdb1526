/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors, beyond what the public header has. */
#ifndef HR_ERROR_H
#define HR_ERROR_H

#include <hotremove/hotremove.h>

/* Like hr_error_new(), followed by ": " and the text of @errnum (an errno value). */
struct hr_error *hr_error_errno(int errnum, const char *format, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));

static inline void hr_cleanup_error(struct hr_error **error)
{
	hr_error_destroy(*error);
}

#endif
