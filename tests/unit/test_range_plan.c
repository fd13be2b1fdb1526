// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "base/cleanup.h"
#include "range_plan.h"
#include "walk/walker.h"

#define BASE GIB(16)
#define HOT  (BASE + GIB(16))
#define FAR  (BASE + GIB(1024))

enum {
	SHAPE_4K39 = 0,
	SHAPE_4K = 1,
	SHAPE_16K36 = 4,
	SHAPE_64K42 = 9,
	SHAPE_16K = 5,
	SHAPE_64K = 10,
};

struct fixture {
	struct fake_kernel kernel;
	struct hr_walker *walker;
	struct hr_tlbi_config config;
	enum hr_calls calls;
	struct hr_survey survey;
	struct hr_plan *plan;
};

/* A kernel with range operations and @size bytes of memory added at HOT. */
static void set_up(struct fixture *fixture, size_t shape, uint64_t size, enum fake_kind linear,
		   enum fake_kind vmemmap)
{
	struct fake_kernel *kernel = &fixture->kernel;

	fake_kernel_init(kernel, &fake_shapes[shape], BASE);
	/* Neighbours, so that upper tables stay. */
	fake_add_memory(kernel, HOT - GIB(1), GIB(1), linear, vmemmap);
	fake_add_memory(kernel, HOT, size, linear, vmemmap);
	assert_success(hr_walker_create(&kernel->layout.geo, &kernel->fake.memory,
					kernel->layout.swapper_pa, &fixture->walker));
	fixture->config = (struct hr_tlbi_config){
		.page_shift = kernel->layout.geo.page_shift,
		.lpa2 = kernel->layout.geo.lpa2,
		.range_ops = true,
		.flush = HR_FLUSH_RANGE_OPS,
	};
	fixture->calls = HR_CALLS_UNKNOWN;
	fixture->plan = NULL;
}

static void tear_down(struct fixture *fixture)
{
	hr_plan_destroy(fixture->plan);
	hr_walker_destroy(fixture->walker);
	fake_kernel_release(&fixture->kernel);
}

static const struct hr_plan *plan(struct fixture *fixture, enum hr_teardown teardown, uint64_t pa,
				  uint64_t size)
{
	const struct hr_teardown_form form = {
		.tlbi = &fixture->config,
		.teardown = teardown,
		.calls = fixture->calls,
		.memory_block_size = hr_section_size(&fixture->kernel.layout),
	};

	hr_plan_destroy(fixture->plan);
	fixture->plan = NULL;
	assert_success(hr_plan_create(&fixture->kernel.layout, fixture->walker, &form, pa,
				      pa + size, &fixture->survey, &fixture->plan));
	return fixture->plan;
}

/* 2 GiB of PTEs with 4K pages: 524288 leaves, 16 leaves of struct pages, 1024 + 2 tables. */
static void per_leaf_takes_one_flush_a_leaf(void **state)
{
	const struct hr_teardown_count *count;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, GIB(2), FAKE_PTE, FAKE_PMD);
	count = &plan(&fixture, HR_TEARDOWN_PER_LEAF, HOT, GIB(2))->per_leaf;
	assert_int_equal(count->linear.tlbi, 524288);
	assert_int_equal(count->linear.single_ops, 524288);
	assert_int_equal(count->vmemmap.tlbi, 16);
	assert_int_equal(count->tables.tlbi, 1026);
	assert_int_equal(count->total.tlbi, 524288 + 16 + 1026);
	assert_int_equal(count->total.dsb, 2 * count->total.tlbi);
	assert_int_equal(count->total.isb, count->total.tlbi);
	tear_down(&fixture);
}

/* The members of CONT groups are cleared, and were flushed, one by one. */
static void per_leaf_takes_group_members_singly(void **state)
{
	static const struct {
		enum fake_kind kind;
		uint64_t tlbi; /* for 1 GiB */
	} rows[] = {
		{ FAKE_PUD, 1 },	   { FAKE_CONT_PMD, 512 }, { FAKE_PMD, 512 },
		{ FAKE_CONT_PTE, 262144 }, { FAKE_PTE, 262144 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K, GIB(1), rows[i].kind, FAKE_PMD);
		assert_int_equal(
			plan(&fixture, HR_TEARDOWN_PER_LEAF, HOT, GIB(1))->per_leaf.linear.tlbi,
			rows[i].tlbi);
		tear_down(&fixture);
	}
}

