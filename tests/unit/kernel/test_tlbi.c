// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdio.h>

#include "kernel/tlbi.h"

/* An address that is aligned to everything. */
#define BASE UINT64_C(0xffff000000000000)

static struct hr_tlbi_config range_config(unsigned int page_shift)
{
	return (struct hr_tlbi_config){
		.page_shift = page_shift,
		.range_ops = true,
		.flush = HR_FLUSH_RANGE_OPS,
	};
}

/* One flush of @pages from page @offset on. */
static struct hr_tlbi_count flush(const struct hr_tlbi_config *config, uint64_t offset,
				  uint64_t pages)
{
	uint64_t va = BASE + (offset << config->page_shift);
	struct hr_tlbi_count count = { 0 };

	hr_tlbi_flush_range(config, va, va + (pages << config->page_shift), &count, NULL);
	return count;
}

/*
 * "S1/N7 P" for one flush of @pages: range operations, then single ones; "ALL" for the whole TLB.
 */
static void spell(const struct hr_tlbi_config *config, uint64_t pages, char *text, size_t size)
{
	struct hr_range_op ops[HR_FLUSH_RANGE_OPS_MAX];
	struct hr_tlbi_count count = { 0 };
	unsigned int found = hr_tlbi_flush_range(config, BASE, BASE + (pages << config->page_shift),
						 &count, ops);
	int len = 0;

	for (unsigned int i = 0; i < found; i++)
		len += snprintf(text + len, size - (size_t)len, "S%u/N%u ", ops[i].scale,
				ops[i].num);
	for (uint64_t i = 0; i < count.single_ops; i++)
		len += snprintf(text + len, size - (size_t)len, "P ");
	snprintf(text + len, size - (size_t)len, "%s", count.full_flushes ? "ALL " : "");
}

static void pages_are_split_over_scales_largest_first(void **state)
{
	static const struct {
		uint64_t pages;
		unsigned int tlbi;
		const char *sequence;
	} rows[] = {
		{ 1, 1, "P " },
		{ 2, 1, "S0/N0 " },
		{ 3, 2, "S0/N0 P " },
		{ 15, 2, "S0/N6 P " },
		{ 16, 1, "S0/N7 " },
		{ 32, 1, "S0/N15 " },
		{ 63, 2, "S0/N30 P " },
		{ 64, 1, "S1/N0 " },
		{ 65, 2, "S1/N0 P " },
		{ 127, 3, "S1/N0 S0/N30 P " },
		{ 511, 3, "S1/N6 S0/N30 P " },
		{ 512, 1, "S1/N7 " },
		{ 513, 2, "S1/N7 P " },
		{ 2047, 3, "S1/N30 S0/N30 P " },
		{ 2048, 1, "S2/N0 " },
		{ 4095, 4, "S2/N0 S1/N30 S0/N30 P " },
		{ 32768, 1, "S2/N15 " },
		{ 65535, 4, "S2/N30 S1/N30 S0/N30 P " },
		{ 65536, 1, "S3/N0 " },
		{ 524287, 5, "S3/N6 S2/N30 S1/N30 S0/N30 P " },
		{ 524288, 1, "S3/N7 " },
		{ 2097151, 5, "S3/N30 S2/N30 S1/N30 S0/N30 P " },
		{ 2097152, 1, "S3/N31 " },
		{ 2097153, 1, "ALL " },
	};

	(void)state;
	for (unsigned int shift = 12; shift <= 16; shift += 2) {
		struct hr_tlbi_config config = range_config(shift);

		for (size_t i = 0; i < COUNT_OF(rows); i++) {
			char text[64];

			spell(&config, rows[i].pages, text, sizeof(text));
			assert_string_equal(text, rows[i].sequence);
			assert_int_equal(flush(&config, 0, rows[i].pages).tlbi, rows[i].tlbi);
		}
	}
}

