// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "search/removable.h"
#include "walk/walker.h"

#define BASE  GIB(16)
#define HOT   GIB(32)
#define BLOCK MIB(128)

#define IGNORE(code) (UINT32_C(1) << (code))

struct fixture {
	struct fake_kernel kernel;
	struct hr_check check;
	struct hr_guard_check guard;
	struct hr_removable by;
};

/* Eight blocks of small leaves. */
static void set_up(struct fixture *fixture)
{
	struct fake_kernel *kernel = &fixture->kernel;

	fake_kernel_init(kernel, &fake_shapes[1], BASE);
	fake_section(kernel, BASE, 15);
	fake_add_memory(kernel, HOT, 8 * BLOCK, FAKE_PMD, FAKE_PMD);
	fixture->check = (struct hr_check){
		.machine.layout = &kernel->layout,
		.machine.block_size = BLOCK,
	};
	fixture->guard = (struct hr_guard_check){ .model = HR_GUARD_REQUESTED };
	fixture->by = (struct hr_removable){ &fixture->check, &fixture->guard };
	assert_success(hr_walker_create(&kernel->layout.geo, &kernel->fake.memory,
					kernel->layout.swapper_pa, &fixture->check.machine.walker));
	assert_success(hr_sections_create(&kernel->layout, &kernel->fake.memory,
					  &fixture->check.machine.sections));
}

static void tear_down(struct fixture *fixture)
{
	hr_sections_destroy(fixture->check.machine.sections);
	hr_walker_destroy(fixture->check.machine.walker);
	fake_kernel_release(&fixture->kernel);
}

static void assert_edges(struct fixture *fixture, uint64_t pa, uint32_t ignored,
			 enum hr_verdict verdict)
{
	fixture->check.ignored = ignored;
	assert_int_equal(hr_removable_start(&fixture->by, pa), verdict);
	assert_int_equal(hr_removable_end(&fixture->by, pa), verdict);
}

static void small_leaves_may_be_cut_anywhere_between_them(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	for (uint64_t pa = HOT + BLOCK; pa < HOT + 8 * BLOCK; pa += BLOCK)
		assert_edges(&fixture, pa, 0, HR_VERDICT_REMOVABLE);
	tear_down(&fixture);
}

static void a_leaf_is_not_cut_unless_that_is_ignored(void **state)
{
	struct fixture fixture;
	struct fake_kernel *kernel = &fixture.kernel;

	(void)state;
	set_up(&fixture);
	fake_map(&kernel->tables, fake_linear(kernel, HOT), HOT, FAKE_PUD);
	assert_edges(&fixture, HOT + BLOCK, 0, HR_VERDICT_NOT_REMOVABLE);
	assert_edges(&fixture, HOT + BLOCK, IGNORE(HR_REASON_SPLITS_LEAF), HR_VERDICT_REMOVABLE);
	tear_down(&fixture);
}

/*
 * The struct pages of four blocks lie in one group of 32 MiB, some of whose members lack the bit.
 */
static void a_malformed_group_is_not_cut_unless_both_reasons_are_ignored(void **state)
{
	const uint32_t split = IGNORE(HR_REASON_SPLITS_LEAF);
	const uint32_t malformed = IGNORE(HR_REASON_MALFORMED_CONT);
	struct fixture fixture;
	struct fake_kernel *kernel = &fixture.kernel;
	uint64_t va;

	(void)state;
	set_up(&fixture);
	va = fake_vmemmap(kernel, HOT) & -MIB(32);
	fake_map(&kernel->tables, va, GIB(64), FAKE_CONT_PMD);
	fake_set(&kernel->tables, HR_LEVEL_PMD, va + MIB(30),
		 fake_leaf_desc(&kernel->layout.geo, HR_LEVEL_PMD, GIB(64) + MIB(30)));
	assert_edges(&fixture, HOT + BLOCK, 0, HR_VERDICT_NOT_REMOVABLE);
	assert_edges(&fixture, HOT + BLOCK, split, HR_VERDICT_NOT_REMOVABLE);
	assert_edges(&fixture, HOT + BLOCK, malformed, HR_VERDICT_NOT_REMOVABLE);
	assert_edges(&fixture, HOT + BLOCK, split | malformed, HR_VERDICT_REMOVABLE);
	tear_down(&fixture);
}

