// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/redacted.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number of so many hexadecimal digits may be a virtual address. */
enum {
	ADDRESS_DIGITS = 16
};

void hr_redacted_symbols(const struct hr_redaction *redaction, struct hr_snapshot *facts)
{
	for (size_t i = 0; i < facts->symbol_count; i++)
		facts->symbols[i].va = hr_redaction_va(redaction, facts->symbols[i].va);
}

/* Copy @text with other addresses to @stream. */
static void put_shifted(const struct hr_redaction *redaction, const char *text, FILE *stream)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	while (*text) {
		size_t len = strspn(text, digits);

		if (len == ADDRESS_DIGITS)
			fprintf(stream, "%016" PRIx64,
				hr_redaction_va(redaction, strtoull(text, NULL, 16)));
		else
			fprintf(stream, "%.*s", (int)len, text);
		text += len;
		if (*text)
			putc(*text++, stream);
	}
}

/* Replace the text at @text, which was allocated, unless it is NULL. */
static struct hr_error *shift_text(const struct hr_redaction *redaction, char **text)
{
	char *shifted = NULL;
	size_t size;
	FILE *stream;

	if (!*text)
		return NULL;
	stream = open_memstream(&shifted, &size);
	if (!stream)
		return hr_error_no_memory();
	put_shifted(redaction, *text, stream);
	if (fclose(stream))
		return hr_error_no_memory();
	free(*text);
	*text = shifted;
	return NULL;
}

/* The reason why a source is incomplete belongs to the source. */
static struct hr_error *shift_incomplete(const struct hr_redaction *redaction,
					 struct hr_snapshot *facts)
{
	struct hr_incomplete *incomplete = &facts->incomplete;
	struct hr_error *error;
	char *why, *what = strdup(incomplete->what);

	if (!what)
		return hr_error_no_memory();
	error = shift_text(redaction, &what);
	if (!error)
		snprintf(incomplete->what, sizeof(incomplete->what), "%s", what);
	free(what);
	if (error || !incomplete->why)
		return error;
	why = strdup(incomplete->why);
	error = why ? shift_text(redaction, &why) : hr_error_no_memory();
	free(facts->incomplete_why);
	facts->incomplete_why = why;
	incomplete->why = why;
	return error;
}

/* The name of a file may have that of a host. */
static struct hr_error *hide_file(char **name)
{
	if (!*name)
		return NULL;
	free(*name);
	*name = strdup("the VMCOREINFO given");
	return *name ? NULL : hr_error_no_memory();
}

struct hr_error *hr_redacted_texts(const struct hr_redaction *redaction, struct hr_snapshot *facts)
{
	struct hr_error *error = hide_file(&facts->note_of);

	if (!error)
		error = shift_text(redaction, &facts->remark);
	if (!error)
		error = shift_incomplete(redaction, facts);
	for (size_t i = 0; !error && i < facts->unread_count; i++)
		error = shift_text(redaction, &facts->unread[i].why);
	return error;
}
