// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "arch/descriptor.h"
#include "check/guard.h"
#include "check/guard_edge.h"
#include "environment.h"
#include "map/block.h"
#include "map/survey.h"
#include "walk/walker.h"

#define BASE  GIB(16)
#define HOT   GIB(32)
#define BLOCK MIB(128)

enum {
	SHAPE_4K = 1,
	SHAPE_16K_2_LEVELS = 4,
};

struct fixture {
	struct fake_kernel kernel;
	struct hr_guard_check check;
	struct hr_guard_block block;
	struct hr_guard_result result;
};

static void set_up(struct fixture *fixture, size_t shape, enum hr_guard model)
{
	struct fake_kernel *kernel = &fixture->kernel;

	*fixture = (struct fixture){
		.check = { .machine.layout = &kernel->layout, .model = model },
	};
	fake_kernel_init(kernel, &fake_shapes[shape], BASE);
	fake_section(kernel, BASE, 15);
	fixture->check.machine.block_size = BLOCK;
	assert_success(hr_walker_create(&kernel->layout.geo, &kernel->fake.memory,
					kernel->layout.swapper_pa, &fixture->check.machine.walker));
	assert_success(hr_sections_create(&kernel->layout, &kernel->fake.memory,
					  &fixture->check.machine.sections));
}

static void tear_down(struct fixture *fixture)
{
	hr_guard_release(&fixture->result);
	hr_sections_destroy(fixture->check.machine.sections);
	hr_walker_destroy(fixture->check.machine.walker);
	fake_kernel_release(&fixture->kernel);
}

/* One block, a leaf of 1 GiB over eight blocks, and two blocks after it. */
static void set_up_big_leaf(struct fixture *fixture, enum hr_guard model)
{
	set_up(fixture, SHAPE_4K, model);
	fake_add_memory(&fixture->kernel, HOT - BLOCK, BLOCK, FAKE_PMD, FAKE_PMD);
	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	fake_add_memory(&fixture->kernel, HOT + GIB(1), 2 * BLOCK, FAKE_PMD, FAKE_PMD);
}

static void assert_outcome(struct fixture *fixture, uint64_t start, enum hr_guard_outcome outcome)
{
	struct hr_guard_block *block = &fixture->block;

	hr_guard_block(&fixture->check, start, block);
	assert_string_equal(hr_guard_outcome_name(block->outcome), hr_guard_outcome_name(outcome));
	assert_int_equal(block->start, start);
	assert_int_equal(block->end, start + BLOCK);
	if (outcome == HR_GUARD_REFUSES)
		return;
	assert_int_equal(block->rule, HR_RULE_NONE);
	assert_int_equal(block->message_start, 0);
	assert_int_equal(block->message_end, 0);
}

/* The block at @start is refused by @rule, and the message names [@first, @end). */
static void assert_refused(struct fixture *fixture, uint64_t start, enum hr_guard_rule rule,
			   uint64_t first, uint64_t end)
{
	assert_outcome(fixture, start, HR_GUARD_REFUSES);
	assert_string_equal(hr_guard_rule_name(fixture->block.rule), hr_guard_rule_name(rule));
	assert_int_equal(fixture->block.message_start, first);
	assert_int_equal(fixture->block.message_end, end);
}

static void judge_range(struct fixture *fixture, uint64_t start, uint64_t end, bool splits)
{
	hr_guard_release(&fixture->result);
	assert_success(
		hr_guard_range(&fixture->check, start, end, splits, false, &fixture->result));
}

/* The edge at @va, by itself. */
static struct hr_guard_edge edge_at(struct fixture *fixture, uint64_t va)
{
	struct hr_guard_edges none = { .count = 0 };

	return *hr_guard_edge_find(&fixture->kernel.layout, fixture->check.machine.walker, va, 0,
				   &none);
}

static bool splits_at(struct fixture *fixture, uint64_t va)
{
	struct hr_guard_edge edge = edge_at(fixture, va);

	assert_true(edge.is_tested);
	return edge.fails;
}

static void requested_refuses_each_block_of_a_big_leaf(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_big_leaf(&fixture, HR_GUARD_REQUESTED);
	for (uint64_t start = HOT; start < HOT + GIB(1); start += BLOCK)
		assert_refused(&fixture, start, HR_RULE_SPLITS_LINEAR, start, start + BLOCK);
	assert_outcome(&fixture, HOT - BLOCK, HR_GUARD_ACCEPTS);
	assert_outcome(&fixture, HOT + GIB(1), HR_GUARD_ACCEPTS);
	tear_down(&fixture);
}