static void what_cannot_be_read_is_unknown_unless_that_is_ignored(void **state)
{
	struct fixture fixture;
	struct fake_kernel *kernel = &fixture.kernel;

	(void)state;
	set_up(&fixture);
	fake_exclude(&kernel->fake,
		     fake_table_of(&kernel->tables, HR_LEVEL_PMD, fake_linear(kernel, HOT)));
	assert_edges(&fixture, HOT + BLOCK, 0, HR_VERDICT_UNKNOWN);
	assert_edges(&fixture, HOT + BLOCK, IGNORE(HR_REASON_UNREADABLE), HR_VERDICT_REMOVABLE);
	tear_down(&fixture);
}

static void each_outcome_of_the_kernels_check_has_its_verdict(void **state)
{
	static const struct {
		enum hr_guard_outcome outcome;
		enum hr_guard_rule rule;
		bool undecided;
		uint32_t ignored;
		enum hr_verdict verdict;
	} rows[] = {
		{ HR_GUARD_ACCEPTS, HR_RULE_NONE, false, 0, HR_VERDICT_REMOVABLE },
		{ HR_GUARD_REFUSES, HR_RULE_SPLITS_LINEAR, false, 0, HR_VERDICT_NOT_REMOVABLE },
		{ HR_GUARD_REFUSES, HR_RULE_SPLITS_VMEMMAP, false, 0, HR_VERDICT_NOT_REMOVABLE },
		{ HR_GUARD_REFUSES, HR_RULE_SPLITS_LINEAR, false, IGNORE(HR_REASON_GUARD_VETO),
		  HR_VERDICT_REMOVABLE },
		/* The sections say so too, and that is the reason that may be ignored. */
		{ HR_GUARD_REFUSES, HR_RULE_BOOT_MEMORY, false, 0, HR_VERDICT_REMOVABLE },
		{ HR_GUARD_CANNOT_TELL, HR_RULE_NONE, true, 0, HR_VERDICT_UNKNOWN },
		{ HR_GUARD_CANNOT_TELL, HR_RULE_NONE, true, IGNORE(HR_REASON_UNREADABLE),
		  HR_VERDICT_REMOVABLE },
		/* The model is unknown, or whether it is boot memory. */
		{ HR_GUARD_CANNOT_TELL, HR_RULE_NONE, false, 0, HR_VERDICT_REMOVABLE },
	};
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct hr_guard_block block = { .outcome = rows[i].outcome,
						      .rule = rows[i].rule,
						      .undecided = rows[i].undecided };

		fixture.check.ignored = rows[i].ignored;
		assert_int_equal(hr_removable_guard(&fixture.by, &block), rows[i].verdict);
	}
	tear_down(&fixture);
}

static void nothing_may_go_that_the_kernel_cannot_remove(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fixture.check.no_hotremove = "it cannot";
	assert_int_equal(hr_removable_sections(&fixture.by, HOT), HR_VERDICT_NOT_REMOVABLE);
	fixture.check.ignored = IGNORE(HR_REASON_NO_HOTREMOVE);
	assert_int_equal(hr_removable_sections(&fixture.by, HOT), HR_VERDICT_REMOVABLE);
	tear_down(&fixture);
}

static void nothing_is_known_to_go_where_the_check_is_unproven(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fixture.check.guard_unproven = "it is newer";
	assert_int_equal(hr_removable_sections(&fixture.by, HOT), HR_VERDICT_UNKNOWN);
	fixture.check.ignored = IGNORE(HR_REASON_GUARD_VETO);
	assert_int_equal(hr_removable_sections(&fixture.by, HOT), HR_VERDICT_REMOVABLE);
	tear_down(&fixture);
}

