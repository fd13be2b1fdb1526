/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is kept of a kernel's build string, which names who built it, where and when. */
#ifndef HR_BUILD_STRING_H
#define HR_BUILD_STRING_H

#include <stddef.h>

/*
 * Write what hr_release_parse() uses of @text into @size bytes at @ret: that it is a build string,
 * and the version that Debian puts there, without the package's revision.
 */
void hr_build_string_reduce(const char *text, char *ret, size_t size);

#endif
