// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Texts that people hand in, cleaned. Input: a byte that says which kind of text it is, then the
 * file. What is plain stays as it is, what cleaning leaves is text, and a second cleaning finds no
 * prefix any more.
 */
#include <string.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "text/note_lines.h"
#include "text/page_lines.h"
#include "text/prefix.h"

/* Has the file only what no coding, markup or prefix explains? Lines then begin as a kernel's. */
static bool is_plain(const struct hr_text_form *form, const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t line = 0, found;

		while (at + line < len && text[at + line] != '\n') {
			char byte = text[at + line++];

			if ((byte < ' ' && byte != '\t') || byte > '~' || strchr("<&>|", byte))
				return false;
		}
		found = form->find(text + at, line);
		if (found && found < line)
			return false;
		if (found < line && form->is_alone &&
		    form->find(text + at + 1, line - 1) < line - 1)
			return false;
		if (form->is_encoded(text + at, line))
			return false;
		at += line + 1;
	}
	return true;
}

static struct hr_text copy_of(const void *data, size_t len)
{
	struct hr_text text = { .bytes = malloc(len + 1), .len = len };

	require(text.bytes, "no memory");
	memcpy(text.bytes, data, len);
	text.bytes[len] = '\0';
	return text;
}

/* Each line of what is left of a note is a key and its value. */
static void check_keys(const struct hr_text *text)
{
	const char *line = text->bytes;

	while (*line) {
		size_t len = strcspn(line, "\n"), key = strcspn(line, "=");

		require(line[len] && key && key + 1 < len, "a line is no key with a value");
		require(!memchr(line, ' ', len) && line[0] >= 'A' && line[0] <= 'Z',
			"a line has more than a key");
		line += len + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	bool is_note = fuzz_take8(&input) & 1, is_cut;
	const struct hr_text_form *form = is_note ? &hr_note_lines : &hr_page_lines;
	struct hr_text text = copy_of(input.at, input.left);
	/* Cleaning changes the text in its place. */
	_cleanup_free_ const char *whole = text.bytes;
	bool plain = is_plain(form, (const char *)input.at, input.left);
	size_t len;

	if (!fuzz_succeeded(hr_text_clean(form, &text))) {
		/* What looks like a compressed file may be printable. */
		require(!plain || !memcmp(input.at, "BZh", 3), "a plain text is refused");
		return 0;
	}
	require(text.bytes == whole && text.len <= input.left && !text.bytes[text.len], "it grew");
	require(!memchr(text.bytes, '\0', text.len), "it has a zero");
	if (plain)
		require(text.len == input.left && !memcmp(text.bytes, input.at, text.len),
			"a plain text has changed");
	len = text.len;
	require(fuzz_succeeded(hr_text_strip(form, text.bytes, &len)) && len == text.len,
		"it still has a prefix");
	if (is_note && fuzz_succeeded(hr_note_split(&text, &is_cut)))
		check_keys(&text);
	return 0;
}
