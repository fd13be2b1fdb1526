// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/listing.h"

#include <stdio.h>
#include <string.h>

void hr_list_add(char *text, size_t size, size_t i, size_t count, const char *last,
		 const char *word)
{
	size_t len = strlen(text);
	const char *between = !i ? "" : i + 1 == count ? last : ", ";

	snprintf(text + len, size - len, "%s%s", between, word);
}