static void batched_takes_one_flush_of_the_whole_range(void **state)
{
	static const enum fake_kind kinds[] = { FAKE_PUD, FAKE_CONT_PMD, FAKE_PMD, FAKE_CONT_PTE,
						FAKE_PTE };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		const struct hr_teardown_count *count;
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K, GIB(2), kinds[i], FAKE_PMD);
		count = &plan(&fixture, HR_TEARDOWN_BATCHED, HOT, GIB(2))->batched;
		assert_int_equal(count->linear.flushes, 1);
		assert_int_equal(count->linear.range_ops, 1);
		assert_int_equal(count->linear.tlbi, 1);
		assert_int_equal(count->vmemmap.tlbi, 16);
		assert_int_equal(count->vmemmap.single_ops, 16);
		assert_int_equal(count->total.tlbi, 17 + count->tables.tlbi);
		tear_down(&fixture);
	}
}

/*
 * Wide flushes of 2 MiB blocks: 512 single operations each with the old loop, whose limit that is.
 */
static void wide_flushes_each_vmemmap_block_over_its_size(void **state)
{
	static const struct {
		enum hr_flush flush;
		bool range_ops;
		uint64_t tlbi, full_flushes; /* for 16 blocks of struct pages */
	} rows[] = {
		{ HR_FLUSH_PAGE_LOOP, true, 8192, 0 },
		{ HR_FLUSH_RANGE_OPS, true, 16, 0 },
		{ HR_FLUSH_RANGE_OPS, false, 16, 16 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct hr_plan *made;
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K, GIB(2), FAKE_PMD, FAKE_PMD);
		fixture.config.flush = rows[i].flush;
		fixture.config.range_ops = rows[i].range_ops;
		made = plan(&fixture, HR_TEARDOWN_BATCHED_WIDE, HOT, GIB(2));
		assert_true(made->wide);
		assert_int_equal(made->batched.vmemmap.flushes, 16);
		assert_int_equal(made->batched.vmemmap.tlbi, rows[i].tlbi);
		assert_int_equal(made->batched.vmemmap.full_flushes, rows[i].full_flushes);
		assert_int_equal(made->per_leaf.vmemmap.tlbi, 16);
		tear_down(&fixture);
	}
}

static void wide_flushes_vmemmap_pages_as_pages(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_16K, GIB(1), FAKE_PMD, FAKE_PTE);
	assert_int_equal(
		plan(&fixture, HR_TEARDOWN_BATCHED_WIDE, HOT, GIB(1))->batched.vmemmap.single_ops,
		256);
	tear_down(&fixture);
}

/* The old loop ends at 512 pages: the single linear flush flushes the whole TLB. */
static void page_loop_takes_all_of_the_tlb_for_the_linear_range(void **state)
{
	const struct hr_teardown_count *count;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, GIB(2), FAKE_PTE, FAKE_PMD);
	fixture.config.flush = HR_FLUSH_PAGE_LOOP;
	count = &plan(&fixture, HR_TEARDOWN_BATCHED, HOT, GIB(2))->batched;
	assert_int_equal(count->linear.full_flushes, 1);
	assert_int_equal(count->linear.tlbi, 1);
	assert_int_equal(fixture.plan->op_count, 0);
	tear_down(&fixture);
}

static void unknown_teardown_counts_as_batched(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, MIB(128), FAKE_PTE, FAKE_PMD);
	assert_false(plan(&fixture, HR_TEARDOWN_UNKNOWN, HOT, MIB(128))->wide);
	assert_int_equal(fixture.plan->batched.vmemmap.tlbi, 1);
	tear_down(&fixture);
}

