// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "leaf_check.h"
#include "walk/walker.h"

#define BASE GIB(16)
#define HOT  (BASE + GIB(16))

enum {
	SHAPE_4K = 1,
	SHAPE_16K = 5,
	SHAPE_64K = 10,
};

struct fixture {
	struct fake_kernel kernel;
	struct hr_walker *walker;
	struct hr_sections *sections;
	struct hr_check check;
	struct hr_check_result result;
	enum hr_verdict verdict;
};

/* A kernel with only its boot memory mapped, which holds mem_section. */
static void set_up(struct fixture *fixture, size_t shape)
{
	struct fake_kernel *kernel = &fixture->kernel;

	fake_kernel_init(kernel, &fake_shapes[shape], BASE);
	fake_sections(kernel, BASE, GIB(1), 15);
	fake_map_linear(kernel, BASE, MIB(64), FAKE_CONT_PTE);
	fake_map_vmemmap(kernel, BASE, GIB(1), FAKE_PTE);
	assert_success(hr_walker_create(&kernel->layout.geo, &kernel->fake.memory,
					kernel->layout.swapper_pa, &fixture->walker));
	assert_success(
		hr_sections_create(&kernel->layout, &kernel->fake.memory, &fixture->sections));
	fixture->check = (struct hr_check){
		.layout = &kernel->layout,
		.walker = fixture->walker,
		.sections = fixture->sections,
		.memory_block_size = hr_section_size(&kernel->layout),
	};
}

static void tear_down(struct fixture *fixture)
{
	hr_sections_destroy(fixture->sections);
	hr_walker_destroy(fixture->walker);
	fake_kernel_release(&fixture->kernel);
}

static void check_edges(struct fixture *fixture, uint64_t pa, uint64_t size)
{
	const struct hr_pa_range range = { pa, pa + size };

	hr_check_edges(&fixture->check, &range, &fixture->result);
	fixture->verdict = hr_check_verdict(&fixture->check, &fixture->result);
}

/* Like check_edges(), with what a walk of the whole range adds. */
static void check_all(struct fixture *fixture, uint64_t pa, uint64_t size)
{
	struct hr_survey survey;

	check_edges(fixture, pa, size);
	hr_survey_range(&fixture->kernel.layout, fixture->walker, pa, pa + size, NULL, NULL,
			&survey);
	hr_check_survey(&fixture->check, &survey, &fixture->result);
	fixture->verdict = hr_check_verdict(&fixture->check, &fixture->result);
}

static const struct hr_reason *find_reason(const struct fixture *fixture, enum hr_reason_code code)
{
	for (size_t i = 0; i < fixture->result.count; i++)
		if (fixture->result.reasons[i].code == code)
			return &fixture->result.reasons[i];
	return NULL;
}

/* The only reason has @code, and its sentence contains @part. */
static void assert_only(const struct fixture *fixture, enum hr_reason_code code, const char *part)
{
	for (size_t i = 0; i < fixture->result.count; i++)
		if (fixture->result.reasons[i].code != code)
			fail_msg("unexpected reason: %s", fixture->result.reasons[i].message);
	assert_int_equal(fixture->result.count, 1);
	if (!strstr(fixture->result.reasons[0].message, part))
		fail_msg("\"%s\" does not say \"%s\"", fixture->result.reasons[0].message, part);
}

static void assert_nothing(const struct fixture *fixture)
{
	if (fixture->result.count)
		fail_msg("unexpected reason: %s", fixture->result.reasons[0].message);
	assert_int_equal(fixture->verdict, HR_VERDICT_REMOVABLE);
}

static void hot_added_memory_is_removable_whole(void **state)
{
	static const enum fake_kind kinds[] = { FAKE_PUD, FAKE_CONT_PMD, FAKE_PMD, FAKE_CONT_PTE,
						FAKE_PTE };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		fake_add_memory(&fixture.kernel, HOT, GIB(2), kinds[i], FAKE_PMD);
		check_all(&fixture, HOT, GIB(2));
		assert_nothing(&fixture);
		tear_down(&fixture);
	}
}

/* Each kind of leaf, shifted so that a memory block begins and ends inside one. */
static void edges_inside_a_linear_leaf_split_it(void **state)
{
	static const struct {
		size_t shape;
		enum fake_kind kind;
		uint64_t start, size; /* of the range, relative to HOT */
		enum hr_edge edge;
	} rows[] = {
		{ SHAPE_4K, FAKE_PUD, MIB(128), MIB(896), HR_EDGE_START },
		{ SHAPE_4K, FAKE_PUD, 0, MIB(896), HR_EDGE_END },
		{ SHAPE_16K, FAKE_CONT_PMD, MIB(128), MIB(896), HR_EDGE_START },
		{ SHAPE_16K, FAKE_CONT_PMD, 0, MIB(128), HR_EDGE_END },
		{ SHAPE_64K, FAKE_CONT_PMD, MIB(512), GIB(15) + MIB(512), HR_EDGE_START },
		{ SHAPE_64K, FAKE_CONT_PMD, 0, MIB(512), HR_EDGE_END },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t edge = rows[i].start + (rows[i].edge == HR_EDGE_END ? rows[i].size : 0);
		const struct hr_reason *reason;
		struct fixture fixture;
		uint64_t size;

		set_up(&fixture, rows[i].shape);
		size = fake_kind_size(&fixture.kernel.layout.geo, rows[i].kind);
		fake_add_memory(&fixture.kernel, HOT, size, rows[i].kind, FAKE_PTE);
		check_edges(&fixture, HOT + rows[i].start, rows[i].size);
		assert_only(&fixture, HR_REASON_SPLITS_LEAF, "linear map");
		reason = &fixture.result.reasons[0];
		assert_true(reason->has_leaf);
		assert_int_equal(reason->map, HR_MAP_LINEAR);
		assert_int_equal(reason->edge, rows[i].edge);
		assert_int_equal(reason->va, fake_linear(&fixture.kernel, HOT + edge));
		assert_int_equal(reason->leaf.va, fake_linear(&fixture.kernel, HOT));
		assert_int_equal(reason->leaf.pa, HOT);
		assert_int_equal(reason->leaf.size, size);
		assert_int_equal(reason->leaf.cont, fake_kind_cont(rows[i].kind));
		assert_int_equal(fixture.verdict, HR_VERDICT_NOT_REMOVABLE);
		tear_down(&fixture);
	}
}

