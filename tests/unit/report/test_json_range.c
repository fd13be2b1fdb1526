// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_range.h"

#include <string.h>

#include "json_values.h"
#include "report/json_writer.h"
#include "report_fixture.h"

static struct hr_asked asked = { .node = HR_NO_NODE };

static void assert_range(const char *pointer, const char *expected)
{
	json_object_put(document);
	document = hr_json_new_range(&told.kernel, &answer, &asked);
	assert_json(document, pointer, expected);
}

/* A leaf of 1 GiB in the way, at the start of the range. */
static struct hr_reason *give_leaf(enum hr_map map)
{
	struct hr_reason *reason = give_reason(HR_REASON_SPLITS_LEAF);

	reason->has_leaf = true;
	reason->map = map;
	reason->edge = HR_EDGE_START;
	reason->va = 0x2000;
	reason->leaf = (struct hr_leaf){
		.level = HR_LEVEL_PUD, .va = 0x1000, .pa = 0x3000, .size = GIB(1)
	};
	return reason;
}

static void a_range_has_an_inclusive_end(void **state)
{
	(void)state;
	assert_range("/start", "\"0x140000000\"");
	assert_json(document, "/end", "\"0x17fffffff\"");
	assert_json(document, "/size", "1073741824");
}

static void each_verdict_has_its_word(void **state)
{
	static const char *const words[] = {
		[HR_VERDICT_REMOVABLE] = "\"removable\"",
		[HR_VERDICT_NOT_REMOVABLE] = "\"not-removable\"",
		[HR_VERDICT_UNKNOWN] = "\"unknown\"",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		answer.verdict = (enum hr_verdict)i;
		assert_range("/verdict", words[i]);
	}
}

static void no_reason_is_an_empty_list(void **state)
{
	(void)state;
	assert_range("/reasons", "[]");
}

static void a_reason_without_a_leaf_has_nulls(void **state)
{
	(void)state;
	strcpy(give_reason(HR_REASON_BOOT_MEMORY)->message, "it was there at boot");
	assert_range("/reasons/0", "{\"code\":\"boot-memory\",\"map\":null,\"edge\":null,"
				   "\"va\":null,\"leaf\":null,"
				   "\"message\":\"it was there at boot\"}");
}

static void a_reason_with_a_leaf_says_where_it_is(void **state)
{
	(void)state;
	give_leaf(HR_MAP_LINEAR);
	assert_range("/reasons/0/map", "\"linear\"");
	assert_json(document, "/reasons/0/edge", "\"start\"");
	assert_json(document, "/reasons/0/va", "\"0x2000\"");
	assert_json(document, "/reasons/0/leaf",
		    "{\"level\":\"PUD\",\"va\":\"0x1000\","
		    "\"pa\":\"0x3000\",\"size\":1073741824}");
}

static void a_group_has_the_name_of_a_group(void **state)
{
	(void)state;
	give_leaf(HR_MAP_LINEAR)->leaf.cont = true;
	answer.check.reasons[0].leaf.level = HR_LEVEL_PMD;
	assert_range("/reasons/0/leaf/level", "\"CONT_PMD\"");
}

static void a_leaf_inside_the_range_is_at_no_edge(void **state)
{
	(void)state;
	give_leaf(HR_MAP_LINEAR)->edge = HR_EDGE_NONE;
	assert_range("/reasons/0/edge", "null");
}

/* Without PHYS_OFFSET, a text knows no physical address; in the vmemmap it knows none anyway. */
static void a_physical_address_that_is_not_known_is_null(void **state)
{
	static const struct hr_ptdump *const text = (const void *)&told;

	(void)state;
	give_leaf(HR_MAP_LINEAR);
	give_leaf(HR_MAP_VMEMMAP);
	told.kernel.has_phys_offset = false;
	assert_range("/reasons/0/leaf/pa", "null");
	assert_json(document, "/reasons/1/leaf/pa", "\"0x3000\"");
	told.kernel.config.ptdump = text;
	assert_range("/reasons/1/leaf/pa", "null");
}

static void reasons_keep_their_order(void **state)
{
	(void)state;
	give_reason(HR_REASON_UNREADABLE);
	give_reason(HR_REASON_SPLITS_LEAF);
	assert_range("/reasons/0/code", "\"unreadable\"");
	assert_json(document, "/reasons/1/code", "\"splits-leaf\"");
}

static void a_message_names_options(void **state)
{
	(void)state;
	strcpy(give_reason(HR_REASON_UNREADABLE)->message, "{guard} tells");
	assert_range("/reasons/0/message", "\"--assume=guard=... tells\"");
}

/* A message may name what a dump holds. */
static void a_message_that_is_not_utf8_is_mended(void **state)
{
	(void)state;
	strcpy(give_reason(HR_REASON_NO_HOTREMOVE)->message, "release \xc0\xaf");
	assert_range("/reasons/0/message", "\"release ??\"");
}

