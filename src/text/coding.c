// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/coding.h"

#include <endian.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

enum {
	ESCAPE = 0x1b,
	/* Stands for a UTF-16 unit that is not ASCII: no line of interest has such a character. */
	FOREIGN = 0x7f,
	SEQUENCE_MAX = 32, /* bytes of an escape sequence */
	RETURNS_MAX = 8,   /* carriage returns before a line feed, as consoles add them */
};

#define BYTES(text) (text), sizeof(text) - 1

struct literal {
	const char *bytes;
	size_t len;
};

/* A pipe, or the file of another option, may bring one. */
#define DUMP "a dump, not text: give it as a file of its own, since it is read at many places"

/* Files whose first bytes show that they are not text, or not in a coding that is read. */
static const struct {
	struct literal magic;
	const char *what;
} strangers[] = {
	{ { BYTES("\x1f\x8b") }, "compressed by gzip: decompress it first" },
	{ { BYTES("\xfd"
		  "7zXZ") },
	  "compressed by xz: decompress it first" },
	{ { BYTES("\x28\xb5\x2f\xfd") }, "compressed by zstd: decompress it first" },
	{ { BYTES("BZh") }, "compressed by bzip2: decompress it first" },
	{ { BYTES("\xff\xfe\0\0") }, "UTF-32: convert it to UTF-8, with iconv for example" },
	{ { BYTES("\0\0\xfe\xff") }, "UTF-32: convert it to UTF-8, with iconv for example" },
	{ { BYTES("\x7f"
		  "ELF") },
	  DUMP },
	{ { BYTES("KDUMP   ") }, DUMP },
	{ { BYTES("makedumpfile\0") }, DUMP },
	{ { BYTES("EMiL") }, DUMP },
	{ { BYTES("AVML") }, DUMP },
};

/* No-break spaces in UTF-8: U+00A0, U+2007, U+202F. */
static const struct literal blanks[] = {
	{ BYTES("\xc2\xa0") },
	{ BYTES("\xe2\x80\x87") },
	{ BYTES("\xe2\x80\xaf") },
};

static const struct literal utf8_mark = { BYTES("\xef\xbb\xbf") };

static bool begins_with(const char *text, size_t len, const struct literal *literal)
{
	return len >= literal->len && !memcmp(text, literal->bytes, literal->len);
}

static struct hr_error *check_magic(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
		if (begins_with(text, len, &strangers[i].magic))
			return hr_error_new(HR_ERROR_INPUT, "it is %s", strangers[i].what);
	return NULL;
}

static uint16_t unit_at(const char *text, bool big)
{
	uint16_t unit;

	memcpy(&unit, text, sizeof(unit));
	return big ? be16toh(unit) : le16toh(unit);
}

/* Is the text UTF-16 in this byte order? Without a mark its first two characters are ASCII. */
static bool is_utf16(const char *text, size_t len, bool big)
{
	if (len < 2 || unit_at(text, big) == 0xfeff)
		return len >= 2;
	if (len < 4)
		return false;
	for (size_t i = 0; i < 4; i += 2) {
		uint16_t unit = unit_at(text + i, big);

		if (!unit || unit > 0x7f)
			return false;
	}
	return true;
}

static char character_of(uint16_t unit)
{
	if (unit == 0xa0 || unit == 0x2007 || unit == 0x202f)
		return ' ';
	return (char)(unit < 0x80 ? unit : FOREIGN);
}

/*
 * What a kernel prints is ASCII, so the other characters need no name. iconv(3) would read its
 * tables from files, which the sandbox forbids.
 */
static struct hr_error *decode_utf16(char *text, size_t *len, bool big)
{
	size_t first = unit_at(text, big) == 0xfeff, count = *len / 2;

	if (*len % 2)
		return hr_error_new(HR_ERROR_INPUT,
				    "it is UTF-16, but has an odd number of bytes: it is cut");
	for (size_t i = first; i < count; i++)
		text[i - first] = character_of(unit_at(text + 2 * i, big));
	*len = count - first;
	return NULL;
}

