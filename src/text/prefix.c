// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/prefix.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

enum {
	PARTS_MAX = 6, /* prefixes before one line */
	NAME_MAX_BYTES = 128,
	SHOWN_MAX = 60, /* bytes of a prefix in a message */
};

/*
 * Each prefix, by a pattern in which 9 stands for digits, A for letters, w for the characters of a
 * name, and _ for blanks, at least one of each; a blank for any number of blanks; and everything
 * else for itself. The first row that fits counts. What a row has by name stays the same in a text.
 */
static const struct prefix {
	const char *pattern;
	bool is_name;
} prefixes[] = {
	/* dmesg, and what its options print */
	{ "<9>", false },
	{ "[ 9.9] ", false },
	{ "[ A9] ", false },
	{ "[A A 9 9:9:9 9] ", false },
	{ "A :A : ", true },
	/* journalctl and syslog */
	{ "A_9 9:9:9_", false },
	{ "A_9 9:9:9.9_", false },
	{ "9-9-9T9:9:9+9:9_", false },
	{ "9-9-9T9:9:9+9_", false },
	{ "9-9-9T9:9:9-9:9_", false },
	{ "9-9-9T9:9:9-9_", false },
	{ "9-9-9T9:9:9Z_", false },
	{ "9-9-9T9:9:9.9+9:9_", false },
	{ "9-9-9T9:9:9.9-9:9_", false },
	{ "9-9-9T9:9:9,9+9:9 ", false },
	{ "9-9-9T9:9:9,9-9:9 ", false },
	{ "w_w[9]: ", true },
	{ "w_w: ", true },
	/* grep -n, nl and cat -n */
	{ "9:", false },
	{ "9-", false },
	{ "9_", false },
	/* diff, in each of its forms */
	{ "+", false },
	{ "-", false },
	{ "<_", false },
	/* grep with several files, and programs that name themselves */
	{ "w:", true },
};

/* The prefixes of a line. */
struct shape {
	uint32_t line; /* the first one with it; 0: there is none yet */
	size_t count;
	size_t rows[PARTS_MAX];
	/* those parts that stay the same, one after the other */
	char names[NAME_MAX_BYTES];
	size_t names_len;
	char shown[SHOWN_MAX + 1];
};

static size_t skip_marks(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len && strchr(HR_QUOTE_MARKS, text[at]))
		at++;
	return at;
}

static bool is_of_class(char class, char byte)
{
	switch (class) {
	case '9':
		return isdigit((unsigned char)byte);
	case 'A':
		return isalpha((unsigned char)byte);
	case 'w':
		return isalnum((unsigned char)byte) || (byte && strchr("._/~@()-", byte));
	case '_':
	case ' ':
		return byte == ' ' || byte == '\t';
	default:
		return false;
	}
}

/* The length of what @pattern stands for at the start of the @len bytes at @text; 0: nothing. */
static size_t match(const char *pattern, const char *text, size_t len)
{
	size_t at = 0;

	for (; *pattern; pattern++) {
		size_t before = at;

		while (at < len && is_of_class(*pattern, text[at]))
			at++;
		if (at > before || *pattern == ' ')
			continue;
		if (strchr("9Aw_", *pattern) || at == len || text[at] != *pattern)
			return 0;
		at++;
	}
	return at;
}

static bool add_part(struct shape *shape, size_t row, const char *text, size_t len)
{
	if (shape->count == PARTS_MAX)
		return false;
	shape->rows[shape->count++] = row;
	if (!prefixes[row].is_name)
		return true;
	if (len > sizeof(shape->names) - shape->names_len)
		return false;
	memcpy(shape->names + shape->names_len, text, len);
	shape->names_len += len;
	return true;
}

/* Take one prefix from the start of the @len bytes at @text. Returns its length, 0 if none fits. */
static size_t take_part(struct shape *shape, const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t used = match(prefixes[i].pattern, text, len);

		if (used)
			return add_part(shape, i, text, used) ? used : 0;
	}
	return 0;
}

