// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/text_plan.h"

#include "report_fixture.h"

#define INDENT "                  "

static struct hr_range_op ops[10];

/* The batched teardown has @count range operations. */
static void give_ops(size_t count)
{
	for (size_t i = 0; i < count; i++)
		ops[i] = (struct hr_range_op){
			.va = i * MIB(2), .pages = 512, .scale = 1, .num = 7
		};
	plan.ops = ops;
	plan.op_count = count;
}

static void print(void)
{
	hr_text_plan(&told.kernel, &answer);
}

static void a_batched_kernel_is_compared_with_the_other_model(void **state)
{
	(void)state;
	facts->teardown = HR_TEARDOWN_BATCHED;
	plan.batched.total = (struct hr_tlbi_count){ .tlbi = 10, .dsb = 18 };
	plan.per_leaf.total = (struct hr_tlbi_count){ .tlbi = 456, .dsb = 912 };
	print();
	assert_text(&told, "  teardown        batched: 10 TLBI, 18 DSB; ");
	assert_line(&told, INDENT "a per-leaf teardown would take 456 TLBI, 912 DSB");
}

static void a_kernel_that_goes_by_leaf_is_compared_too(void **state)
{
	(void)state;
	facts->teardown = HR_TEARDOWN_PER_LEAF;
	plan.batched.total = (struct hr_tlbi_count){ .tlbi = 10, .dsb = 18 };
	plan.per_leaf.total = (struct hr_tlbi_count){ .tlbi = 456, .dsb = 912 };
	print();
	assert_text(&told, "  teardown        per-leaf: 456 TLBI, 912 DSB; ");
	assert_line(&told, INDENT "a batched teardown would take 10 TLBI, 18 DSB");
}

static void a_model_that_is_not_known_is_no_claim(void **state)
{
	(void)state;
	facts->teardown = HR_TEARDOWN_UNKNOWN;
	print();
	assert_text(&told, "  teardown        unknown model; if batched: 0 TLBI, 0 DSB; ");
}

static void one_of_a_kind_is_singular(void **state)
{
	(void)state;
	plan.batched.linear = (struct hr_tlbi_count){
		.tlbi = 3, .range_ops = 1, .single_ops = 1, .full_flushes = 1
	};
	print();
	assert_text(&told, "linear map 3 (1 range op, 1 single op, 1 full flush), vmemmap");
}

static void more_of_a_kind_are_plural(void **state)
{
	(void)state;
	plan.batched.vmemmap = (struct hr_tlbi_count){
		.tlbi = 6, .range_ops = 2, .single_ops = 2, .full_flushes = 2
	};
	print();
	assert_text(&told, ", vmemmap 6 (2 range ops, 2 single ops, 2 full flushes), ");
}

static void kinds_that_do_not_occur_are_left_out(void **state)
{
	(void)state;
	plan.batched.linear = (struct hr_tlbi_count){ .tlbi = 7, .single_ops = 7 };
	print();
	assert_text(&told, "; linear map 7 (7 single ops), vmemmap 0, 0 tables freed");
}

static void tables_count_as_they_are_freed(void **state)
{
	(void)state;
	plan.batched.tables = (struct hr_tlbi_count){ .flushes = 2, .tlbi = 4 };
	print();
	assert_text(&told, ", 2 tables freed\n");
}

static void one_call_is_singular(void **state)
{
	(void)state;
	print();
	assert_line(&told,
		    INDENT "in 1 call of arch_remove_memory() for the whole range (assumed)");
}

static void calls_by_memory_block_are_plural(void **state)
{
	(void)state;
	plan.calls = HR_CALLS_BLOCK;
	plan.call_count = 16;
	answer.calls_from = "option";
	print();
	assert_line(&told, INDENT "in 16 calls of arch_remove_memory(), one per memory block "
				  "(option)");
}

static void a_range_operation_has_its_operands(void **state)
{
	(void)state;
	give_ops(2);
	print();
	assert_line(&told, INDENT "range op 1: VA 0x0, 512 pages, SCALE 1, NUM 7");
	assert_line(&told, INDENT "range op 2: VA 0x200000, 512 pages, SCALE 1, NUM 7");
}

