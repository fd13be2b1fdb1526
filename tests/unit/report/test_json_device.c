// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_device.h"

#include <string.h>

#include "json_values.h"
#include "report/json_writer.h"
#include "report_fixture.h"

static struct hr_device_part parts[] = {
	{ .span = { .range = { GIB(1), GIB(2) }, .place = { .node = 1 }, .blocks = 8, .online = 8 },
	  .verdict = HR_VERDICT_REMOVABLE },
	{ .span = { .range = { GIB(4), GIB(5) },
		    .place = { .node = HR_NO_NODE },
		    .blocks = 8,
		    .unknown = 1 },
	  .verdict = HR_VERDICT_NOT_REMOVABLE,
	  .reasons = 1u << HR_REASON_SPLITS_LEAF },
};

static void a_device_has_its_ranges_and_their_sum(void **state)
{
	const struct hr_told_device device = {
		.name = "dax0.0", .kind = HR_DEVICE_DAX, .parts = parts, .count = 2
	};

	(void)state;
	document = hr_json_new_device(&device);
	assert_json(document, "/name", "\"dax0.0\"");
	assert_json(document, "/kind", "\"DAX\"");
	assert_json(document, "/size", "2147483648");
	assert_json(document, "/blocks", "16");
	assert_json(document, "/online", "null");
	assert_json(document, "/verdict", "\"not-removable\"");
	assert_json(document, "/reasons", "[\"splits-leaf\"]");
	assert_json(document, "/ranges/0/end", "\"0x7fffffff\"");
	assert_json(document, "/ranges/0/node", "1");
	assert_json(document, "/ranges/0/online", "8");
	assert_json(document, "/ranges/1/node", "null");
	assert_json(document, "/ranges/1/verdict", "\"not-removable\"");
}

static void a_device_without_memory_has_no_verdict(void **state)
{
	const struct hr_told_device device = { .name = "dax1.0", .kind = HR_DEVICE_DAX };

	(void)state;
	document = hr_json_new_device(&device);
	assert_json(document, "/size", "0");
	assert_json(document, "/verdict", "null");
	assert_json(document, "/ranges", "[]");
}

/* An object is filled again for the next block. */
static void what_is_not_known_of_a_place_is_null(void **state)
{
	struct hr_place place = {
		.node = 0, .zones = { "Normal", "Movable" }, .zone_count = 2, .device = "virtio1"
	};
	const struct hr_place unknown = HR_PLACE_UNKNOWN;

	(void)state;
	document = hr_json_new();
	hr_json_put_place(document, &place);
	assert_json(document, "/node", "0");
	assert_json(document, "/zones", "[\"Normal\",\"Movable\"]");
	assert_json(document, "/device", "\"virtio1\"");
	hr_json_put_place(document, &unknown);
	assert_json(document, "", "{\"node\":null,\"zones\":null,\"device\":null}");
	hr_json_put_place(document, &place);
	assert_json(document, "/zones", "[\"Normal\",\"Movable\"]");
}

static void a_range_says_what_was_asked_for(void **state)
{
	const struct hr_asked device = { .device = "Persistent Memory", .node = HR_NO_NODE };
	const struct hr_asked node = { .node = 7 };

	(void)state;
	document = hr_json_new();
	hr_json_put_asked(document, &device);
	assert_json(document, "", "{\"node\":null,\"device\":\"Persistent Memory\"}");
	hr_json_put_asked(document, &node);
	assert_json(document, "", "{\"node\":7,\"device\":null}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(a_device_has_its_ranges_and_their_sum),
		test_of_report(a_device_without_memory_has_no_verdict),
		test_of_report(what_is_not_known_of_a_place_is_null),
		test_of_report(a_range_says_what_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
