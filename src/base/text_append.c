// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text_append.h"

#include <stdio.h>
#include <string.h>

void hr_text_append(char *text, size_t size, const char *separator, const char *word)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%s%s", len ? separator : "", word);
}