static void next_range_judges_what_follows_the_block(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_big_leaf(&fixture, HR_GUARD_NEXT_RANGE);
	for (uint64_t start = HOT - BLOCK; start < HOT + GIB(1) - BLOCK; start += BLOCK)
		assert_refused(&fixture, start, HR_RULE_SPLITS_LINEAR, start + BLOCK,
			       start + 2 * BLOCK);
	assert_outcome(&fixture, HOT + GIB(1) - BLOCK, HR_GUARD_ACCEPTS_UNSAFELY);
	assert_outcome(&fixture, HOT + GIB(1), HR_GUARD_ACCEPTS);
	tear_down(&fixture);
}

static void kernel_without_a_check_lets_all_pass(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_big_leaf(&fixture, HR_GUARD_NONE);
	for (uint64_t start = HOT - BLOCK; start <= HOT + GIB(1); start += BLOCK)
		assert_outcome(&fixture, start, HR_GUARD_NO_CHECK);
	tear_down(&fixture);
}

static void unknown_model_cannot_tell(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_big_leaf(&fixture, HR_GUARD_UNKNOWN);
	assert_outcome(&fixture, HOT, HR_GUARD_CANNOT_TELL);
	assert_outcome(&fixture, HOT + GIB(1), HR_GUARD_CANNOT_TELL);
	fake_section(&fixture.kernel, HOT + GIB(1) + BLOCK, 3);
	assert_outcome(&fixture, HOT + GIB(1) + BLOCK, HR_GUARD_CANNOT_TELL);
	tear_down(&fixture);
}

static void check_that_may_refuse_leaves_it_undecided(void **state)
{
	static const struct {
		uint64_t start;
		bool undecided;
	} rows[] = {
		{ HOT + BLOCK, true }, /* by either check */
		{ HOT - BLOCK, true }, /* by the check of the range after the block */
		{ HOT + GIB(1), false },
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
		struct fixture fixture;

		set_up_big_leaf(&fixture, HR_GUARD_UNKNOWN);
		fixture.check.may_check = i < COUNT_OF(rows);
		assert_outcome(&fixture, rows[i % 3].start, HR_GUARD_CANNOT_TELL);
		assert_int_equal(fixture.block.undecided,
				 fixture.check.may_check && rows[i % 3].undecided);
		assert_int_equal(fixture.block.rule, HR_RULE_NONE);
		tear_down(&fixture);
	}
}

static void boot_memory_is_refused_by_every_kernel(void **state)
{
	static const enum hr_guard models[] = { HR_GUARD_UNKNOWN, HR_GUARD_NONE,
						HR_GUARD_NEXT_RANGE, HR_GUARD_REQUESTED };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(models); i++) {
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K, models[i]);
		fake_add_memory(&fixture.kernel, HOT, BLOCK, FAKE_PMD, FAKE_PMD);
		fake_section(&fixture.kernel, HOT, 15);
		assert_refused(&fixture, HOT, HR_RULE_BOOT_MEMORY, HOT, HOT + BLOCK);
		tear_down(&fixture);
	}
}

static void offline_block_is_not_checked(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_big_leaf(&fixture, HR_GUARD_REQUESTED);
	fake_section(&fixture.kernel, HOT + BLOCK, 3);
	assert_outcome(&fixture, HOT + BLOCK, HR_GUARD_ACCEPTS);
	fixture.check.model = HR_GUARD_NEXT_RANGE;
	assert_outcome(&fixture, HOT + BLOCK, HR_GUARD_ACCEPTS);
	tear_down(&fixture);
}

/*
 * Without sections, any block may be boot memory, which is refused; a split is refused in either
 * case.
 */
static void without_sections_nothing_but_a_refusal_is_certain(void **state)
{
	static const enum hr_guard models[] = { HR_GUARD_UNKNOWN, HR_GUARD_NONE,
						HR_GUARD_NEXT_RANGE, HR_GUARD_REQUESTED };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(models); i++) {
		struct fixture fixture;
		struct hr_sections *sections;

		set_up_big_leaf(&fixture, models[i]);
		sections = fixture.check.machine.sections;
		fixture.check.machine.sections = NULL;
		assert_outcome(&fixture, HOT + GIB(1) + BLOCK, HR_GUARD_CANNOT_TELL);
		assert_false(fixture.block.undecided);
		if (models[i] == HR_GUARD_REQUESTED)
			assert_refused(&fixture, HOT, HR_RULE_SPLITS_LINEAR, HOT, HOT + BLOCK);
		fixture.check.machine.sections = sections;
		tear_down(&fixture);
	}
}