/* The length of the escape sequence at @text if it only sets colours, otherwise 0. */
static size_t length_of_colour(const char *text, size_t len)
{
	size_t at = 2;

	if (len > SEQUENCE_MAX)
		len = SEQUENCE_MAX;
	/* The character set that a terminal goes back to when colours end. */
	if (len >= 3 && !memcmp(text, "\x1b(B", 3))
		return 3;
	if (len < 3 || text[0] != ESCAPE || text[1] != '[')
		return 0;
	while (at < len && strchr("0123456789;:", text[at]) && text[at])
		at++;
	return at < len && (text[at] == 'm' || text[at] == 'K') ? at + 1 : 0;
}

/* The length of the carriage returns at @text if the line ends after them, otherwise 0. */
static size_t length_of_returns(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len && at < RETURNS_MAX && text[at] == '\r')
		at++;
	return at == len || text[at] == '\n' ? at : 0;
}

/* The length of the UTF-8 character of several bytes at @text, 0 if it is not one. */
static size_t length_of_character(const char *text, size_t len)
{
	unsigned char lead = (unsigned char)text[0];
	size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

	if (lead < 0xc2 || lead > 0xf4 || len < need)
		return 0;
	for (size_t i = 1; i < need; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
	return need;
}

static bool is_blank(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++)
		if (begins_with(text, len, &blanks[i]))
			return true;
	return false;
}

/* The place of the next character of a text, and where it goes. */
struct cursor {
	char *text;
	size_t len, from, to;
	uint32_t line;
};

static void put(struct cursor *cursor, char byte)
{
	cursor->text[cursor->to++] = byte;
}

static void take_foreign(struct cursor *cursor)
{
	const char *at = cursor->text + cursor->from;
	size_t len = length_of_character(at, cursor->len - cursor->from);
	bool at_start = !cursor->to || cursor->text[cursor->to - 1] == '\n';

	if (!len) {
		/* In ISO 8859 and its relatives this byte is the no-break space. */
		if ((unsigned char)*at == 0xa0)
			put(cursor, ' ');
		else
			put(cursor, *at);
		cursor->from++;
		return;
	}
	cursor->from += len;
	/* Files that were joined have marks at the start of lines. */
	if (at_start && begins_with(at, len, &utf8_mark))
		return;
	if (is_blank(at, len))
		put(cursor, ' ');
	else
		while (len--)
			put(cursor, *at++);
}

static void take_character(struct cursor *cursor)
{
	const char *at = cursor->text + cursor->from;
	size_t left = cursor->len - cursor->from, skip = 0;

	if ((unsigned char)*at >= 0x80) {
		take_foreign(cursor);
		return;
	}
	if (*at == '\r')
		skip = length_of_returns(at, left);
	else if (*at == ESCAPE)
		skip = length_of_colour(at, left);
	cursor->from += skip ? skip : 1;
	cursor->line += *at == '\n';
	if (!skip)
		put(cursor, *at);
	else if (*at == '\r' && skip == left)
		put(cursor, '\n');
}

/* From UTF-16 to bytes. The page that a note was copied from ends with zeros. */
static struct hr_error *find_bytes(char *text, size_t *len)
{
	struct hr_error *error = check_magic(text, *len);

	if (error)
		return error;
	if (is_utf16(text, *len, false))
		return decode_utf16(text, len, false);
	if (is_utf16(text, *len, true))
		return decode_utf16(text, len, true);
	while (*len && !text[*len - 1])
		--*len;
	return NULL;
}

bool hr_text_may_be(const char *head, size_t len)
{
	if (is_utf16(head, len, false) || is_utf16(head, len, true))
		return true;
	while (len && !head[len - 1])
		len--;
	return len && !memchr(head, '\0', len);
}

struct hr_error *hr_text_decode(char *text, size_t *len)
{
	struct hr_error *error = find_bytes(text, len);
	struct cursor cursor = { .text = text, .len = *len, .line = 1 };

	if (error)
		return error;
	while (cursor.from < cursor.len) {
		if (!text[cursor.from])
			return hr_error_new(HR_ERROR_INPUT,
					    "line %" PRIu32 ": it has a NUL byte: this is not text",
					    cursor.line);
		take_character(&cursor);
	}
	*len = cursor.to;
	return NULL;
}
