// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_fixture.h"

#include <string.h>

#include "arch/descriptor.h"
#include "check/edge_check.h"

static void check_edges(struct fixture *fixture, uint64_t pa, uint64_t size)
{
	const struct hr_pa_range range = begin_check(fixture, pa, size);

	hr_check_leaves_at_edges(&fixture->check, &range, &fixture->result);
}

/* Each kind of leaf, shifted so that a block of memory begins and ends inside one. */
static void edges_inside_a_linear_leaf_split_it(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		size_t shape;
		enum fake_kind kind;
		uint64_t start, size; /* of the range, from HOT on */
		enum hr_edge edge;
	} rows[] = {
		{ SHAPE_4K, FAKE_PUD, MIB(128), MIB(896), HR_EDGE_START },
		{ SHAPE_4K, FAKE_PUD, 0, MIB(896), HR_EDGE_END },
		{ SHAPE_16K, FAKE_CONT_PMD, MIB(128), MIB(896), HR_EDGE_START },
		{ SHAPE_16K, FAKE_CONT_PMD, 0, MIB(128), HR_EDGE_END },
		{ SHAPE_64K, FAKE_CONT_PMD, MIB(512), GIB(15) + MIB(512), HR_EDGE_START },
		{ SHAPE_64K, FAKE_CONT_PMD, 0, MIB(512), HR_EDGE_END },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t edge = rows[i].start + (rows[i].edge == HR_EDGE_END ? rows[i].size : 0);
		const struct hr_reason *reason;
		uint64_t size;

		start_over(fixture, rows[i].shape);
		size = fake_kind_size(&fixture->kernel.layout.geo, rows[i].kind);
		fake_add_memory(&fixture->kernel, HOT, size, rows[i].kind, FAKE_PTE);
		check_edges(fixture, HOT + rows[i].start, rows[i].size);
		assert_only(fixture, HR_REASON_SPLITS_LEAF, "linear map");
		reason = &fixture->result.reasons[0];
		assert_true(reason->has_leaf);
		assert_int_equal(reason->map, HR_MAP_LINEAR);
		assert_int_equal(reason->edge, rows[i].edge);
		assert_int_equal(reason->va, fake_linear(&fixture->kernel, HOT + edge));
		assert_int_equal(reason->leaf.va, fake_linear(&fixture->kernel, HOT));
		assert_int_equal(reason->leaf.pa, HOT);
		assert_int_equal(reason->leaf.size, size);
		assert_int_equal(reason->leaf.cont, fake_kind_cont(rows[i].kind));
		assert_int_equal(verdict_of(fixture), HR_VERDICT_NOT_REMOVABLE);
	}
}

/* Linux removes whole blocks, but what it would split goes by the leaves alone. */
static void edges_inside_small_leaves_split_them_too(void **state)
{
	struct fixture *fixture = *state;
	static const enum fake_kind kinds[] = { FAKE_CONT_PMD, FAKE_PMD, FAKE_CONT_PTE };

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		const struct hr_reason *reason;
		uint64_t size;

		start_over(fixture, SHAPE_4K);
		fake_add_memory(&fixture->kernel, HOT, MIB(128), kinds[i], FAKE_PTE);
		size = fake_kind_size(&fixture->kernel.layout.geo, kinds[i]);
		check_edges(fixture, HOT + size, size + KIB(4));
		reason = find_reason(fixture, HR_REASON_SPLITS_LEAF);
		assert_non_null(reason);
		assert_int_equal(reason->edge, HR_EDGE_END);
		assert_int_equal(reason->leaf.va, fake_linear(&fixture->kernel, HOT + 2 * size));
		assert_int_equal(reason->leaf.size, size);
	}
}