static void what_the_check_needs_and_cannot_read_leaves_it_undecided(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_big_leaf(&fixture, HR_GUARD_REQUESTED);
	fake_exclude(&fixture.kernel.fake, fake_table_of(&fixture.kernel.tables, HR_LEVEL_PUD,
							 fake_linear(&fixture.kernel, HOT)));
	assert_outcome(&fixture, HOT + BLOCK, HR_GUARD_CANNOT_TELL);
	assert_true(fixture.block.undecided);
	judge_range(&fixture, HOT + BLOCK, HOT + 2 * BLOCK, false);
	assert_true(fixture.result.undecided);
	tear_down(&fixture);
}

/* The checked range begins after the memmap, in the middle of the leaf that maps the memmap. */
static void block_that_holds_its_memmap_is_refused(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, HR_GUARD_REQUESTED);
	fake_sections(&fixture.kernel, HOT, BLOCK, 7);
	fake_map_linear(&fixture.kernel, HOT, BLOCK, FAKE_PMD);
	fake_map(&fixture.kernel.tables, fake_vmemmap(&fixture.kernel, HOT), HOT, FAKE_PMD);
	assert_refused(&fixture, HOT, HR_RULE_SPLITS_VMEMMAP, HOT + MIB(2), HOT + BLOCK);
	tear_down(&fixture);
}

static void block_inside_a_vmemmap_leaf_is_refused(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, HR_GUARD_REQUESTED);
	fake_add_memory(&fixture.kernel, HOT, GIB(2), FAKE_PMD, FAKE_CONT_PMD);
	assert_refused(&fixture, HOT + BLOCK, HR_RULE_SPLITS_VMEMMAP, HOT + BLOCK, HOT + 2 * BLOCK);
	tear_down(&fixture);
}

static void groups_that_divide_a_block_are_accepted(void **state)
{
	static const enum fake_kind kinds[] = { FAKE_CONT_PMD, FAKE_PMD, FAKE_CONT_PTE, FAKE_PTE };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K, HR_GUARD_REQUESTED);
		fake_add_memory(&fixture.kernel, HOT, 3 * BLOCK, kinds[i], FAKE_PMD);
		assert_outcome(&fixture, HOT + BLOCK, HR_GUARD_ACCEPTS);
		tear_down(&fixture);
	}
}

/* With two levels, the kernel's first test, for the alignment of the root, skips CONT groups. */
static void two_levels_hide_groups_from_the_check(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_16K_2_LEVELS, HR_GUARD_REQUESTED);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_CONT_PMD, FAKE_PTE);
	assert_outcome(&fixture, HOT + BLOCK, HR_GUARD_ACCEPTS_UNSAFELY);
	tear_down(&fixture);
}

/* The kernel takes a leaf without the valid bit for absent, unless bit 11 marks it. */
static void invalid_leaves_are_seen_by_their_mark(void **state)
{
	struct fixture fixture;
	uint64_t desc;

	(void)state;
	set_up(&fixture, SHAPE_4K, HR_GUARD_REQUESTED);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	fake_map_invalid(&fixture.kernel.tables, fake_linear(&fixture.kernel, HOT), HOT, FAKE_PUD);
	assert_outcome(&fixture, HOT, HR_GUARD_ACCEPTS_UNSAFELY);
	desc = fake_leaf_desc(&fixture.kernel.layout.geo, HR_LEVEL_PUD, HOT);
	fake_set(&fixture.kernel.tables, HR_LEVEL_PUD, fake_linear(&fixture.kernel, HOT),
		 (desc & ~UINT64_C(1)) | 1 << 11);
	hr_walker_destroy(fixture.check.machine.walker);
	assert_success(hr_walker_create(&fixture.kernel.layout.geo, &fixture.kernel.fake.memory,
					fixture.kernel.layout.swapper_pa,
					&fixture.check.machine.walker));
	assert_refused(&fixture, HOT, HR_RULE_SPLITS_LINEAR, HOT, HOT + BLOCK);
	tear_down(&fixture);
}

static void unreadable_tables_cannot_tell(void **state)
{
	(void)state;
	for (int map = 0; map < 2; map++) {
		struct fixture fixture;
		uint64_t va;

		set_up(&fixture, SHAPE_4K, HR_GUARD_REQUESTED);
		fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PTE);
		va = map ? fake_vmemmap(&fixture.kernel, HOT) : fake_linear(&fixture.kernel, HOT);
		fake_exclude(&fixture.kernel.fake,
			     fake_table_of(&fixture.kernel.tables, HR_LEVEL_PUD, va));
		assert_outcome(&fixture, HOT + BLOCK, HR_GUARD_CANNOT_TELL);
		tear_down(&fixture);
	}
}

