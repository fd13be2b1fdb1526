// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_writer.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "fake.h"

/* A kernel without random numbers yet; json-c calls this function. */
static unsigned int asked;

ssize_t getrandom(void *buffer, size_t len, unsigned int flags)
{
	(void)buffer;
	(void)len;
	(void)flags;
	asked++;
	errno = EAGAIN;
	return -1;
}

/* Printed text goes here. */
static char *printed;
static size_t printed_size;
static FILE *usual;

static int set_up(void **state)
{
	(void)state;
	hr_json_prepare();
	usual = stdout;
	stdout = open_memstream(&printed, &printed_size);
	return stdout ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	fclose(stdout);
	stdout = usual;
	free(printed);
	return 0;
}

static const char *text(void)
{
	fflush(stdout);
	return printed;
}

/* Without random numbers, json-c opens a device, for which the sandbox ends the program. */
static void keys_need_no_random_numbers(void **state)
{
	struct json_object *object = hr_json_new();

	(void)state;
	hr_json_put_text(object, "key", "value");
	assert_success(hr_json_print(object));
	assert_int_equal(asked, 0);
}

static void values_have_one_form_each(void **state)
{
	struct json_object *object = hr_json_new();

	(void)state;
	hr_json_put_count(object, "count", UINT64_MAX);
	hr_json_put_address(object, "address", 0xffff000000000000);
	hr_json_put_known(object, "unknown", false, 1);
	hr_json_put_tristate(object, "maybe", HR_UNKNOWN);
	hr_json_put_tristate(object, "surely", HR_YES);
	hr_json_put_text(object, "nothing", NULL);
	assert_success(hr_json_print_line(object));
	assert_string_equal(text(), "{ \"count\": 18446744073709551615, "
				    "\"address\": \"0xffff000000000000\", \"unknown\": null, "
				    "\"maybe\": null, \"surely\": true, \"nothing\": null }\n");
}

/* Print @object in one line, and keep it. */
static const char *text_of(struct json_object *object)
{
	size_t before = strlen(text());

	hr_json_set_layout(true);
	assert_success(hr_json_print_held(object));
	hr_json_set_layout(false);
	return text() + before;
}

static void digits_are_those_of_printf(void **state)
{
	static const uint64_t values[] = { 0, 9, 10, 0xf, 0x10, UINT64_MAX / 10, UINT64_MAX };
	struct json_object *object = hr_json_new();
	char expected[100];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		hr_json_put_count(object, "count", values[i]);
		hr_json_put_address(object, "address", values[i]);
		snprintf(expected, sizeof(expected),
			 "{ \"count\": %" PRIu64 ", \"address\": \"0x%" PRIx64 "\" }", values[i],
			 values[i]);
		assert_string_equal(text_of(object), expected);
	}
	hr_json_destroy(object);
}

static void what_is_put_again_takes_the_same_place(void **state)
{
	struct json_object *object = hr_json_new();

	(void)state;
	hr_json_put_text(object, "text", "one");
	hr_json_put_bool(object, "bool", false);
	hr_json_put_address(object, "address", 1);
	hr_json_put_count(hr_json_put_new(object, "inner"), "count", 1);
	assert_string_equal(text_of(object),
			    "{ \"text\": \"one\", \"bool\": false, \"address\": \"0x1\", "
			    "\"inner\": { \"count\": 1 } }");
	hr_json_put_text(object, "text", "another");
	hr_json_put_bool(object, "bool", true);
	hr_json_put_address(object, "address", 0x22);
	hr_json_put_count(hr_json_put_new(object, "inner"), "count", 22);
	assert_string_equal(text_of(object),
			    "{ \"text\": \"another\", \"bool\": true, \"address\": \"0x22\", "
			    "\"inner\": { \"count\": 22 } }");
	hr_json_destroy(object);
}

static void what_is_put_again_may_be_null(void **state)
{
	struct json_object *object = hr_json_new();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		hr_json_put_text(object, "text", "one");
		hr_json_put_tristate(object, "maybe", HR_YES);
		hr_json_put_known(object, "address", true, 1);
		hr_json_put_count(hr_json_put_new(object, "inner"), "count", 1);
		assert_string_equal(text_of(object),
				    "{ \"text\": \"one\", \"maybe\": true, \"address\": \"0x1\", "
				    "\"inner\": { \"count\": 1 } }");
		hr_json_put_text(object, "text", NULL);
		hr_json_put_tristate(object, "maybe", HR_UNKNOWN);
		hr_json_put_known(object, "address", false, 1);
		hr_json_put_null(object, "inner");
		assert_string_equal(text_of(object),
				    "{ \"text\": null, \"maybe\": null, \"address\": null, "
				    "\"inner\": null }");
	}
	hr_json_destroy(object);
}

static void a_list_that_is_put_again_has_its_own_length(void **state)
{
	static const struct {
		size_t count;
		const char *expected;
	} rows[] = {
		{ 1, "{ \"list\": [ { \"item\": 0 } ] }" },
		{ 3, "{ \"list\": [ { \"item\": 0 }, { \"item\": 1 }, { \"item\": 2 } ] }" },
		{ 2, "{ \"list\": [ { \"item\": 0 }, { \"item\": 1 } ] }" },
		{ 0, "{ \"list\": [ ] }" },
		{ 1, "{ \"list\": [ { \"item\": 0 } ] }" },
	};
	struct json_object *object = hr_json_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct json_object *list = hr_json_put_list(object, "list", rows[i].count);

		for (size_t item = 0; item < rows[i].count; item++)
			hr_json_put_count(hr_json_item(list, item), "item", item);
		assert_string_equal(text_of(object), rows[i].expected);
	}
	hr_json_destroy(object);
}

