// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_writer.h"

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

void hr_json_destroy(struct json_object *object)
{
	json_object_put(object);
}

/* The same as hr_json_put(). Returns @value, NULL if there was no memory for it. */
static struct json_object *put(struct json_object *object, const char *key,
			       struct json_object *value)
{
	if (object &&
	    !json_object_object_add_ex(object, key, value, JSON_C_OBJECT_ADD_CONSTANT_KEY))
		return value;
	out_of_memory = true;
	json_object_put(value);
	return NULL;
}

void hr_json_put(struct json_object *object, const char *key, struct json_object *value)
{
	put(object, key, value);
}

/* The value of @type that @object holds as @key from its last use, NULL if there is none. */
static struct json_object *held(const struct json_object *object, const char *key,
				enum json_type type)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, key, &value);
	return json_object_is_type(value, type) ? value : NULL;
}

struct json_object *hr_json_put_new(struct json_object *object, const char *key)
{
	struct json_object *child = held(object, key, json_type_object);

	return child ? child : put(object, key, hr_json_new());
}

struct json_object *hr_json_put_list(struct json_object *object, const char *key, size_t count)
{
	struct json_object *array = held(object, key, json_type_array);
	size_t length = array ? json_object_array_length(array) : 0;

	if (!array)
		array = put(object, key, hr_json_new_array());
	if (length > count)
		json_object_array_del_idx(array, count, length - count);
	for (; array && length < count; length++)
		hr_json_append(array, hr_json_new());
	return array;
}

struct json_object *hr_json_item(const struct json_object *array, size_t index)
{
	return array ? json_object_array_get_idx(array, index) : NULL;
}

void hr_json_put_null(struct json_object *object, const char *key)
{
	hr_json_put(object, key, NULL);
}

/* Write the digits of @value so that they end at @end. Returns where they begin. */
static inline char *write_digits(uint64_t value, unsigned int base, char *end)
{
	do
		*--end = "0123456789abcdef"[value % base];
	while (value /= base);
	return end;
}

/* json-c calls these two to print a number. Its own way, snprintf(), takes five times as long. */
static int print_count(struct json_object *number, struct printbuf *out, int level, int flags)
{
	char text[20], *end = text + sizeof(text);
	char *start = write_digits(json_object_get_uint64(number), 10, end);

	(void)level;
	(void)flags;
	return printbuf_memappend(out, start, (int)(end - start));
}

static int print_address(struct json_object *number, struct printbuf *out, int level, int flags)
{
	char text[20], *end = text + sizeof(text), *start = end;

	(void)level;
	(void)flags;
	*--start = '"';
	start = write_digits(json_object_get_uint64(number), 16, start);
	*--start = 'x';
	*--start = '0';
	*--start = '"';
	return printbuf_memappend(out, start, (int)(end - start));
}

static void put_number(struct json_object *object, const char *key, uint64_t value,
		       json_object_to_json_string_fn *print_number)
{
	struct json_object *number = held(object, key, json_type_int);

	if (number) {
		json_object_set_uint64(number, value);
		return;
	}
	number = checked(json_object_new_uint64(value));
	if (number)
		json_object_set_serializer(number, print_number, NULL, NULL);
	hr_json_put(object, key, number);
}

void hr_json_put_count(struct json_object *object, const char *key, uint64_t value)
{
	put_number(object, key, value, print_count);
}

void hr_json_put_bool(struct json_object *object, const char *key, bool value)
{
	if (!json_object_set_boolean(held(object, key, json_type_boolean), value))
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
		size_t len = (unsigned char)*at < 0x80 ? 1 : hr_utf8_length(at);

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
	struct json_object *text = held(object, key, json_type_string);

	if (text && value && !strcmp(json_object_get_string(text), value))
		return;
	hr_json_put(object, key, value ? new_text(value) : NULL);
}

void hr_json_put_told(struct json_object *object, const char *key, const char *value)
{
	hr_json_put(object, key, new_told(value));
}

void hr_json_put_address(struct json_object *object, const char *key, uint64_t value)
{
	put_number(object, key, value, print_address);
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

/* The bytes of @text before the first one that json-c should have escaped. */
static size_t plain_length(const char *text, size_t len)
{
	const char *at = memchr(text, 0xc2, len);

	if (at)
		len = (size_t)(at - text);
	at = memchr(text, 0x7f, len);
	return at ? (size_t)(at - text) : len;
}

/*
 * json-c only escapes control characters below U+0020, but a terminal also interprets U+007F to
 * U+009F. In UTF-8, the latter are 0xc2 and another byte.
 */
static void print_text(const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		size_t plain = plain_length(text, (size_t)(end - text));
		unsigned char second;

		fwrite(text, 1, plain, stdout);
		text += plain;
		if (text == end)
			break;
		second = (unsigned char)text[1];
		if (*text == 0x7f)
			fputs("\\u007f", stdout);
		else if (second < 0xa0)
			printf("\\u%04x", second);
		else
			fwrite(text, 1, 2, stdout);
		text += *text == 0x7f ? 1 : 2;
	}
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
	size_t len = 0;
	const char *text =
		take_failure() ? NULL : json_object_to_json_string_length(object, flags, &len);
	bool ok = text != NULL;

	if (ok)
		print_text(text, len);
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

struct hr_error *hr_json_print_held(struct json_object *object)
{
	return hr_json_print(json_object_get(object));
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