static void range_operations_are_listed_linear_first(void **state)
{
	const struct hr_plan *made;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, MIB(384), FAKE_PTE, FAKE_PMD);
	made = plan(&fixture, HR_TEARDOWN_BATCHED_WIDE, HOT, MIB(384));
	assert_int_equal(made->op_count, 5);
	assert_false(made->ops_cut);
	assert_int_equal(made->ops[0].va, fake_linear(&fixture.kernel, HOT));
	assert_int_equal(made->ops[0].scale, 3);
	assert_int_equal(made->ops[0].pages, 65536);
	assert_int_equal(made->ops[1].va, fake_linear(&fixture.kernel, HOT + MIB(256)));
	assert_int_equal(made->ops[1].scale, 2);
	assert_int_equal(made->ops[1].num, 15);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(made->ops[2 + i].va,
				 fake_vmemmap(&fixture.kernel, HOT) + i * MIB(2));
		assert_int_equal(made->ops[2 + i].pages, 512);
	}
	tear_down(&fixture);
}

static void narrow_plans_have_no_vmemmap_range_operations(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, MIB(128), FAKE_PTE, FAKE_PMD);
	assert_int_equal(plan(&fixture, HR_TEARDOWN_BATCHED, HOT, MIB(128))->op_count, 1);
	tear_down(&fixture);
}

/* 512 KiB of struct pages for a section: 32 pages of 16K, 8 of 64K. */
static void other_granules_have_their_own_struct_pages(void **state)
{
	static const struct {
		size_t shape;
		uint64_t size, vmemmap;
	} rows[] = { { SHAPE_16K, MIB(128), 32 }, { SHAPE_64K, MIB(512), 8 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;

		set_up(&fixture, rows[i].shape, rows[i].size, FAKE_PTE, FAKE_PTE);
		assert_int_equal(plan(&fixture, HR_TEARDOWN_BATCHED, HOT, rows[i].size)
					 ->batched.vmemmap.tlbi,
				 rows[i].vmemmap);
		assert_int_equal(fixture.plan->batched.linear.tlbi, 1);
		tear_down(&fixture);
	}
}

/* A batched flush also covers holes: only start and end matter. */
static void batched_flush_does_not_depend_on_what_is_mapped(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, MIB(128), FAKE_PTE, FAKE_PMD);
	plan(&fixture, HR_TEARDOWN_BATCHED, HOT + GIB(4), MIB(128));
	assert_int_equal(fixture.plan->batched.linear.flushes, 1);
	assert_int_equal(fixture.plan->batched.linear.tlbi, 1);
	assert_int_equal(fixture.plan->per_leaf.linear.flushes, 0);
	assert_int_equal(fixture.plan->batched.vmemmap.flushes, 0);
	assert_int_equal(fixture.survey.maps[HR_MAP_LINEAR].unmapped, MIB(128));
	tear_down(&fixture);
}

static void linear_flush_without_range_operations_is_told_too(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, MIB(384), FAKE_PTE, FAKE_PMD);
	plan(&fixture, HR_TEARDOWN_BATCHED, HOT, MIB(384));
	assert_int_equal(fixture.plan->batched.linear.tlbi, 2);
	assert_int_equal(fixture.plan->linear_without_range_ops.full_flushes, 1);
	assert_int_equal(fixture.plan->linear_without_range_ops.tlbi, 1);
	assert_int_equal(fixture.plan->op_count, 2);
	tear_down(&fixture);
}

/* memmap_on_memory: a block whose struct pages lie in its first pages has its own call. */
static void blocks_with_their_own_memmap_are_flushed_one_by_one(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, GIB(1), FAKE_PTE, FAKE_PMD);
	for (uint64_t pa = HOT; pa < HOT + GIB(1); pa += MIB(128))
		fake_map(&fixture.kernel.tables, fake_vmemmap(&fixture.kernel, pa), pa, FAKE_PMD);
	plan(&fixture, HR_TEARDOWN_BATCHED, HOT, GIB(1));
	assert_int_equal(fixture.plan->batched.linear.flushes, 8);
	assert_int_equal(fixture.plan->batched.linear.range_ops, 8);
	assert_int_equal(fixture.plan->op_count, 8);
	assert_int_equal(fixture.plan->linear_without_range_ops.full_flushes, 8);
	assert_int_equal(fixture.plan->per_leaf.linear.flushes, 262144);
	tear_down(&fixture);
}

