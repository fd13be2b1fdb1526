// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

/* What the host of a running kernel says. */
struct host {
	enum hr_tristate online;
	uint64_t number; /* of the block that was asked about last */
};

static enum hr_tristate block_online(void *context, uint64_t number)
{
	struct host *host = context;

	host->number = number;
	return host->online;
}

/* The block that a test looks for in the list. */
struct wanted {
	uint64_t start;
	struct hr_listed_block block; /* without its answer */
	size_t listed;		      /* blocks, that one or others */
};

static struct hr_error *look(void *context, const struct hr_listed_block *block)
{
	struct wanted *wanted = context;

	wanted->listed++;
	if (block->answer->range.start == wanted->start)
		wanted->block = *block;
	return NULL;
}

/* The block at @start in the list of a kernel that is complete now. */
static struct hr_listed_block list(struct fixture *fixture, uint64_t start)
{
	struct wanted wanted = { .start = start };
	struct hr_block_list list = { .block = look, .context = &wanted };

	assert_success(hr_kernel_list_blocks(fixture->kernel, &list));
	assert_non_null(wanted.block.answer);
	return wanted.block;
}

static void blocks_that_exist_are_found_in_their_order(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_kernel *kernel = add_memory(fixture, FAKE_PMD);
	bool unread = false;

	assert_int_equal(hr_kernel_next_block(kernel, 0, &unread), BASE);
	assert_int_equal(hr_kernel_next_block(kernel, BASE + GIB(1), &unread), HOT);
	assert_int_equal(hr_kernel_next_block(kernel, HOT + BLOCK, &unread), HOT + BLOCK);
	assert_false(unread);
}

static void search_for_a_block_begins_anywhere(void **state)
{
	struct fixture *fixture = *state;
	bool unread = false;

	add_memory(fixture, FAKE_PMD);
	for (unsigned int i = 0; i < 2; i++) {
		const struct hr_kernel *kernel = fixture->kernel;

		assert_int_equal(hr_kernel_next_block(kernel, HOT - 1, &unread), HOT);
		assert_int_equal(hr_kernel_next_block(kernel, HOT + 1, &unread), HOT + BLOCK);
		assert_int_equal(hr_kernel_next_block(kernel, UINT64_MAX, &unread), HR_NO_BLOCK);
		/* Once more without sections. */
		if (!i)
			fake_note_drop(&fixture->note, "SYMBOL(mem_section)");
		make_kernel(fixture);
	}
	assert_false(unread);
}

static void kernel_for_its_maps_lists_no_blocks(void **state)
{
	struct fixture *fixture = *state;
	struct wanted wanted = { .start = HOT };
	struct hr_block_list list = { .block = look, .context = &wanted };

	fixture->config.maps_only = true;
	add_memory(fixture, FAKE_PMD);
	assert_failure(hr_kernel_list_blocks(fixture->kernel, &list), HR_ERROR_USAGE, "maps only");
	assert_int_equal(wanted.listed, 0);
}

static void list_has_every_block_once(void **state)
{
	struct fixture *fixture = *state;
	struct wanted wanted = { 0 };
	struct hr_block_list list = { .block = look, .context = &wanted, .incomplete = true };

	add_memory(fixture, FAKE_PMD);
	assert_success(hr_kernel_list_blocks(fixture->kernel, &list));
	/* 1 GiB from boot, as much that is hot, and the section of the root table. */
	assert_int_equal(wanted.listed, 17);
	assert_false(list.incomplete);
}

static struct hr_error *refuse(void *context, const struct hr_listed_block *block)
{
	size_t *calls = context;

	(void)block;
	++*calls;
	return hr_error_new(HR_ERROR_OUTPUT, "enough");
}

static void list_ends_with_the_error_of_its_function(void **state)
{
	size_t calls = 0;
	struct hr_block_list list = { .block = refuse, .context = &calls };

	assert_failure(hr_kernel_list_blocks(make_kernel(*state), &list), HR_ERROR_OUTPUT,
		       "enough");
	assert_int_equal(calls, 1);
}

