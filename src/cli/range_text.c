// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/range_text.h"

#include <string.h>

#define BLANKS " \t\r\n"

/* In UTF-8. No replacement is longer than what it replaces. */
static const struct {
	const char *from, *to;
} replacements[] = {
	{ "\xef\xbb\xbf", "" },	 /* U+FEFF, the byte order mark */
	{ "\xc2\xa0", " " },	 /* U+00A0, the no-break space */
	{ "\xe2\x80\xaf", " " }, /* U+202F, the narrow no-break space */
	{ "\xe2\x80\x93", "-" }, /* U+2013, the en dash */
	{ "\xe2\x88\x92", "-" }, /* U+2212, the minus sign */
};

enum {
	REPLACEMENTS = sizeof(replacements) / sizeof(replacements[0])
};

/* Append to @out what stands for the characters at @text; returns how many bytes these are. */
static size_t replace(const char *text, char **out)
{
	for (size_t i = 0; i < REPLACEMENTS; i++) {
		size_t len = strlen(replacements[i].from);

		if (strncmp(text, replacements[i].from, len) != 0)
			continue;
		*out = stpcpy(*out, replacements[i].to);
		return len;
	}
	*(*out)++ = *text;
	return 1;
}

static void strip(char *text)
{
	char *begin = text + strspn(text, BLANKS);
	size_t len = strlen(begin);

	while (len && strchr(BLANKS, begin[len - 1]))
		len--;
	memmove(text, begin, len);
	text[len] = '\0';
}

void hr_range_text_clean(char *text)
{
	const char *in = text;
	char *out = text;

	while (*in)
		in += replace(in, &out);
	*out = '\0';
	strip(text);
}