/* One linear flush or 64, one of struct pages, one of the PMD table that becomes empty. */
static void erratum_repeats_in_both_models(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, MIB(128), FAKE_PMD, FAKE_PMD);
	fixture.config.repeat = true;
	fixture.config.repeat_form = HR_REPEAT_EACH;
	plan(&fixture, HR_TEARDOWN_BATCHED, HOT, MIB(128));
	assert_int_equal(fixture.plan->batched.total.tlbi, 2 * (1 + 1 + 1));
	assert_int_equal(fixture.plan->per_leaf.total.tlbi, 2 * (64 + 1 + 1));
	tear_down(&fixture);
}

/* 8 TiB and 128 MiB of memory have 65537 leaves of 2 MiB of struct pages, one operation each. */
static void operations_beyond_the_list_are_counted(void **state)
{
	const uint64_t size = GIB(8192) + MIB(128);
	struct fixture fixture;
	const struct hr_plan *found;

	(void)state;
	set_up(&fixture, SHAPE_4K, MIB(128), FAKE_PMD, FAKE_PMD);
	fake_map_vmemmap(&fixture.kernel, HOT, size, FAKE_PMD);
	found = plan(&fixture, HR_TEARDOWN_BATCHED_WIDE, HOT, size);
	assert_int_equal(found->batched.vmemmap.range_ops, 65537);
	assert_int_equal(found->op_count, HR_PLAN_OPS_MAX);
	assert_true(found->ops_cut);
	found = plan(&fixture, HR_TEARDOWN_BATCHED_WIDE, HOT, MIB(128));
	assert_false(found->ops_cut);
	tear_down(&fixture);
}

static void what_the_linear_map_has_no_place_for_takes_no_flush(void **state)
{
	const struct hr_teardown_count *count;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, GIB(1), FAKE_PMD, FAKE_PMD);
	count = &plan(&fixture, HR_TEARDOWN_BATCHED, BASE - GIB(1), GIB(1))->batched;
	assert_int_equal(count->linear.flushes, 0);
	assert_int_equal(count->total.tlbi, 0);
	tear_down(&fixture);
}

static void counts_of_a_kernel_are_those_of_its_teardown(void **state)
{
	struct fixture fixture;
	const struct hr_plan *found;

	(void)state;
	set_up(&fixture, SHAPE_4K, GIB(1), FAKE_PMD, FAKE_PMD);
	found = plan(&fixture, HR_TEARDOWN_BATCHED, HOT, GIB(1));
	assert_ptr_equal(hr_plan_of(found, HR_TEARDOWN_PER_LEAF), &found->per_leaf);
	assert_ptr_equal(hr_plan_of(found, HR_TEARDOWN_BATCHED), &found->batched);
	assert_ptr_equal(hr_plan_of(found, HR_TEARDOWN_BATCHED_WIDE), &found->batched);
	assert_ptr_equal(hr_plan_of(found, HR_TEARDOWN_UNKNOWN), &found->batched);
	tear_down(&fixture);
}

/* Memory that is alone below its root entry, in both maps, or shares it with something else. */
static void root_entry_takes_a_flush_where_the_kernel_says_so(void **state)
{
	const struct hr_teardown_count *count;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_add_memory(&fixture.kernel, FAR, GIB(1), FAKE_PMD, FAKE_PMD);
	count = &plan(&fixture, HR_TEARDOWN_BATCHED, FAR, GIB(1))->batched;
	assert_int_equal(fixture.survey.maps[HR_MAP_LINEAR].root_entries, 1);
	assert_int_equal(fixture.survey.maps[HR_MAP_VMEMMAP].root_entries, 1);
	assert_int_equal(count->linear.flushes, 1);
	assert_int_equal(count->vmemmap.flushes, 8);
	fixture.config.root_flush = true;
	count = &plan(&fixture, HR_TEARDOWN_BATCHED, FAR, GIB(1))->batched;
	assert_int_equal(count->linear.flushes, 2);
	assert_int_equal(count->linear.single_ops, 1);
	assert_int_equal(count->linear.range_ops, 1);
	assert_int_equal(count->linear.tlbi, 2);
	assert_int_equal(count->vmemmap.single_ops, 8 + 1);
	assert_int_equal(count->total.dsb, 2 * count->total.tlbi);
	assert_int_equal(fixture.plan->per_leaf.linear.single_ops, 512 + 1);
	assert_int_equal(fixture.plan->linear_without_range_ops.single_ops, 1);
	assert_int_equal(fixture.plan->linear_without_range_ops.full_flushes, 1);
	count = &plan(&fixture, HR_TEARDOWN_BATCHED, HOT, GIB(1))->batched;
	assert_int_equal(count->linear.flushes, 1);
	tear_down(&fixture);
}

