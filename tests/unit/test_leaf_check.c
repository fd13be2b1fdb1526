// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/check_fixture.h"

#include <string.h>

#include "leaf_check.h"

static void check_edges(struct fixture *fixture, uint64_t pa, uint64_t size)
{
	const struct hr_pa_range range = begin_check(fixture, pa, size);

	hr_check_edges(&fixture->check, &range, &fixture->result);
}

/* As check_edges(), and what a walk of the whole range adds. */
static void check_all(struct fixture *fixture, uint64_t pa, uint64_t size)
{
	struct hr_survey survey;

	check_edges(fixture, pa, size);
	hr_survey_range(&fixture->kernel.layout, fixture->walker, pa, pa + size, NULL, NULL,
			&survey);
	hr_check_survey(&fixture->check, &survey, &fixture->result);
}

/* Nothing stands against the removal. */
static void assert_removable(const struct fixture *fixture)
{
	assert_nothing(fixture);
	assert_int_equal(verdict_of(fixture), HR_VERDICT_REMOVABLE);
}

static void hot_added_memory_is_removable_whole(void **state)
{
	struct fixture *fixture = *state;
	static const enum fake_kind kinds[] = { FAKE_PUD, FAKE_CONT_PMD, FAKE_PMD, FAKE_CONT_PTE,
						FAKE_PTE };

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		start_over(fixture, SHAPE_4K);
		fake_add_memory(&fixture->kernel, HOT, GIB(2), kinds[i], FAKE_PMD);
		check_all(fixture, HOT, GIB(2));
		assert_removable(fixture);
	}
}

static void misaligned_ranges_are_named(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		uint64_t start, size;
		bool aligned;
	} rows[] = {
		{ 0, MIB(128), true },	      { MIB(128), MIB(256), true },
		{ MIB(64), MIB(128), false }, { 0, MIB(64), false },
		{ KIB(4), MIB(128), false },  { 0, MIB(128) + KIB(4), false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		start_over(fixture, SHAPE_4K);
		fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PTE, FAKE_PTE);
		check_edges(fixture, HOT + rows[i].start, rows[i].size);
		if (rows[i].aligned)
			assert_removable(fixture);
		else
			assert_non_null(find_reason(fixture, HR_REASON_MISALIGNED));
	}
}

static void alignment_goes_by_the_memory_block(void **state)
{
	struct fixture *fixture = *state;

	fixture->check.machine.block_size = GIB(1);
	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PTE, FAKE_PMD);
	check_edges(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_MISALIGNED, "1 GiB");
}

static void unreadable_tables_inside_show_in_the_survey(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va;

	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_PTE, FAKE_PTE);
	va = fake_linear(&fixture->kernel, HOT + MIB(64));
	fake_exclude(&fixture->kernel.fake,
		     fake_table_of(&fixture->kernel.tables, HR_LEVEL_PTE, va));
	check_edges(fixture, HOT, MIB(128));
	assert_removable(fixture);
	check_all(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_UNREADABLE, "2 MiB of its linear map");
	assert_int_equal(verdict_of(fixture), HR_VERDICT_UNKNOWN);
}

static void definite_reasons_win_over_unreadable_ones(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_PTE, FAKE_PMD);
	fake_exclude(&fixture->kernel.fake, fake_table_of(&fixture->kernel.tables, HR_LEVEL_PTE,
							  fake_linear(&fixture->kernel, HOT)));
	fake_section(&fixture->kernel, HOT, 15);
	check_edges(fixture, HOT, MIB(128));
	assert_non_null(find_reason(fixture, HR_REASON_UNREADABLE));
	assert_int_equal(verdict_of(fixture), HR_VERDICT_NOT_REMOVABLE);
}