/* Blocks smaller than sections, as with another --section-size-bits. */
static void edges_inside_small_leaves_split_them_too(void **state)
{
	static const enum fake_kind kinds[] = { FAKE_CONT_PMD, FAKE_PMD, FAKE_CONT_PTE };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		const struct hr_reason *reason;
		struct fixture fixture;
		uint64_t size;

		set_up(&fixture, SHAPE_4K);
		fixture.check.memory_block_size = KIB(4);
		fake_add_memory(&fixture.kernel, HOT, MIB(128), kinds[i], FAKE_PTE);
		size = fake_kind_size(&fixture.kernel.layout.geo, kinds[i]);
		check_edges(&fixture, HOT + size, size + KIB(4));
		reason = find_reason(&fixture, HR_REASON_SPLITS_LEAF);
		assert_non_null(reason);
		assert_int_equal(reason->edge, HR_EDGE_END);
		assert_int_equal(reason->leaf.va, fake_linear(&fixture.kernel, HOT + 2 * size));
		assert_int_equal(reason->leaf.size, size);
		tear_down(&fixture);
	}
}

/*
 * With 4K pages, a 128 MiB block has exactly one 2 MiB leaf of struct pages; half a block has half.
 */
static void edges_inside_a_vmemmap_leaf_split_it(void **state)
{
	static const struct {
		uint64_t start;
		enum hr_edge edge;
	} rows[] = { { MIB(64), HR_EDGE_START }, { 0, HR_EDGE_END } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct hr_reason *reason;
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		fixture.check.memory_block_size = MIB(64);
		fake_add_memory(&fixture.kernel, HOT, MIB(128), FAKE_PTE, FAKE_PMD);
		check_edges(&fixture, HOT + rows[i].start, MIB(64));
		assert_only(&fixture, HR_REASON_SPLITS_LEAF, "vmemmap");
		reason = &fixture.result.reasons[0];
		assert_int_equal(reason->map, HR_MAP_VMEMMAP);
		assert_int_equal(reason->edge, rows[i].edge);
		assert_int_equal(reason->va, fake_vmemmap(&fixture.kernel, HOT + MIB(64)));
		assert_int_equal(reason->leaf.va, fake_vmemmap(&fixture.kernel, HOT));
		assert_int_equal(reason->leaf.size, MIB(2));
		tear_down(&fixture);
	}
}

static void range_within_one_leaf_splits_it_at_both_edges(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	check_edges(&fixture, HOT + MIB(128), MIB(128));
	assert_int_equal(fixture.result.count, 2);
	assert_int_equal(fixture.result.reasons[0].edge, HR_EDGE_START);
	assert_int_equal(fixture.result.reasons[1].edge, HR_EDGE_END);
	tear_down(&fixture);
}

static void invalid_leaves_are_split_as_any(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	fake_map_invalid(&fixture.kernel.tables, fake_linear(&fixture.kernel, HOT), HOT, FAKE_PUD);
	check_edges(&fixture, HOT, MIB(128));
	assert_only(&fixture, HR_REASON_SPLITS_LEAF, "1 GiB PUD leaf");
	tear_down(&fixture);
}

/* What lies after the end belongs to the neighbour. */
static void leaf_that_begins_at_the_end_is_not_touched(void **state)
{
	struct fixture fixture;
	uint64_t va;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PTE, FAKE_PMD);
	va = fake_linear(&fixture.kernel, HOT + GIB(1));
	fake_map(&fixture.kernel.tables, va, 0, FAKE_CONT_PMD);
	fake_set(&fixture.kernel.tables, HR_LEVEL_PMD, va + MIB(4), 0);
	check_all(&fixture, HOT, GIB(1));
	assert_nothing(&fixture);
	tear_down(&fixture);
}

/* An unreadable table of the neighbour hides no leaf that extends below its own start. */
static void unreadable_table_that_begins_at_the_end_does_not_matter(void **state)
{
	struct fixture fixture;
	uint64_t va;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PTE, FAKE_PMD);
	va = fake_linear(&fixture.kernel, HOT + GIB(1));
	fake_map(&fixture.kernel.tables, va, HOT + GIB(1), FAKE_PTE);
	fake_exclude(&fixture.kernel.fake, fake_table_of(&fixture.kernel.tables, HR_LEVEL_PTE, va));
	check_all(&fixture, HOT, GIB(1));
	assert_nothing(&fixture);
	tear_down(&fixture);
}

static void misaligned_ranges_are_named(void **state)
{
	static const struct {
		uint64_t start, size;
		bool aligned;
	} rows[] = {
		{ 0, MIB(128), true },	      { MIB(128), MIB(256), true },
		{ MIB(64), MIB(128), false }, { 0, MIB(64), false },
		{ KIB(4), MIB(128), false },  { 0, MIB(128) + KIB(4), false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PTE, FAKE_PTE);
		check_edges(&fixture, HOT + rows[i].start, rows[i].size);
		if (rows[i].aligned)
			assert_nothing(&fixture);
		else
			assert_non_null(find_reason(&fixture, HR_REASON_MISALIGNED));
		tear_down(&fixture);
	}
}

static void alignment_goes_by_the_memory_block(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fixture.check.memory_block_size = GIB(1);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PTE, FAKE_PMD);
	check_edges(&fixture, HOT, MIB(128));
	assert_only(&fixture, HR_REASON_MISALIGNED, "1 GiB");
	tear_down(&fixture);
}

static void boot_sections_are_counted_and_the_first_is_named(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_section(&fixture.kernel, HOT + MIB(256), 15);
	fake_section(&fixture.kernel, HOT + MIB(512), 15);
	check_edges(&fixture, HOT, GIB(1));
	assert_only(&fixture, HR_REASON_BOOT_MEMORY, "2 of its sections");
	assert_non_null(strstr(fixture.result.reasons[0].message, "0x810000000"));
	assert_int_equal(fixture.verdict, HR_VERDICT_NOT_REMOVABLE);
	tear_down(&fixture);
}

static void absent_sections_are_counted_and_the_first_is_named(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_section_raw(&fixture.kernel, HOT + MIB(128), 0);
	fake_section(&fixture.kernel, HOT + MIB(640), 2);
	check_edges(&fixture, HOT, GIB(1));
	assert_only(&fixture, HR_REASON_NOT_PRESENT, "2 of its sections");
	assert_non_null(strstr(fixture.result.reasons[0].message, "0x808000000"));
	tear_down(&fixture);
}

/* 4 TiB without a section, across many missing roots. */
static void absent_sections_are_counted_over_missing_roots(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	check_edges(&fixture, BASE + GIB(1024), GIB(4096));
	assert_only(&fixture, HR_REASON_NOT_PRESENT, "32768 of its sections");
	assert_true(fixture.kernel.fake.reads < 64);
	tear_down(&fixture);
}

