/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a JSON object holds. */
#ifndef HR_TEST_JSON_VALUES_H
#define HR_TEST_JSON_VALUES_H

#include <json-c/json.h>

/* The value of @object at @pointer ("/kernel/release", RFC 6901) is, without blanks, @expected. */
void assert_json(struct json_object *object, const char *pointer, const char *expected);

#endif
