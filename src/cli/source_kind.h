/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kind of source a file is, as its content shows. */
#ifndef HR_SOURCE_KIND_H
#define HR_SOURCE_KIND_H

#include <hotremove/hotremove.h>

#include "source/source.h"

struct hr_found_kind {
	enum hr_source_kind kind; /* never HR_SOURCE_BY_CONTENT */
	/* It is compressed, and so may turn out to be a text of page tables instead of a dump. */
	bool is_packed;
};

/*
 * Find the kind of the open file @fd from its first HR_TEXT_HEAD bytes: a core of the running
 * kernel, a dump in any of the formats, or a text, which may be one of page tables. A file may
 * change later, so the kind is a reason to open it in one way, and no promise. Errors:
 * HR_ERROR_INPUT if it is none of these or empty, and the message says what it is if that is known;
 * HR_ERROR_OS if it cannot be read.
 */
struct hr_error *hr_source_kind_of(int fd, struct hr_found_kind *ret);

/*
 * The same for the file, or FILE@PA, at @path. A pipe is not looked at, since it can be read only
 * once: like standard input ("-") it can only be a text. Errors name the file; in addition
 * HR_ERROR_OS: it cannot be opened; HR_ERROR_INPUT: it is not a regular file.
 */
struct hr_error *hr_source_kind_find(const char *path, struct hr_found_kind *ret);

#endif