static void last_section_of_the_range_is_looked_at(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_section(&fixture.kernel, HOT + MIB(896), 15);
	check_edges(&fixture, HOT, MIB(896));
	assert_nothing(&fixture);
	check_edges(&fixture, HOT, GIB(1));
	assert_only(&fixture, HR_REASON_BOOT_MEMORY, "1 of its sections");
	tear_down(&fixture);
}

static void sections_that_disagree_on_the_vmemmap_are_not_trusted(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, MIB(128), FAKE_PMD, FAKE_PMD);
	fake_section(&fixture.kernel, HOT, 0x1000 + 7);
	check_edges(&fixture, HOT, MIB(128));
	assert_only(&fixture, HR_REASON_UNREADABLE, "mem_section puts the vmemmap at");
	assert_int_equal(fixture.verdict, HR_VERDICT_UNKNOWN);
	tear_down(&fixture);
}

static void newer_section_flags_are_no_address(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, MIB(128), FAKE_PMD, FAKE_PMD);
	fake_section(&fixture.kernel, HOT, 0x37);
	check_edges(&fixture, HOT, MIB(128));
	assert_nothing(&fixture);
	tear_down(&fixture);
}

static void unknown_mem_section_leaves_the_verdict_open(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, MIB(128), FAKE_PMD, FAKE_PMD);
	fixture.check.sections = NULL;
	check_edges(&fixture, HOT, MIB(128));
	assert_only(&fixture, HR_REASON_UNREADABLE, "mem_section");
	assert_int_equal(fixture.verdict, HR_VERDICT_UNKNOWN);
	fixture.check.ignored = 1u << HR_REASON_BOOT_MEMORY | 1u << HR_REASON_NOT_PRESENT;
	check_edges(&fixture, HOT, MIB(128));
	assert_nothing(&fixture);
	tear_down(&fixture);
}

static void unreadable_mem_section_leaves_the_verdict_open(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, MIB(128), FAKE_PMD, FAKE_PMD);
	fake_exclude(&fixture.kernel.fake, fake_section_root(&fixture.kernel, HOT));
	check_edges(&fixture, HOT, MIB(128));
	assert_only(&fixture, HR_REASON_UNREADABLE, "mem_section");
	assert_int_equal(fixture.verdict, HR_VERDICT_UNKNOWN);
	tear_down(&fixture);
}

static void unreadable_tables_at_an_edge_leave_the_verdict_open(void **state)
{
	static const uint64_t holes[] = { 0, MIB(126) };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(holes); i++) {
		struct fixture fixture;
		uint64_t va;

		set_up(&fixture, SHAPE_4K);
		fixture.check.memory_block_size = MIB(1);
		fake_add_memory(&fixture.kernel, HOT, MIB(128), FAKE_PTE, FAKE_PTE);
		va = fake_linear(&fixture.kernel, HOT + holes[i]);
		fake_exclude(&fixture.kernel.fake,
			     fake_table_of(&fixture.kernel.tables, HR_LEVEL_PTE, va));
		check_all(&fixture, HOT, MIB(127));
		assert_non_null(find_reason(&fixture, HR_REASON_UNREADABLE));
		assert_int_equal(fixture.verdict, HR_VERDICT_UNKNOWN);
		tear_down(&fixture);
	}
}

static void unreadable_tables_inside_show_in_the_survey(void **state)
{
	struct fixture fixture;
	uint64_t va;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, MIB(128), FAKE_PTE, FAKE_PTE);
	va = fake_linear(&fixture.kernel, HOT + MIB(64));
	fake_exclude(&fixture.kernel.fake, fake_table_of(&fixture.kernel.tables, HR_LEVEL_PTE, va));
	check_edges(&fixture, HOT, MIB(128));
	assert_nothing(&fixture);
	check_all(&fixture, HOT, MIB(128));
	assert_only(&fixture, HR_REASON_UNREADABLE, "2 MiB of its linear map");
	assert_int_equal(fixture.verdict, HR_VERDICT_UNKNOWN);
	tear_down(&fixture);
}

static void definite_reasons_win_over_unreadable_ones(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, MIB(128), FAKE_PTE, FAKE_PMD);
	fake_exclude(&fixture.kernel.fake, fake_table_of(&fixture.kernel.tables, HR_LEVEL_PTE,
							 fake_linear(&fixture.kernel, HOT)));
	fake_section(&fixture.kernel, HOT, 15);
	check_edges(&fixture, HOT, MIB(128));
	assert_non_null(find_reason(&fixture, HR_REASON_UNREADABLE));
	assert_int_equal(fixture.verdict, HR_VERDICT_NOT_REMOVABLE);
	tear_down(&fixture);
}

static void ignored_reasons_are_reported_but_do_not_decide(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	fake_section(&fixture.kernel, HOT, 15);
	fixture.check.ignored = 1u << HR_REASON_SPLITS_LEAF;
	check_edges(&fixture, HOT, MIB(128));
	assert_non_null(find_reason(&fixture, HR_REASON_SPLITS_LEAF));
	assert_int_equal(fixture.verdict, HR_VERDICT_NOT_REMOVABLE);
	fixture.check.ignored |= 1u << HR_REASON_BOOT_MEMORY;
	check_edges(&fixture, HOT, MIB(128));
	assert_non_null(find_reason(&fixture, HR_REASON_BOOT_MEMORY));
	assert_int_equal(fixture.verdict, HR_VERDICT_REMOVABLE);
	tear_down(&fixture);
}

static void ignoring_unreadable_leaves_definite_reasons(void **state)
{
	struct hr_check check = { .ignored = 1u << HR_REASON_UNREADABLE };
	struct hr_check_result result = { .count = 1 };

	(void)state;
	result.reasons[0].code = HR_REASON_UNREADABLE;
	assert_int_equal(hr_check_verdict(&check, &result), HR_VERDICT_REMOVABLE);
	result.reasons[0].code = HR_REASON_MISALIGNED;
	assert_int_equal(hr_check_verdict(&check, &result), HR_VERDICT_NOT_REMOVABLE);
}

static void every_code_but_unreadable_refuses(void **state)
{
	struct hr_check check = { .ignored = 0 };
	struct hr_check_result result = { .count = 1 };

	(void)state;
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++) {
		result.reasons[0].code = code;
		assert_int_equal(hr_check_verdict(&check, &result),
				 code == HR_REASON_UNREADABLE ? HR_VERDICT_UNKNOWN
							      : HR_VERDICT_NOT_REMOVABLE);
	}
	result.count = 0;
	assert_int_equal(hr_check_verdict(&check, &result), HR_VERDICT_REMOVABLE);
}