/* An edge that is aligned to the largest group of a level is safe because of the level above. */
static void tables_that_the_check_does_not_need_may_be_unreadable(void **state)
{
	struct fixture fixture;
	uint64_t va;

	(void)state;
	set_up(&fixture, SHAPE_4K, HR_GUARD_REQUESTED);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	va = fake_linear(&fixture.kernel, HOT);
	fake_exclude(&fixture.kernel.fake, fake_table_of(&fixture.kernel.tables, HR_LEVEL_PMD, va));
	assert_outcome(&fixture, HOT + BLOCK, HR_GUARD_ACCEPTS);
	tear_down(&fixture);
}

static void unreadable_sections_cannot_tell(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_big_leaf(&fixture, HR_GUARD_NONE);
	fake_exclude(&fixture.kernel.fake, fake_section_root(&fixture.kernel, HOT));
	assert_outcome(&fixture, HOT, HR_GUARD_CANNOT_TELL);
	judge_range(&fixture, HOT, HOT + GIB(1), false);
	assert_int_equal(fixture.result.outcome, HR_GUARD_CANNOT_TELL);
	assert_int_equal(fixture.result.count, 0);
	tear_down(&fixture);
}

static void aligned_addresses_need_no_deeper_table(void **state)
{
	struct fixture fixture;
	uint64_t va, root;

	(void)state;
	set_up_big_leaf(&fixture, HR_GUARD_REQUESTED);
	va = fake_linear(&fixture.kernel, HOT);
	root = fixture.kernel.tables.root_pa;
	fake_exclude(&fixture.kernel.fake, fake_table_of(&fixture.kernel.tables, HR_LEVEL_PUD, va));
	assert_false(splits_at(&fixture, va));
	fake_exclude(&fixture.kernel.fake, root);
	assert_false(splits_at(&fixture, fixture.kernel.layout.page_offset + GIB(512)));
	tear_down(&fixture);
}

static void unreadable_tables_on_the_way_are_told(void **state)
{
	struct fixture fixture;
	uint64_t va;

	(void)state;
	set_up_big_leaf(&fixture, HR_GUARD_REQUESTED);
	va = fake_linear(&fixture.kernel, HOT + BLOCK);
	fake_exclude(&fixture.kernel.fake, fake_table_of(&fixture.kernel.tables, HR_LEVEL_PUD, va));
	assert_false(edge_at(&fixture, va).is_tested);
	tear_down(&fixture);
}

static void leaf_is_split_everywhere_but_at_its_start(void **state)
{
	static const struct {
		enum fake_kind kind;
		uint64_t offset;
		bool splits;
	} rows[] = {
		{ FAKE_PUD, 0, false },
		{ FAKE_PUD, KIB(4), true },
		{ FAKE_PUD, MIB(512), true },
		{ FAKE_CONT_PMD, 0, false },
		{ FAKE_CONT_PMD, MIB(2), true },
		{ FAKE_CONT_PMD, MIB(32), false },
		{ FAKE_PMD, MIB(2), false },
		{ FAKE_PMD, MIB(1), true },
		{ FAKE_CONT_PTE, KIB(64), false },
		{ FAKE_CONT_PTE, KIB(4), true },
		{ FAKE_PTE, KIB(4), false },
		{ FAKE_PTE, KIB(2), true },
		{ FAKE_PTE, GIB(1) + 0x123, false },
		{ FAKE_PTE, GIB(512) + 0x123, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;
		uint64_t size;

		set_up(&fixture, SHAPE_4K, HR_GUARD_REQUESTED);
		size = rows[i].kind == FAKE_PUD ? GIB(1) : MIB(64);
		fake_map_linear(&fixture.kernel, HOT, size, rows[i].kind);
		assert_int_equal(
			splits_at(&fixture, fake_linear(&fixture.kernel, HOT + rows[i].offset)),
			rows[i].splits);
		tear_down(&fixture);
	}
}

static void range_is_refused_if_one_block_is(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_big_leaf(&fixture, HR_GUARD_REQUESTED);
	judge_range(&fixture, HOT - BLOCK, HOT + GIB(1) + BLOCK, false);
	assert_int_equal(fixture.result.outcome, HR_GUARD_REFUSES);
	assert_int_equal(fixture.result.count, 10);
	assert_int_equal(fixture.result.vetoed, 8);
	assert_int_equal(fixture.result.vetoed_first, HOT);
	assert_false(fixture.result.cut);
	for (uint64_t i = 0; i < fixture.result.count; i++)
		assert_int_equal(fixture.result.blocks[i].start, HOT - BLOCK + i * BLOCK);
	tear_down(&fixture);
}

static void range_is_judged_by_the_blocks_that_it_touches(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_big_leaf(&fixture, HR_GUARD_NEXT_RANGE);
	judge_range(&fixture, HOT + GIB(1) - MIB(64), HOT + GIB(1) + MIB(1), false);
	assert_int_equal(fixture.result.count, 2);
	assert_int_equal(fixture.result.blocks[0].start, HOT + GIB(1) - BLOCK);
	assert_int_equal(fixture.result.outcome, HR_GUARD_ACCEPTS_UNSAFELY);
	assert_int_equal(fixture.result.vetoed, 0);
	tear_down(&fixture);
}

static void boot_memory_is_no_veto(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, HR_GUARD_REQUESTED);
	fake_add_memory(&fixture.kernel, HOT, 2 * BLOCK, FAKE_PMD, FAKE_PMD);
	fake_section(&fixture.kernel, HOT, 15);
	judge_range(&fixture, HOT, HOT + 2 * BLOCK, false);
	assert_int_equal(fixture.result.outcome, HR_GUARD_REFUSES);
	assert_int_equal(fixture.result.vetoed, 0);
	tear_down(&fixture);
}

