// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_block.h"

#include "json_values.h"
#include "report/json_writer.h"
#include "report_fixture.h"

static struct hr_listed_block block;

static int set_up(void **state)
{
	block = (struct hr_listed_block){ .answer = &answer };
	if (report_set_up(state))
		return -1;
	answer.range.end = GIB(5) + MIB(128);
	return 0;
}

static void assert_block(const char *pointer, const char *expected)
{
	json_object_put(document);
	document = hr_json_new();
	hr_json_put_block(document, &told.session, &block);
	assert_json(document, pointer, expected);
}

/* A leaf of 2 MiB at @va. */
static struct hr_block_edge edge_at(uint64_t va)
{
	return (struct hr_block_edge){
		.has_leaf = true,
		.leaf = { .level = HR_LEVEL_PMD, .va = va, .pa = GIB(5), .size = MIB(2) },
	};
}

static void a_block_has_its_name_and_an_inclusive_end(void **state)
{
	(void)state;
	assert_block("/name", "\"memory40\"");
	assert_json(document, "/start", "\"0x140000000\"");
	assert_json(document, "/end", "\"0x147ffffff\"");
}

static void a_block_is_named_by_the_size_of_memory_blocks(void **state)
{
	(void)state;
	facts->memory_block_size = GIB(1);
	assert_block("/name", "\"memory5\"");
}

static void a_state_that_is_not_known_is_null(void **state)
{
	static const struct {
		enum hr_tristate value;
		const char *online, *boot;
	} rows[] = {
		{ HR_YES, "\"online\"", "true" },
		{ HR_NO, "\"offline\"", "false" },
		{ HR_UNKNOWN, "null", "null" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		block.online = block.boot = rows[i].value;
		assert_block("/state", rows[i].online);
		assert_json(document, "/boot", rows[i].boot);
	}
}

static void the_verdict_comes_with_its_reasons(void **state)
{
	(void)state;
	answer.verdict = HR_VERDICT_NOT_REMOVABLE;
	answer.check.count = 1;
	answer.check.reasons[0].code = HR_REASON_NOT_PRESENT;
	assert_block("/verdict", "\"not-removable\"");
	assert_json(document, "/reasons/0/code", "\"not-present\"");
}

static void each_map_has_its_own_leaves(void **state)
{
	(void)state;
	answer.contents[HR_MAP_LINEAR].leaves[HR_LEAF_PMD] = 64;
	answer.contents[HR_MAP_VMEMMAP].leaves[HR_LEAF_PTE] = 512;
	assert_block("/linear",
		     "{\"leaves\":{\"PUD\":0,\"CONT_PMD\":0,\"PMD\":64,\"CONT_PTE\":0,\"PTE\":0}}");
	assert_json(document, "/vmemmap/leaves/PTE", "512");
}

static void the_kernels_check_is_its_outcome(void **state)
{
	(void)state;
	answer.guard.outcome = HR_GUARD_ACCEPTS_UNSAFELY;
	assert_block("/guard", "\"accepts-unsafely\"");
}

static void an_edge_without_a_leaf_is_null(void **state)
{
	(void)state;
	block.edges[HR_MAP_LINEAR].start.state = HR_MAP_UNREADABLE;
	assert_block("/edges", "{\"linear\":{\"start\":null,\"end\":null},"
			       "\"vmemmap\":{\"start\":null,\"end\":null}}");
}

static void each_edge_has_its_own_leaf(void **state)
{
	(void)state;
	block.edges[HR_MAP_LINEAR].start = edge_at(0x1000);
	block.edges[HR_MAP_LINEAR].end = edge_at(0x2000);
	block.edges[HR_MAP_VMEMMAP].start = edge_at(0x3000);
	block.edges[HR_MAP_VMEMMAP].end = edge_at(0x4000);
	assert_block("/edges/linear/start/va", "\"0x1000\"");
	assert_json(document, "/edges/linear/end/va", "\"0x2000\"");
	assert_json(document, "/edges/vmemmap/start/va", "\"0x3000\"");
	assert_json(document, "/edges/vmemmap/end/va", "\"0x4000\"");
}

static void a_physical_address_is_null_in_the_map_that_has_none(void **state)
{
	(void)state;
	block.edges[HR_MAP_LINEAR].start = edge_at(0x1000);
	block.edges[HR_MAP_VMEMMAP].start = edge_at(0x3000);
	told.kernel.has_phys_offset = false;
	assert_block("/edges/linear/start/pa", "null");
	assert_json(document, "/edges/vmemmap/start/pa", "\"0x140000000\"");
}

/* The next block of the same list, of which nothing is as before. */
static void give_another_block(void)
{
	answer.range = (struct hr_pa_range){ GIB(6), GIB(6) + MIB(128) };
	answer.verdict = HR_VERDICT_NOT_REMOVABLE;
	answer.guard.outcome = HR_GUARD_REFUSES;
	answer.contents[HR_MAP_LINEAR].leaves[HR_LEAF_PUD] = 1;
	give_reason(HR_REASON_NOT_PRESENT);
	*give_reason(HR_REASON_SPLITS_LEAF) = (struct hr_reason){
		.code = HR_REASON_SPLITS_LEAF,
		.has_leaf = true,
		.map = HR_MAP_VMEMMAP,
		.leaf = edge_at(0x3000).leaf,
		.message = "the end edge lies inside a leaf",
	};
	block.online = HR_NO;
	block.boot = HR_UNKNOWN;
	block.edges[HR_MAP_LINEAR].start.has_leaf = false;
	block.edges[HR_MAP_LINEAR].end = edge_at(0x2000);
}

static void give_first_block(void)
{
	answer.range = (struct hr_pa_range){ GIB(5), GIB(5) + MIB(128) };
	answer.verdict = HR_VERDICT_REMOVABLE;
	answer.guard.outcome = HR_GUARD_ACCEPTS;
	answer.contents[HR_MAP_LINEAR].leaves[HR_LEAF_PUD] = 0;
	answer.check.count = 0;
	block.online = block.boot = HR_YES;
	block.edges[HR_MAP_LINEAR].start = edge_at(0x1000);
	block.edges[HR_MAP_LINEAR].end.has_leaf = false;
}

/* The object that @document has become says of the block what a new one says. */
static void assert_as_new(void)
{
	struct json_object *new = hr_json_new();

	hr_json_put_block(document, &told.session, &block);
	hr_json_put_block(new, &told.session, &block);
	assert_string_equal(json_object_to_json_string(document), json_object_to_json_string(new));
	json_object_put(new);
}

static void nothing_is_left_of_the_block_before(void **state)
{
	(void)state;
	document = hr_json_new();
	for (size_t i = 0; i < 3; i++) {
		give_first_block();
		assert_as_new();
		give_another_block();
		assert_as_new();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, report_tear_down)
		ROW(a_block_has_its_name_and_an_inclusive_end),
		ROW(a_block_is_named_by_the_size_of_memory_blocks),
		ROW(a_state_that_is_not_known_is_null),
		ROW(the_verdict_comes_with_its_reasons),
		ROW(each_map_has_its_own_leaves),
		ROW(the_kernels_check_is_its_outcome),
		ROW(an_edge_without_a_leaf_is_null),
		ROW(each_edge_has_its_own_leaf),
		ROW(a_physical_address_is_null_in_the_map_that_has_none),
		ROW(nothing_is_left_of_the_block_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