/* The vmemmap begins 1 GiB below the next root entry, which corresponds to 64 GiB of memory. */
static void root_entry_of_the_vmemmap_is_the_vmemmap_s(void **state)
{
	const uint64_t far = BASE + GIB(128);
	const struct hr_teardown_count *count;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, GIB(1), FAKE_PMD, FAKE_PMD);
	fixture.config.root_flush = true;
	fake_add_memory(&fixture.kernel, far, GIB(1), FAKE_PMD, FAKE_PMD);
	count = &plan(&fixture, HR_TEARDOWN_BATCHED, far, GIB(1))->batched;
	assert_int_equal(count->linear.flushes, 1);
	assert_int_equal(count->vmemmap.flushes, 8 + 1);
	assert_int_equal(count->vmemmap.single_ops, 8 + 1);
	tear_down(&fixture);
}

/* With two or three levels, leaves can be in the root itself. */
static void leaf_in_the_root_takes_a_flush_more(void **state)
{
	static const struct {
		size_t shape;
		enum fake_kind kind;
		uint64_t size, leaves;
	} rows[] = {
		{ SHAPE_4K39, FAKE_PUD, GIB(2), 2 },
		{ SHAPE_16K36, FAKE_PMD, MIB(128), 4 },
		{ SHAPE_64K42, FAKE_PMD, GIB(1), 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct hr_teardown_count *count;
		struct fixture fixture;

		set_up(&fixture, rows[i].shape, rows[i].size, rows[i].kind, FAKE_PTE);
		fixture.config.root_flush = true;
		count = &plan(&fixture, HR_TEARDOWN_BATCHED, HOT, rows[i].size)->batched;
		assert_int_equal(count->linear.single_ops, rows[i].leaves);
		assert_int_equal(count->linear.flushes, 1 + rows[i].leaves);
		assert_int_equal(fixture.plan->per_leaf.linear.flushes, 2 * rows[i].leaves);
		tear_down(&fixture);
	}
}

/* Three levels: each gigabyte has its own root entry, which is cleared with its table. */
static void freed_table_below_the_root_takes_a_flush_more(void **state)
{
	const struct hr_teardown_count *count;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K39, GIB(2), FAKE_PMD, FAKE_PMD);
	fixture.config.root_flush = true;
	count = &plan(&fixture, HR_TEARDOWN_BATCHED, HOT, GIB(2))->batched;
	assert_int_equal(count->linear.single_ops, 2);
	count = &plan(&fixture, HR_TEARDOWN_BATCHED, HOT, GIB(1) + MIB(128))->batched;
	assert_int_equal(count->linear.single_ops, 1);
	tear_down(&fixture);
}

static void erratum_repeats_for_a_root_entry_too(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K39, GIB(1), FAKE_PUD, FAKE_PMD);
	fixture.config.root_flush = true;
	fixture.config.repeat = true;
	fixture.config.repeat_form = HR_REPEAT_LAST;
	plan(&fixture, HR_TEARDOWN_BATCHED, HOT, GIB(1));
	assert_int_equal(fixture.plan->batched.linear.tlbi, 2 * (1 + 1));
	assert_int_equal(fixture.plan->batched.linear.dsb, 3 * (1 + 1));
	tear_down(&fixture);
}