static void range_lists_existing_blocks_only(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, HR_GUARD_REQUESTED);
	fake_add_memory(&fixture.kernel, HOT + BLOCK, BLOCK, FAKE_PMD, FAKE_PMD);
	fake_add_memory(&fixture.kernel, HOT + GIB(40), BLOCK, FAKE_PMD, FAKE_PMD);
	judge_range(&fixture, HOT, HOT + GIB(64), false);
	assert_int_equal(fixture.result.outcome, HR_GUARD_ACCEPTS);
	assert_int_equal(fixture.result.count, 2);
	assert_int_equal(fixture.result.blocks[0].start, HOT + BLOCK);
	assert_int_equal(fixture.result.blocks[1].start, HOT + GIB(40));
	judge_range(&fixture, HOT, HOT + GIB(64), true);
	assert_int_equal(fixture.result.outcome, HR_GUARD_ACCEPTS_UNSAFELY);
	tear_down(&fixture);
}

static void empty_range_is_as_the_model_is(void **state)
{
	static const struct {
		enum hr_guard model;
		enum hr_guard_outcome outcome;
	} rows[] = {
		{ HR_GUARD_UNKNOWN, HR_GUARD_CANNOT_TELL },
		{ HR_GUARD_NONE, HR_GUARD_NO_CHECK },
		{ HR_GUARD_NEXT_RANGE, HR_GUARD_ACCEPTS },
		{ HR_GUARD_REQUESTED, HR_GUARD_ACCEPTS },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K, rows[i].model);
		judge_range(&fixture, HOT, HOT + GIB(1), false);
		assert_int_equal(fixture.result.outcome, rows[i].outcome);
		assert_int_equal(fixture.result.count, 0);
		tear_down(&fixture);
	}
}

/*
 * Which blocks are online is then unknown. Assuming all of them is the strictest case for the
 * kernel's check.
 */
static void without_sections_all_that_is_mapped_counts_as_online(void **state)
{
	struct fixture fixture;
	struct hr_sections *sections;

	(void)state;
	set_up_big_leaf(&fixture, HR_GUARD_REQUESTED);
	sections = fixture.check.machine.sections;
	fixture.check.machine.sections = NULL;
	judge_range(&fixture, HOT, HOT + GIB(1), false);
	assert_int_equal(fixture.result.outcome, HR_GUARD_REFUSES);
	assert_int_equal(fixture.result.count, GIB(1) / BLOCK);
	assert_int_equal(fixture.result.vetoed, GIB(1) / BLOCK);
	hr_guard_release(&fixture.result);
	judge_range(&fixture, HOT + GIB(1), HOT + GIB(1) + BLOCK, false);
	assert_int_equal(fixture.result.outcome, HR_GUARD_CANNOT_TELL);
	assert_false(fixture.result.undecided);
	fixture.check.machine.sections = sections;
	tear_down(&fixture);
}

static void words_are_those_of_the_interface(void **state)
{
	static const char *const outcomes[] = { "accepts", "refuses", "accepts-unsafely", "none",
						"unknown" };

	(void)state;
	for (enum hr_guard_outcome i = 0; i < COUNT_OF(outcomes); i++)
		assert_string_equal(hr_guard_outcome_name(i), outcomes[i]);
	assert_null(hr_guard_rule_name(HR_RULE_NONE));
	assert_string_equal(hr_guard_rule_name(HR_RULE_SPLITS_LINEAR), "splits-linear");
	assert_string_equal(hr_guard_rule_name(HR_RULE_SPLITS_VMEMMAP), "splits-vmemmap");
	assert_string_equal(hr_guard_rule_name(HR_RULE_BOOT_MEMORY), "boot-memory");
}

