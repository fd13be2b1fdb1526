// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/trimmed.h"

#include <stdio.h>
#include <string.h>

void hr_print_trimmed(const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n"), shown = len;

		while (shown && text[shown - 1] == ' ')
			shown--;
		printf("%.*s\n", (int)shown, text);
		text += len + (text[len] == '\n');
	}
}
