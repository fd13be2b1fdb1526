// SPDX-License-Identifier: GPL-2.0-or-later
#include "suggest_fixture.h"

#include <stdlib.h>

#include "search/suggest_blocks.h"

#define BLOCK MIB(128)

/* What is collected: block 0 is memory from boot, and the others begin at HOT. */
struct collection {
	struct fixture fixture;
	struct hr_block_facts facts;
};

static int begin(void **state)
{
	struct collection *collection = test_calloc(1, sizeof(*collection));

	set_up(&collection->fixture, 1);
	*state = collection;
	return 0;
}

static int end(void **state)
{
	struct collection *collection = *state;

	hr_block_facts_release(&collection->facts);
	tear_down(&collection->fixture);
	test_free(collection);
	return 0;
}

static void add_memory(struct collection *collection, uint64_t size, enum fake_kind kind)
{
	fake_add_memory(&collection->fixture.kernel, HOT, size, kind, FAKE_PMD);
}

/* Collect the facts of memory that is made by now. */
static const struct hr_block_facts *collect(struct collection *collection)
{
	struct hr_suggest_query query = query_of(&collection->fixture, BLOCK);

	if (!collection->fixture.check.machine.walker)
		start_reading(&collection->fixture);
	hr_block_facts_release(&collection->facts);
	assert_success(hr_block_facts_collect(&query, &collection->facts));
	return &collection->facts;
}

static void blocks_that_exist_are_collected_ascending(void **state)
{
	struct collection *collection = *state;
	const struct hr_block_facts *facts;

	add_memory(collection, 2 * BLOCK, FAKE_PMD);
	facts = collect(collection);
	assert_int_equal(facts->count, 3);
	assert_int_equal(facts->blocks[0].start, BASE);
	assert_int_equal(facts->blocks[1].start, HOT);
	assert_int_equal(facts->blocks[2].start, HOT + BLOCK);
	assert_false(facts->unread);
}

static void added_memory_may_go_and_that_from_boot_may_not(void **state)
{
	struct collection *collection = *state;
	const struct hr_block_facts *facts;

	add_memory(collection, BLOCK, FAKE_PMD);
	facts = collect(collection);
	assert_int_equal(facts->blocks[0].verdict, HR_VERDICT_NOT_REMOVABLE);
	assert_int_equal(facts->blocks[1].verdict, HR_VERDICT_REMOVABLE);
}

static void block_with_an_unreadable_table_is_unknown(void **state)
{
	struct collection *collection = *state;
	struct fake_kernel *kernel = &collection->fixture.kernel;

	add_memory(collection, 2 * BLOCK, FAKE_PTE);
	fake_exclude(&kernel->fake, fake_table_of(&kernel->tables, HR_LEVEL_PTE,
						  fake_linear(kernel, HOT + MIB(64))));
	assert_int_equal(collect(collection)->blocks[1].verdict, HR_VERDICT_UNKNOWN);
	assert_int_equal(collection->facts.blocks[2].verdict, HR_VERDICT_REMOVABLE);
}

/* A leaf of 1 GiB has eight blocks: a range with some of them splits it at an end. */
static void ranges_begin_and_end_where_leaves_do(void **state)
{
	struct collection *collection = *state;
	const struct hr_block_facts *facts;

	add_memory(collection, GIB(1), FAKE_PUD);
	facts = collect(collection);
	for (size_t i = 1; i <= 8; i++) {
		assert_int_equal(facts->blocks[i].verdict, HR_VERDICT_REMOVABLE);
		assert_int_equal(facts->blocks[i].start_verdict,
				 i == 1 ? HR_VERDICT_REMOVABLE : HR_VERDICT_NOT_REMOVABLE);
		assert_int_equal(facts->blocks[i].end_verdict,
				 i == 8 ? HR_VERDICT_REMOVABLE : HR_VERDICT_NOT_REMOVABLE);
	}
}

static void blocks_that_the_kernel_refuses_are_marked(void **state)
{
	struct collection *collection = *state;

	collection->fixture.guard.model = HR_GUARD_REQUESTED;
	collection->fixture.check.ignored = 1u << HR_REASON_GUARD_VETO;
	add_memory(collection, GIB(1), FAKE_PUD);
	fake_add_memory(&collection->fixture.kernel, HOT + GIB(1), BLOCK, FAKE_PMD, FAKE_PMD);
	collect(collection);
	assert_true(collection->facts.blocks[8].refused);
	assert_int_equal(collection->facts.blocks[8].verdict, HR_VERDICT_REMOVABLE);
	assert_false(collection->facts.blocks[9].refused);
}

static void refused_blocks_may_not_go(void **state)
{
	struct collection *collection = *state;

	collection->fixture.guard.model = HR_GUARD_REQUESTED;
	add_memory(collection, GIB(1), FAKE_PUD);
	assert_int_equal(collect(collection)->blocks[1].verdict, HR_VERDICT_NOT_REMOVABLE);
}

/* The leaves of a block are flushed one by one, or with the rest of the range. */
static void leaves_cost_tlbis_where_each_has_its_own(void **state)
{
	struct collection *collection = *state;
	uint64_t batched;

	add_memory(collection, BLOCK, FAKE_PMD);
	batched = collect(collection)->blocks[1].cost;
	collection->fixture.form.teardown = HR_TEARDOWN_PER_LEAF;
	assert_int_equal(collect(collection)->blocks[1].cost, batched + BLOCK / MIB(2));
}