static void the_end_of_an_extent_is_inclusive(void **state)
{
	struct json_object *object = hr_json_new();

	(void)state;
	hr_json_put_extent(object, 0x1000, 0x2000);
	assert_success(hr_json_print_line(object));
	assert_string_equal(text(), "{ \"start\": \"0x1000\", \"end\": \"0x1fff\", "
				    "\"size\": 4096 }\n");
}

/* A terminal also interprets U+007F to U+009F, which json-c leaves as they are. */
static void control_characters_are_escaped(void **state)
{
	struct json_object *object = hr_json_new();

	(void)state;
	hr_json_put_text(object, "name", "\033[\x7f\xc2\x9b\xc3\xa9");
	assert_success(hr_json_print_line(object));
	assert_string_equal(text(), "{ \"name\": \"\\u001b[\\u007f\\u009b\xc3\xa9\" }\n");
}

/* Each is found wherever it stands: first, last, and beside another. */
static void all_control_characters_are_escaped(void **state)
{
	struct json_object *object = hr_json_new();

	(void)state;
	hr_json_put_text(object, "one", "\xc2\x80\xc2\x9f\x7f");
	hr_json_put_text(object, "two", "\x7f\x7f\xc2\xa0-\xc2\xbf\x7f\xc2\x80");
	assert_success(hr_json_print_line(object));
	assert_string_equal(text(), "{ \"one\": \"\\u0080\\u009f\\u007f\", \"two\": "
				    "\"\\u007f\\u007f\xc2\xa0-\xc2\xbf\\u007f\\u0080\" }\n");
}

static void what_is_not_utf8_becomes_question_marks(void **state)
{
	struct json_object *object = hr_json_new();

	(void)state;
	hr_json_put_text(object, "name", "a\xff\xc3");
	assert_success(hr_json_print_line(object));
	assert_string_equal(text(), "{ \"name\": \"a??\" }\n");
}

static void text_of_the_library_names_options(void **state)
{
	struct json_object *object = hr_json_new(), *array = hr_json_new_array();

	(void)state;
	hr_json_put_told(object, "message", "give {va_bits} \xff");
	hr_json_append_told(array, "{guard=none}");
	hr_json_put(object, "more", array);
	hr_json_put_text(object, "name", "{va_bits}");
	assert_success(hr_json_print_line(object));
	assert_string_equal(text(), "{ \"message\": \"give --va-bits ?\", "
				    "\"more\": [ \"--assume=guard=none\" ], "
				    "\"name\": \"{va_bits}\" }\n");
}

static void members_have_commas_behind_them(void **state)
{
	struct json_object *object = hr_json_new();

	(void)state;
	hr_json_put_count(object, "one", 1);
	hr_json_put_count(object, "two", 2);
	assert_success(hr_json_print_members(object));
	assert_string_equal(text(), "\"one\": 1,\n\"two\": 2,\n");
}

static void a_document_may_have_one_line(void **state)
{
	struct json_object *object = hr_json_new(), *members = hr_json_new();

	(void)state;
	assert_string_equal(hr_json_break(), "\n");
	hr_json_set_layout(true);
	hr_json_put_count(object, "one", 1);
	hr_json_put_count(members, "two", 2);
	assert_success(hr_json_print(object));
	assert_success(hr_json_print_members(members));
	assert_string_equal(text(), "{ \"one\": 1 }\"two\": 2, ");
	assert_string_equal(hr_json_break(), " ");
	hr_json_set_layout(false);
}

/* json-c signals lack of memory by NULL in place of a value. */
static void nothing_incomplete_is_printed(void **state)
{
	(void)state;
	hr_json_put_count(NULL, "key", 1);
	assert_failure(hr_json_print(hr_json_new()), HR_ERROR_NO_MEMORY, "memory");
	assert_string_equal(text(), "");
}

/* What could not be put anywhere is destroyed, and is not to be filled. */
static void what_has_no_place_is_null(void **state)
{
	(void)state;
	assert_null(hr_json_put_new(NULL, "key"));
	assert_null(hr_json_put_list(NULL, "key", 1));
	assert_null(hr_json_item(NULL, 0));
	assert_failure(hr_json_print(hr_json_new()), HR_ERROR_NO_MEMORY, "memory");
	assert_string_equal(text(), "");
}

static void what_comes_behind_a_failure_is_printed(void **state)
{
	(void)state;
	hr_json_put_count(NULL, "key", 1);
	assert_failure(hr_json_print(hr_json_new()), HR_ERROR_NO_MEMORY, "memory");
	assert_success(hr_json_print_line(hr_json_new()));
	assert_string_equal(text(), "{ }\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(keys_need_no_random_numbers),
		ROW(values_have_one_form_each),
		ROW(digits_are_those_of_printf),
		ROW(what_is_put_again_takes_the_same_place),
		ROW(what_is_put_again_may_be_null),
		ROW(a_list_that_is_put_again_has_its_own_length),
		ROW(the_end_of_an_extent_is_inclusive),
		ROW(control_characters_are_escaped),
		ROW(all_control_characters_are_escaped),
		ROW(what_is_not_utf8_becomes_question_marks),
		ROW(text_of_the_library_names_options),
		ROW(members_have_commas_behind_them),
		ROW(a_document_may_have_one_line),
		ROW(nothing_incomplete_is_printed),
		ROW(what_has_no_place_is_null),
		ROW(what_comes_behind_a_failure_is_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
