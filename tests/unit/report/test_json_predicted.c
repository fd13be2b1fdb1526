// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_predicted.h"

#include <json-c/json.h>

#include "api/api_fixture.h"
#include "report/json_writer.h"

/* What is put into a document about the changes that the kernel was told of. */
static void assert_predicted(const struct fixture *fixture, const char *expected)
{
	struct json_object *document = hr_json_new(), *value;

	hr_json_put_predicted(document, fixture->kernel);
	assert_true(json_object_object_get_ex(document, "predicted", &value));
	if (expected)
		assert_string_equal(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN),
				    expected);
	else
		assert_null(value);
	json_object_put(document);
}

static void nothing_is_predicted_unless_it_is_asked_for(void **state)
{
	struct fixture *fixture = *state;

	make_kernel(fixture);
	assert_predicted(fixture, NULL);
}

static void changes_are_listed_in_their_order(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_added added = { { HOT, HOT + BLOCK }, true, HR_CALLS_BLOCK };
	const struct hr_pa_range removed = { BASE, BASE + BLOCK };

	fixture->config.mapping = HR_MAPPING_PAGES;
	make_kernel(fixture);
	assert_success(hr_kernel_predict_added(fixture->kernel, &added));
	assert_success(hr_kernel_predict_removed(fixture->kernel, &removed));
	assert_predicted(fixture,
			 "[{\"added\":{\"start\":\"0x800000000\",\"end\":\"0x807ffffff\","
			 "\"size\":134217728,\"memmap_on_memory\":true,\"calls\":\"block\","
			 "\"left_out\":0}},"
			 "{\"removed\":{\"start\":\"0x400000000\",\"end\":\"0x407ffffff\","
			 "\"size\":134217728,\"torn\":{\"linear\":{\"below\":0,\"above\":0},"
			 "\"vmemmap\":{\"below\":0,\"above\":0}},\"refused\":true}}]");
}

static void another_kernel_is_a_change(void **state)
{
	struct fixture *fixture = *state;

	make_kernel(fixture);
	assert_success(hr_kernel_predict_release(fixture->kernel, "6.12.90"));
	assert_predicted(fixture, "[{\"kernel\":{\"release\":\"6.12.90\"}}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(nothing_is_predicted_unless_it_is_asked_for),
		test_of_kernel(changes_are_listed_in_their_order),
		test_of_kernel(another_kernel_is_a_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
