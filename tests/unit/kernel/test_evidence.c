// SPDX-License-Identifier: GPL-2.0-or-later
#include "image_fixture.h"

#include <string.h>

#define ISAR0_ENCODING 0x180600

static struct hr_features read_features(struct fixture *fixture)
{
	return hr_features_read(&fixture->kernel.layout, &fixture->kernel.fake.memory,
				fixture->symbols);
}

static void put_register(struct fixture *fixture, size_t index, uint64_t encoding, uint64_t offset)
{
	put(fixture, REGS + 16 * index, encoding);
	put(fixture, REGS + 16 * index + 8, image_va(fixture, offset));
}

/* Write arm64_ftr_regs of a kernel whose CPUs have @tlb in ID_AA64ISAR0_EL1.TLB. */
static void put_registers(struct fixture *fixture, uint64_t tlb)
{
	know(fixture, "arm64_ftr_regs", image_va(fixture, REGS));
	put_register(fixture, 0, 0x180100, OTHER_NAME);
	put_register(fixture, 1, 0x180500, OTHER_NAME);
	put_register(fixture, 2, ISAR0_ENCODING, ISAR0);
	put(fixture, ISAR0, image_va(fixture, ISAR0_NAME));
	put_text(fixture, ISAR0_NAME, "SYS_ID_AA64ISAR0_EL1");
	put(fixture, ISAR0 + 24, tlb << 56 | UINT64_C(0x11111110212120));
}

static void no_symbols_are_no_evidence(void **state)
{
	struct fixture fixture;
	struct hr_features features;

	(void)state;
	set_up(&fixture);
	features = read_features(&fixture);
	assert_int_equal(features.leaf_check, HR_UNKNOWN);
	assert_int_equal(features.tlbi_range, HR_UNKNOWN);
	assert_int_equal(features.repeat_tlbi, HR_UNKNOWN);
	assert_int_equal(features.hotremove, HR_UNKNOWN);
	tear_down(&fixture);
}

static void evidence_begins_with_the_self_test(void **state)
{
	struct hr_symbol symbols[HR_EVIDENCE_SYMBOLS];
	bool has_self_test = false;

	(void)state;
	memset(symbols, 0xff, sizeof(symbols));
	hr_evidence_symbols(symbols);
	for (size_t i = 0; i < HR_EVIDENCE_SYMBOLS; i++) {
		assert_false(symbols[i].found);
		has_self_test |= !strcmp(symbols[i].name, HR_KALLSYMS_SELF_TEST);
	}
	assert_true(has_self_test);
}

static void notifier_tells_the_leaf_check(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	know(&fixture, "prevent_bootmem_remove_notifier", image_va(&fixture, 0));
	assert_int_equal(read_features(&fixture).leaf_check, HR_NO);
	know(&fixture, "prevent_memory_remove_notifier", image_va(&fixture, 0));
	assert_int_equal(read_features(&fixture).leaf_check, HR_YES);
	tear_down(&fixture);
}

/* Any of them is enough: compilers inline, and releases differ in which they have. */
static void one_function_of_hot_remove_tells_that_it_is_there(void **state)
{
	static const char *const names[] = { "remove_memory", "__remove_memory",
					     "try_remove_memory", "offline_pages",
					     "offline_and_remove_memory" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct fixture fixture;

		set_up(&fixture);
		know(&fixture, names[i], image_va(&fixture, 0x100));
		assert_int_equal(read_features(&fixture).hotremove, HR_YES);
		know_all_text(&fixture);
		assert_int_equal(read_features(&fixture).hotremove, HR_YES);
		tear_down(&fixture);
	}
}

static void hot_remove_is_missing_where_all_text_is_known(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	know(&fixture, HR_KALLSYMS_SELF_TEST, image_va(&fixture, 0));
	assert_int_equal(read_features(&fixture).hotremove, HR_UNKNOWN);
	know_all_text(&fixture);
	assert_int_equal(read_features(&fixture).hotremove, HR_NO);
	/* An end before the start is not a text range. */
	know(&fixture, "_etext", image_va(&fixture, 0));
	assert_int_equal(read_features(&fixture).hotremove, HR_UNKNOWN);
	tear_down(&fixture);
}

static void range_operations_need_tlb_of_2(void **state)
{
	static const enum hr_tristate expected[] = { HR_NO, HR_NO, HR_YES, HR_YES };

	(void)state;
	for (uint64_t tlb = 0; tlb < COUNT_OF(expected); tlb++) {
		struct fixture fixture;

		set_up(&fixture);
		put_registers(&fixture, tlb);
		assert_int_equal(read_features(&fixture).tlbi_range, expected[tlb]);
		tear_down(&fixture);
	}
}

/* A tag in bits 63:56 of a pointer is not part of the address. */
static uint64_t tagged(uint64_t va)
{
	return (va & (UINT64_MAX >> 8)) | UINT64_C(0xf4) << 56;
}