static void each_map_has_its_own_bytes_and_leaves(void **state)
{
	(void)state;
	answer.contents[HR_MAP_LINEAR] = (struct hr_contents){
		.mapped = 1,
		.unmapped = 2,
		.unreadable = 3,
		.leaves = { 4, 5, 6, 7, 8 },
	};
	answer.contents[HR_MAP_VMEMMAP].mapped = 9;
	assert_range("/linear", "{\"mapped\":1,\"unmapped\":2,\"unreadable\":3,\"leaves\":"
				"{\"PUD\":4,\"CONT_PMD\":5,\"PMD\":6,\"CONT_PTE\":7,\"PTE\":8}}");
	assert_json(document, "/vmemmap/mapped", "9");
}

static void a_refused_block_has_its_rule(void **state)
{
	struct hr_guard_block blocks[] = {
		{
			.start = GIB(5),
			.end = GIB(5) + MIB(128),
			.outcome = HR_GUARD_REFUSES,
			.rule = HR_RULE_SPLITS_LINEAR,
		},
	};

	(void)state;
	answer.guard = (struct hr_guard_result){ HR_GUARD_REFUSES, .blocks = blocks, .count = 1 };
	assert_range("/guard", "{\"outcome\":\"refuses\",\"blocks\":[{\"name\":\"memory40\","
			       "\"start\":\"0x140000000\",\"end\":\"0x147ffffff\","
			       "\"outcome\":\"refuses\",\"rule\":\"splits-linear\"}]}");
}

static void a_block_that_is_not_refused_has_no_rule(void **state)
{
	struct hr_guard_block blocks[] = { { .end = MIB(128), .outcome = HR_GUARD_CANNOT_TELL } };

	(void)state;
	answer.guard = (struct hr_guard_result){ .blocks = blocks, .count = 1 };
	assert_range("/guard/blocks/0/outcome", "\"unknown\"");
	assert_json(document, "/guard/blocks/0/rule", "null");
}

static void a_block_is_named_by_the_size_of_memory_blocks(void **state)
{
	struct hr_guard_block blocks[] = { { .start = GIB(4), .end = GIB(6) } };

	(void)state;
	facts->memory_block_size = GIB(2);
	answer.guard = (struct hr_guard_result){ .blocks = blocks, .count = 1 };
	assert_range("/guard/blocks/0/name", "\"memory2\"");
}

static void the_teardown_is_told_too(void **state)
{
	(void)state;
	plan.call_count = 8;
	assert_range("/teardown/calls/count", "8");
}

static void what_is_not_nearest_is_null(void **state)
{
	(void)state;
	answer.nearest.inside = answer.nearest.around = answer.range;
	assert_range("/nearest", "{\"inside\":null,\"around\":null}");
}

static void a_range_has_its_advice(void **state)
{
	(void)state;
	assert_range("/advice", "null");
	answer.advice = (struct hr_advice){ .found = true, .range = answer.range };
	assert_range("/advice/size", "1073741824");
}

static void nearest_ranges_are_told_apart(void **state)
{
	(void)state;
	answer.nearest.has_inside = answer.nearest.has_around = true;
	answer.nearest.inside = (struct hr_pa_range){ 0x1000, 0x2000 };
	answer.nearest.around = (struct hr_pa_range){ 0, 0x4000 };
	assert_range("/nearest/inside", "{\"start\":\"0x1000\",\"end\":\"0x1fff\",\"size\":4096}");
	assert_json(document, "/nearest/around",
		    "{\"start\":\"0x0\",\"end\":\"0x3fff\",\"size\":16384}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(a_range_has_an_inclusive_end),
		test_of_report(each_verdict_has_its_word),
		test_of_report(no_reason_is_an_empty_list),
		test_of_report(a_reason_without_a_leaf_has_nulls),
		test_of_report(a_reason_with_a_leaf_says_where_it_is),
		test_of_report(a_group_has_the_name_of_a_group),
		test_of_report(a_leaf_inside_the_range_is_at_no_edge),
		test_of_report(a_physical_address_that_is_not_known_is_null),
		test_of_report(reasons_keep_their_order),
		test_of_report(a_message_names_options),
		test_of_report(a_message_that_is_not_utf8_is_mended),
		test_of_report(each_map_has_its_own_bytes_and_leaves),
		test_of_report(a_refused_block_has_its_rule),
		test_of_report(a_block_that_is_not_refused_has_no_rule),
		test_of_report(a_block_is_named_by_the_size_of_memory_blocks),
		test_of_report(the_teardown_is_told_too),
		test_of_report(what_is_not_nearest_is_null),
		test_of_report(nearest_ranges_are_told_apart),
		test_of_report(a_range_has_its_advice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