/* With 4K pages a 128 MiB block has exactly one 2 MiB leaf of struct pages; a half has half. */
static void edges_inside_a_vmemmap_leaf_split_it(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		uint64_t start;
		enum hr_edge edge;
	} rows[] = { { MIB(64), HR_EDGE_START }, { 0, HR_EDGE_END } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct hr_reason *reason;

		start_over(fixture, SHAPE_4K);
		fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_PTE, FAKE_PMD);
		check_edges(fixture, HOT + rows[i].start, MIB(64));
		assert_only(fixture, HR_REASON_SPLITS_LEAF, "vmemmap");
		reason = &fixture->result.reasons[0];
		assert_int_equal(reason->map, HR_MAP_VMEMMAP);
		assert_int_equal(reason->edge, rows[i].edge);
		assert_int_equal(reason->va, fake_vmemmap(&fixture->kernel, HOT + MIB(64)));
		assert_int_equal(reason->leaf.va, fake_vmemmap(&fixture->kernel, HOT));
		assert_int_equal(reason->leaf.size, MIB(2));
	}
}

static void range_within_one_leaf_splits_it_at_both_edges(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	check_edges(fixture, HOT + MIB(128), MIB(128));
	assert_int_equal(fixture->result.count, 2);
	assert_int_equal(fixture->result.reasons[0].edge, HR_EDGE_START);
	assert_int_equal(fixture->result.reasons[1].edge, HR_EDGE_END);
}

static void invalid_leaves_are_split_as_any(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	fake_map_invalid(&fixture->kernel.tables, fake_linear(&fixture->kernel, HOT), HOT,
			 FAKE_PUD);
	check_edges(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_SPLITS_LEAF, "1 GiB PUD leaf");
}

/* What lies behind the end is the neighbour's. */
static void leaf_that_begins_at_the_end_is_not_touched(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va;

	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PTE, FAKE_PMD);
	va = fake_linear(&fixture->kernel, HOT + GIB(1));
	fake_map(&fixture->kernel.tables, va, 0, FAKE_CONT_PMD);
	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD, va + MIB(4), 0);
	check_edges(fixture, HOT, GIB(1));
	assert_nothing(fixture);
}

/* An unreadable table of the neighbour hides no leaf that reaches in front of its own start. */
static void unreadable_table_that_begins_at_the_end_does_not_matter(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va;

	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PTE, FAKE_PMD);
	va = fake_linear(&fixture->kernel, HOT + GIB(1));
	fake_map(&fixture->kernel.tables, va, HOT + GIB(1), FAKE_PTE);
	fake_exclude(&fixture->kernel.fake,
		     fake_table_of(&fixture->kernel.tables, HR_LEVEL_PTE, va));
	check_edges(fixture, HOT, GIB(1));
	assert_nothing(fixture);
}

static void unreadable_tables_at_an_edge_leave_the_verdict_open(void **state)
{
	struct fixture *fixture = *state;
	static const uint64_t holes[] = { 0, MIB(126) };

	for (size_t i = 0; i < COUNT_OF(holes); i++) {
		uint64_t va;

		start_over(fixture, SHAPE_4K);
		fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_PTE, FAKE_PTE);
		va = fake_linear(&fixture->kernel, HOT + holes[i]);
		fake_exclude(&fixture->kernel.fake,
			     fake_table_of(&fixture->kernel.tables, HR_LEVEL_PTE, va));
		check_edges(fixture, HOT, MIB(127));
		assert_non_null(find_reason(fixture, HR_REASON_UNREADABLE));
		assert_int_equal(verdict_of(fixture), HR_VERDICT_UNKNOWN);
	}
}

/* Map HOT by a CONT PMD group that lacks member @at; @entry is what stands there. */
static void add_broken_group(struct fixture *fixture, uint64_t at, uint64_t entry)
{
	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_CONT_PMD, FAKE_PTE);
	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD,
		 fake_linear(&fixture->kernel, HOT + at * MIB(2)), entry);
}

static void group_without_a_member_is_malformed_where_it_is_touched(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		uint64_t start, size;
		bool malformed, split;
	} rows[] = {
		{ 0, MIB(32), true, false },	    { 0, MIB(2), true, true },
		{ MIB(2), MIB(30), true, true },    { MIB(30), MIB(34), true, true },
		{ MIB(32), MIB(32), false, false }, { MIB(32), MIB(96), false, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		start_over(fixture, SHAPE_4K);
		add_broken_group(fixture, 5, 0);
		check_edges(fixture, HOT + rows[i].start, rows[i].size);
		assert_int_equal(hr_check_has(&fixture->result, HR_REASON_MALFORMED_CONT),
				 rows[i].malformed);
		assert_int_equal(hr_check_has(&fixture->result, HR_REASON_SPLITS_LEAF),
				 rows[i].split);
		assert_int_equal(verdict_of(fixture), rows[i].malformed ? HR_VERDICT_NOT_REMOVABLE
									: HR_VERDICT_REMOVABLE);
	}
}

