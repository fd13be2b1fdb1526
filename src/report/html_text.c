// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_text.h"

#include <stdarg.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/printable.h"
#include "cli/fields.h"

enum {
	TEXT_SIZE = 1024
};

/* What stands for a character that has a meaning in markup, NULL if it has none. */
static const char *reference_of(char character)
{
	static const struct {
		char character;
		const char *reference;
	} rows[] = {
		{ '&', "&amp;" },  { '<', "&lt;" },   { '>', "&gt;" },
		{ '"', "&quot;" }, { '\'', "&#39;" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].character == character)
			return rows[i].reference;
	return NULL;
}

/* U+FFFE and U+FFFF are characters of UTF-8, and not of XML. */
static size_t shown_length(const char *at)
{
	bool is_none = !strncmp(at, "\xef\xbf\xbe", 3) || !strncmp(at, "\xef\xbf\xbf", 3);

	return is_none ? 0 : hr_printable_length(at);
}

void hr_html_put(FILE *stream, const char *text)
{
	while (*text) {
		const char *reference = reference_of(*text);
		size_t len = shown_length(text);

		if (reference)
			fputs(reference, stream);
		else if (len)
			fwrite(text, 1, len, stream);
		else
			fputs("\xef\xbf\xbd", stream);
		text += len ? len : 1;
	}
}

void hr_html_put_told(FILE *stream, const char *text)
{
	_cleanup_free_ char *named = hr_fields_to_options(text);

	hr_html_put(stream, named ? named : text);
}

void hr_html_put_list(FILE *stream, const char *words)
{
	for (; *words; words++) {
		const char one[] = { *words, '\0' };

		hr_html_put(stream, one);
		fputs(*words == ',' ? " " : "", stream);
	}
}

void hr_html_vprint(FILE *stream, const char *format, va_list arguments)
{
	char text[TEXT_SIZE];

	vsnprintf(text, sizeof(text), format, arguments);
	hr_html_put(stream, text);
}

void hr_html_print(FILE *stream, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	hr_html_vprint(stream, format, arguments);
	va_end(arguments);
}
