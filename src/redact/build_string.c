// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/build_string.h"

#include <stdio.h>
#include <string.h>

void hr_build_string_reduce(const char *text, char *ret, size_t size)
{
	static const char mark[] = "Debian ";
	const char *found = strstr(text, mark), *version = found ? found + strlen(mark) : "";
	int len = (int)strspn(version, "0123456789.~rc");

	if (*text != '#' || !found)
		snprintf(ret, size, "%s", *text == '#' ? "#" : "");
	else
		snprintf(ret, size, "# %s%.*s%s", mark, len, version,
			 version[len] == '-' ? "-" : "");
}
