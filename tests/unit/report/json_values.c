// SPDX-License-Identifier: GPL-2.0-or-later
#include "json_values.h"

#include <string.h>

#include "fake.h"

void assert_json(struct json_object *object, const char *pointer, const char *expected)
{
	int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
	struct json_object *value = NULL;
	const char *text;

	if (json_pointer_get(object, pointer, &value))
		fail_msg("there is no %s in %s", pointer, json_object_to_json_string(object));
	text = json_object_to_json_string_ext(value, flags);
	if (strcmp(text, expected) != 0)
		fail_msg("%s is %s instead of %s", pointer, text, expected);
}