static void list_of_sections_that_cannot_be_read_is_incomplete(void **state)
{
	struct fixture *fixture = *state;
	struct wanted wanted = { 0 };
	struct hr_block_list list = { .block = look, .context = &wanted };

	add_memory(fixture, FAKE_PMD);
	fake_exclude(&fixture->fake.fake, fake_section_root(&fixture->fake, HOT));
	make_kernel(fixture);
	assert_success(hr_kernel_list_blocks(fixture->kernel, &list));
	assert_true(list.incomplete);
	assert_true(warns_of(fixture, "parts of mem_section could not be read"));
}

static void edges_at_leaves_of_the_block_do_not_cross(void **state)
{
	struct fixture *fixture = *state;
	struct hr_block_edges linear;

	add_memory(fixture, FAKE_PMD);
	linear = list(fixture, HOT + BLOCK).edges[HR_MAP_LINEAR];
	assert_true(linear.start.has_leaf);
	assert_int_equal(linear.start.leaf.pa, HOT + MIB(128));
	assert_false(linear.start.crosses);
	assert_true(linear.end.has_leaf);
	assert_int_equal(linear.end.leaf.pa, HOT + MIB(254));
	assert_false(linear.end.crosses);
}

static void leaf_around_the_block_crosses_both_edges(void **state)
{
	struct fixture *fixture = *state;
	struct hr_block_edges linear;

	add_memory(fixture, FAKE_PUD);
	linear = list(fixture, HOT + BLOCK).edges[HR_MAP_LINEAR];
	assert_true(linear.start.crosses);
	assert_true(linear.end.crosses);
	assert_int_equal(linear.end.leaf.level, HR_LEVEL_PUD);
}

/* A PUD that begins where the block does extends beyond it only at its end. */
static void edge_crosses_by_itself(void **state)
{
	struct fixture *fixture = *state;
	struct hr_block_edges linear;

	add_memory(fixture, FAKE_PUD);
	linear = list(fixture, HOT).edges[HR_MAP_LINEAR];
	assert_false(linear.start.crosses);
	assert_true(linear.end.crosses);
}

static void edge_of_nothing_has_no_leaf(void **state)
{
	struct fixture *fixture = *state;
	struct hr_listed_block block;

	fake_sections(&fixture->fake, HOT, BLOCK, 7);
	make_kernel(fixture);
	block = list(fixture, HOT);
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		assert_int_equal(block.edges[map].start.state, HR_MAP_UNMAPPED);
		assert_false(block.edges[map].start.has_leaf);
		assert_false(block.edges[map].end.has_leaf);
	}
}

static void edge_in_a_table_that_is_not_there_is_unreadable(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va = fake_linear(&fixture->fake, HOT + BLOCK);
	struct hr_block_edges linear;

	add_memory(fixture, FAKE_PMD);
	fake_remove(&fixture->fake.fake, fake_table_of(&fixture->fake.tables, HR_LEVEL_PMD, va));
	make_kernel(fixture);
	linear = list(fixture, HOT + BLOCK).edges[HR_MAP_LINEAR];
	assert_int_equal(linear.start.state, HR_MAP_UNREADABLE);
	assert_false(linear.start.has_leaf);
}

static void group_that_lacks_members_is_a_damaged_leaf(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va = fake_linear(&fixture->fake, HOT + BLOCK);
	struct hr_block_edges linear;

	add_memory(fixture, FAKE_CONT_PMD);
	fake_set(&fixture->fake.tables, HR_LEVEL_PMD, va + MIB(2), 0);
	make_kernel(fixture);
	linear = list(fixture, HOT + BLOCK).edges[HR_MAP_LINEAR];
	assert_true(linear.start.is_damaged);
	assert_true(linear.start.has_leaf);
	assert_int_equal(linear.start.leaf.size, MIB(32));
}

static void running_kernel_says_which_blocks_are_online(void **state)
{
	struct fixture *fixture = *state;
	struct host said = { .online = HR_NO };
	const struct hr_host host = { .context = &said, .block_online = block_online };

	add_memory(fixture, FAKE_PMD);
	fixture->kernel->config.host = &host;
	assert_int_equal(list(fixture, HOT).online, HR_NO);
	/* The last block is that of the root table. */
	assert_int_equal(said.number, fixture->fake.tables.root_pa / BLOCK);
}