/* A call for each block flushes the linear map block by block; tables and leaves stay the same. */
static void calls_can_be_one_for_each_block(void **state)
{
	struct hr_teardown_count whole;
	const struct hr_plan *found;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K, GIB(1), FAKE_PTE, FAKE_PMD);
	found = plan(&fixture, HR_TEARDOWN_BATCHED, HOT, GIB(1));
	whole = found->batched;
	assert_int_equal(found->calls, HR_CALLS_RANGE);
	assert_int_equal(found->call_count, 1);
	fixture.calls = HR_CALLS_BLOCK;
	found = plan(&fixture, HR_TEARDOWN_BATCHED, HOT, GIB(1));
	assert_int_equal(found->calls, HR_CALLS_BLOCK);
	assert_int_equal(found->call_count, 8);
	assert_int_equal(found->batched.linear.flushes, 8);
	assert_int_equal(found->linear_without_range_ops.full_flushes, 8);
	assert_int_equal(found->batched.vmemmap.tlbi, whole.vmemmap.tlbi);
	assert_int_equal(found->batched.tables.tlbi, whole.tables.tlbi);
	assert_int_equal(found->batched.total.tlbi, whole.total.tlbi + 7);
	assert_int_equal(found->per_leaf.linear.flushes, 262144);
	tear_down(&fixture);
}

/* Blocks with their own memmap are removed one by one, unless the user overrides that. */
static void calls_that_are_given_beat_what_is_found(void **state)
{
	struct fixture fixture;
	const struct hr_plan *found;

	(void)state;
	set_up(&fixture, SHAPE_4K, GIB(1), FAKE_PTE, FAKE_PMD);
	fake_map(&fixture.kernel.tables, fake_vmemmap(&fixture.kernel, HOT), HOT, FAKE_PMD);
	found = plan(&fixture, HR_TEARDOWN_BATCHED, HOT, GIB(1));
	assert_true(found->has_altmap);
	assert_int_equal(found->calls, HR_CALLS_BLOCK);
	assert_int_equal(found->call_count, 8);
	fixture.calls = HR_CALLS_RANGE;
	found = plan(&fixture, HR_TEARDOWN_BATCHED, HOT, GIB(1));
	assert_int_equal(found->calls, HR_CALLS_RANGE);
	assert_int_equal(found->batched.linear.flushes, 1);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_entry_takes_a_flush_where_the_kernel_says_so),
		cmocka_unit_test(root_entry_of_the_vmemmap_is_the_vmemmap_s),
		cmocka_unit_test(leaf_in_the_root_takes_a_flush_more),
		cmocka_unit_test(freed_table_below_the_root_takes_a_flush_more),
		cmocka_unit_test(erratum_repeats_for_a_root_entry_too),
		cmocka_unit_test(calls_can_be_one_for_each_block),
		cmocka_unit_test(calls_that_are_given_beat_what_is_found),
		cmocka_unit_test(per_leaf_takes_one_flush_a_leaf),
		cmocka_unit_test(per_leaf_takes_group_members_singly),
		cmocka_unit_test(batched_takes_one_flush_of_the_whole_range),
		cmocka_unit_test(wide_flushes_each_vmemmap_block_over_its_size),
		cmocka_unit_test(wide_flushes_vmemmap_pages_as_pages),
		cmocka_unit_test(page_loop_takes_all_of_the_tlb_for_the_linear_range),
		cmocka_unit_test(unknown_teardown_counts_as_batched),
		cmocka_unit_test(range_operations_are_listed_linear_first),
		cmocka_unit_test(narrow_plans_have_no_vmemmap_range_operations),
		cmocka_unit_test(other_granules_have_their_own_struct_pages),
		cmocka_unit_test(batched_flush_does_not_depend_on_what_is_mapped),
		cmocka_unit_test(linear_flush_without_range_operations_is_told_too),
		cmocka_unit_test(blocks_with_their_own_memmap_are_flushed_one_by_one),
		cmocka_unit_test(erratum_repeats_in_both_models),
		cmocka_unit_test(operations_beyond_the_list_are_counted),
		cmocka_unit_test(what_the_linear_map_has_no_place_for_takes_no_flush),
		cmocka_unit_test(counts_of_a_kernel_are_those_of_its_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
