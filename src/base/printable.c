// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/printable.h"

#include <stdint.h>

/*
 * The length in bytes of a character that begins with @first, and the smallest code point that
 * needs that many.
 */
static size_t length_by_first(unsigned char first, uint32_t *ret_least)
{
	static const struct {
		unsigned char mask, value;
		uint32_t least;
	} forms[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		*ret_least = forms[i].least;
		if ((first & forms[i].mask) == forms[i].value)
			return i + 1;
	}
	return 0;
}

/* The code point at @at and its length, which is 0 if it is malformed. */
static uint32_t decode(const char *at, size_t *ret_len)
{
	static const unsigned char bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	const unsigned char *bytes = (const unsigned char *)at;
	uint32_t point, least;
	size_t len = length_by_first(bytes[0], &least);

	*ret_len = 0;
	point = bytes[0] & bits[len];
	/* The end of the string is not a continuation byte. */
	for (size_t i = 1; i < len; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (bytes[i] & 0x3f);
	}
	if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret_len = len;
	return point;
}

size_t hr_utf8_length(const char *at)
{
	size_t len;

	(void)decode(at, &len);
	return len;
}

size_t hr_printable_length(const char *at)
{
	/* C0, DEL and C1; line and paragraph separators; embeddings, overrides, isolates. */
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0, 0x1f },
		{ 0x7f, 0x9f },
		{ 0x2028, 0x202e },
		{ 0x2066, 0x2069 },
	};
	size_t len;
	uint32_t point = decode(at, &len);

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (point >= hidden[i].first && point <= hidden[i].last)
			return 0;
	return len;
}

/* The number of bytes at the start of @text that may be shown. */
static size_t printable_span(const char *text)
{
	size_t span = 0, len;

	while ((len = hr_printable_length(text + span)))
		span += len;
	return span;
}

bool hr_is_printable(const char *text)
{
	return !text[printable_span(text)];
}

void hr_put_printable(const char *text, FILE *stream)
{
	while (*text) {
		size_t span = printable_span(text);

		fwrite(text, 1, span, stream);
		text += span;
		if (!*text)
			break;
		fputc('?', stream);
		text++;
	}
}
