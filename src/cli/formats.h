/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The dump formats that there are, and which of them a file has. */
#ifndef HR_FORMATS_H
#define HR_FORMATS_H

#include "source/format.h"

enum {
	HR_FORMATS_MAX = 8
};

/* Format @i, counted from 0; NULL behind the last one. There are HR_FORMATS_MAX at most. */
const struct hr_format *hr_format_at(size_t i);

/*
 * Tell the format of @fd by its first HR_FORMAT_HEAD bytes. Error HR_ERROR_INPUT: it is empty, or
 * of none; HR_ERROR_OS: it cannot be read.
 */
struct hr_error *hr_format_detect(int fd, const struct hr_format **ret);

#endif
