// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_diff.h"

#include "json_values.h"
#include "report/json_writer.h"
#include "report_fixture.h"

static void lists_have_keys_in_the_order_of_parts(void **state)
{
	static const char *const keys[] = { "kernel", "ranges", "blocks", "leaves" };

	(void)state;
	assert_int_equal(COUNT_OF(keys), HR_DIFF_PARTS);
	for (enum hr_diff_part part = 0; part < HR_DIFF_PARTS; part++)
		assert_string_equal(hr_json_diff_key(part), keys[part]);
}

static void a_fact_that_is_not_known_is_null(void **state)
{
	const struct hr_fact_change change = { "models.guard", "", "requested" };

	(void)state;
	document = hr_json_new_fact_change(&change);
	assert_json(document, "",
		    "{\"key\":\"models.guard\",\"before\":null,\"after\":\"requested\"}");
}

/* It comes out of a dump; JSON is UTF-8, and escapes what could drive a terminal. */
static void a_fact_of_any_bytes_is_text(void **state)
{
	const struct hr_fact_change change = { "release", "6.1\033[2J\xff", "6.2" };

	(void)state;
	document = hr_json_new_fact_change(&change);
	assert_json(document, "/before", "\"6.1\\u001b[2J?\"");
}

static void a_block_has_its_forms_before_and_after(void **state)
{
	const struct hr_block_change change = {
		.range = { GIB(5), GIB(6) },
		.change = HR_CHANGE_OTHER,
		.before = { .exists = true,
			    .online = HR_YES,
			    .boot = HR_NO,
			    .verdict = HR_VERDICT_REMOVABLE,
			    .guard = HR_GUARD_ACCEPTS },
		.after = { .exists = true,
			   .online = HR_NO,
			   .boot = HR_UNKNOWN,
			   .verdict = HR_VERDICT_NOT_REMOVABLE,
			   .guard = HR_GUARD_REFUSES,
			   .reasons = 1u << HR_REASON_SPLITS_LEAF | 1u << HR_REASON_UNREADABLE },
	};

	(void)state;
	document = hr_json_new_block_change(&change);
	assert_json(document, "",
		    "{\"start\":\"0x140000000\",\"end\":\"0x17fffffff\",\"size\":1073741824,"
		    "\"change\":\"changed\","
		    "\"before\":{\"state\":\"online\",\"boot\":false,\"verdict\":\"removable\","
		    "\"guard\":\"accepts\",\"reasons\":[]},"
		    "\"after\":{\"state\":\"offline\",\"boot\":null,"
		    "\"verdict\":\"not-removable\",\"guard\":\"refuses\","
		    "\"reasons\":[\"splits-leaf\",\"unreadable\"]}}");
}

static void a_block_that_does_not_exist_is_null(void **state)
{
	const struct hr_block_change change = {
		.range = { GIB(5), GIB(6) },
		.change = HR_CHANGE_REMOVED,
		.before = { .exists = true, .online = HR_UNKNOWN, .boot = HR_UNKNOWN },
	};

	(void)state;
	document = hr_json_new_block_change(&change);
	assert_json(document, "/before/state", "null");
	assert_json(document, "/before/boot", "null");
	assert_json(document, "/after", "null");
	assert_json(document, "/change", "\"removed\"");
}

static void a_leaf_has_its_forms_before_and_after(void **state)
{
	const struct hr_leaf_change change = {
		.map = HR_MAP_VMEMMAP,
		.range = { GIB(5), GIB(6) },
		.change = HR_CHANGE_SPLIT,
		.before = { .state = HR_MAP_MAPPED,
			    .level = HR_LEVEL_PMD,
			    .cont = true,
			    .valid = true,
			    .expected = true,
			    .size = MIB(32) },
		.after = { .state = HR_MAP_MAPPED,
			   .level = HR_LEVEL_PMD,
			   .malformed = true,
			   .size = MIB(2) },
	};

	(void)state;
	document = hr_json_new_leaf_change(&change);
	assert_json(document, "",
		    "{\"map\":\"vmemmap\",\"start\":\"0x140000000\",\"end\":\"0x17fffffff\","
		    "\"size\":1073741824,\"change\":\"split\","
		    "\"before\":{\"state\":\"mapped\",\"level\":\"CONT_PMD\","
		    "\"leaf_size\":33554432,\"valid\":true,\"expected\":true,"
		    "\"malformed\":false},"
		    "\"after\":{\"state\":\"mapped\",\"level\":\"PMD\",\"leaf_size\":2097152,"
		    "\"valid\":false,\"expected\":false,\"malformed\":true}}");
}

static void memory_without_a_leaf_has_a_state_alone(void **state)
{
	const struct hr_leaf_change change = {
		.map = HR_MAP_LINEAR,
		.range = { 0, MIB(2) },
		.before = { .state = HR_MAP_UNMAPPED, .size = MIB(2) },
		.after = { .state = HR_MAP_UNREADABLE },
	};

	(void)state;
	document = hr_json_new_leaf_change(&change);
	assert_json(document, "/before",
		    "{\"state\":\"unmapped\",\"level\":null,\"leaf_size\":null,\"valid\":null,"
		    "\"expected\":null,\"malformed\":null}");
	assert_json(document, "/after/state", "\"unreadable\"");
	assert_json(document, "/after/level", "null");
}

static void the_file_is_named(void **state)
{
	(void)state;
	told.options.diff_path = "before \xff";
	assert_success(hr_json_print_diff_file(&told.session));
	assert_text(&told, "\"path\": \"before ?\",");
}

static void whether_all_is_equal_may_be_unknown(void **state)
{
	static const struct {
		struct hr_summary summary;
		const char *equal;
	} rows[] = {
		{ { .changes = 0 }, "\"equal\": true" },
		/* What another query lacks does not count. */
		{ { .incomplete = true }, "\"equal\": true" },
		{ { .unsure = true, .incomplete = true }, "\"equal\": null" },
		{ { .unsure = true, .changes = 1, .uncertain = 1 }, "\"equal\": null" },
		{ { .changed = true, .changes = 2 }, "\"equal\": false" },
		{ { .changed = true, .unsure = true, .changes = 2 }, "\"equal\": false" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		hr_json_print_diff_result(&rows[i].summary);
		assert_text(&told, rows[i].equal);
		told_forget(&told);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(lists_have_keys_in_the_order_of_parts),
		test_of_report(a_fact_that_is_not_known_is_null),
		test_of_report(a_fact_of_any_bytes_is_text),
		test_of_report(a_block_has_its_forms_before_and_after),
		test_of_report(a_block_that_does_not_exist_is_null),
		test_of_report(a_leaf_has_its_forms_before_and_after),
		test_of_report(memory_without_a_leaf_has_a_state_alone),
		test_of_report(the_file_is_named),
		test_of_report(whether_all_is_equal_may_be_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
