/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The known dump formats, and how to detect the format of a file. */
#ifndef HR_FORMATS_H
#define HR_FORMATS_H

#include <hotremove/hotremove.h>

#include "source/format.h"

enum {
	HR_FORMATS_MAX = 8
};

/* Format @i, counted from 0; NULL after the last one. There are at most HR_FORMATS_MAX. */
const struct hr_format *hr_format_at(size_t i);

/* The format of a file that begins with the @len bytes of @head; NULL if no format fits. */
const struct hr_format *hr_format_of(const void *head, size_t len);

/*
 * The error for a file in no format that begins with the @len bytes of @head: what it is if that is
 * known, otherwise that it is in none of the formats, and @advice.
 */
struct hr_error *hr_format_unknown(const void *head, size_t len, const char *advice)
	__attribute__((returns_nonnull));

/*
 * Detect the format of @fd from its first HR_FORMAT_HEAD bytes. Error HR_ERROR_INPUT: it is empty,
 * or in none of the formats, and the message says what it is if that is known; HR_ERROR_OS: it
 * cannot be read.
 */
struct hr_error *hr_format_detect(int fd, const struct hr_format **ret);

#endif
