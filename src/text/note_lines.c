// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/note_lines.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "text/markup.h"
#include "text/prefix.h"

#define BLANKS	  " \t\f\v"
#define UPPERCASE "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	  "0123456789"
#define LETTERS	  UPPERCASE "abcdefghijklmnopqrstuvwxyz"

/* How kernels write the keys of something that has a name (include/linux/vmcore_info.h). */
static const char *const kinds[] = { "SYMBOL(", "SIZE(", "OFFSET(", "LENGTH(", "NUMBER(" };

/* Other keys that every kernel writes, as far as they cannot be of anything else. */
static const char *const known[] = { "OSRELEASE=", "PAGESIZE=", "BUILD-ID=", "KERNELOFFSET=",
				     "CRASHTIME=" };

static bool begins_with(const char *text, size_t len, const char *word)
{
	return len >= strlen(word) && !memcmp(text, word, strlen(word));
}

static size_t skip(const char *text, size_t len, size_t at, const char *bytes)
{
	while (at < len && text[at] && strchr(bytes, text[at]))
		at++;
	return at;
}

/* The length of a key such as SYMBOL(name), 0 if there is none. */
static size_t length_of_kind(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t name = strlen(kinds[i]), end;

		if (!begins_with(text, len, kinds[i]))
			continue;
		end = skip(text, len, name, LETTERS DIGITS "_.");
		return end > name && end < len && text[end] == ')' ? end + 1 : 0;
	}
	return 0;
}

/* The length of the key with a value at @text, without its equals sign; 0 if there is none. */
static size_t length_of_key(const char *text, size_t len)
{
	size_t end = length_of_kind(text, len);

	if (!end)
		end = skip(text, len, skip(text, len, 0, UPPERCASE) ? 1 : 0, UPPERCASE DIGITS "_-");
	if (!end || end == len || !isupper((unsigned char)text[0]))
		return 0;
	return text[end] == '=' || text[end] == HR_DAMAGED ? end : 0;
}

/* Is there a key that no other text has? */
static bool is_known(const char *text, size_t len)
{
	size_t end = length_of_kind(text, len);

	if (end)
		return end < len && (text[end] == '=' || text[end] == HR_DAMAGED);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (begins_with(text, len, known[i]))
			return true;
	return false;
}

static size_t find(const char *line, size_t len)
{
	size_t start = skip(line, len, 0, HR_QUOTE_MARKS);

	if (length_of_key(line + start, len - start) || length_of_kind(line + start, len - start))
		return start;
	for (size_t at = start; at < len; at++)
		if (strchr("SOLNPBKC", line[at]) && is_known(line + at, len - at))
			return at;
	return len;
}

static size_t find_known(const char *line, size_t len)
{
	size_t at = find(line, len);

	return is_known(line + at, len - at) ? at : len;
}

bool hr_note_has_key(const struct hr_text *text)
{
	return hr_text_has(text, find_known);
}

/* Kernels write hexadecimal digits in lower case, and no equals sign after another. */
static bool is_encoded(const char *line, size_t len)
{
	return memmem(line, len, "=3D", 3);
}

const struct hr_text_form hr_note_lines = {
	.what = "the key",
	.find = find,
	.is_encoded = is_encoded,
};

/* The text as it is read, and the keys that are written over it. */
struct keys {
	char *bytes;
	size_t len, to;
	uint32_t line;
	bool has_known;
	bool after_key; /* the line before has a key */
	bool is_cut;
};

static struct hr_error *check_value(const struct keys *keys, const char *key, size_t key_len,
				    size_t value_len)
{
	const char *value = key + key_len + 1;
	size_t good = skip(value, value_len, 0, LETTERS DIGITS "._+-~:@%^/");

	if (value[-1] == HR_DAMAGED)
		return hr_error_new(HR_ERROR_INPUT,
				    "line %" PRIu32 ": the equals sign after %.*s is not "
				    "quoted-printable, as others are",
				    keys->line, (int)(key_len < 64 ? key_len : 64), key);
	if (value_len && good == value_len)
		return NULL;
	if (!value_len)
		return hr_error_new(HR_ERROR_INPUT, "line %" PRIu32 ": %.*s has no value",
				    keys->line, (int)(key_len < 64 ? key_len : 64), key);
	return hr_error_new(HR_ERROR_INPUT,
			    "line %" PRIu32 ": the value of %.*s has a character that no kernel "
			    "writes: '%.*s'",
			    keys->line, (int)(key_len < 64 ? key_len : 64), key,
			    (int)(value_len < 64 ? value_len : 64), value);
}