static void malformed_group_is_described(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_reason *reason;

	add_broken_group(fixture, 5,
			 fake_leaf_desc(&fixture->kernel.layout.geo, HR_LEVEL_PMD, HOT + MIB(10)));
	check_edges(fixture, HOT + MIB(2), MIB(30));
	for (enum hr_reason_code code = HR_REASON_SPLITS_LEAF; code < HR_REASON_COUNT;
	     code += HR_REASON_MALFORMED_CONT - HR_REASON_SPLITS_LEAF) {
		reason = find_reason(fixture, code);
		assert_non_null(reason);
		assert_true(reason->has_leaf);
		assert_int_equal(reason->edge, HR_EDGE_START);
		assert_int_equal(reason->va, fake_linear(&fixture->kernel, HOT + MIB(2)));
		assert_int_equal(reason->leaf.va, fake_linear(&fixture->kernel, HOT));
		assert_int_equal(reason->leaf.size, MIB(32));
		assert_true(reason->leaf.cont);
	}
}

/* With a member that is not known, as in a text with lines left out. */
static void edge_that_may_lie_inside_a_group_is_not_trusted(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_PMD, FAKE_PTE);
	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD,
		 fake_linear(&fixture->kernel, HOT + MIB(10)), HR_DESC_UNKNOWN);
	check_edges(fixture, HOT + MIB(2), MIB(30));
	assert_only(fixture, HR_REASON_UNREADABLE, "may lie inside a CONT group");
}

static void misplaced_linear_leaves_are_not_trusted(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_PMD, FAKE_PMD);
	fake_map(&fixture->kernel.tables, fake_linear(&fixture->kernel, HOT), HOT + MIB(2),
		 FAKE_PMD);
	check_edges(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_UNREADABLE, "PHYS_OFFSET");
	assert_int_equal(verdict_of(fixture), HR_VERDICT_UNKNOWN);
}

static void unexpected_leaves_are_not_trusted(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va;

	fake_sections(&fixture->kernel, BASE + GIB(512), MIB(128), 7);
	fake_map_vmemmap(&fixture->kernel, BASE + GIB(512), MIB(128), FAKE_PMD);
	va = fake_linear(&fixture->kernel, BASE + GIB(512));
	fake_set(&fixture->kernel.tables, HR_LEVEL_P4D, va,
		 fake_leaf_desc(&fixture->kernel.layout.geo, HR_LEVEL_P4D, GIB(512)));
	check_edges(fixture, BASE + GIB(512), MIB(128));
	assert_reason(fixture, HR_REASON_UNREADABLE, "never makes");
}

/* A section that exists is mapped, its first page and its last, in either map. */
static void existing_memory_with_an_unmapped_end_is_not_trusted(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		uint64_t linear, linear_size; /* what the linear map has of the block */
		bool vmemmap;
		const char *message;
	} rows[] = {
		{ 0, MIB(126), true, "linear map does not map its last page" },
		{ MIB(2), MIB(126), true, "linear map does not map its first page" },
		{ 0, MIB(128), false, "vmemmap does not map its first page" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		start_over(fixture, SHAPE_4K);
		fake_sections(&fixture->kernel, HOT, MIB(128), 7);
		fake_map_linear(&fixture->kernel, HOT + rows[i].linear, rows[i].linear_size,
				FAKE_PMD);
		if (rows[i].vmemmap)
			fake_map_vmemmap(&fixture->kernel, HOT, MIB(128), FAKE_PMD);
		check_edges(fixture, HOT, MIB(128));
		assert_reason(fixture, HR_REASON_UNREADABLE, rows[i].message);
	}
}