static void eight_range_operations_are_shown(void **state)
{
	(void)state;
	give_ops(8);
	print();
	assert_text(&told, "range op 8: ");
	assert_no_text(&told, "more range ops");
}

static void one_more_range_operation_is_singular(void **state)
{
	(void)state;
	give_ops(9);
	print();
	assert_line(&told, INDENT "and 1 more range op; see --json");
}

static void a_range_operation_of_one_page_is_singular(void **state)
{
	(void)state;
	give_ops(1);
	ops[0].pages = 1;
	print();
	assert_line(&told, INDENT "range op 1: VA 0x0, 1 page, SCALE 1, NUM 7");
}

static void one_table_is_singular(void **state)
{
	(void)state;
	plan.batched.tables = (struct hr_tlbi_count){ .flushes = 1, .tlbi = 1 };
	print();
	assert_text(&told, ", 1 table freed\n");
}

static void more_range_operations_are_counted(void **state)
{
	(void)state;
	give_ops(10);
	print();
	assert_no_text(&told, "range op 9: ");
	assert_line(&told, INDENT "and 2 more range ops; see --json");
}

static void a_list_of_range_operations_that_was_cut_says_so(void **state)
{
	(void)state;
	give_ops(10);
	plan.ops_cut = true;
	print();
	assert_line(&told, INDENT "and over 2 more range ops; see --json");
}

/* They are those of a batched teardown. */
static void a_kernel_that_goes_by_leaf_has_no_range_operations(void **state)
{
	(void)state;
	facts->teardown = HR_TEARDOWN_PER_LEAF;
	facts->tlbi_range = HR_UNKNOWN;
	give_ops(1);
	print();
	assert_no_text(&told, "range op");
}

static void without_range_operations_is_told_if_they_may_be_missing(void **state)
{
	(void)state;
	facts->flush = HR_FLUSH_RANGE_OPS;
	facts->tlbi_range = HR_UNKNOWN;
	plan.linear_without_range_ops = (struct hr_tlbi_count){ .tlbi = 1, .full_flushes = 1 };
	print();
	assert_line(&told, INDENT "without TLB range operations: linear map 1 (1 full flush)");
}

static void without_range_operations_is_not_told_if_they_are_known(void **state)
{
	static const enum hr_tristate known[] = { HR_NO, HR_YES };

	(void)state;
	facts->flush = HR_FLUSH_RANGE_OPS;
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		facts->tlbi_range = known[i];
		print();
		assert_no_text(&told, "without TLB");
	}
}

/* Such a kernel does not use them, whatever the CPUs have. */
static void a_kernel_that_flushes_by_page_has_one_answer(void **state)
{
	(void)state;
	facts->flush = HR_FLUSH_PAGE_LOOP;
	facts->tlbi_range = HR_UNKNOWN;
	print();
	assert_no_text(&told, "without TLB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(a_batched_kernel_is_compared_with_the_other_model),
		test_of_report(a_kernel_that_goes_by_leaf_is_compared_too),
		test_of_report(a_model_that_is_not_known_is_no_claim),
		test_of_report(one_of_a_kind_is_singular),
		test_of_report(more_of_a_kind_are_plural),
		test_of_report(kinds_that_do_not_occur_are_left_out),
		test_of_report(tables_count_as_they_are_freed),
		test_of_report(one_call_is_singular),
		test_of_report(calls_by_memory_block_are_plural),
		test_of_report(a_range_operation_has_its_operands),
		test_of_report(eight_range_operations_are_shown),
		test_of_report(one_more_range_operation_is_singular),
		test_of_report(a_range_operation_of_one_page_is_singular),
		test_of_report(one_table_is_singular),
		test_of_report(more_range_operations_are_counted),
		test_of_report(a_list_of_range_operations_that_was_cut_says_so),
		test_of_report(a_kernel_that_goes_by_leaf_has_no_range_operations),
		test_of_report(without_range_operations_is_told_if_they_may_be_missing),
		test_of_report(without_range_operations_is_not_told_if_they_are_known),
		test_of_report(a_kernel_that_flushes_by_page_has_one_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