/* On live memory, all blocks use one reading, which is confirmed. */
static void live_blocks_share_their_readings(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_big_leaf(&fixture, HR_GUARD_REQUESTED);
	fixture.kernel.fake.memory.live = true;
	fake_forget_reads(&fixture.kernel.fake);
	assert_success(hr_guard_range(&fixture.check, HOT - BLOCK, HOT + GIB(1) + 2 * BLOCK, false,
				      false, &fixture.result));
	assert_int_equal(fixture.result.count, 11);
	assert_int_equal(fake_reads_of(&fixture.kernel.fake, fixture.kernel.tables.root_pa), 2);
	tear_down(&fixture);
}

/* A leaf that is split while its blocks are being checked is no longer in the way. */
static void blocks_that_changed_meanwhile_are_judged_again(void **state)
{
	struct fixture fixture, twin;
	uint64_t entry, values[2];

	(void)state;
	set_up(&twin, SHAPE_4K, HR_GUARD_REQUESTED);
	fake_add_memory(&twin.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	entry = fake_entry(&twin.kernel.tables, HR_LEVEL_PUD, fake_linear(&twin.kernel, HOT));
	values[0] = fake_leaf_desc(&twin.kernel.layout.geo, HR_LEVEL_PUD, HOT);
	values[1] = fake_read64(&twin.kernel.fake, entry);
	fake_change(&twin.kernel.fake, entry, values, 2, false);
	assert_success(hr_guard_range(&twin.check, HOT, HOT + GIB(1), false, false, &twin.result));
	assert_int_equal(twin.result.outcome, HR_GUARD_ACCEPTS);
	assert_int_equal(twin.result.vetoed, 0);
	assert_int_equal(twin.result.count, 8);
	tear_down(&twin);

	set_up_big_leaf(&fixture, HR_GUARD_REQUESTED);
	assert_success(
		hr_guard_range(&fixture.check, HOT, HOT + GIB(1), false, false, &fixture.result));
	assert_int_equal(fixture.result.vetoed, 8);
	tear_down(&fixture);
}

/* The very last block, which is boot memory, has no place in the list. */
static void blocks_beyond_the_list_are_judged(void **state)
{
	const uint64_t size = HR_GUARD_BLOCKS_MAX * BLOCK;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, HR_GUARD_NONE);
	fake_sections(&fixture.kernel, HOT, size, 7);
	judge_range(&fixture, HOT, HOT + size + BLOCK, false);
	assert_int_equal(fixture.result.count, HR_GUARD_BLOCKS_MAX);
	assert_false(fixture.result.cut);
	assert_int_equal(fixture.result.outcome, HR_GUARD_NO_CHECK);
	tear_down(&fixture);

	set_up(&fixture, SHAPE_4K, HR_GUARD_NONE);
	fake_sections(&fixture.kernel, HOT, size, 7);
	fake_section(&fixture.kernel, HOT + size, 15);
	judge_range(&fixture, HOT, HOT + size + BLOCK, false);
	assert_int_equal(fixture.result.count, HR_GUARD_BLOCKS_MAX);
	assert_true(fixture.result.cut);
	assert_int_equal(fixture.result.outcome, HR_GUARD_REFUSES);
	tear_down(&fixture);
}

/* Random machines, whose blocks are judged together and one by one. */

enum {
	MACHINES = 40,
	RANDOM_BLOCKS = 40,
};

static uint64_t draw(uint64_t *random, uint64_t limit)
{
	uint64_t value = *random += UINT64_C(0x9e3779b97f4a7c15);

	value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
	return (value ^ value >> 31) % limit;
}

/* The largest leaf that begins at @va, is not larger than @most, and that this kernel makes. */
static enum fake_kind random_kind(const struct fixture *fixture, uint64_t *random, uint64_t va,
				  uint64_t most)
{
	const struct hr_geometry *geo = &fixture->kernel.layout.geo;

	for (int tries = 0; tries < 8; tries++) {
		enum fake_kind kind = draw(random, FAKE_CONT_PTE);
		uint64_t size = fake_kind_size(geo, kind);

		if (size <= most && va % size == 0 && fake_kind_level(kind) >= geo->leaf_level &&
		    fake_kind_level(kind) >= geo->root_level)
			return kind;
	}
	return FAKE_PTE;
}

