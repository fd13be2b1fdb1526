// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/wrap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "report/terminal.h"

/* Blanks before the rest of a line without a label, and before a label. */
enum {
	PLAIN_INDENT = 2
};

/* The length of the character or escape sequence at @text, and its columns. */
static size_t next_character(const char *text, size_t *ret_columns)
{
	size_t len = 1;

	if (*text == '\033') {
		*ret_columns = 0;
		return strcspn(text, "m") + (strchr(text, 'm') != NULL);
	}
	while ((text[len] & 0xc0) == 0x80)
		len++;
	*ret_columns = 1;
	return len;
}

/*
 * How many bytes of @text to print in @columns: all if they fit, otherwise up to a space; at least
 * a word, which comes after the first @skip bytes.
 */
static size_t fit(const char *text, size_t columns, size_t skip)
{
	size_t used = 0, best = 0, at = 0;

	while (text[at]) {
		size_t width, len = next_character(text + at, &width);

		if (text[at] == ' ' && at > skip && (used <= columns || !best))
			best = at;
		used += width;
		if (used > columns && best)
			return best;
		at += len;
	}
	return used > columns && best ? best : at;
}

static void print_line(const char *line, size_t columns)
{
	size_t blanks = strspn(line, " ");
	size_t indent = blanks > PLAIN_INDENT	 ? blanks
			: blanks == PLAIN_INDENT ? HR_LABEL_COLUMNS
						 : PLAIN_INDENT;
	size_t len = fit(line, columns, blanks == PLAIN_INDENT ? HR_LABEL_COLUMNS : blanks);

	fwrite(line, 1, len, stdout);
	line += len;
	while (line += strspn(line, " "), *line) {
		len = fit(line, columns - indent, 0);
		printf("\n%*s%.*s", (int)indent, "", (int)len, line);
		line += len;
	}
	putchar('\n');
}

void hr_wrap_begin(struct hr_wrap *ret)
{
	FILE *kept;

	*ret = (struct hr_wrap){ NULL, NULL, 0 };
	if (!hr_terminal_is_output())
		return;
	kept = open_memstream(&ret->text, &ret->size);
	if (!kept)
		return;
	ret->usual = stdout;
	stdout = kept;
}

void hr_wrap_end(struct hr_wrap *wrap)
{
	char *rest = NULL;
	const char *line;
	size_t columns;
	bool ok;

	if (!wrap->usual)
		return;
	columns = hr_terminal_columns();
	ok = !fclose(stdout);
	stdout = wrap->usual;
	if (ok)
		rest = wrap->text;
	/* Each line has an end, so that nothing follows the last one. */
	while ((line = strsep(&rest, "\n")) && rest)
		print_line(line, columns);
	free(wrap->text);
}