static void sections_say_which_blocks_of_a_core_are_online(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->fake, HOT + GIB(1), BLOCK, FAKE_PMD, FAKE_PMD);
	fake_section(&fixture->fake, HOT + GIB(1), 3);
	add_memory(fixture, FAKE_PMD);
	assert_int_equal(list(fixture, HOT).online, HR_YES);
	assert_int_equal(list(fixture, HOT + GIB(1)).online, HR_NO);
}

static void without_sections_blocks_may_be_online_and_from_boot(void **state)
{
	struct fixture *fixture = *state;
	struct hr_listed_block block;

	fake_note_drop(&fixture->note, "SYMBOL(mem_section)");
	fixture->config.ignored = 1u << HR_REASON_BOOT_MEMORY | 1u << HR_REASON_NOT_PRESENT;
	add_memory(fixture, FAKE_PMD);
	block = list(fixture, HOT);
	assert_int_equal(block.online, HR_UNKNOWN);
	assert_int_equal(block.boot, HR_UNKNOWN);
	assert_true(warns_of(fixture, "it is not known which memory blocks exist"));
}

static void sections_say_which_blocks_are_from_boot(void **state)
{
	struct fixture *fixture = *state;

	add_memory(fixture, FAKE_PMD);
	assert_int_equal(list(fixture, BASE).boot, HR_YES);
	assert_int_equal(list(fixture, HOT).boot, HR_NO);
}

/* A table says nothing about the sections. A section does. */
static void what_cannot_be_read_may_be_from_boot_if_it_is_a_section(void **state)
{
	struct fixture *fixture = *state;
	struct fake_kernel *fake = &fixture->fake;

	fake_add_memory(fake, HOT + GIB(1), GIB(1), FAKE_PTE, FAKE_PMD);
	fake_exclude(&fake->fake,
		     fake_table_of(&fake->tables, HR_LEVEL_PTE, fake_linear(fake, HOT + GIB(1))));
	add_memory(fixture, FAKE_PMD);
	assert_int_equal(list(fixture, HOT + GIB(1)).boot, HR_NO);
	fake_section_raw(fake, HOT, 0x5a5a5005);
	make_kernel(fixture);
	assert_int_equal(list(fixture, HOT).boot, HR_UNKNOWN);
}

/* Without sections the linear map shows the blocks, and here it shows nothing. */
static void list_without_a_block_is_not_whole(void **state)
{
	struct fixture *fixture = *state;
	struct wanted wanted = { 0 };
	struct hr_block_list list = { .block = look, .context = &wanted };

	fake_note_drop(&fixture->note, "SYMBOL(mem_section)");
	fake_set(&fixture->fake.tables, HR_LEVEL_P4D, fake_linear(&fixture->fake, BASE), 0);
	make_kernel(fixture);
	assert_success(hr_kernel_list_blocks(fixture->kernel, &list));
	assert_int_equal(wanted.listed, 0);
	assert_true(list.incomplete);
	assert_true(warns_of(fixture, "no memory block was found"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(blocks_that_exist_are_found_in_their_order),
		test_of_kernel(search_for_a_block_begins_anywhere),
		test_of_kernel(kernel_for_its_maps_lists_no_blocks),
		test_of_kernel(list_has_every_block_once),
		test_of_kernel(list_ends_with_the_error_of_its_function),
		test_of_kernel(list_of_sections_that_cannot_be_read_is_incomplete),
		test_of_kernel(edges_at_leaves_of_the_block_do_not_cross),
		test_of_kernel(leaf_around_the_block_crosses_both_edges),
		test_of_kernel(edge_crosses_by_itself),
		test_of_kernel(edge_of_nothing_has_no_leaf),
		test_of_kernel(edge_in_a_table_that_is_not_there_is_unreadable),
		test_of_kernel(group_that_lacks_members_is_a_damaged_leaf),
		test_of_kernel(running_kernel_says_which_blocks_are_online),
		test_of_kernel(sections_say_which_blocks_of_a_core_are_online),
		test_of_kernel(without_sections_blocks_may_be_online_and_from_boot),
		test_of_kernel(sections_say_which_blocks_are_from_boot),
		test_of_kernel(what_cannot_be_read_may_be_from_boot_if_it_is_a_section),
		test_of_kernel(list_without_a_block_is_not_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