/* Map [@va, @va + @size) to @pa; with pages only the first group. */
static void map_random(struct fixture *fixture, uint64_t *random, uint64_t va, uint64_t pa,
		       uint64_t size)
{
	for (uint64_t done = 0, step; done < size; done += step) {
		enum fake_kind kind = random_kind(fixture, random, va + done, size - done);

		if ((pa + done) % fake_kind_size(&fixture->kernel.layout.geo, kind))
			kind = FAKE_PTE;
		step = fake_kind_size(&fixture->kernel.layout.geo, kind);
		if (kind == FAKE_PTE) {
			fake_map(&fixture->kernel.tables, va + done, pa + done, kind);
			step = hr_level_size(&fixture->kernel.layout.geo, HR_LEVEL_PMD);
			step -= (va + done) % step;
			continue;
		}
		fake_map(&fixture->kernel.tables, va + done, pa + done, kind);
	}
}

/* Change one entry on the way to @va: its CONT bit, the entry itself, or what it leads to. */
static void damage(struct fixture *fixture, uint64_t *random, uint64_t va)
{
	struct fake_kernel *kernel = &fixture->kernel;
	const struct hr_geometry *geo = &kernel->layout.geo;
	int level =
		geo->root_level + (int)draw(random, (uint64_t)(HR_LEVEL_PTE - geo->root_level) + 1);
	uint64_t pa = kernel->layout.swapper_pa, desc = 0, entry = 0;

	for (int at = geo->root_level; at <= level; at++) {
		entry = pa + hr_table_index(geo, at, va) * sizeof(desc);
		desc = fake_read64(&kernel->fake, entry);
		if ((desc & 3) != 3)
			break;
		pa = desc & UINT64_C(0xfffffffff000);
	}
	switch (draw(random, 5)) {
	case 0:
		fake_write64(&kernel->fake, entry, desc ^ FAKE_CONT);
		break;
	case 1:
		fake_write64(&kernel->fake, entry, 0);
		break;
	case 2:
		fake_write64(&kernel->fake, entry, HR_DESC_UNKNOWN);
		break;
	case 3:
		fake_write64(&kernel->fake, entry, desc & ~UINT64_C(1));
		break;
	default:
		fake_write64(&kernel->fake, entry, fake_table_desc(geo, UINT64_C(0x7777) << 20));
	}
}

static uint64_t block_bytes(const struct fixture *fixture)
{
	return fixture->check.machine.block_size;
}

/* Blocks that are alike in stretches, some of them with their own memmap. */
static void add_random_blocks(struct fixture *fixture, uint64_t *random)
{
	static const uint64_t flags[] = { 7, 7, 7, 7, 3, 15, 0 };
	struct fake_kernel *kernel = &fixture->kernel;
	uint64_t block = block_bytes(fixture), section = hr_section_size(&kernel->layout);
	uint64_t value = 7, page = hr_page_size(&kernel->layout.geo);
	uint64_t bytes = block / page * kernel->layout.struct_page_size;

	for (uint64_t at = 0; at < RANDOM_BLOCKS * block; at += section) {
		if (!draw(random, 12))
			value = flags[draw(random, COUNT_OF(flags))];
		if (value)
			fake_section(kernel, HOT + at, value);
	}
	map_random(fixture, random, fake_linear(kernel, HOT), HOT, RANDOM_BLOCKS * block);
	for (uint64_t i = 0; i < RANDOM_BLOCKS; i++) {
		uint64_t start = HOT + i * block;
		bool own = draw(random, *random % 2 ? 3 : 1000) == 0;

		map_random(fixture, random, fake_vmemmap(kernel, start),
			   own ? start : BASE + i * bytes, bytes);
	}
	for (uint64_t left = draw(random, 4); left; left--) {
		uint64_t pa = HOT + draw(random, RANDOM_BLOCKS * block);

		damage(fixture, random,
		       draw(random, 2) ? fake_linear(kernel, pa)
				       : fake_vmemmap(kernel, pa & ~(page - 1)));
	}
}

static void assert_same_block(const struct hr_guard_block *a, const struct hr_guard_block *b)
{
	assert_int_equal(a->start, b->start);
	assert_int_equal(a->end, b->end);
	assert_int_equal(a->outcome, b->outcome);
	assert_int_equal(a->rule, b->rule);
	assert_int_equal(a->undecided, b->undecided);
	assert_int_equal(a->message_start, b->message_start);
	assert_int_equal(a->message_end, b->message_end);
}

