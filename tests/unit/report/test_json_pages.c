// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_pages.h"

#include "json_values.h"
#include "report/json_writer.h"
#include "report_fixture.h"

static void put(const struct hr_pages *pages)
{
	json_object_put(document);
	document = hr_json_new();
	hr_json_put_pages(document, pages);
}

static void pages_that_were_not_looked_at_are_null(void **state)
{
	(void)state;
	put(NULL);
	assert_json(document, "/pages", "null");
}

static void each_kind_has_its_count(void **state)
{
	const struct hr_pages pages = {
		.kinds = { [HR_PAGES_FREE] = { 100, 1 }, [HR_PAGES_SLAB] = { 12, 0x44000 } },
		.unmovable = { 12, 0x44000 },
		.to_move = 7,
		.in_zone_movable = true,
	};

	(void)state;
	put(&pages);
	assert_json(document, "/pages/free", "100");
	assert_json(document, "/pages/slab", "12");
	assert_json(document, "/pages/page_table", "0");
	assert_json(document, "/pages/unmovable", "12");
	assert_json(document, "/pages/to_move", "7");
	assert_json(document, "/pages/zone_movable", "true");
}

static void only_pages_in_the_way_have_a_place(void **state)
{
	const struct hr_pages pages = {
		.kinds = { [HR_PAGES_FREE] = { 100, 1 }, [HR_PAGES_SLAB] = { 12, 0x44000 } },
		.unmovable = { 12, 0x44000 },
	};

	(void)state;
	put(&pages);
	assert_json(document, "/pages/first_pfn/slab", "\"0x44000\"");
	assert_json(document, "/pages/first_pfn/pinned", "null");
	assert_json(document, "/pages/first_pfn",
		    "{\"reserved\":null,\"slab\":\"0x44000\",\"page_table\":null,\"kernel\":null,"
		    "\"unmovable_cache\":null,\"pinned\":null}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(pages_that_were_not_looked_at_are_null),
		test_of_report(each_kind_has_its_count),
		test_of_report(only_pages_in_the_way_have_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
