// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/names.h"
#include "base/printable.h"
#include "cli/assume.h"
#include "cli/option_table.h"

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

static const struct hr_option *option_of(const char *field, size_t len)
{
	for (size_t i = 0; i < hr_option_count; i++)
		if (hr_is_word(hr_option_rows[i].field, field, len))
			return &hr_option_rows[i];
	return NULL;
}

/*
 * Write the option for the "{FIELD}" or "{FIELD=VALUE}" at @text to @stream. Returns the length of
 * what it replaces, 0 if that is something else.
 */
static size_t put_option(const char *text, FILE *stream)
{
	const char *field = text + 1;
	size_t len = strspn(field, NAME_CHARACTERS);
	const char *value = field + len, *key = hr_assume_key(field, len);
	size_t value_len = *value == '=' ? strcspn(value, "}") : 0;
	const struct hr_option *option = option_of(field, len);

	if (value[value_len] != '}' || (!option && !key))
		return 0;
	if (option)
		fprintf(stream, "--%s%.*s", option->name, (int)value_len, value);
	else if (value_len)
		fprintf(stream, "--assume=%s%.*s", key, (int)value_len, value);
	else
		fprintf(stream, "--assume=%s=...", key);
	return len + value_len + 2;
}

char *hr_fields_to_options(const char *text)
{
	char *named = NULL;
	size_t size;
	FILE *stream;

	/* Most texts name nothing. */
	if (!strchr(text, '{'))
		return strdup(text);
	stream = open_memstream(&named, &size);
	if (!stream)
		return NULL;
	while (*text) {
		size_t len = *text == '{' ? put_option(text, stream) : 0;

		if (!len)
			fputc(*text, stream);
		text += len ? len : 1;
	}
	if (!fclose(stream))
		return named;
	free(named);
	return NULL;
}

/* The length of "NAME: " if @message begins with it, otherwise 0. */
static size_t length_of_name(const char *message, const char *name)
{
	size_t len = name ? strlen(name) : 0;

	return len && !strncmp(message, name, len) && !strncmp(message + len, ": ", 2) ? len + 2
										       : 0;
}

struct hr_error *hr_fields_error(struct hr_error *error, const struct hr_config *config)
{
	_cleanup_free_ char *named = NULL;
	struct hr_error *result;
	size_t len;

	if (error->is_static || !strchr(error->message, '{'))
		return error;
	len = length_of_name(error->message, config->name);
	if (!len)
		len = length_of_name(error->message, config->vmcoreinfo_of);
	named = hr_fields_to_options(error->message + len);
	result = named ? hr_error_new(error->code, "%.*s%s", (int)len, error->message, named)
		       : hr_error_no_memory();
	hr_error_destroy(error);
	return result;
}

void hr_fields_print(const char *text, FILE *stream)
{
	_cleanup_free_ char *named = hr_fields_to_options(text);

	hr_put_printable(named ? named : text, stream);
}