/* A leaf that reached across the end has become a table: the edge alone shows nothing of it. */
static void last_page_must_be_readable_and_in_place(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		uint64_t entry;
		const char *message;
	} rows[] = {
		{ (HOT + GIB(1)) | 3, "the last page in the linear map: the table page" },
		{ (HOT + GIB(2)) | 0x701, "where PHYS_OFFSET puts" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		start_over(fixture, SHAPE_4K);
		fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
		fake_add_memory(&fixture->kernel, HOT + GIB(1), GIB(1), FAKE_PUD, FAKE_PMD);
		fake_write64(&fixture->kernel.fake,
			     fake_entry(&fixture->kernel.tables, HR_LEVEL_PUD,
					fake_linear(&fixture->kernel, HOT + GIB(1))),
			     rows[i].entry);
		check_edges(fixture, HOT, GIB(2));
		assert_int_equal(verdict_of(fixture), HR_VERDICT_UNKNOWN);
		assert_reason(fixture, HR_REASON_UNREADABLE, rows[i].message);
	}
}

/* Boot memory has holes of its own; if boot memory is ignored, they count as damage. */
static void holes_in_boot_memory_matter_where_that_is_ignored(void **state)
{
	struct fixture *fixture = *state;

	fake_sections(&fixture->kernel, HOT, MIB(128), 15);
	fake_map_linear(&fixture->kernel, HOT, MIB(126), FAKE_PMD);
	fake_map_vmemmap(&fixture->kernel, HOT, MIB(128), FAKE_PMD);
	check_edges(fixture, HOT, MIB(128));
	assert_nothing(fixture);
	fixture->check.ignored = 1u << HR_REASON_BOOT_MEMORY;
	check_edges(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_UNREADABLE, "the linear map does not map its last page");
}

/* What is said of memory that is not mapped: no more than what was read of its section. */
static void holes_are_told_by_what_the_section_says(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		unsigned int flags; /* of the section, 0 if it cannot be read */
		bool sections;	    /* mem_section is known */
		const char *said;
	} rows[] = {
		{ 7, true,
		  "mem_section has this memory, but the linear map does not map its last" },
		{ 15, true, "mem_section has this as boot memory, but the linear map does not" },
		{ 0, true, "page: it is not known whether such memory exists" },
		{ 7, false, "page: it is not known whether such memory exists" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool said = false;

		start_over(fixture, SHAPE_4K);
		fake_sections(&fixture->kernel, HOT, MIB(128), rows[i].flags ? rows[i].flags : 7);
		fake_map_linear(&fixture->kernel, HOT, MIB(126), FAKE_PMD);
		fake_map_vmemmap(&fixture->kernel, HOT, MIB(128), FAKE_PMD);
		fixture->check.ignored = 1u << HR_REASON_BOOT_MEMORY | 1u << HR_REASON_NOT_PRESENT;
		if (!rows[i].flags)
			fake_exclude(&fixture->kernel.fake,
				     fake_section_root(&fixture->kernel, HOT));
		if (!rows[i].sections)
			fixture->check.machine.sections = NULL;
		check_edges(fixture, HOT, MIB(128));
		for (size_t j = 0; j < fixture->result.count; j++) {
			const char *message = fixture->result.reasons[j].message;

			said |= strstr(message, rows[i].said) != NULL;
			if (!rows[i].flags || !rows[i].sections)
				assert_null(strstr(message, "has this memory"));
		}
		assert_true(said);
		assert_int_equal(verdict_of(fixture), HR_VERDICT_UNKNOWN);
	}
}

static void holes_inside_do_not_matter(void **state)
{
	struct fixture *fixture = *state;

	fake_sections(&fixture->kernel, HOT, MIB(128), 7);
	fake_map_vmemmap(&fixture->kernel, HOT, MIB(128), FAKE_PMD);
	fake_map_linear(&fixture->kernel, HOT, MIB(2), FAKE_PMD);
	fake_map_linear(&fixture->kernel, HOT + MIB(126), MIB(2), FAKE_PMD);
	check_edges(fixture, HOT, MIB(128));
	assert_nothing(fixture);
}

/* Memory that exists has a place in both maps, or else the layout is wrong. */
static void present_memory_without_a_place_is_not_trusted(void **state)
{
	struct fixture *fixture = *state;

	fake_sections(&fixture->kernel, GIB(8), MIB(128), 7);
	check_edges(fixture, GIB(8), MIB(128));
	assert_reason(fixture, HR_REASON_UNREADABLE, "no room for the range");
	assert_int_equal(verdict_of(fixture), HR_VERDICT_UNKNOWN);
}