/* Map HOT by a CONT PMD group that lacks member @at, which is replaced by @entry. */
static void add_broken_group(struct fixture *fixture, uint64_t at, uint64_t entry)
{
	fixture->check.memory_block_size = MIB(2);
	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_CONT_PMD, FAKE_PTE);
	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD,
		 fake_linear(&fixture->kernel, HOT + at * MIB(2)), entry);
}

static void group_without_a_member_is_malformed_where_it_is_touched(void **state)
{
	static const struct {
		uint64_t start, size;
		bool malformed, split;
	} rows[] = {
		{ 0, MIB(32), true, false },	    { 0, MIB(2), true, true },
		{ MIB(2), MIB(30), true, true },    { MIB(30), MIB(34), true, true },
		{ MIB(32), MIB(32), false, false }, { MIB(32), MIB(96), false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		add_broken_group(&fixture, 5, 0);
		check_edges(&fixture, HOT + rows[i].start, rows[i].size);
		assert_int_equal(hr_check_has(&fixture.result, HR_REASON_MALFORMED_CONT),
				 rows[i].malformed);
		assert_int_equal(hr_check_has(&fixture.result, HR_REASON_SPLITS_LEAF),
				 rows[i].split);
		assert_int_equal(fixture.verdict, rows[i].malformed ? HR_VERDICT_NOT_REMOVABLE
								    : HR_VERDICT_REMOVABLE);
		tear_down(&fixture);
	}
}

static void malformed_group_is_described(void **state)
{
	const struct hr_reason *reason;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	add_broken_group(&fixture, 5,
			 fake_leaf_desc(&fixture.kernel.layout.geo, HR_LEVEL_PMD, HOT + MIB(10)));
	check_edges(&fixture, HOT + MIB(2), MIB(30));
	for (enum hr_reason_code code = HR_REASON_SPLITS_LEAF; code < HR_REASON_COUNT;
	     code += HR_REASON_MALFORMED_CONT - HR_REASON_SPLITS_LEAF) {
		reason = find_reason(&fixture, code);
		assert_non_null(reason);
		assert_true(reason->has_leaf);
		assert_int_equal(reason->edge, HR_EDGE_START);
		assert_int_equal(reason->va, fake_linear(&fixture.kernel, HOT + MIB(2)));
		assert_int_equal(reason->leaf.va, fake_linear(&fixture.kernel, HOT));
		assert_int_equal(reason->leaf.size, MIB(32));
		assert_true(reason->leaf.cont);
	}
	tear_down(&fixture);
}

static void malformed_groups_inside_show_in_the_survey(void **state)
{
	const struct hr_reason *reason;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	add_broken_group(&fixture, 16 + 5, 0);
	check_edges(&fixture, HOT, MIB(128));
	assert_nothing(&fixture);
	check_all(&fixture, HOT, MIB(128));
	assert_only(&fixture, HR_REASON_MALFORMED_CONT, "1 CONT group");
	reason = &fixture.result.reasons[0];
	assert_int_equal(reason->edge, HR_EDGE_NONE);
	assert_int_equal(reason->va, fake_linear(&fixture.kernel, HOT + MIB(32)));
	tear_down(&fixture);
}

static void malformed_group_at_an_edge_is_not_told_twice(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	add_broken_group(&fixture, 5, 0);
	check_all(&fixture, HOT, MIB(128));
	assert_only(&fixture, HR_REASON_MALFORMED_CONT, "start edge");
	tear_down(&fixture);
}

static void misplaced_linear_leaves_are_not_trusted(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, MIB(128), FAKE_PMD, FAKE_PMD);
	fake_map(&fixture.kernel.tables, fake_linear(&fixture.kernel, HOT), HOT + MIB(2), FAKE_PMD);
	check_edges(&fixture, HOT, MIB(128));
	assert_only(&fixture, HR_REASON_UNREADABLE, "PHYS_OFFSET");
	assert_int_equal(fixture.verdict, HR_VERDICT_UNKNOWN);
	tear_down(&fixture);
}

static void misplaced_leaves_inside_show_in_the_survey(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, MIB(128), FAKE_PMD, FAKE_PMD);
	fake_map(&fixture.kernel.tables, fake_linear(&fixture.kernel, HOT + MIB(64)), HOT,
		 FAKE_PMD);
	check_all(&fixture, HOT, MIB(128));
	assert_only(&fixture, HR_REASON_UNREADABLE, "PHYS_OFFSET");
	tear_down(&fixture);
}

static void unexpected_leaves_are_not_trusted(void **state)
{
	struct fixture fixture;
	uint64_t va;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_sections(&fixture.kernel, BASE + GIB(512), MIB(128), 7);
	fake_map_vmemmap(&fixture.kernel, BASE + GIB(512), MIB(128), FAKE_PMD);
	va = fake_linear(&fixture.kernel, BASE + GIB(512));
	fake_set(&fixture.kernel.tables, HR_LEVEL_P4D, va,
		 fake_leaf_desc(&fixture.kernel.layout.geo, HR_LEVEL_P4D, GIB(512)));
	check_edges(&fixture, BASE + GIB(512), MIB(128));
	assert_non_null(find_reason(&fixture, HR_REASON_UNREADABLE));
	assert_non_null(
		strstr(find_reason(&fixture, HR_REASON_UNREADABLE)->message, "never makes"));
	tear_down(&fixture);
}

