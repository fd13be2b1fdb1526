// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_teardown.h"

#include "json_values.h"
#include "report/json_writer.h"
#include "report_fixture.h"

static void assert_teardown(const char *pointer, const char *expected)
{
	document = hr_json_new();
	hr_json_put_teardown(document, &told.kernel, &answer);
	assert_json(document, pointer, expected);
}

static void the_model_is_what_the_kernel_does(void **state)
{
	(void)state;
	facts->teardown = HR_TEARDOWN_PER_LEAF;
	assert_teardown("/teardown/model", "\"per-leaf\"");
}

static void a_model_that_is_not_known_is_null(void **state)
{
	(void)state;
	facts->teardown = HR_TEARDOWN_UNKNOWN;
	assert_teardown("/teardown/model", "null");
}

static void both_models_are_counted_whatever_the_kernel_does(void **state)
{
	(void)state;
	plan.batched.total.tlbi = 522;
	plan.per_leaf.total.tlbi = 1033;
	assert_teardown("/teardown/batched/total/tlbi", "522");
	assert_json(document, "/teardown/per_leaf/total/tlbi", "1033");
}

static void each_map_has_its_own_flushes(void **state)
{
	(void)state;
	plan.batched.linear = (struct hr_tlbi_count){
		.flushes = 1, .tlbi = 2, .range_ops = 3, .single_ops = 4, .full_flushes = 5
	};
	plan.batched.vmemmap.flushes = 6;
	assert_teardown("/teardown/batched/linear",
			"{\"flushes\":1,\"tlbi\":2,\"range_ops\":3,\"single_ops\":4,"
			"\"full_flushes\":5}");
	assert_json(document, "/teardown/batched/vmemmap/flushes", "6");
}

static void tables_count_as_they_are_freed(void **state)
{
	(void)state;
	plan.batched.tables = (struct hr_tlbi_count){ .flushes = 513, .tlbi = 1026 };
	assert_teardown("/teardown/batched/tables", "{\"freed\":513,\"tlbi\":1026}");
}

static void a_total_has_its_barriers(void **state)
{
	(void)state;
	plan.batched.total = (struct hr_tlbi_count){ .tlbi = 1, .dsb = 2, .isb = 3 };
	assert_teardown("/teardown/batched/total", "{\"tlbi\":1,\"dsb\":2,\"isb\":3}");
}

static void range_operations_are_listed_in_their_order(void **state)
{
	struct hr_range_op ops[] = {
		{ .va = UINT64_C(0xffff000100000000), .pages = 262144, .scale = 3, .num = 4 },
		{ .va = 0x1000, .pages = 2 },
	};

	(void)state;
	plan.ops = ops;
	plan.op_count = 2;
	assert_teardown("/teardown/range_ops/0",
			"{\"va\":\"0xffff000100000000\",\"pages\":262144,\"scale\":3,\"num\":4}");
	assert_json(document, "/teardown/range_ops/1/va", "\"0x1000\"");
}

static void no_range_operation_is_an_empty_list(void **state)
{
	(void)state;
	assert_teardown("/teardown/range_ops", "[]");
}

static void calls_say_what_one_covers_and_how_that_is_known(void **state)
{
	(void)state;
	plan.calls = HR_CALLS_BLOCK;
	plan.call_count = 16;
	answer.calls_from = "memmap-on-memory";
	assert_teardown("/teardown/calls",
			"{\"value\":\"block\",\"count\":16,\"from\":\"memmap-on-memory\"}");
}

static void entries_of_the_root_table_are_counted_by_map(void **state)
{
	(void)state;
	answer.contents[HR_MAP_LINEAR].root_entries = 2;
	answer.contents[HR_MAP_VMEMMAP].root_entries = 1;
	facts->root_flush = true;
	assert_teardown("/teardown/root_entries", "{\"linear\":2,\"vmemmap\":1,\"flushed\":true}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(the_model_is_what_the_kernel_does),
		test_of_report(a_model_that_is_not_known_is_null),
		test_of_report(both_models_are_counted_whatever_the_kernel_does),
		test_of_report(each_map_has_its_own_flushes),
		test_of_report(tables_count_as_they_are_freed),
		test_of_report(a_total_has_its_barriers),
		test_of_report(range_operations_are_listed_in_their_order),
		test_of_report(no_range_operation_is_an_empty_list),
		test_of_report(calls_say_what_one_covers_and_how_that_is_known),
		test_of_report(entries_of_the_root_table_are_counted_by_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
