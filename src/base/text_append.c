// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text_append.h"

#include <string.h>

void hr_text_append(char *text, size_t size, const char *separator, const char *word)
{
	if (*text)
		strncat(text, separator, size - 1 - strlen(text));
	strncat(text, word, size - 1 - strlen(text));
}