/* The first and the last page of an existing section are mapped in both maps. */
static void existing_memory_with_an_unmapped_end_is_not_trusted(void **state)
{
	static const struct {
		uint64_t linear, linear_size; /* the part of the block that the linear map has */
		bool vmemmap;
		const char *message;
	} rows[] = {
		{ 0, MIB(126), true, "linear map does not map its last page" },
		{ MIB(2), MIB(126), true, "linear map does not map its first page" },
		{ 0, MIB(128), false, "vmemmap does not map its first page" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		fake_sections(&fixture.kernel, HOT, MIB(128), 7);
		fake_map_linear(&fixture.kernel, HOT + rows[i].linear, rows[i].linear_size,
				FAKE_PMD);
		if (rows[i].vmemmap)
			fake_map_vmemmap(&fixture.kernel, HOT, MIB(128), FAKE_PMD);
		check_edges(&fixture, HOT, MIB(128));
		assert_non_null(find_reason(&fixture, HR_REASON_UNREADABLE));
		assert_non_null(strstr(find_reason(&fixture, HR_REASON_UNREADABLE)->message,
				       rows[i].message));
		tear_down(&fixture);
	}
}

/* A leaf across the end was replaced by a table: the edge alone does not show this. */
static void last_page_must_be_readable_and_in_place(void **state)
{
	static const struct {
		uint64_t entry;
		const char *message;
	} rows[] = {
		{ (HOT + GIB(1)) | 3, "the last page in the linear map: the table page" },
		{ (HOT + GIB(2)) | 0x701, "where PHYS_OFFSET puts" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct hr_reason *reason;
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
		fake_add_memory(&fixture.kernel, HOT + GIB(1), GIB(1), FAKE_PUD, FAKE_PMD);
		fake_write64(&fixture.kernel.fake,
			     fake_entry(&fixture.kernel.tables, HR_LEVEL_PUD,
					fake_linear(&fixture.kernel, HOT + GIB(1))),
			     rows[i].entry);
		check_edges(&fixture, HOT, GIB(2));
		assert_int_equal(fixture.verdict, HR_VERDICT_UNKNOWN);
		reason = find_reason(&fixture, HR_REASON_UNREADABLE);
		assert_non_null(reason);
		assert_non_null(strstr(reason->message, rows[i].message));
		tear_down(&fixture);
	}
}

/* Boot memory has holes of its own. If boot memory is ignored, they count as damage. */
static void holes_in_boot_memory_matter_where_that_is_ignored(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_sections(&fixture.kernel, HOT, MIB(128), 15);
	fake_map_linear(&fixture.kernel, HOT, MIB(126), FAKE_PMD);
	fake_map_vmemmap(&fixture.kernel, HOT, MIB(128), FAKE_PMD);
	check_edges(&fixture, HOT, MIB(128));
	assert_only(&fixture, HR_REASON_BOOT_MEMORY, "");
	fixture.check.ignored = 1u << HR_REASON_BOOT_MEMORY;
	check_edges(&fixture, HOT, MIB(128));
	assert_int_equal(fixture.verdict, HR_VERDICT_UNKNOWN);
	tear_down(&fixture);
}

/* The sentence about unmapped memory states only what was read of its section. */
static void holes_are_told_by_what_the_section_says(void **state)
{
	static const struct {
		unsigned int flags; /* of the section, 0 if it cannot be read */
		bool sections;	    /* mem_section is known */
		const char *said;
	} rows[] = {
		{ 7, true,
		  "mem_section has this memory, yet the linear map does not map its last" },
		{ 15, true, "mem_section has this memory from boot, yet the linear map does not" },
		{ 0, true, "page: whether there is such memory is not known" },
		{ 7, false, "page: whether there is such memory is not known" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;
		bool said = false;

		set_up(&fixture, SHAPE_4K);
		fake_sections(&fixture.kernel, HOT, MIB(128), rows[i].flags ? rows[i].flags : 7);
		fake_map_linear(&fixture.kernel, HOT, MIB(126), FAKE_PMD);
		fake_map_vmemmap(&fixture.kernel, HOT, MIB(128), FAKE_PMD);
		fixture.check.ignored = 1u << HR_REASON_BOOT_MEMORY | 1u << HR_REASON_NOT_PRESENT;
		if (!rows[i].flags)
			fake_exclude(&fixture.kernel.fake, fake_section_root(&fixture.kernel, HOT));
		if (!rows[i].sections)
			fixture.check.sections = NULL;
		check_edges(&fixture, HOT, MIB(128));
		for (size_t j = 0; j < fixture.result.count; j++) {
			const char *message = fixture.result.reasons[j].message;

			said |= strstr(message, rows[i].said) != NULL;
			if (!rows[i].flags || !rows[i].sections)
				assert_null(strstr(message, "has this memory"));
		}
		assert_true(said);
		assert_int_equal(fixture.verdict, HR_VERDICT_UNKNOWN);
		tear_down(&fixture);
	}
}

/* Sections that could not be read may be like those that were. */
static void counts_of_sections_are_whole_or_say_so(void **state)
{
	static const char *const said[] = { "1 of its sections is", "at least 1 of its sections" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(said); i++) {
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		fake_add_memory(&fixture.kernel, HOT, MIB(256), FAKE_PMD, FAKE_PMD);
		fake_sections(&fixture.kernel, HOT, MIB(128), 15);
		if (i)
			fake_section_raw(&fixture.kernel, HOT + MIB(128), 0x5a5a5005);
		check_edges(&fixture, HOT, MIB(256));
		assert_int_equal(strncmp(find_reason(&fixture, HR_REASON_BOOT_MEMORY)->message,
					 said[i], strlen(said[i])),
				 0);
		tear_down(&fixture);
	}
}

/* If an edge could not be read, it is unknown whether nothing would be split. */
static void a_veto_claims_no_more_than_was_read(void **state)
{
	const struct hr_guard_result guard = {
		.outcome = HR_GUARD_REFUSES,
		.vetoed = 1,
		.vetoed_first = HOT,
	};
	const struct hr_check check = { .ignored = 0 };
	struct hr_check_result result = { .count = 0 };

	(void)state;
	hr_check_guard(&check, &guard, HR_GUARD_REQUESTED, &result);
	assert_non_null(strstr(result.reasons[0].message, "nothing would be split, but this"));
	result.reasons[0].code = HR_REASON_UNREADABLE;
	hr_check_guard(&check, &guard, HR_GUARD_REQUESTED, &result);
	assert_int_equal(result.count, 2);
	assert_int_equal(strncmp(result.reasons[1].message, "this kernel refuses", 19), 0);
}

static void sections_that_no_kernel_leaves_are_not_trusted(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, MIB(256), FAKE_PMD, FAKE_PMD);
	fake_section_raw(&fixture.kernel, HOT, 0x5a5a5001);
	fake_section_raw(&fixture.kernel, HOT + MIB(128), 0x5a5a5005);
	check_edges(&fixture, HOT, MIB(256));
	assert_only(&fixture, HR_REASON_UNREADABLE, "which no kernel leaves there");
	tear_down(&fixture);
}

static void holes_inside_do_not_matter(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_sections(&fixture.kernel, HOT, MIB(128), 7);
	fake_map_vmemmap(&fixture.kernel, HOT, MIB(128), FAKE_PMD);
	fake_map_linear(&fixture.kernel, HOT, MIB(2), FAKE_PMD);
	fake_map_linear(&fixture.kernel, HOT + MIB(126), MIB(2), FAKE_PMD);
	check_edges(&fixture, HOT, MIB(128));
	assert_nothing(&fixture);
	tear_down(&fixture);
}

static void absent_memory_needs_no_evidence(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fixture.kernel.layout.has_mem_section = false;
	check_edges(&fixture, HOT, MIB(128));
	assert_only(&fixture, HR_REASON_NOT_PRESENT, "does not exist");
	tear_down(&fixture);
}

/* Existing memory has a place in both maps, or the layout is wrong. */
static void present_memory_without_a_place_is_not_trusted(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_sections(&fixture.kernel, GIB(8), MIB(128), 7);
	check_edges(&fixture, GIB(8), MIB(128));
	assert_non_null(find_reason(&fixture, HR_REASON_UNREADABLE));
	assert_non_null(strstr(fixture.result.reasons[0].message, "no place"));
	assert_int_equal(fixture.verdict, HR_VERDICT_UNKNOWN);
	tear_down(&fixture);
}

/* One end is absent, or both are. A missing place matters only for existing memory. */
static void absent_memory_needs_no_place(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	check_edges(&fixture, GIB(8), MIB(256));
	assert_null(find_reason(&fixture, HR_REASON_UNREADABLE));
	assert_int_equal(fixture.verdict, HR_VERDICT_NOT_REMOVABLE);
	tear_down(&fixture);
	set_up(&fixture, SHAPE_4K);
	fake_sections(&fixture.kernel, GIB(8) + MIB(128), MIB(128), 7);
	check_edges(&fixture, GIB(8), MIB(256));
	assert_non_null(find_reason(&fixture, HR_REASON_NOT_PRESENT));
	assert_non_null(find_reason(&fixture, HR_REASON_UNREADABLE));
	assert_int_equal(fixture.verdict, HR_VERDICT_NOT_REMOVABLE);
	tear_down(&fixture);
}

/* What follows the last byte of the linear map is unrelated. */
static void end_of_the_linear_map_is_no_edge(void **state)
{
	struct fixture fixture;
	uint64_t pa;

	(void)state;
	set_up(&fixture, 0);
	pa = BASE + (fixture.kernel.layout.linear_end - fixture.kernel.layout.page_offset);
	fake_add_memory(&fixture.kernel, pa - MIB(128), MIB(128), FAKE_PMD, FAKE_PMD);
	fake_map(&fixture.kernel.tables, fixture.kernel.layout.linear_end, 0, FAKE_CONT_PTE);
	fake_set(&fixture.kernel.tables, HR_LEVEL_PTE, fixture.kernel.layout.linear_end, 0);
	check_all(&fixture, pa - MIB(128), MIB(128));
	assert_nothing(&fixture);
	tear_down(&fixture);
}

static void edges_read_few_tables(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(2), FAKE_PTE, FAKE_PTE);
	fake_forget_reads(&fixture.kernel.fake);
	check_edges(&fixture, HOT, GIB(2));
	assert_true(hr_walker_tables_read(fixture.walker) <= 16);
	tear_down(&fixture);
}

/* Edges and sections are still checked, because an ignored reason must leave their verdict. */
static void kernel_that_cannot_remove_memory_is_a_reason(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fixture.check.no_hotremove = "this kernel cannot";
	check_edges(&fixture, HOT, GIB(1));
	assert_only(&fixture, HR_REASON_NO_HOTREMOVE, "this kernel cannot");
	assert_int_equal(fixture.verdict, HR_VERDICT_NOT_REMOVABLE);
	fixture.check.ignored = 1u << HR_REASON_NO_HOTREMOVE;
	check_edges(&fixture, HOT, GIB(1));
	assert_int_equal(fixture.verdict, HR_VERDICT_REMOVABLE);
	check_edges(&fixture, HOT + KIB(4), GIB(1));
	assert_int_equal(fixture.verdict, HR_VERDICT_NOT_REMOVABLE);
	tear_down(&fixture);
}

static void check_that_may_refuse_is_a_reason_unless_it_is_ignored(void **state)
{
	const struct hr_guard_result guard = { .outcome = HR_GUARD_CANNOT_TELL, .undecided = true };
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fixture.result.count = 0;
	hr_check_guard(&fixture.check, &guard, HR_GUARD_UNKNOWN, &fixture.result);
	assert_only(&fixture, HR_REASON_UNREADABLE, "--assume=guard");
	fixture.result.count = 0;
	fixture.check.ignored = 1u << HR_REASON_GUARD_VETO;
	hr_check_guard(&fixture.check, &guard, HR_GUARD_UNKNOWN, &fixture.result);
	assert_int_equal(fixture.result.count, 0);
	/* What cannot be read is a separate matter. */
	hr_check_guard(&fixture.check, &guard, HR_GUARD_REQUESTED, &fixture.result);
	assert_only(&fixture, HR_REASON_UNREADABLE, "could not be read");
	tear_down(&fixture);
}

static void unproven_check_leaves_the_verdict_open(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fixture.check.guard_unproven = "newer than known";
	check_edges(&fixture, HOT, GIB(1));
	assert_only(&fixture, HR_REASON_UNREADABLE, "newer than known");
	assert_int_equal(fixture.verdict, HR_VERDICT_UNKNOWN);
	fixture.check.ignored = 1u << HR_REASON_GUARD_VETO;
	check_edges(&fixture, HOT, GIB(1));
	assert_nothing(&fixture);
	tear_down(&fixture);
}

static void words_are_those_of_the_interface(void **state)
{
	static const char *const words[] = { "splits-leaf",  "guard-veto",  "boot-memory",
					     "misaligned",   "not-present", "malformed-cont",
					     "no-hotremove", "unreadable" };

	(void)state;
	for (enum hr_reason_code code = 0; code < HR_REASON_COUNT; code++) {
		enum hr_reason_code parsed = HR_REASON_COUNT;

		assert_string_equal(hr_reason_name(code), words[code]);
		assert_true(hr_reason_parse(words[code], &parsed));
		assert_int_equal(parsed, code);
	}
	assert_string_equal(hr_verdict_name(HR_VERDICT_REMOVABLE), "removable");
	assert_string_equal(hr_verdict_name(HR_VERDICT_NOT_REMOVABLE), "not-removable");
	assert_string_equal(hr_verdict_name(HR_VERDICT_UNKNOWN), "unknown");
	assert_null(hr_edge_name(HR_EDGE_NONE));
	assert_string_equal(hr_edge_name(HR_EDGE_START), "start");
	assert_string_equal(hr_edge_name(HR_EDGE_END), "end");
}

static void other_words_are_no_reasons(void **state)
{
	static const char *const words[] = { "", "splits", "SPLITS-LEAF", "unreadable ", "all" };
	enum hr_reason_code code;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		assert_false(hr_reason_parse(words[i], &code));
}

/*
 * Two hot-added GiB with leaves of 2 MiB. The entry above the leaves of the first GiB reads as
 * @values say.
 */
static void set_up_live(struct fixture *fixture, const uint64_t *values, size_t count, bool cycle)
{
	struct fake_kernel *kernel = &fixture->kernel;
	uint64_t entry;

	set_up(fixture, SHAPE_4K);
	fake_add_memory(kernel, HOT, GIB(2), FAKE_PMD, FAKE_PMD);
	entry = fake_entry(&kernel->tables, HR_LEVEL_PUD, fake_linear(kernel, HOT));
	kernel->fake.memory.live = true;
	if (count)
		fake_change(&kernel->fake, entry, values, count, cycle);
	fake_forget_reads(&kernel->fake);
}

/* The table that leads to the leaves of the first GiB, and a leaf in its place. */
static void either_way(uint64_t *ret_table, uint64_t *ret_leaf)
{
	struct fixture twin;
	uint64_t entry;

	set_up_live(&twin, NULL, 0, false);
	entry = fake_entry(&twin.kernel.tables, HR_LEVEL_PUD, fake_linear(&twin.kernel, HOT));
	*ret_table = fake_read64(&twin.kernel.fake, entry);
	*ret_leaf = fake_leaf_desc(&twin.kernel.layout.geo, HR_LEVEL_PUD, HOT);
	tear_down(&twin);
}

static void live_tables_are_read_once_and_confirmed_once(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_live(&fixture, NULL, 0, false);
	check_edges(&fixture, HOT + MIB(128), GIB(1));
	assert_nothing(&fixture);
	assert_int_equal(fake_reads_of(&fixture.kernel.fake, fixture.kernel.tables.root_pa), 2);
	tear_down(&fixture);
}

/* The result of the first reading does not count if it has changed by the second. */
static void what_changed_meanwhile_is_looked_at_again(void **state)
{
	uint64_t values[2];

	(void)state;
	for (int to_leaf = 0; to_leaf < 2; to_leaf++) {
		struct fixture fixture;

		either_way(&values[!to_leaf], &values[to_leaf]);
		set_up_live(&fixture, values, 2, false);
		check_edges(&fixture, HOT + MIB(128), MIB(256));
		if (to_leaf)
			assert_int_equal(fixture.verdict, HR_VERDICT_NOT_REMOVABLE);
		else
			assert_nothing(&fixture);
		assert_int_equal(fixture.result.count, to_leaf ? 2 : 0);
		tear_down(&fixture);
	}
}

static void what_keeps_changing_is_unknown(void **state)
{
	struct fixture fixture;
	uint64_t values[2];

	(void)state;
	either_way(&values[0], &values[1]);
	set_up_live(&fixture, values, 2, true);
	check_edges(&fixture, HOT, MIB(128));
	assert_int_equal(fixture.verdict, HR_VERDICT_UNKNOWN);
	assert_non_null(
		strstr(find_reason(&fixture, HR_REASON_UNREADABLE)->message, "kept changing"));
	tear_down(&fixture);
}

static size_t linear_splits(const struct fixture *fixture)
{
	size_t count = 0;

	for (size_t i = 0; i < fixture->result.count; i++)
		count += fixture->result.reasons[i].code == HR_REASON_SPLITS_LEAF &&
			 fixture->result.reasons[i].map == HR_MAP_LINEAR;
	return count;
}

/*
 * A copy of the table over the first GiB, with a group of 32 MiB around @pa. Returns the entry for
 * it.
 */
static uint64_t table_with_group(struct fake_kernel *kernel, uint64_t pa)
{
	uint64_t from = fake_table_of(&kernel->tables, HR_LEVEL_PMD, fake_linear(kernel, HOT));
	uint64_t to = fake_new_table(&kernel->tables), first = (pa - HOT) / MIB(32) * 16;

	for (uint64_t i = 0; i < 512; i++) {
		uint64_t cont = i >= first && i < first + 16 ? FAKE_CONT : 0;

		fake_write64(&kernel->fake, to + i * 8,
			     fake_read64(&kernel->fake, from + i * 8) | cont);
	}
	return fake_table_desc(&kernel->layout.geo, to);
}

/*
 * Two tables over the first GiB in turn. One has a group across the start of a range, the other one
 * across its end. An answer made from an edge of each would match neither.
 */
static void edges_are_seen_together(void **state)
{
	enum {
		TRIES = 5
	};
	const uint64_t start = HOT + MIB(144), size = MIB(160);

	(void)state;
	for (size_t torn = 1; torn <= TRIES; torn += TRIES - 1) {
		uint64_t values[2 * TRIES + 3], tables[2], entry;
		struct fixture fixture;
		size_t count = 0;

		set_up_live(&fixture, NULL, 0, false);
		tables[0] = table_with_group(&fixture.kernel, start);
		tables[1] = table_with_group(&fixture.kernel, start + size);
		for (size_t i = 0; i < 2 * torn; i++)
			values[count++] = tables[i % 2];
		/* Two readings of the other table for the start, then the first one. */
		values[count++] = tables[1];
		values[count++] = tables[1];
		values[count++] = tables[0];
		entry = fake_entry(&fixture.kernel.tables, HR_LEVEL_PUD,
				   fake_linear(&fixture.kernel, HOT));
		fake_change(&fixture.kernel.fake, entry, values, count, false);
		check_edges(&fixture, start, size);
		if (torn < TRIES)
			assert_int_equal(linear_splits(&fixture), 1);
		else
			assert_non_null(strstr(find_reason(&fixture, HR_REASON_UNREADABLE)->message,
					       "kept changing"));
		tear_down(&fixture);
	}
}

/*
 * A call for each memory block has edges inside the range: every 128 MiB here, 512 MiB with 64K
 * pages.
 */
static void calls_for_each_block_split_what_reaches_over_its_edge(void **state)
{
	static const struct {
		size_t shape;
		enum fake_kind linear, vmemmap;
		enum hr_map map;
		uint64_t size; /* of the leaf that is split, 0 if none is */
	} rows[] = {
		{ SHAPE_4K, FAKE_PUD, FAKE_PMD, HR_MAP_LINEAR, GIB(1) },
		{ SHAPE_4K, FAKE_CONT_PMD, FAKE_CONT_PMD, HR_MAP_VMEMMAP, MIB(32) },
		{ SHAPE_4K, FAKE_CONT_PMD, FAKE_PMD, HR_MAP_LINEAR, 0 },
		{ SHAPE_64K, FAKE_CONT_PMD, FAKE_PTE, HR_MAP_LINEAR, GIB(16) },
		{ SHAPE_64K, FAKE_PMD, FAKE_PTE, HR_MAP_LINEAR, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct hr_reason *reason;
		struct fixture fixture;

		set_up(&fixture, rows[i].shape);
		fake_add_memory(&fixture.kernel, HOT, GIB(16), rows[i].linear, rows[i].vmemmap);
		check_all(&fixture, HOT, GIB(16));
		assert_int_equal(fixture.verdict, HR_VERDICT_REMOVABLE);
		fixture.check.by_block = true;
		check_all(&fixture, HOT, GIB(16));
		reason = find_reason(&fixture, HR_REASON_SPLITS_LEAF);
		assert_int_equal(reason != NULL, rows[i].size != 0);
		if (reason) {
			uint64_t first = hr_map_va(&fixture.kernel.layout, rows[i].map, HOT);

			assert_int_equal(fixture.verdict, HR_VERDICT_NOT_REMOVABLE);
			assert_true(reason->has_leaf);
			assert_int_equal(reason->map, rows[i].map);
			assert_int_equal(reason->edge, HR_EDGE_NONE);
			assert_int_equal(reason->leaf.va, first);
			assert_int_equal(reason->leaf.size, rows[i].size);
			assert_true(reason->va > first && reason->va < first + rows[i].size);
		}
		tear_down(&fixture);
	}
}

/* The first split block is named, which need not be the first of the range. */
static void a_single_block_has_no_edges_inside(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fake_add_memory(&fixture.kernel, HOT + GIB(1), GIB(1), FAKE_PUD, FAKE_PMD);
	fixture.check.by_block = true;
	check_all(&fixture, HOT, MIB(128));
	assert_int_equal(fixture.verdict, HR_VERDICT_REMOVABLE);
	check_all(&fixture, HOT, GIB(1));
	assert_int_equal(fixture.verdict, HR_VERDICT_REMOVABLE);
	check_all(&fixture, HOT, GIB(2));
	assert_int_equal(fixture.verdict, HR_VERDICT_NOT_REMOVABLE);
	assert_int_equal(find_reason(&fixture, HR_REASON_SPLITS_LEAF)->leaf.va,
			 fake_linear(&fixture.kernel, HOT + GIB(1)));
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_for_each_block_split_what_reaches_over_its_edge),
		cmocka_unit_test(a_single_block_has_no_edges_inside),
		cmocka_unit_test(hot_added_memory_is_removable_whole),
		cmocka_unit_test(edges_inside_a_linear_leaf_split_it),
		cmocka_unit_test(edges_inside_small_leaves_split_them_too),
		cmocka_unit_test(edges_inside_a_vmemmap_leaf_split_it),
		cmocka_unit_test(range_within_one_leaf_splits_it_at_both_edges),
		cmocka_unit_test(invalid_leaves_are_split_as_any),
		cmocka_unit_test(leaf_that_begins_at_the_end_is_not_touched),
		cmocka_unit_test(unreadable_table_that_begins_at_the_end_does_not_matter),
		cmocka_unit_test(misaligned_ranges_are_named),
		cmocka_unit_test(alignment_goes_by_the_memory_block),
		cmocka_unit_test(boot_sections_are_counted_and_the_first_is_named),
		cmocka_unit_test(absent_sections_are_counted_and_the_first_is_named),
		cmocka_unit_test(absent_sections_are_counted_over_missing_roots),
		cmocka_unit_test(last_section_of_the_range_is_looked_at),
		cmocka_unit_test(sections_that_disagree_on_the_vmemmap_are_not_trusted),
		cmocka_unit_test(newer_section_flags_are_no_address),
		cmocka_unit_test(unknown_mem_section_leaves_the_verdict_open),
		cmocka_unit_test(holes_are_told_by_what_the_section_says),
		cmocka_unit_test(counts_of_sections_are_whole_or_say_so),
		cmocka_unit_test(a_veto_claims_no_more_than_was_read),
		cmocka_unit_test(unreadable_mem_section_leaves_the_verdict_open),
		cmocka_unit_test(unreadable_tables_at_an_edge_leave_the_verdict_open),
		cmocka_unit_test(unreadable_tables_inside_show_in_the_survey),
		cmocka_unit_test(definite_reasons_win_over_unreadable_ones),
		cmocka_unit_test(ignored_reasons_are_reported_but_do_not_decide),
		cmocka_unit_test(ignoring_unreadable_leaves_definite_reasons),
		cmocka_unit_test(every_code_but_unreadable_refuses),
		cmocka_unit_test(group_without_a_member_is_malformed_where_it_is_touched),
		cmocka_unit_test(malformed_group_is_described),
		cmocka_unit_test(malformed_groups_inside_show_in_the_survey),
		cmocka_unit_test(malformed_group_at_an_edge_is_not_told_twice),
		cmocka_unit_test(misplaced_linear_leaves_are_not_trusted),
		cmocka_unit_test(misplaced_leaves_inside_show_in_the_survey),
		cmocka_unit_test(unexpected_leaves_are_not_trusted),
		cmocka_unit_test(existing_memory_with_an_unmapped_end_is_not_trusted),
		cmocka_unit_test(last_page_must_be_readable_and_in_place),
		cmocka_unit_test(holes_in_boot_memory_matter_where_that_is_ignored),
		cmocka_unit_test(sections_that_no_kernel_leaves_are_not_trusted),
		cmocka_unit_test(holes_inside_do_not_matter),
		cmocka_unit_test(absent_memory_needs_no_evidence),
		cmocka_unit_test(present_memory_without_a_place_is_not_trusted),
		cmocka_unit_test(absent_memory_needs_no_place),
		cmocka_unit_test(end_of_the_linear_map_is_no_edge),
		cmocka_unit_test(edges_read_few_tables),
		cmocka_unit_test(kernel_that_cannot_remove_memory_is_a_reason),
		cmocka_unit_test(check_that_may_refuse_is_a_reason_unless_it_is_ignored),
		cmocka_unit_test(unproven_check_leaves_the_verdict_open),
		cmocka_unit_test(words_are_those_of_the_interface),
		cmocka_unit_test(other_words_are_no_reasons),
		cmocka_unit_test(live_tables_are_read_once_and_confirmed_once),
		cmocka_unit_test(what_changed_meanwhile_is_looked_at_again),
		cmocka_unit_test(what_keeps_changing_is_unknown),
		cmocka_unit_test(edges_are_seen_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
