// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/markup.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/smaller.h"

enum {
	TAG_MAX = 256,	 /* bytes of a tag */
	ENTITY_MAX = 10, /* bytes of a character's name */
};

/* Where reading and writing are in the text; writing never overtakes reading. */
struct span {
	char *text;
	size_t len, from, to;
};

static void put(struct span *span, char byte)
{
	span->text[span->to++] = byte;
}

static size_t length_of_line(const char *text, size_t len)
{
	const char *end = memchr(text, '\n', len);

	return end ? (size_t)(end - text) : len;
}

/* Is any line of the text encoded? */
static bool is_encoded(const struct hr_text_form *form, const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t line = length_of_line(text + at, len - at);

		if (form->is_encoded(text + at, line))
			return true;
		at += line + 1;
	}
	return false;
}

static int value_of(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* The byte that "=XX" at @at stands for, -1 if it does not. A line cannot end in it. */
static int encoded_byte(const struct span *span)
{
	const char *at = span->text + span->from;
	int high, low;

	if (span->len - span->from < 3)
		return -1;
	high = value_of(at[1]);
	low = value_of(at[2]);
	return high < 0 || low < 0 || !(high * 16 + low) ? -1 : high * 16 + low;
}

/* The length of a soft line break at @from, 0 if there is none. Blanks may end the line. */
static size_t length_of_break(const struct span *span)
{
	size_t at = span->from + 1;

	while (at < span->len && at < span->from + TAG_MAX && strchr(" \t", span->text[at]))
		at++;
	if (at == span->len)
		return at - span->from;
	return span->text[at] == '\n' ? at + 1 - span->from : 0;
}

/* The lines that were joined so far are missing: their ends come after the line. */
static void end_joined(struct span *span, size_t *joined)
{
	while (*joined) {
		put(span, '\n');
		--*joined;
	}
}

static void decode_equals(struct span *span, size_t *joined)
{
	int byte = encoded_byte(span);
	size_t skip = byte < 0 ? length_of_break(span) : 3;

	if (byte >= 0 && (byte != '\r'))
		put(span, (char)byte);
	else if (!skip)
		put(span, HR_DAMAGED);
	*joined += byte < 0 && skip && span->text[span->from + skip - 1] == '\n';
	span->from += skip ? skip : 1;
}

bool hr_text_decode_printable(const struct hr_text_form *form, char *text, size_t *len)
{
	struct span span = { .text = text, .len = *len };
	size_t joined = 0;

	if (!is_encoded(form, text, *len))
		return false;
	while (span.from < span.len) {
		char byte = text[span.from];

		if (byte == '=') {
			decode_equals(&span, &joined);
			continue;
		}
		span.from++;
		put(&span, byte);
		if (byte == '\n')
			end_joined(&span, &joined);
	}
	*len = span.to;
	return true;
}

/* What stays of a tag. */
enum trace {
	TRACE_NONE,
	TRACE_BLANK,
	TRACE_LINE,
};

static const struct tag {
	const char *name;
	enum trace trace;
} tags[] = {
	{ "a", TRACE_NONE },	 { "b", TRACE_NONE },	   { "blockquote", TRACE_LINE },
	{ "body", TRACE_LINE },	 { "br", TRACE_LINE },	   { "code", TRACE_NONE },
	{ "dd", TRACE_LINE },	 { "div", TRACE_LINE },	   { "dt", TRACE_LINE },
	{ "em", TRACE_NONE },	 { "font", TRACE_NONE },   { "h1", TRACE_LINE },
	{ "h2", TRACE_LINE },	 { "h3", TRACE_LINE },	   { "head", TRACE_LINE },
	{ "hr", TRACE_LINE },	 { "html", TRACE_LINE },   { "i", TRACE_NONE },
	{ "li", TRACE_LINE },	 { "mark", TRACE_NONE },   { "ol", TRACE_LINE },
	{ "p", TRACE_LINE },	 { "pre", TRACE_LINE },	   { "samp", TRACE_NONE },
	{ "span", TRACE_NONE },	 { "strong", TRACE_NONE }, { "table", TRACE_LINE },
	{ "tbody", TRACE_LINE }, { "td", TRACE_BLANK },	   { "th", TRACE_BLANK },
	{ "tr", TRACE_LINE },	 { "tt", TRACE_NONE },	   { "u", TRACE_NONE },
	{ "ul", TRACE_LINE },	 { "wbr", TRACE_NONE },
};

/* The length of the tag at @text that the table has, otherwise 0. */
static size_t length_of_tag(const char *text, size_t len, enum trace *ret)
{
	const char *name = text + 1 + (len > 1 && text[1] == '/');
	size_t most = hr_smaller(len, TAG_MAX), at = (size_t)(name - text), size;

	while (at < most && isalnum((unsigned char)text[at]))
		at++;
	size = (size_t)(text + at - name);
	while (at < most && !strchr("<>\n", text[at]))
		at++;
	if (at == most || text[at] != '>')
		return 0;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (strlen(tags[i].name) != size || strncasecmp(tags[i].name, name, size))
			continue;
		*ret = tags[i].trace;
		return at + 1;
	}
	return 0;
}