/* The prefixes that make up the @len bytes at @text. Returns false if something is left. */
static bool shape_of(const char *text, size_t len, struct shape *ret)
{
	size_t at = skip_marks(text, len);

	*ret = (struct shape){ 0 };
	while (at < len) {
		size_t used = take_part(ret, text + at, len - at);

		if (!used)
			return false;
		at += used;
		at += skip_marks(text + at, len - at);
	}
	return true;
}

static bool are_alike(const struct shape *a, const struct shape *b)
{
	return a->count == b->count && a->names_len == b->names_len &&
	       !memcmp(a->rows, b->rows, a->count * sizeof(a->rows[0])) &&
	       !memcmp(a->names, b->names, a->names_len);
}

static void show(struct shape *shape, const char *text, size_t len)
{
	if (len > SHOWN_MAX)
		len = SHOWN_MAX;
	memcpy(shape->shown, text, len);
	shape->shown[len] = '\0';
}

/*
 * The length of the prefixes of @first at the start of a line in which nothing is found: a line
 * that a mail has wrapped goes on there. 0 if it has others.
 */
static size_t length_of_same(const struct shape *first, const char *line, size_t len)
{
	size_t at = skip_marks(line, len), names = 0;

	if (!first->count)
		return 0;
	for (size_t i = 0; i < first->count; i++) {
		const struct prefix *prefix = &prefixes[first->rows[i]];
		size_t used = match(prefix->pattern, line + at, len - at);

		if (!used)
			return 0;
		if (prefix->is_name && (used > first->names_len - names ||
					memcmp(first->names + names, line + at, used)))
			return 0;
		names += prefix->is_name ? used : 0;
		at += used;
		at += skip_marks(line + at, len - at);
	}
	return at;
}

static struct hr_error *check_shape(const struct hr_text_form *form, struct shape *first,
				    struct shape *shape)
{
	if (!first->line)
		*first = *shape;
	if (are_alike(first, shape))
		return NULL;
	return hr_error_new(HR_ERROR_INPUT,
			    "line %" PRIu32 ": '%s' stands before %s, but in line %" PRIu32
			    " it is '%s': give one text only, with the same before each line",
			    shape->line, shape->shown, form->what, first->line, first->shown);
}

/* How much of the @len bytes at @line stands before what belongs to the text. */
static struct hr_error *measure(const struct hr_text_form *form, struct shape *first,
				uint32_t number, const char *line, size_t len, size_t *ret)
{
	size_t start = form->find(line, len);
	struct shape shape;
	bool is_known;

	*ret = 0;
	if (start == len) {
		*ret = length_of_same(first, line, len);
		return NULL;
	}
	is_known = shape_of(line, start, &shape);
	shape.line = number;
	show(&shape, line, start);
	if (!is_known)
		return hr_error_new(HR_ERROR_INPUT,
				    "line %" PRIu32 ": '%s' stands before %s, and is not a prefix "
				    "that is known: remove it from each line",
				    number, shape.shown, form->what);
	*ret = shape.count ? start : 0;
	if (form->is_alone && start + 1 + form->find(line + start + 1, len - start - 1) < len)
		return hr_error_new(HR_ERROR_INPUT,
				    "line %" PRIu32 ": it has %s twice: give each line its own",
				    number, form->what);
	return check_shape(form, first, &shape);
}

struct hr_error *hr_text_strip(const struct hr_text_form *form, char *text, size_t *len)
{
	struct shape first = { 0 };
	uint32_t number = 0;
	size_t to = 0;

	for (size_t at = 0; at < *len;) {
		const char *end = memchr(text + at, '\n', *len - at);
		size_t line = end ? (size_t)(end - text) - at : *len - at, before;
		struct hr_error *error = measure(form, &first, ++number, text + at, line, &before);

		if (error)
			return error;
		line += end != NULL;
		memmove(text + to, text + at + before, line - before);
		to += line - before;
		at += line;
	}
	*len = to;
	return NULL;
}