static void tags_of_pointers_to_registers_are_dropped(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_registers(&fixture, 2);
	put(&fixture, REGS + 2 * 16 + 8, tagged(image_va(&fixture, ISAR0)));
	put(&fixture, ISAR0, tagged(image_va(&fixture, ISAR0_NAME)));
	assert_int_equal(read_features(&fixture).tlbi_range, HR_YES);
	tear_down(&fixture);
}

/* In newer kernels, the encoding is followed by four bytes of padding with any content. */
static void encoding_has_32_bits(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_registers(&fixture, 2);
	put(&fixture, REGS + 2 * 16, UINT64_C(0xdeadbeef) << 32 | ISAR0_ENCODING);
	assert_int_equal(read_features(&fixture).tlbi_range, HR_YES);
	tear_down(&fixture);
}

static void register_of_another_name_is_not_trusted(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_registers(&fixture, 2);
	put_text(&fixture, ISAR0_NAME, "SYS_ID_AA64ISAR1_EL1");
	assert_int_equal(read_features(&fixture).tlbi_range, HR_UNKNOWN);
	tear_down(&fixture);
}

static void descending_encodings_are_not_trusted(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_registers(&fixture, 2);
	put_register(&fixture, 1, 0x1800ff, OTHER_NAME);
	assert_int_equal(read_features(&fixture).tlbi_range, HR_UNKNOWN);
	put_register(&fixture, 1, 0x180100, OTHER_NAME);
	assert_int_equal(read_features(&fixture).tlbi_range, HR_UNKNOWN);
	tear_down(&fixture);
}

static void missing_register_leaves_it_open(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_registers(&fixture, 2);
	put_register(&fixture, 2, 0x180601, ISAR0);
	assert_int_equal(read_features(&fixture).tlbi_range, HR_UNKNOWN);
	tear_down(&fixture);
}

/* The search covers 256 entries. */
static void registers_beyond_the_limit_leave_it_open(void **state)
{
	static const enum hr_tristate expected[] = { HR_YES, HR_UNKNOWN };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(expected); i++) {
		const uint64_t place = CAPABILITIES + (255 + i) * 16;
		struct fixture fixture;

		set_up(&fixture);
		put_registers(&fixture, 2);
		know(&fixture, "arm64_ftr_regs", image_va(&fixture, CAPABILITIES));
		for (uint64_t at = CAPABILITIES; at < place; at += 16) {
			put(&fixture, at, 0x180000 + (at - CAPABILITIES) / 16);
			put(&fixture, at + 8, image_va(&fixture, OTHER_NAME));
		}
		put(&fixture, place, ISAR0_ENCODING);
		put(&fixture, place + 8, image_va(&fixture, ISAR0));
		assert_int_equal(read_features(&fixture).tlbi_range, expected[i]);
		tear_down(&fixture);
	}
}

static void unreadable_registers_leave_it_open(void **state)
{
	static const uint64_t pages[] = { REGS, ISAR0, ISAR0_NAME };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		struct fixture fixture;

		set_up(&fixture);
		put_registers(&fixture, 2);
		fake_exclude(&fixture.kernel.fake, IMAGE + pages[i]);
		assert_int_equal(read_features(&fixture).tlbi_range, HR_UNKNOWN);
		tear_down(&fixture);
	}
}

/* Both descriptions, with both names of the bitmap, in all its words. */
static void capability_of_the_erratum_decides(void **state)
{
	static const char *const names[] = { "Broken broadcast TLBI completion",
					     "ARM erratum 1286807" };
	static const char *const bitmaps[] = { "system_cpucaps", "cpu_hwcaps" };
	static const uint64_t numbers[] = { 0, 63, 64, 77 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names) * COUNT_OF(bitmaps) * COUNT_OF(numbers); i++) {
		uint64_t number = numbers[i / 4];
		struct fixture fixture;

		set_up(&fixture);
		put_capability(&fixture, "arm64_errata", names[i % 2], 10, number);
		put_caps(&fixture, bitmaps[i / 2 % 2], number);
		assert_int_equal(read_features(&fixture).repeat_tlbi, HR_YES);
		put(&fixture, CAPS + number / 64 * 8, ~(UINT64_C(1) << number % 64));
		assert_int_equal(read_features(&fixture).repeat_tlbi, HR_NO);
		tear_down(&fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_symbols_are_no_evidence),
		cmocka_unit_test(evidence_begins_with_the_self_test),
		cmocka_unit_test(notifier_tells_the_leaf_check),
		cmocka_unit_test(one_function_of_hot_remove_tells_that_it_is_there),
		cmocka_unit_test(hot_remove_is_missing_where_all_text_is_known),
		cmocka_unit_test(range_operations_need_tlb_of_2),
		cmocka_unit_test(tags_of_pointers_to_registers_are_dropped),
		cmocka_unit_test(encoding_has_32_bits),
		cmocka_unit_test(register_of_another_name_is_not_trusted),
		cmocka_unit_test(descending_encodings_are_not_trusted),
		cmocka_unit_test(missing_register_leaves_it_open),
		cmocka_unit_test(registers_beyond_the_limit_leave_it_open),
		cmocka_unit_test(unreadable_registers_leave_it_open),
		cmocka_unit_test(capability_of_the_erratum_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