/* Characters that HTML names; others have numbers. */
static const struct {
	const char *name;
	char byte;
} entities[] = {
	{ "lt", '<' },	 { "gt", '>' },	   { "amp", '&' },
	{ "quot", '"' }, { "apos", '\'' }, { "nbsp", ' ' },
};

static bool number_of_entity(const char *name, size_t len, char *ret)
{
	bool hex = len > 1 && (name[1] == 'x' || name[1] == 'X');
	const char *digits = name + 1 + hex;
	unsigned long number;
	char *end;

	if (len < 2 || name[0] != '#' || !isxdigit((unsigned char)*digits))
		return false;
	number = strtoul(digits, &end, hex ? 16 : 10);
	if (number == 160)
		number = ' ';
	if (end != name + len || number < ' ' || number >= 0x7f)
		return false;
	*ret = (char)number;
	return true;
}

/* The length of the entity at @text if it is known, otherwise 0. */
static size_t length_of_entity(const char *text, size_t len, char *ret)
{
	size_t most = hr_smaller(len, ENTITY_MAX), at = 1;

	while (at < most && (isalnum((unsigned char)text[at]) || text[at] == '#'))
		at++;
	if (at == most || text[at] != ';')
		return 0;
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (strlen(entities[i].name) != at - 1 ||
		    memcmp(entities[i].name, text + 1, at - 1))
			continue;
		*ret = entities[i].byte;
		return at + 1;
	}
	return number_of_entity(text + 1, at - 1, ret) ? at + 1 : 0;
}

/* End the line, unless it has just begun or its end follows anyway. */
static void end_line(struct span *span)
{
	size_t at = span->from;

	while (at < span->len && at < span->from + TAG_MAX && strchr(" \t", span->text[at]))
		at++;
	if (span->to && span->text[span->to - 1] != '\n' &&
	    (at == span->len || span->text[at] != '\n'))
		put(span, '\n');
}

static void take_markup(struct span *span)
{
	const char *at = span->text + span->from;
	size_t left = span->len - span->from, used = 0;
	enum trace trace = TRACE_NONE;
	char byte = *at;

	if (byte == '<')
		used = length_of_tag(at, left, &trace);
	else if (byte == '&')
		used = length_of_entity(at, left, &byte);
	span->from += used ? used : 1;
	if (!used || *at == '&')
		put(span, byte);
	else if (trace == TRACE_BLANK)
		put(span, ' ');
	else if (trace == TRACE_LINE)
		end_line(span);
}

void hr_text_drop_html(char *text, size_t *len)
{
	struct span span = { .len = *len };

	span.text = text;
	while (span.from < span.len)
		take_markup(&span);
	*len = span.to;
}
