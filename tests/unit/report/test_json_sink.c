// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/outputs.h"

#include <json-c/json.h>
#include <string.h>

#include "told.h"

static struct told told;
static struct json_object *document;

static int set_up(void **state)
{
	(void)state;
	told_begin(&told, &hr_json_sink);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	json_object_put(document);
	document = NULL;
	told_end(&told);
	return 0;
}

/* Begin, and skip all queries before @query. */
static void begin_with(enum hr_query query)
{
	assert_success(hr_sink_begin(told.sink));
	for (enum hr_query skipped = 0; skipped < query; skipped++)
		assert_success(hr_sink_skip_query(told.sink, skipped));
	if (query < HR_QUERY_COUNT)
		assert_success(hr_sink_begin_query(told.sink, query));
}

/* End @query and the document. Returns the member that the query filled, NULL for null. */
static struct json_object *end_with(enum hr_query query, const char *key)
{
	static const struct hr_summary summary;
	struct json_object *member;

	if (query < HR_QUERY_COUNT)
		assert_success(hr_sink_end_query(told.sink, query));
	for (enum hr_query skipped = query + 1; skipped < HR_QUERY_COUNT; skipped++)
		assert_success(hr_sink_skip_query(told.sink, skipped));
	assert_success(hr_sink_end(told.sink, &summary));
	document = json_tokener_parse(told_text(&told));
	assert_non_null(document);
	assert_true(json_object_object_get_ex(document, key, &member));
	return member;
}

/* All parts of a comparison, with a change of each kind in between. */
static void tell_changes(const struct hr_summary *result)
{
	const struct hr_fact_change fact = { "release", "6.1", "6.2" };
	const struct hr_block_change block = { .range = { GIB(1), GIB(2) },
					       .change = HR_CHANGE_ADDED };
	const struct hr_leaf_change leaf = { .map = HR_MAP_LINEAR, .range = { GIB(1), GIB(2) } };

	assert_success(hr_sink_begin_part(told.sink, HR_DIFF_KERNEL));
	assert_success(hr_sink_fact_change(told.sink, &fact));
	assert_success(hr_sink_begin_part(told.sink, HR_DIFF_RANGES));
	assert_success(hr_sink_begin_part(told.sink, HR_DIFF_BLOCKS));
	assert_success(hr_sink_block_change(told.sink, &block));
	assert_success(hr_sink_begin_part(told.sink, HR_DIFF_LEAVES));
	assert_success(hr_sink_leaf_change(told.sink, &leaf));
	assert_success(hr_sink_leaf_change(told.sink, &leaf));
	assert_success(hr_sink_diff_result(told.sink, result));
}

static size_t length_of(struct json_object *object, const char *key)
{
	return json_object_array_length(json_object_object_get(object, key));
}

static void a_comparison_with_a_file_has_a_list_for_each_part(void **state)
{
	static const struct hr_summary result = { .changed = true, .changes = 4 };
	struct json_object *diff;

	(void)state;
	told.options.diff_path = "before";
	begin_with(HR_QUERY_DIFF);
	tell_changes(&result);
	diff = end_with(HR_QUERY_DIFF, "diff");
	assert_string_equal(json_object_get_string(json_object_object_get(diff, "path")), "before");
	assert_int_equal(length_of(diff, "kernel"), 1);
	assert_int_equal(length_of(diff, "ranges"), 0);
	assert_int_equal(length_of(diff, "blocks"), 1);
	assert_int_equal(length_of(diff, "leaves"), 2);
	assert_false(json_object_get_boolean(json_object_object_get(diff, "equal")));
}

static const char *text_of(struct json_object *object, const char *key)
{
	return json_object_get_string(json_object_object_get(object, key));
}

static void a_document_has_all_members_in_order(void **state)
{
	static const char *const keys[] = { "schema", "version", "source",  "kernel", "predicted",
					    "ranges", "devices", "blocks",  "map",    "suggestions",
					    "verify", "diff",	 "warnings" };
	size_t count = 0;

	(void)state;
	begin_with(HR_QUERY_COUNT);
	end_with(HR_QUERY_COUNT, "warnings");
	json_object_object_foreach(document, key, value)
	{
		(void)value;
		assert_true(count < COUNT_OF(keys));
		assert_string_equal(key, keys[count++]);
	}
	assert_int_equal(count, COUNT_OF(keys));
	assert_string_equal(text_of(document, "schema"), hr_json_sink.schema);
}

static void what_is_not_asked_is_null(void **state)
{
	(void)state;
	begin_with(HR_QUERY_COUNT);
	assert_null(end_with(HR_QUERY_COUNT, "blocks"));
}

static void a_query_that_finds_nothing_is_empty(void **state)
{
	(void)state;
	begin_with(HR_QUERY_BLOCKS);
	assert_int_equal(json_object_array_length(end_with(HR_QUERY_BLOCKS, "blocks")), 0);
}

