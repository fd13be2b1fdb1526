// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_writer.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "cli/fields.h"

/*
 * json-c signals lack of memory by NULL at each step, and treats NULL as null. One flag for the
 * whole program records it, so that nothing incomplete is printed as if it were complete.
 */
static bool out_of_memory;

/* The same for the layout, which is the same for all that the program prints. */
static bool is_one_line;

void hr_json_set_layout(bool one_line)
{
	is_one_line = one_line;
}

const char *hr_json_break(void)
{
	return is_one_line ? " " : "\n";
}

void hr_json_prepare(void)
{
	json_global_set_string_hash(JSON_C_STR_HASH_PERLLIKE);
}

static struct json_object *checked(struct json_object *value)
{
	out_of_memory |= !value;
	return value;
}

struct json_object *hr_json_new(void)
{
	return checked(json_object_new_object());
}

struct json_object *hr_json_new_array(void)
{
	return checked(json_object_new_array());
}

void hr_json_put(struct json_object *object, const char *key, struct json_object *value)
{
	if (object && !json_object_object_add(object, key, value))
		return;
	out_of_memory = true;
	json_object_put(value);
}

struct json_object *hr_json_put_new(struct json_object *object, const char *key)
{
	struct json_object *child = hr_json_new();

	hr_json_put(object, key, child);
	return child;
}

void hr_json_put_null(struct json_object *object, const char *key)
{
	hr_json_put(object, key, NULL);
}

void hr_json_put_count(struct json_object *object, const char *key, uint64_t value)
{
	hr_json_put(object, key, checked(json_object_new_uint64(value)));
}

void hr_json_put_bool(struct json_object *object, const char *key, bool value)
{
	hr_json_put(object, key, checked(json_object_new_boolean(value)));
}

void hr_json_put_tristate(struct json_object *object, const char *key, enum hr_tristate value)
{
	if (value == HR_UNKNOWN)
		hr_json_put_null(object, key);
	else
		hr_json_put_bool(object, key, value == HR_YES);
}

/*
 * JSON must be UTF-8 whatever a file or its name contains: invalid bytes become '?'. Takes
 * ownership of @text, which is NULL if there was no memory for it.
 */
static struct json_object *take_text(char *text)
{
	struct json_object *object;

	for (char *at = text; text && *at;) {
		size_t len = hr_utf8_length(at);

		if (!len)
			*at = '?';
		at += len ? len : 1;
	}
	object = text ? json_object_new_string(text) : NULL;
	free(text);
	return checked(object);
}

static struct json_object *new_text(const char *value)
{
	return take_text(strdup(value));
}

static struct json_object *new_told(const char *value)
{
	return take_text(hr_fields_to_options(value));
}

void hr_json_put_text(struct json_object *object, const char *key, const char *value)
{
	hr_json_put(object, key, value ? new_text(value) : NULL);
}

void hr_json_put_told(struct json_object *object, const char *key, const char *value)
{
	hr_json_put(object, key, new_told(value));
}

void hr_json_put_address(struct json_object *object, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	hr_json_put_text(object, key, text);
}

void hr_json_put_known(struct json_object *object, const char *key, bool known, uint64_t value)
{
	if (known)
		hr_json_put_address(object, key, value);
	else
		hr_json_put_null(object, key);
}

void hr_json_put_extent(struct json_object *object, uint64_t start, uint64_t end)
{
	hr_json_put_address(object, "start", start);
	hr_json_put_address(object, "end", end - 1);
	hr_json_put_count(object, "size", end - start);
}

void hr_json_append(struct json_object *array, struct json_object *value)
{
	if (array && !json_object_array_add(array, value))
		return;
	out_of_memory = true;
	json_object_put(value);
}

void hr_json_append_text(struct json_object *array, const char *value)
{
	hr_json_append(array, new_text(value));
}

void hr_json_append_told(struct json_object *array, const char *value)
{
	hr_json_append(array, new_told(value));
}

struct json_object *hr_json_new_strings(const char *const *strings, size_t count)
{
	struct json_object *array = hr_json_new_array();

	for (size_t i = 0; array && i < count; i++)
		hr_json_append_text(array, strings[i]);
	return array;
}

/*
 * json-c only escapes control characters below U+0020, but a terminal also interprets U+007F to
 * U+009F.
 */
static void print_text(const char *text)
{
	const char *at;

	while ((at = strpbrk(text, "\x7f\xc2"))) {
		unsigned char second = (unsigned char)(at[0] == 0x7f ? 0 : at[1]);

		fwrite(text, 1, (size_t)(at - text), stdout);
		if (at[0] == 0x7f)
			fputs("\\u007f", stdout);
		else if (second < 0xa0)
			printf("\\u%04x", second);
		else
			fwrite(at, 1, 2, stdout);
		text = at + (at[0] == 0x7f ? 1 : 2);
	}
	fputs(text, stdout);
}

/* Did an allocation fail? Resets the flag for the next value. */
static bool take_failure(void)
{
	bool failed = out_of_memory;

	out_of_memory = false;
	return failed;
}

static bool print(struct json_object *object, int flags)
{
	const char *text = take_failure() ? NULL : json_object_to_json_string_ext(object, flags);
	bool ok = text != NULL;

	if (ok)
		print_text(text);
	json_object_put(object);
	return ok;
}

struct hr_error *hr_json_print(struct json_object *object)
{
	int flags = JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;

	if (!is_one_line)
		flags |= JSON_C_TO_STRING_PRETTY;
	return print(object, flags) ? NULL : hr_error_no_memory();
}

struct hr_error *hr_json_print_line(struct json_object *object)
{
	if (!print(object, JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE))
		return hr_error_no_memory();
	putchar('\n');
	return NULL;
}

struct hr_error *hr_json_print_members(struct json_object *object)
{
	struct hr_error *error = take_failure() ? hr_error_no_memory() : NULL;

	json_object_object_foreach(object, key, value)
	{
		if (error)
			break;
		printf("\"%s\": ", key);
		error = hr_json_print(json_object_get(value));
		printf(",%s", hr_json_break());
	}
	json_object_put(object);
	return error;
}