/* If the kernel's check is ignored, it does not matter which one it is. */
static void check_that_may_refuse_leaves_it_open(void **state)
{
	const struct hr_guard_block block = { .outcome = HR_GUARD_CANNOT_TELL, .undecided = true };
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fixture.guard.model = HR_GUARD_UNKNOWN;
	assert_int_equal(hr_removable_guard(&fixture.by, &block), HR_VERDICT_UNKNOWN);
	fixture.check.ignored = IGNORE(HR_REASON_GUARD_VETO);
	assert_int_equal(hr_removable_guard(&fixture.by, &block), HR_VERDICT_REMOVABLE);
	tear_down(&fixture);
}

/* Boot memory, absent memory and a section that no kernel would write. */
static void sections_let_hot_added_memory_go(void **state)
{
	struct fixture fixture;
	struct fake_kernel *kernel = &fixture.kernel;

	(void)state;
	set_up(&fixture);
	fake_section(kernel, HOT + BLOCK, 15);
	fake_section_raw(kernel, HOT + 2 * BLOCK, 0);
	fake_section_raw(kernel, HOT + 3 * BLOCK, 0x5a5a5001);
	assert_int_equal(hr_removable_sections(&fixture.by, HOT), HR_VERDICT_REMOVABLE);
	assert_int_equal(hr_removable_sections(&fixture.by, HOT + BLOCK), HR_VERDICT_NOT_REMOVABLE);
	assert_int_equal(hr_removable_sections(&fixture.by, HOT + 2 * BLOCK),
			 HR_VERDICT_NOT_REMOVABLE);
	assert_int_equal(hr_removable_sections(&fixture.by, HOT + 3 * BLOCK), HR_VERDICT_UNKNOWN);
	tear_down(&fixture);
}

/* The two edges of a block matter only if each block is removed by itself. */
static void a_block_alone_must_not_be_part_of_a_leaf(void **state)
{
	struct fixture fixture;
	struct fake_kernel *kernel = &fixture.kernel;

	(void)state;
	set_up(&fixture);
	fake_add_memory(kernel, HOT + GIB(1), GIB(1), FAKE_PUD, FAKE_PMD);
	assert_true(hr_removable_alone(&fixture.by, HOT + GIB(1)));
	fixture.check.by_block = true;
	assert_true(hr_removable_alone(&fixture.by, HOT));
	assert_true(hr_removable_alone(&fixture.by, HOT + 7 * BLOCK));
	assert_false(hr_removable_alone(&fixture.by, HOT + GIB(1)));
	assert_false(hr_removable_alone(&fixture.by, HOT + GIB(2) - BLOCK));
	fixture.check.ignored = IGNORE(HR_REASON_SPLITS_LEAF);
	assert_true(hr_removable_alone(&fixture.by, HOT + GIB(1)));
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_alone_must_not_be_part_of_a_leaf),
		cmocka_unit_test(small_leaves_may_be_cut_anywhere_between_them),
		cmocka_unit_test(a_leaf_is_not_cut_unless_that_is_ignored),
		cmocka_unit_test(a_malformed_group_is_not_cut_unless_both_reasons_are_ignored),
		cmocka_unit_test(what_cannot_be_read_is_unknown_unless_that_is_ignored),
		cmocka_unit_test(each_outcome_of_the_kernels_check_has_its_verdict),
		cmocka_unit_test(nothing_may_go_that_the_kernel_cannot_remove),
		cmocka_unit_test(nothing_is_known_to_go_where_the_check_is_unproven),
		cmocka_unit_test(check_that_may_refuse_leaves_it_open),
		cmocka_unit_test(sections_let_hot_added_memory_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
