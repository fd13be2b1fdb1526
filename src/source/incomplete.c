// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/incomplete.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

void hr_incomplete_because(struct hr_incomplete *incomplete, const char *why)
{
	incomplete->is_set = true;
	incomplete->why = why;
}

/* Beyond the first, what is missing is known in all only if each part of it is. */
void hr_incomplete_add(struct hr_incomplete *incomplete, uint64_t bytes, const char *format, ...)
{
	size_t len = strlen(incomplete->what);
	bool is_first = !len;
	va_list args;

	incomplete->is_set = true;
	incomplete->has_bytes =
		(is_first || incomplete->has_bytes) && bytes != UINT64_MAX &&
		!__builtin_add_overflow(incomplete->bytes, bytes, &incomplete->bytes);
	if (!is_first)
		len += (size_t)snprintf(incomplete->what + len, sizeof(incomplete->what) - len,
					", and ");
	if (len >= sizeof(incomplete->what))
		return;
	va_start(args, format);
	vsnprintf(incomplete->what + len, sizeof(incomplete->what) - len, format, args);
	va_end(args);
}

void hr_incomplete_add_end(struct hr_incomplete *incomplete, uint64_t bytes)
{
	hr_incomplete_add(incomplete, bytes, "its last %s %s missing",
			  hr_count_text(bytes, "byte", "bytes").text, bytes == 1 ? "is" : "are");
}

void hr_incomplete_describe(const struct hr_incomplete *incomplete, char *text)
{
	const char *why = incomplete->why;

	snprintf(text, HR_INCOMPLETE_TEXT,
		 "the dump is incomplete%s%s%s: %s%swhat it lacks is "
		 "unreadable",
		 why ? " (" : "", why ? why : "", why ? ")" : "", incomplete->what,
		 incomplete->what[0] ? "; " : "");
}
