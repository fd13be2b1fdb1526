// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/page_lines.h"

#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\f\v"
#define MARKER "---["

enum {
	DIGITS_MAX = 16
};

/* The markers that matter: what else looks like one is of other messages of a kernel. */
static const char *const markers[] = { "linear mapping", "vmemmap", "fixmap" };

static size_t skip_any(const char *line, size_t len, size_t at, const char *bytes)
{
	while (at < len && line[at] && strchr(bytes, line[at]))
		at++;
	return at;
}

/* Skip a hexadecimal number with 0x. Returns @at if there is none. */
static size_t skip_address(const char *line, size_t len, size_t at)
{
	size_t end;

	if (len - at < 3 || line[at] != '0' || line[at + 1] != 'x')
		return at;
	end = skip_any(line, len, at + 2, "0123456789abcdefABCDEF");
	return end > at + 2 && end <= at + 2 + DIGITS_MAX ? end : at;
}

/* Are there two addresses at @at, and after them a size or nothing? */
static bool is_range(const char *line, size_t len, size_t at)
{
	size_t dash = skip_address(line, len, at), end, digits;

	if (dash == at || dash == len || line[dash] != '-')
		return false;
	end = skip_address(line, len, dash + 1);
	if (end == dash + 1)
		return false;
	at = skip_any(line, len, end, BLANKS);
	digits = skip_any(line, len, at, "0123456789");
	return at == len ||
	       (at > end && digits > at && digits < len && strchr("KMGTPE", line[digits]));
}

static bool is_marker(const char *line, size_t len, size_t at)
{
	size_t name = at + strlen(MARKER);

	if (len - at < strlen(MARKER) || memcmp(line + at, MARKER, strlen(MARKER)))
		return false;
	name = skip_any(line, len, name, BLANKS);
	for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]); i++)
		if (len - name >= strlen(markers[i]) &&
		    !strncasecmp(line + name, markers[i], strlen(markers[i])))
			return true;
	return false;
}

static size_t find(const char *line, size_t len)
{
	for (size_t at = 0; at < len; at++) {
		bool is_start = line[at] == '0' ? is_range(line, len, at)
						: line[at] == '-' && is_marker(line, len, at);

		if (is_start)
			return at;
	}
	return len;
}

/* No line of the text has an equals sign, except as a mark that this coding leaves. */
static bool is_encoded(const char *line, size_t len)
{
	static const char *const marks[] = { "=20", "=3D", "=09", "=A0", "=C2=A0" };
	size_t end = len;

	if (!len || !memmem(line, len, "0x", 2))
		return false;
	while (end && (line[end - 1] == ' ' || line[end - 1] == '\t'))
		end--;
	if (end && line[end - 1] == '=')
		return true;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (memmem(line, len, marks[i], strlen(marks[i])))
			return true;
	return false;
}

const struct hr_text_form hr_page_lines = {
	.what = "the addresses",
	.is_alone = true,
	.find = find,
	.is_encoded = is_encoded,
};