/* Keep the key at @at, whose value ends before the line does, at @end of the text. */
static void keep(struct keys *keys, size_t at, size_t len, bool is_cut)
{
	if (is_cut) {
		keys->is_cut = true;
		return;
	}
	keys->has_known |= is_known(keys->bytes + at, len);
	memmove(keys->bytes + keys->to, keys->bytes + at, len);
	keys->to += len;
	keys->bytes[keys->to++] = '\n';
}

static struct hr_error *refuse_rest(const struct keys *keys, const char *rest, size_t len)
{
	size_t word = strcspn(rest, BLANKS "\n");

	word = word < len ? word : len;
	if (length_of_kind(rest, len))
		return hr_error_new(HR_ERROR_INPUT,
				    "line %" PRIu32 ": %.*s has no value after an equals sign",
				    keys->line, (int)(word < 64 ? word : 64), rest);
	return hr_error_new(HR_ERROR_INPUT,
			    "line %" PRIu32 ": '%.*s' is not a key with its value, as the rest "
			    "of the line is",
			    keys->line, (int)(word < 64 ? word : 64), rest);
}

/* Take the keys of the line from @at to @end, which has at least the beginning of one. */
static struct hr_error *take_keys(struct keys *keys, size_t at, size_t end)
{
	while (at < end) {
		const char *key = keys->bytes + at;
		size_t key_len = length_of_key(key, end - at), value = at + key_len + 1, stop, next;
		struct hr_error *error;

		if (!key_len)
			return refuse_rest(keys, key, end - at);
		stop = value;
		while (stop < end && !strchr(BLANKS, keys->bytes[stop]))
			stop++;
		error = check_value(keys, key, key_len, stop - value);
		/* What is wrong with a value that was cut does not matter. */
		if (error && stop != keys->len)
			return error;
		hr_error_destroy(error);
		/* What is kept may take the place of the blank after it. */
		next = skip(keys->bytes, end, stop, BLANKS);
		keep(keys, at, stop - at, stop == keys->len);
		at = next;
	}
	return NULL;
}

/* Is the line from @start to @end nothing but digits, such as the rest of an address? */
static bool is_rest(const struct keys *keys, size_t start, size_t end)
{
	size_t stop = skip(keys->bytes, end, start, DIGITS "abcdefxABCDEF");

	return stop > start && skip(keys->bytes, end, stop, BLANKS) == end;
}

static struct hr_error *take_line(struct keys *keys, size_t at, size_t end)
{
	size_t start = skip(keys->bytes, end, at, HR_QUOTE_MARKS);
	const char *text = keys->bytes + start;
	bool after_key = keys->after_key;

	keys->line++;
	keys->after_key = length_of_key(text, end - start) || length_of_kind(text, end - start);
	if (keys->after_key)
		return take_keys(keys, start, end);
	if (after_key && is_rest(keys, start, end))
		return hr_error_new(HR_ERROR_INPUT,
				    "line %" PRIu32 ": it may be the rest of the value before it: "
				    "join the two lines",
				    keys->line);
	return NULL;
}

struct hr_error *hr_note_split(struct hr_text *text, bool *ret_cut)
{
	struct keys keys = { .bytes = text->bytes, .len = text->len };

	for (size_t at = 0; at < text->len;) {
		const char *newline = memchr(text->bytes + at, '\n', text->len - at);
		size_t end = newline ? (size_t)(newline - text->bytes) : text->len;
		struct hr_error *error = take_line(&keys, at, end);

		if (error)
			return error;
		at = end + 1;
	}
	if (!keys.has_known)
		return hr_error_new(HR_ERROR_INPUT,
				    "it has no key of VMCOREINFO, such as OSRELEASE=6.1.0 or "
				    "NUMBER(VA_BITS)=48");
	text->len = keys.to;
	text->bytes[text->len] = '\0';
	*ret_cut = keys.is_cut;
	return NULL;
}