static void ignored_reasons_are_reported_but_do_not_decide(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	fake_section(&fixture->kernel, HOT, 15);
	fixture->check.ignored = 1u << HR_REASON_SPLITS_LEAF;
	check_edges(fixture, HOT, MIB(128));
	assert_non_null(find_reason(fixture, HR_REASON_SPLITS_LEAF));
	assert_int_equal(verdict_of(fixture), HR_VERDICT_NOT_REMOVABLE);
	fixture->check.ignored |= 1u << HR_REASON_BOOT_MEMORY;
	check_edges(fixture, HOT, MIB(128));
	assert_non_null(find_reason(fixture, HR_REASON_BOOT_MEMORY));
	assert_int_equal(verdict_of(fixture), HR_VERDICT_REMOVABLE);
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

/* Map HOT by a CONT PMD group that lacks member @at; @entry is what stands there. */
static void add_broken_group(struct fixture *fixture, uint64_t at, uint64_t entry)
{
	fixture->check.machine.block_size = MIB(2);
	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_CONT_PMD, FAKE_PTE);
	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD,
		 fake_linear(&fixture->kernel, HOT + at * MIB(2)), entry);
}

static void malformed_groups_are_counted(void **state)
{
	struct fixture *fixture = *state;

	add_broken_group(fixture, 16 + 5, 0);
	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD,
		 fake_linear(&fixture->kernel, HOT + (32 + 3) * MIB(2)), 0);
	check_all(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_MALFORMED_CONT,
		    "2 CONT groups of the range in the linear map have members without the CONT "
		    "bit; this is the first");
}

static void malformed_groups_inside_show_in_the_survey(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_reason *reason;

	add_broken_group(fixture, 16 + 5, 0);
	check_edges(fixture, HOT, MIB(128));
	assert_removable(fixture);
	check_all(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_MALFORMED_CONT,
		    "a CONT group of the range in the linear map has members without the CONT bit");
	reason = &fixture->result.reasons[0];
	assert_int_equal(reason->edge, HR_EDGE_NONE);
	assert_int_equal(reason->va, fake_linear(&fixture->kernel, HOT + MIB(32)));
}

static void malformed_group_at_an_edge_is_not_told_twice(void **state)
{
	struct fixture *fixture = *state;

	add_broken_group(fixture, 5, 0);
	check_all(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_MALFORMED_CONT, "start edge");
}

static void misplaced_leaves_inside_show_in_the_survey(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_PMD, FAKE_PMD);
	fake_map(&fixture->kernel.tables, fake_linear(&fixture->kernel, HOT + MIB(64)), HOT,
		 FAKE_PMD);
	check_all(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_UNREADABLE, "PHYS_OFFSET");
}

static void absent_memory_needs_no_evidence(void **state)
{
	struct fixture *fixture = *state;

	fixture->kernel.layout.has_mem_section = false;
	check_edges(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_NOT_PRESENT, "does not exist");
}

static void edges_read_few_tables(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, GIB(2), FAKE_PTE, FAKE_PTE);
	fake_forget_reads(&fixture->kernel.fake);
	check_edges(fixture, HOT, GIB(2));
	assert_true(hr_walker_tables_read(fixture->walker) <= 16);
}

/* The edges and sections are looked at all the same: what is ignored must leave their verdict. */
static void kernel_that_cannot_remove_memory_is_a_reason(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fixture->check.no_hotremove = "this kernel cannot";
	check_edges(fixture, HOT, GIB(1));
	assert_only(fixture, HR_REASON_NO_HOTREMOVE, "this kernel cannot");
	assert_int_equal(verdict_of(fixture), HR_VERDICT_NOT_REMOVABLE);
	fixture->check.ignored = 1u << HR_REASON_NO_HOTREMOVE;
	check_edges(fixture, HOT, GIB(1));
	assert_int_equal(verdict_of(fixture), HR_VERDICT_REMOVABLE);
	check_edges(fixture, HOT + KIB(4), GIB(1));
	assert_int_equal(verdict_of(fixture), HR_VERDICT_NOT_REMOVABLE);
}