static void each_map_lists_its_mapped_runs(void **state)
{
	struct hr_run run = { .state = HR_MAP_MAPPED };
	struct json_object *map, *first, *second;

	(void)state;
	run.leaf = (struct hr_leaf){ .level = HR_LEVEL_PMD, .valid = true, .size = MIB(2) };
	begin_with(HR_QUERY_MAP);
	for (enum hr_map which = 0; which < HR_MAP_COUNT; which++) {
		assert_success(hr_sink_begin_map(told.sink, which));
		for (unsigned int i = 0; which == HR_MAP_LINEAR && i < 3; i++) {
			run.state = i == 1 ? HR_MAP_UNREADABLE : HR_MAP_MAPPED;
			run.count = i + 1;
			assert_success(hr_sink_run(told.sink, which, &run));
		}
		assert_success(hr_sink_end_map(told.sink, which));
	}
	map = end_with(HR_QUERY_MAP, "map");
	assert_int_equal(json_object_array_length(json_object_object_get(map, "linear")), 2);
	first = json_object_array_get_idx(json_object_object_get(map, "linear"), 0);
	assert_true(json_object_get_boolean(json_object_object_get(first, "valid")));
	assert_false(json_object_get_boolean(json_object_object_get(first, "expected")));
	assert_int_equal(json_object_get_int(json_object_object_get(first, "count")), 1);
	second = json_object_array_get_idx(json_object_object_get(map, "linear"), 1);
	assert_int_equal(json_object_get_int(json_object_object_get(second, "count")), 3);
	assert_int_equal(json_object_array_length(json_object_object_get(map, "vmemmap")), 0);
}

static void a_comparison_ends_with_its_leaves(void **state)
{
	const struct hr_difference difference = { .va = 0x1000, .walk = "PTE", .text = "nothing" };
	struct json_object *verify, *list;

	(void)state;
	begin_with(HR_QUERY_VERIFY);
	assert_success(hr_sink_difference(told.sink, HR_MAP_VMEMMAP, &difference));
	assert_success(hr_sink_compared(told.sink, 7, 1));
	verify = end_with(HR_QUERY_VERIFY, "verify");
	list = json_object_object_get(verify, "differences");
	assert_int_equal(json_object_array_length(list), 1);
	assert_string_equal(text_of(json_object_array_get_idx(list, 0), "map"), "vmemmap");
	assert_int_equal(json_object_get_int(json_object_object_get(verify, "leaves")), 7);
}

static void a_list_that_is_cut_says_so(void **state)
{
	static struct hr_suggestion list[HR_SUGGESTIONS_LISTED + 1];
	const struct hr_suggestions suggestions = { .list = list, .count = COUNT_OF(list) };
	struct json_object *member, *warnings;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(list); i++)
		list[i].range = (struct hr_pa_range){ i * GIB(1), (i + 1) * GIB(1) };
	begin_with(HR_QUERY_SUGGESTIONS);
	assert_success(hr_sink_suggestions(told.sink, &suggestions));
	member = end_with(HR_QUERY_SUGGESTIONS, "suggestions");
	assert_int_equal(json_object_array_length(member), HR_SUGGESTIONS_LISTED);
	warnings = json_object_object_get(document, "warnings");
	assert_int_equal(json_object_array_length(warnings), 1);
}

static void a_warning_names_options(void **state)
{
	struct json_object *warnings;

	(void)state;
	hr_kernel_warn(&told.kernel, "it is assumed ({va_bits} overrides)");
	begin_with(HR_QUERY_COUNT);
	warnings = end_with(HR_QUERY_COUNT, "warnings");
	assert_string_equal(json_object_get_string(json_object_array_get_idx(warnings, 0)),
			    "it is assumed (--va-bits overrides)");
}

static void an_incomplete_dump_is_the_first_thing_to_know(void **state)
{
	struct json_object *warnings;

	(void)state;
	hr_kernel_warn(&told.kernel, "something is assumed");
	hr_incomplete_because(&told.source.incomplete, "no space");
	begin_with(HR_QUERY_COUNT);
	warnings = end_with(HR_QUERY_COUNT, "warnings");
	assert_int_equal(json_object_array_length(warnings), 2);
	assert_string_equal(json_object_get_string(json_object_array_get_idx(warnings, 0)),
			    "the dump is incomplete (no space): what it lacks is unreadable");
}

static void a_change_is_a_document_in_one_line(void **state)
{
	(void)state;
	assert_success(hr_output_change(told.sink->output, true, "memory8", NULL, "online"));
	assert_string_equal(told_text(&told),
			    "{ \"schema\": \"hotremove-check/1\", \"change\": { \"what\": "
			    "\"memory8\", \"before\": null, \"after\": \"online\" } }\n");
}

static void an_error_is_a_document(void **state)
{
	struct json_object *error;

	(void)state;
	hr_output_error(told.sink->output, "no such file");
	document = json_tokener_parse(told_text(&told));
	error = json_object_object_get(document, "error");
	assert_string_equal(text_of(error, "message"), "no such file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(a_document_has_all_members_in_order),
		ROW(a_comparison_with_a_file_has_a_list_for_each_part),
		ROW(what_is_not_asked_is_null),
		ROW(a_query_that_finds_nothing_is_empty),
		ROW(each_map_lists_its_mapped_runs),
		ROW(a_comparison_ends_with_its_leaves),
		ROW(a_list_that_is_cut_says_so),
		ROW(a_warning_names_options),
		ROW(an_incomplete_dump_is_the_first_thing_to_know),
		ROW(a_change_is_a_document_in_one_line),
		ROW(an_error_is_a_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