static void absent_memory_needs_no_place(void **state)
{
	struct fixture *fixture = *state;

	check_edges(fixture, GIB(8), MIB(256));
	assert_nothing(fixture);
}

static void memory_at_one_end_needs_a_place(void **state)
{
	struct fixture *fixture = *state;

	for (uint64_t at = 0; at < MIB(256); at += MIB(128)) {
		start_over(fixture, SHAPE_4K);
		fake_sections(&fixture->kernel, GIB(8) + at, MIB(128), 7);
		check_edges(fixture, GIB(8), MIB(256));
		assert_reason(fixture, HR_REASON_UNREADABLE, "no room for the range");
	}
}

/* Behind the last byte of the linear map lies something else. */
static void end_of_the_linear_map_is_no_edge(void **state)
{
	struct fixture *fixture = *state;
	uint64_t pa;

	start_over(fixture, 0);
	pa = BASE + (fixture->kernel.layout.linear_end - fixture->kernel.layout.page_offset);
	fake_add_memory(&fixture->kernel, pa - MIB(128), MIB(128), FAKE_PMD, FAKE_PMD);
	fake_map(&fixture->kernel.tables, fixture->kernel.layout.linear_end, 0, FAKE_CONT_PTE);
	fake_set(&fixture->kernel.tables, HR_LEVEL_PTE, fixture->kernel.layout.linear_end, 0);
	check_edges(fixture, pa - MIB(128), MIB(128));
	assert_nothing(fixture);
}

/* Two hot-added GiB by leaves of 2 MiB; the entry above those of the first reads as @values say. */
static void set_up_live(struct fixture *fixture, const uint64_t *values, size_t count, bool cycle)
{
	struct fake_kernel *kernel = &fixture->kernel;
	uint64_t entry;

	start_over(fixture, SHAPE_4K);
	fake_add_memory(kernel, HOT, GIB(2), FAKE_PMD, FAKE_PMD);
	entry = fake_entry(&kernel->tables, HR_LEVEL_PUD, fake_linear(kernel, HOT));
	kernel->fake.memory.live = true;
	if (count)
		fake_change(&kernel->fake, entry, values, count, cycle);
	fake_forget_reads(&kernel->fake);
}

/* The table that leads to the leaves of the first GiB, and a leaf in the place of that. */
static void either_way(struct fixture *fixture, uint64_t *ret_table, uint64_t *ret_leaf)
{
	struct fake_kernel *kernel = &fixture->kernel;
	uint64_t entry;

	set_up_live(fixture, NULL, 0, false);
	entry = fake_entry(&kernel->tables, HR_LEVEL_PUD, fake_linear(kernel, HOT));
	*ret_table = fake_read64(&kernel->fake, entry);
	*ret_leaf = fake_leaf_desc(&kernel->layout.geo, HR_LEVEL_PUD, HOT);
}

static void live_tables_are_read_once_and_confirmed_once(void **state)
{
	struct fixture *fixture = *state;

	set_up_live(fixture, NULL, 0, false);
	check_edges(fixture, HOT + MIB(128), GIB(1));
	assert_nothing(fixture);
	assert_int_equal(fake_reads_of(&fixture->kernel.fake, fixture->kernel.tables.root_pa), 2);
}

/* What the first reading has seen does not count if it has changed by the second. */
static void what_changed_meanwhile_is_looked_at_again(void **state)
{
	struct fixture *fixture = *state;
	uint64_t values[2];

	for (int to_leaf = 0; to_leaf < 2; to_leaf++) {
		either_way(fixture, &values[!to_leaf], &values[to_leaf]);
		set_up_live(fixture, values, 2, false);
		check_edges(fixture, HOT + MIB(128), MIB(256));
		if (to_leaf)
			assert_int_equal(verdict_of(fixture), HR_VERDICT_NOT_REMOVABLE);
		else
			assert_nothing(fixture);
		assert_int_equal(fixture->result.count, to_leaf ? 2 : 0);
	}
}