static void range_operations_cover_the_range_without_gaps(void **state)
{
	static const uint64_t sizes[] = { 2, 3, 127, 4095, 524287, 2097151, 2097152 };
	struct hr_tlbi_config config = range_config(12);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct hr_range_op ops[HR_FLUSH_RANGE_OPS_MAX];
		struct hr_tlbi_count count = { 0 };
		uint64_t va = BASE;
		unsigned int found =
			hr_tlbi_flush_range(&config, va, va + sizes[i] * 4096, &count, ops);

		for (unsigned int j = 0; j < found; j++) {
			assert_int_equal(ops[j].va, va);
			assert_int_equal(ops[j].pages, (uint64_t)(ops[j].num + 1)
							       << (5 * ops[j].scale + 1));
			va += ops[j].pages * 4096;
		}
		assert_int_equal(va + count.single_ops * 4096, BASE + sizes[i] * 4096);
		assert_int_equal(count.range_ops, found);
	}
}

struct flush_row {
	unsigned int page_shift;
	uint64_t bytes;
	uint64_t loop, no_range, range; /* instructions; ALL: one for the whole TLB */
};

#define ALL UINT64_MAX

static void assert_instructions(const struct hr_tlbi_config *config, uint64_t bytes,
				uint64_t expected)
{
	struct hr_tlbi_count count = flush(config, 0, bytes >> config->page_shift);

	assert_int_equal(count.full_flushes, expected == ALL);
	assert_int_equal(count.tlbi, expected == ALL ? 1 : expected);
	assert_int_equal(count.tlbi, count.single_ops + count.range_ops + count.full_flushes);
}

