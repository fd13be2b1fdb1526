// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_guard.h"

#include "report_fixture.h"

#define BLOCK MIB(128)

static struct hr_guard_block blocks[3];

/* The kernel refuses blocks number @first to 2 of three, from 5 GiB on, by @rule. */
static void refuse_from(size_t first, enum hr_guard_rule rule)
{
	for (size_t i = 0; i < COUNT_OF(blocks); i++) {
		uint64_t start = GIB(5) + i * BLOCK;

		blocks[i] = (struct hr_guard_block){ .start = start, .end = start + BLOCK };
		if (i < first)
			continue;
		blocks[i].rule = rule;
		blocks[i].message_start = start;
		blocks[i].message_end = start + BLOCK;
	}
	answer.guard = (struct hr_guard_result){
		.outcome = HR_GUARD_REFUSES,
		.blocks = blocks,
		.count = COUNT_OF(blocks),
	};
}

static void assert_guard(const char *line)
{
	hr_text_guard(&told.kernel, &answer);
	assert_line(&told, line);
}

static void a_kernel_that_accepts_says_so(void **state)
{
	(void)state;
	refuse_from(COUNT_OF(blocks), HR_RULE_NONE);
	answer.guard.outcome = HR_GUARD_ACCEPTS;
	assert_guard("  kernel's check  accepts");
}

static void a_kernel_accepts_nothing_that_does_not_exist(void **state)
{
	(void)state;
	answer.guard = (struct hr_guard_result){ .outcome = HR_GUARD_ACCEPTS };
	assert_guard("  kernel's check  has nothing to check: there is no memory block");
}

static void a_check_that_is_not_known_is_unknown(void **state)
{
	(void)state;
	answer.guard.outcome = HR_GUARD_CANNOT_TELL;
	assert_guard("  kernel's check  unknown");
}

static void refused_blocks_are_counted_and_the_first_is_named(void **state)
{
	(void)state;
	refuse_from(1, HR_RULE_SPLITS_LINEAR);
	assert_guard("  kernel's check  refuses 2 of 3 memory blocks; the first is memory41");
}

static void a_block_is_named_by_the_size_of_memory_blocks(void **state)
{
	(void)state;
	facts->memory_block_size = 2 * BLOCK;
	refuse_from(2, HR_RULE_SPLITS_LINEAR);
	assert_guard("  kernel's check  refuses 1 of 3 memory blocks: memory21");
}

static void the_only_block_of_a_range_is_not_counted(void **state)
{
	(void)state;
	refuse_from(0, HR_RULE_SPLITS_LINEAR);
	answer.guard.count = 1;
	assert_guard("  kernel's check  refuses memory40");
}

static void the_log_is_that_of_the_first_refused_block(void **state)
{
	static const struct {
		enum hr_guard_rule rule;
		const char *line;
	} rows[] = {
		{ HR_RULE_SPLITS_LINEAR,
		  "[148000000 150000000] splits a leaf entry in linear map" },
		{ HR_RULE_SPLITS_VMEMMAP, "[148000000 150000000] splits a leaf entry in vmemmap" },
		{ HR_RULE_BOOT_MEMORY, "Boot memory [148000000 150000000] offlining attempted" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char line[128];

		refuse_from(1, rows[i].rule);
		snprintf(line, sizeof(line), "  %14s  its log will say: %s", "", rows[i].line);
		assert_guard(line);
		told_forget(&told);
	}
}

/* A kernel of 7.1 checks, and names, the range behind the block. */
static void the_log_names_the_range_that_the_kernel_checks(void **state)
{
	(void)state;
	refuse_from(0, HR_RULE_SPLITS_LINEAR);
	blocks[0].message_start += BLOCK;
	blocks[0].message_end += BLOCK;
	hr_text_guard(&told.kernel, &answer);
	assert_text(&told, "its log will say: [148000000 150000000] ");
}

static void a_list_of_blocks_that_is_cut_says_so(void **state)
{
	(void)state;
	refuse_from(0, HR_RULE_SPLITS_LINEAR);
	answer.guard.cut = true;
	assert_guard("  kernel's check  refuses 3 of the first 3 memory blocks; the first is "
		     "memory40");
}

/* The list may be cut before the first that is refused. */
static void a_refusal_of_no_listed_block_has_no_figures(void **state)
{
	(void)state;
	refuse_from(COUNT_OF(blocks), HR_RULE_NONE);
	assert_guard("  kernel's check  refuses");
	assert_no_text(&told, "log");
}

static void a_kernel_that_accepts_a_split_is_warned_of(void **state)
{
	(void)state;
	answer.guard.outcome = HR_GUARD_ACCEPTS_UNSAFELY;
	assert_guard("  kernel's check  ACCEPTS ANYWAY: this kernel would corrupt its mapping "
		     "of other memory");
}

static void no_check_matters_only_if_a_leaf_is_split(void **state)
{
	(void)state;
	answer.guard.outcome = HR_GUARD_NO_CHECK;
	assert_guard("  kernel's check  none: this kernel does not check for split leaves");
	told_forget(&told);
	give_reason(HR_REASON_SPLITS_LEAF);
	assert_guard("  kernel's check  NONE: this kernel would corrupt its mapping of other "
		     "memory");
}

/* It fails before anything is split. */
static void a_misaligned_range_corrupts_nothing(void **state)
{
	(void)state;
	answer.guard.outcome = HR_GUARD_NO_CHECK;
	give_reason(HR_REASON_SPLITS_LEAF);
	give_reason(HR_REASON_MISALIGNED);
	assert_guard("  kernel's check  none: this kernel does not check for split leaves");
}

static void a_kernel_that_removes_nothing_corrupts_nothing(void **state)
{
	(void)state;
	answer.guard.outcome = HR_GUARD_NO_CHECK;
	facts->no_hotremove = true;
	give_reason(HR_REASON_SPLITS_LEAF);
	assert_guard("  kernel's check  none: this kernel does not check for split leaves");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(a_kernel_that_accepts_says_so),
		test_of_report(a_kernel_accepts_nothing_that_does_not_exist),
		test_of_report(a_check_that_is_not_known_is_unknown),
		test_of_report(refused_blocks_are_counted_and_the_first_is_named),
		test_of_report(a_block_is_named_by_the_size_of_memory_blocks),
		test_of_report(the_only_block_of_a_range_is_not_counted),
		test_of_report(the_log_is_that_of_the_first_refused_block),
		test_of_report(the_log_names_the_range_that_the_kernel_checks),
		test_of_report(a_list_of_blocks_that_is_cut_says_so),
		test_of_report(a_refusal_of_no_listed_block_has_no_figures),
		test_of_report(a_kernel_that_accepts_a_split_is_warned_of),
		test_of_report(no_check_matters_only_if_a_leaf_is_split),
		test_of_report(a_misaligned_range_corrupts_nothing),
		test_of_report(a_kernel_that_removes_nothing_corrupts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