static void what_keeps_changing_is_unknown(void **state)
{
	struct fixture *fixture = *state;
	uint64_t values[2];

	either_way(fixture, &values[0], &values[1]);
	set_up_live(fixture, values, 2, true);
	check_edges(fixture, HOT, MIB(128));
	assert_int_equal(verdict_of(fixture), HR_VERDICT_UNKNOWN);
	assert_reason(fixture, HR_REASON_UNREADABLE, "kept changing");
}

static size_t linear_splits(const struct fixture *fixture)
{
	size_t count = 0;

	for (size_t i = 0; i < fixture->result.count; i++)
		count += fixture->result.reasons[i].code == HR_REASON_SPLITS_LEAF &&
			 fixture->result.reasons[i].map == HR_MAP_LINEAR;
	return count;
}

/* A copy of the table over the first GiB, with a group of 32 MiB around @pa: the entry for it. */
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
 * Two tables over the first GiB in turn, of which one has a group across the start of a range and
 * the other one across its end. Made of an edge from each, an answer would be of neither.
 */
static void edges_are_seen_together(void **state)
{
	struct fixture *fixture = *state;
	enum {
		TRIES = 5
	};
	const uint64_t start = HOT + MIB(144), size = MIB(160);

	for (size_t torn = 1; torn <= TRIES; torn += TRIES - 1) {
		uint64_t values[2 * TRIES + 3], tables[2], entry;
		size_t count = 0;

		set_up_live(fixture, NULL, 0, false);
		tables[0] = table_with_group(&fixture->kernel, start);
		tables[1] = table_with_group(&fixture->kernel, start + size);
		for (size_t i = 0; i < 2 * torn; i++)
			values[count++] = tables[i % 2];
		/* The start by two readings of the other table, the rest by the first. */
		values[count++] = tables[1];
		values[count++] = tables[1];
		values[count++] = tables[0];
		entry = fake_entry(&fixture->kernel.tables, HR_LEVEL_PUD,
				   fake_linear(&fixture->kernel, HOT));
		fake_change(&fixture->kernel.fake, entry, values, count, false);
		check_edges(fixture, start, size);
		if (torn < TRIES)
			assert_int_equal(linear_splits(fixture), 1);
		else
			assert_reason(fixture, HR_REASON_UNREADABLE, "kept changing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(edges_inside_a_linear_leaf_split_it),
		test_of_kernel(edges_inside_small_leaves_split_them_too),
		test_of_kernel(edges_inside_a_vmemmap_leaf_split_it),
		test_of_kernel(range_within_one_leaf_splits_it_at_both_edges),
		test_of_kernel(invalid_leaves_are_split_as_any),
		test_of_kernel(leaf_that_begins_at_the_end_is_not_touched),
		test_of_kernel(unreadable_table_that_begins_at_the_end_does_not_matter),
		test_of_kernel(unreadable_tables_at_an_edge_leave_the_verdict_open),
		test_of_kernel(group_without_a_member_is_malformed_where_it_is_touched),
		test_of_kernel(malformed_group_is_described),
		test_of_kernel(edge_that_may_lie_inside_a_group_is_not_trusted),
		test_of_kernel(misplaced_linear_leaves_are_not_trusted),
		test_of_kernel(unexpected_leaves_are_not_trusted),
		test_of_kernel(existing_memory_with_an_unmapped_end_is_not_trusted),
		test_of_kernel(last_page_must_be_readable_and_in_place),
		test_of_kernel(holes_in_boot_memory_matter_where_that_is_ignored),
		test_of_kernel(holes_are_told_by_what_the_section_says),
		test_of_kernel(holes_inside_do_not_matter),
		test_of_kernel(present_memory_without_a_place_is_not_trusted),
		test_of_kernel(absent_memory_needs_no_place),
		test_of_kernel(memory_at_one_end_needs_a_place),
		test_of_kernel(end_of_the_linear_map_is_no_edge),
		test_of_kernel(live_tables_are_read_once_and_confirmed_once),
		test_of_kernel(what_changed_meanwhile_is_looked_at_again),
		test_of_kernel(what_keeps_changing_is_unknown),
		test_of_kernel(edges_are_seen_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
