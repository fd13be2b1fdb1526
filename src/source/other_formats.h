/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats that are known but not read: what such a file is, and what to do with it. */
#ifndef HR_OTHER_FORMATS_H
#define HR_OTHER_FORMATS_H

#include <stddef.h>

/*
 * A clause about a file that begins with the @len bytes of @head: what it is, and what to do with
 * it. NULL if the file is not in one of these formats.
 */
const char *hr_other_format(const void *head, size_t len);

#endif