/* Each 2 MiB of the linear map has a table of its own, which goes with the block. */
static void tables_that_go_with_the_block_cost_a_tlbi_each(void **state)
{
	struct collection *collection = *state;
	uint64_t without;

	add_memory(collection, BLOCK, FAKE_PMD);
	fake_add_memory(&collection->fixture.kernel, HOT + BLOCK, BLOCK, FAKE_PTE, FAKE_PMD);
	without = collect(collection)->blocks[1].cost;
	assert_int_equal(collection->facts.blocks[2].cost, without + BLOCK / MIB(2));
}

static void linear_part_of_a_block_is_flushed_at_a_cost(void **state)
{
	struct collection *collection = *state;
	const struct fixture *fixture = &collection->fixture;

	add_memory(collection, BLOCK, FAKE_PMD);
	assert_int_equal(
		collect(collection)->blocks[1].flush,
		hr_range_flush_cost(&fixture->tlbi, fake_linear(&fixture->kernel, HOT), BLOCK));
}

/* A leaf of 1 GiB has eight blocks: a range pays for it once, wherever it begins. */
static void entries_that_begin_before_the_block_are_counted_apart(void **state)
{
	struct collection *collection = *state;
	const struct hr_block_facts *facts;

	collection->fixture.form.teardown = HR_TEARDOWN_PER_LEAF;
	add_memory(collection, GIB(1), FAKE_PUD);
	facts = collect(collection);
	assert_int_equal(facts->blocks[1].before, 0);
	assert_int_equal(facts->blocks[2].before, 1);
	assert_int_equal(facts->blocks[1].cost, facts->blocks[2].cost + 1);
}

static const struct hr_shared_table *find_shared(const struct hr_block_facts *facts, uint32_t first,
						 uint32_t last)
{
	for (size_t i = 0; i < facts->table_count; i++)
		if (facts->tables[i].first == first && facts->tables[i].last == last)
			return &facts->tables[i];
	return NULL;
}

/* A table of the linear map has the leaves of 1 GiB. */
static void table_of_several_blocks_is_freed_with_all_of_them(void **state)
{
	struct collection *collection = *state;
	const struct hr_shared_table *table;

	add_memory(collection, GIB(2), FAKE_PMD);
	collect(collection);
	for (uint32_t first = 1; first <= 9; first += 8) {
		table = find_shared(&collection->facts, first, first + 7);
		assert_non_null(table);
		assert_int_equal(table->cost, 1);
	}
}

static void last_block_leads_to_the_tables_that_end_with_it(void **state)
{
	struct collection *collection = *state;
	const struct hr_block_facts *facts;
	size_t found = 0;

	add_memory(collection, GIB(1), FAKE_PMD);
	facts = collect(collection);
	assert_int_equal(facts->blocks[1].ending, HR_NO_TABLE);
	for (uint32_t i = facts->blocks[8].ending; i != HR_NO_TABLE; i = facts->tables[i].next) {
		assert_int_equal(facts->tables[i].last, 8);
		found++;
	}
	assert_int_equal(found, facts->table_count);
}

/* Where a leaf of 1 GiB is, there is no table to free. */
static void leaf_of_several_blocks_is_not_a_table(void **state)
{
	struct collection *collection = *state;

	add_memory(collection, GIB(1), FAKE_PUD);
	assert_null(find_shared(collect(collection), 1, 8));
}

static void block_with_its_own_memmap_is_known(void **state)
{
	struct collection *collection = *state;
	struct fake_kernel *kernel = &collection->fixture.kernel;

	add_memory(collection, 2 * BLOCK, FAKE_PMD);
	fake_map(&kernel->tables, fake_vmemmap(kernel, HOT), HOT, FAKE_PMD);
	collect(collection);
	assert_true(collection->facts.blocks[1].has_altmap);
	assert_false(collection->facts.blocks[2].has_altmap);
}

static void missing_blocks_are_remembered(void **state)
{
	struct collection *collection = *state;

	collection->fixture.unread_blocks = true;
	assert_true(collect(collection)->unread);
}

static void what_is_released_is_empty(void **state)
{
	struct collection *collection = *state;

	add_memory(collection, BLOCK, FAKE_PMD);
	collect(collection);
	hr_block_facts_release(&collection->facts);
	assert_int_equal(collection->facts.count, 0);
	assert_null(collection->facts.blocks);
	assert_null(collection->facts.tables);
}

#define test_of_blocks(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_blocks(blocks_that_exist_are_collected_ascending),
		test_of_blocks(added_memory_may_go_and_that_from_boot_may_not),
		test_of_blocks(block_with_an_unreadable_table_is_unknown),
		test_of_blocks(ranges_begin_and_end_where_leaves_do),
		test_of_blocks(blocks_that_the_kernel_refuses_are_marked),
		test_of_blocks(refused_blocks_may_not_go),
		test_of_blocks(leaves_cost_tlbis_where_each_has_its_own),
		test_of_blocks(tables_that_go_with_the_block_cost_a_tlbi_each),
		test_of_blocks(linear_part_of_a_block_is_flushed_at_a_cost),
		test_of_blocks(entries_that_begin_before_the_block_are_counted_apart),
		test_of_blocks(table_of_several_blocks_is_freed_with_all_of_them),
		test_of_blocks(last_block_leads_to_the_tables_that_end_with_it),
		test_of_blocks(leaf_of_several_blocks_is_not_a_table),
		test_of_blocks(block_with_its_own_memmap_is_known),
		test_of_blocks(missing_blocks_are_remembered),
		test_of_blocks(what_is_released_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