/* What was found of all blocks together is what each of them says by itself. */
static void compare_blocks(struct fixture *fixture, uint64_t start, uint64_t end)
{
	const struct hr_machine *machine = &fixture->check.machine;
	struct hr_survey survey;
	uint64_t block = machine->block_size, vetoed = 0, count = 0;
	bool unread = false, undecided = false;

	hr_survey_range(machine->layout, machine->walker, start, end, NULL, NULL, &survey);
	hr_guard_release(&fixture->result);
	assert_success(hr_guard_range(&fixture->check, start, end, false,
				      hr_survey_shows_no_altmap(&survey), &fixture->result));
	for (uint64_t at = hr_block_next(machine, start & ~(block - 1), end, &unread); at < end;
	     at = hr_block_next(machine, at + block, end, &unread)) {
		struct hr_guard_block alone;

		hr_guard_block(&fixture->check, at, &alone);
		assert_true(count < fixture->result.count);
		assert_same_block(&fixture->result.blocks[count++], &alone);
		undecided |= alone.undecided;
		if (alone.rule != HR_RULE_SPLITS_LINEAR && alone.rule != HR_RULE_SPLITS_VMEMMAP)
			continue;
		if (!vetoed++)
			assert_int_equal(fixture->result.vetoed_first, at);
	}
	assert_int_equal(fixture->result.count, count);
	assert_int_equal(fixture->result.vetoed, vetoed);
	if (!unread)
		assert_int_equal(fixture->result.undecided, undecided);
}

static void compare_random(size_t shape, uint64_t seed)
{
	static const enum hr_guard models[] = { HR_GUARD_REQUESTED, HR_GUARD_NEXT_RANGE,
						HR_GUARD_UNKNOWN };
	struct fixture fixture;
	uint64_t random = seed, block, start, end;

	set_up(&fixture, shape, models[draw(&random, COUNT_OF(models))]);
	fixture.check.may_check = fixture.check.model == HR_GUARD_UNKNOWN;
	block = hr_section_size(&fixture.kernel.layout);
	if (draw(&random, 2) && block * 2 * RANDOM_BLOCKS <= GIB(11))
		block *= 2;
	fixture.check.machine.block_size = block;
	add_random_blocks(&fixture, &random);
	compare_blocks(&fixture, HOT, HOT + RANDOM_BLOCKS * block);
	start = HOT + draw(&random, RANDOM_BLOCKS * block);
	end = start + 1 + draw(&random, HOT + RANDOM_BLOCKS * block - start);
	compare_blocks(&fixture, start & ~UINT64_C(0xffff), (end + 0xffff) & ~UINT64_C(0xffff));
	tear_down(&fixture);
}

static void blocks_together_are_as_each_alone(void **state)
{
	const uint64_t seed = number_from("HOTREMOVE_TEST_SEED", 1);

	(void)state;
	for (size_t shape = 0; shape < FAKE_SHAPES; shape++)
		for (uint64_t i = 0; i < MACHINES; i++)
			compare_random(shape, seed + shape * MACHINES + i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requested_refuses_each_block_of_a_big_leaf),
		cmocka_unit_test(next_range_judges_what_follows_the_block),
		cmocka_unit_test(kernel_without_a_check_lets_all_pass),
		cmocka_unit_test(unknown_model_cannot_tell),
		cmocka_unit_test(check_that_may_refuse_leaves_it_undecided),
		cmocka_unit_test(boot_memory_is_refused_by_every_kernel),
		cmocka_unit_test(offline_block_is_not_checked),
		cmocka_unit_test(without_sections_nothing_but_a_refusal_is_certain),
		cmocka_unit_test(what_the_check_needs_and_cannot_read_leaves_it_undecided),
		cmocka_unit_test(block_that_holds_its_memmap_is_refused),
		cmocka_unit_test(block_inside_a_vmemmap_leaf_is_refused),
		cmocka_unit_test(groups_that_divide_a_block_are_accepted),
		cmocka_unit_test(two_levels_hide_groups_from_the_check),
		cmocka_unit_test(invalid_leaves_are_seen_by_their_mark),
		cmocka_unit_test(unreadable_tables_cannot_tell),
		cmocka_unit_test(tables_that_the_check_does_not_need_may_be_unreadable),
		cmocka_unit_test(unreadable_sections_cannot_tell),
		cmocka_unit_test(aligned_addresses_need_no_deeper_table),
		cmocka_unit_test(unreadable_tables_on_the_way_are_told),
		cmocka_unit_test(leaf_is_split_everywhere_but_at_its_start),
		cmocka_unit_test(range_is_refused_if_one_block_is),
		cmocka_unit_test(range_is_judged_by_the_blocks_that_it_touches),
		cmocka_unit_test(boot_memory_is_no_veto),
		cmocka_unit_test(range_lists_existing_blocks_only),
		cmocka_unit_test(empty_range_is_as_the_model_is),
		cmocka_unit_test(without_sections_all_that_is_mapped_counts_as_online),
		cmocka_unit_test(blocks_beyond_the_list_are_judged),
		cmocka_unit_test(words_are_those_of_the_interface),
		cmocka_unit_test(live_blocks_share_their_readings),
		cmocka_unit_test(blocks_that_changed_meanwhile_are_judged_again),
		cmocka_unit_test(blocks_together_are_as_each_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