static void one_flush_of_an_aligned_range_costs(void **state)
{
	static const struct flush_row rows[] = {
		{ 12, KIB(4), 1, 1, 1 },
		{ 12, KIB(64), 16, 16, 1 },
		{ 12, MIB(2) - KIB(4), 511, 511, 3 },
		{ 12, MIB(2), 512, ALL, 1 },
		{ 12, MIB(2) + KIB(4), ALL, ALL, 2 },
		{ 12, MIB(126), ALL, ALL, 2 },
		{ 12, MIB(128), ALL, ALL, 1 },
		{ 12, MIB(256), ALL, ALL, 1 },
		{ 12, MIB(512), ALL, ALL, 1 },
		{ 12, GIB(1), ALL, ALL, 1 },
		{ 12, GIB(2), ALL, ALL, 1 },
		{ 12, GIB(4), ALL, ALL, 1 },
		{ 12, GIB(8), ALL, ALL, 1 },
		{ 12, MIB(384), ALL, ALL, 2 },
		{ 12, MIB(640), ALL, ALL, 2 },
		{ 12, MIB(1152), ALL, ALL, 2 },
		{ 12, MIB(3968), ALL, ALL, 2 },
		{ 12, GIB(8) + KIB(4), ALL, ALL, ALL },
		{ 14, MIB(2), 128, 128, 1 },
		{ 14, MIB(32) - KIB(16), 2047, 2047, 3 },
		{ 14, MIB(32), 2048, ALL, 1 },
		{ 14, MIB(128), ALL, ALL, 1 },
		{ 14, GIB(32), ALL, ALL, 1 },
		{ 14, GIB(32) + KIB(16), ALL, ALL, ALL },
		{ 16, KIB(64), 1, 1, 1 },
		{ 16, MIB(512) - KIB(64), 8191, 8191, 4 },
		{ 16, MIB(512), 8192, ALL, 1 },
		{ 16, GIB(1), ALL, ALL, 1 },
		{ 16, GIB(128), ALL, ALL, 1 },
		{ 16, GIB(128) + KIB(64), ALL, ALL, ALL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_tlbi_config config = range_config(rows[i].page_shift);

		assert_instructions(&config, rows[i].bytes, rows[i].range);
		config.lpa2 = rows[i].page_shift < 16;
		assert_instructions(&config, rows[i].bytes, rows[i].range);
		config.range_ops = false;
		assert_instructions(&config, rows[i].bytes, rows[i].no_range);
		config.flush = HR_FLUSH_PAGE_LOOP;
		assert_instructions(&config, rows[i].bytes, rows[i].loop);
	}
}

/* The page loop, up to 6.12, does not use the CPU's range operations. */
static void page_loop_never_takes_range_operations(void **state)
{
	struct hr_tlbi_config config = range_config(12);

	(void)state;
	config.flush = HR_FLUSH_PAGE_LOOP;
	assert_int_equal(flush(&config, 0, 512).single_ops, 512);
	assert_int_equal(flush(&config, 0, 512).range_ops, 0);
	assert_int_equal(flush(&config, 0, 513).full_flushes, 1);
}

/* With LPA2, the base address of a range operation is in units of 64 KiB. */
static void lpa2_takes_singles_up_to_the_next_64_kib(void **state)
{
	static const struct {
		unsigned int page_shift;
		uint64_t offset, pages, lpa2, plain;
	} rows[] = {
		{ 12, 1, 1, 1, 1 },    { 12, 1, 2, 2, 1 },   { 12, 1, 15, 15, 2 },
		{ 12, 1, 16, 16, 1 },  { 12, 1, 17, 16, 2 }, { 12, 8, 512, 10, 1 },
		{ 12, 15, 64, 3, 1 },  { 12, 15, 65, 2, 2 }, { 12, 1, 2097136, 20, 4 },
		{ 12, 16, 512, 1, 1 }, { 14, 1, 3, 3, 2 },   { 14, 1, 67, 4, 3 },
		{ 14, 4, 64, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_tlbi_config config = range_config(rows[i].page_shift);

		assert_int_equal(flush(&config, rows[i].offset, rows[i].pages).tlbi, rows[i].plain);
		config.lpa2 = true;
		assert_int_equal(flush(&config, rows[i].offset, rows[i].pages).tlbi, rows[i].lpa2);
	}
}

static void range_form_rounds_to_pages(void **state)
{
	struct hr_tlbi_config config = range_config(12);
	struct hr_tlbi_count count = { 0 };
	struct hr_range_op ops[HR_FLUSH_RANGE_OPS_MAX];

	(void)state;
	assert_int_equal(hr_tlbi_flush_range(&config, BASE + 0xfff, BASE + 0x1001, &count, ops), 1);
	assert_int_equal(ops[0].va, BASE);
	assert_int_equal(ops[0].pages, 2);
}

static void unknown_flush_counts_as_range_ops(void **state)
{
	struct hr_tlbi_config config = range_config(12);

	(void)state;
	config.flush = HR_FLUSH_UNKNOWN;
	assert_int_equal(flush(&config, 0, 512).range_ops, 1);
}

/* The barriers belong to the call, whatever it consists of. */
static void each_flush_has_one_set_of_barriers(void **state)
{
	static const uint64_t pages[] = { 1, 3, 511, 4095, 2097153 };
	struct hr_tlbi_config config = range_config(12);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		struct hr_tlbi_count count = flush(&config, 0, pages[i]);

		assert_int_equal(count.flushes, 1);
		assert_int_equal(count.dsb, 2);
		assert_int_equal(count.isb, 1);
	}
}

static void erratum_repeats_in_the_form_of_the_kernel(void **state)
{
	static const struct {
		enum hr_repeat form;
		uint64_t pages, tlbi, dsb;
	} rows[] = {
		{ HR_REPEAT_EACH, 1, 2, 3 },	   { HR_REPEAT_EACH, 511, 6, 5 },
		{ HR_REPEAT_EACH, 2097153, 2, 3 }, { HR_REPEAT_LAST, 1, 2, 3 },
		{ HR_REPEAT_LAST, 511, 4, 3 },	   { HR_REPEAT_LAST, 2097153, 2, 3 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_tlbi_config config = range_config(12);
		struct hr_tlbi_count count;

		config.repeat = true;
		config.repeat_form = rows[i].form;
		count = flush(&config, 0, rows[i].pages);
		assert_int_equal(count.tlbi, rows[i].tlbi);
		assert_int_equal(count.dsb, rows[i].dsb);
		assert_int_equal(count.isb, 1);
	}
}

static void erratum_repeats_every_single_of_a_page_loop(void **state)
{
	struct hr_tlbi_config config = range_config(12);
	struct hr_tlbi_count count;

	(void)state;
	config.flush = HR_FLUSH_PAGE_LOOP;
	config.repeat = true;
	config.repeat_form = HR_REPEAT_EACH;
	count = flush(&config, 0, 512);
	assert_int_equal(count.tlbi, 1024);
	assert_int_equal(count.dsb, 514);
	assert_int_equal(count.single_ops, 512);
}

static void many_page_flushes_cost_as_much_as_one_by_one(void **state)
{
	struct hr_tlbi_config config = range_config(12);
	struct hr_tlbi_count one_by_one = { 0 }, at_once = { 0 };

	(void)state;
	config.repeat = true;
	config.repeat_form = HR_REPEAT_LAST;
	for (int i = 0; i < 16; i++)
		hr_tlbi_flush_range(&config, BASE, BASE + 4096, &one_by_one, NULL);
	hr_tlbi_flush_pages(&config, 16, &at_once);
	assert_memory_equal(&one_by_one, &at_once, sizeof(at_once));
	assert_int_equal(at_once.tlbi, 32);
}

static void each_freed_table_costs_one_instruction(void **state)
{
	struct hr_tlbi_config config = range_config(12);
	struct hr_tlbi_count count = { 0 };

	(void)state;
	hr_tlbi_flush_tables(&config, 1024, &count);
	assert_int_equal(count.flushes, 1024);
	assert_int_equal(count.tlbi, 1024);
	assert_int_equal(count.dsb, 2048);
	assert_int_equal(count.isb, 1024);
}

static void no_flush_costs_nothing(void **state)
{
	static const struct hr_tlbi_count nothing;
	struct hr_tlbi_config config = range_config(12);
	struct hr_tlbi_count count = { 0 };

	(void)state;
	config.repeat = true;
	hr_tlbi_flush_pages(&config, 0, &count);
	hr_tlbi_flush_tables(&config, 0, &count);
	assert_memory_equal(&count, &nothing, sizeof(count));
}

static void counts_add_up(void **state)
{
	const struct hr_tlbi_count more = { 1, 2, 3, 4, 5, 6, 7 };
	const struct hr_tlbi_count sum = { 11, 22, 33, 44, 55, 66, 77 };
	struct hr_tlbi_count count = { 10, 20, 30, 40, 50, 60, 70 };

	(void)state;
	hr_tlbi_add(&count, &more);
	assert_memory_equal(&count, &sum, sizeof(sum));
}

/* One more page flush for each entry, if entries are flushed at all. */
static void root_entries_take_a_page_flush_each(void **state)
{
	struct hr_tlbi_config config = range_config(14);
	struct hr_tlbi_count count = { 0 }, pages = { 0 };

	(void)state;
	hr_tlbi_clear_root(&config, 3, &count);
	assert_int_equal(count.flushes, 0);
	config.root_flush = true;
	config.repeat = true;
	hr_tlbi_clear_root(&config, 3, &count);
	hr_tlbi_flush_pages(&config, 3, &pages);
	assert_int_equal(count.flushes, 3);
	assert_memory_equal(&count, &pages, sizeof(count));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_entries_take_a_page_flush_each),
		cmocka_unit_test(pages_are_split_over_scales_largest_first),
		cmocka_unit_test(range_operations_cover_the_range_without_gaps),
		cmocka_unit_test(one_flush_of_an_aligned_range_costs),
		cmocka_unit_test(page_loop_never_takes_range_operations),
		cmocka_unit_test(lpa2_takes_singles_up_to_the_next_64_kib),
		cmocka_unit_test(range_form_rounds_to_pages),
		cmocka_unit_test(unknown_flush_counts_as_range_ops),
		cmocka_unit_test(each_flush_has_one_set_of_barriers),
		cmocka_unit_test(erratum_repeats_in_the_form_of_the_kernel),
		cmocka_unit_test(erratum_repeats_every_single_of_a_page_loop),
		cmocka_unit_test(many_page_flushes_cost_as_much_as_one_by_one),
		cmocka_unit_test(each_freed_table_costs_one_instruction),
		cmocka_unit_test(no_flush_costs_nothing),
		cmocka_unit_test(counts_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