static void check_that_may_refuse_is_a_reason_unless_it_is_ignored(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_guard_result guard = { .outcome = HR_GUARD_CANNOT_TELL, .undecided = true };

	hr_check_guard(&fixture->check, &guard, HR_GUARD_UNKNOWN, &fixture->result);
	assert_only(fixture, HR_REASON_UNREADABLE, "{guard}");
	fixture->result.count = 0;
	fixture->check.ignored = 1u << HR_REASON_GUARD_VETO;
	hr_check_guard(&fixture->check, &guard, HR_GUARD_UNKNOWN, &fixture->result);
	assert_int_equal(fixture->result.count, 0);
	/* What cannot be read is another matter. */
	hr_check_guard(&fixture->check, &guard, HR_GUARD_REQUESTED, &fixture->result);
	assert_only(fixture, HR_REASON_UNREADABLE, "could not be read");
}

static void unproven_check_leaves_the_verdict_open(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	fixture->check.guard_unproven = "newer than known";
	check_edges(fixture, HOT, GIB(1));
	assert_only(fixture, HR_REASON_UNREADABLE, "newer than known");
	assert_int_equal(verdict_of(fixture), HR_VERDICT_UNKNOWN);
	fixture->check.ignored = 1u << HR_REASON_GUARD_VETO;
	check_edges(fixture, HOT, GIB(1));
	assert_removable(fixture);
}

/* That nothing would be split is not known where an edge could not be read. */
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

static void struct_pages_beside_the_range_are_looked_for(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, MIB(128), FAKE_PMD, FAKE_PMD);
	fake_map_vmemmap(&fixture->kernel, HOT + MIB(128), MIB(128), FAKE_PMD);
	check_edges(fixture, HOT, MIB(128));
	assert_only(fixture, HR_REASON_UNREADABLE, "beside the end edge");
}

static void calls_count_where_each_block_has_its_own(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	check_all(fixture, HOT, GIB(1));
	assert_removable(fixture);
	fixture->check.by_block = true;
	check_all(fixture, HOT, GIB(1));
	assert_only(fixture, HR_REASON_SPLITS_LEAF, "a call for each memory block");
}

static void flaws_of_struct_pages_show_in_the_survey(void **state)
{
	struct fixture *fixture = *state;
	struct hr_survey survey = { .maps = { { .done = true } } };

	survey.maps[HR_MAP_VMEMMAP].struct_pages.flaw = HR_STRUCT_PAGES_DOUBLED;
	hr_check_survey(&fixture->check, &survey, &fixture->result);
	assert_only(fixture, HR_REASON_UNREADABLE, "which the vmemmap uses twice");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(hot_added_memory_is_removable_whole),
		test_of_kernel(misaligned_ranges_are_named),
		test_of_kernel(alignment_goes_by_the_memory_block),
		test_of_kernel(unreadable_tables_inside_show_in_the_survey),
		test_of_kernel(definite_reasons_win_over_unreadable_ones),
		test_of_kernel(ignored_reasons_are_reported_but_do_not_decide),
		cmocka_unit_test(ignoring_unreadable_leaves_definite_reasons),
		cmocka_unit_test(every_code_but_unreadable_refuses),
		test_of_kernel(malformed_groups_inside_show_in_the_survey),
		test_of_kernel(malformed_groups_are_counted),
		test_of_kernel(malformed_group_at_an_edge_is_not_told_twice),
		test_of_kernel(misplaced_leaves_inside_show_in_the_survey),
		test_of_kernel(absent_memory_needs_no_evidence),
		test_of_kernel(edges_read_few_tables),
		test_of_kernel(kernel_that_cannot_remove_memory_is_a_reason),
		test_of_kernel(check_that_may_refuse_is_a_reason_unless_it_is_ignored),
		test_of_kernel(unproven_check_leaves_the_verdict_open),
		cmocka_unit_test(a_veto_claims_no_more_than_was_read),
		test_of_kernel(struct_pages_beside_the_range_are_looked_for),
		test_of_kernel(calls_count_where_each_block_has_its_own),
		test_of_kernel(flaws_of_struct_pages_show_in_the_survey),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
