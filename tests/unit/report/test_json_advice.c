// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_advice.h"

#include "json_values.h"
#include "report/json_writer.h"
#include "report_fixture.h"

static void assert_advice(const struct hr_advice *advice, const char *expected)
{
	document = hr_json_new();
	hr_json_put_advice(document, advice);
	assert_json(document, "/advice", expected);
}

static void no_advice_is_null(void **state)
{
	const struct hr_advice advice = { .range = { GIB(5), GIB(6) }, .pieces = MIB(512) };

	(void)state;
	assert_advice(&advice, "null");
}

static void pieces_of_memory_that_is_there_are_bytes(void **state)
{
	const struct hr_advice advice = {
		.found = true,
		.again = true,
		.range = { GIB(5), GIB(6) },
		.pieces = MIB(512),
	};

	(void)state;
	assert_advice(&advice, "{\"start\":\"0x140000000\",\"end\":\"0x17fffffff\","
			       "\"size\":1073741824,\"again\":true,\"pieces\":536870912,"
			       "\"mapping\":null,\"memmap_on_memory\":null}");
}

static void a_policy_for_memory_that_is_predicted_has_names(void **state)
{
	const struct hr_advice advice = {
		.found = true,
		.range = { GIB(5), GIB(6) },
		.mapping = HR_MAPPING_PAGES,
		.without_own_memmap = true,
	};

	(void)state;
	assert_advice(&advice, "{\"start\":\"0x140000000\",\"end\":\"0x17fffffff\","
			       "\"size\":1073741824,\"again\":false,\"pieces\":null,"
			       "\"mapping\":\"pages\",\"memmap_on_memory\":false}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(no_advice_is_null),
		test_of_report(pieces_of_memory_that_is_there_are_bytes),
		test_of_report(a_policy_for_memory_that_is_predicted_has_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
