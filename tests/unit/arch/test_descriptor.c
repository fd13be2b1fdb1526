// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "arch/descriptor.h"

#define BIT(n) (UINT64_C(1) << (n))

/* One shape for each descriptor format. */
enum {
	SHAPE_4K = 1,
	SHAPE_4K_LPA2 = 2,
	SHAPE_4K_FOLDED = 3,
	SHAPE_16K = 5,
	SHAPE_16K_LPA2 = 7,
	SHAPE_64K = 11,
};

static struct hr_entry decode(size_t shape, int level, uint64_t desc)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[shape]);

	return hr_desc_decode(&geo, level, desc);
}

static void type_bits_mean_what_they_do_at_each_level(void **state)
{
	static const struct {
		int level;
		uint64_t desc;
		enum hr_entry_kind kind;
		bool valid;
	} rows[] = {
		{ -1, 0, HR_ENTRY_EMPTY, false },      { 3, 0, HR_ENTRY_EMPTY, false },
		{ -1, 0x1003, HR_ENTRY_TABLE, false }, { 0, 0x1003, HR_ENTRY_TABLE, false },
		{ 1, 0x1003, HR_ENTRY_TABLE, false },  { 2, 0x1003, HR_ENTRY_TABLE, false },
		{ 3, 0x1003, HR_ENTRY_LEAF, true },    { 0, 0x1001, HR_ENTRY_LEAF, true },
		{ 1, 0x1001, HR_ENTRY_LEAF, true },    { 2, 0x1001, HR_ENTRY_LEAF, true },
		{ 3, 0x1001, HR_ENTRY_LEAF, false }, /* reserved */
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_entry entry = decode(SHAPE_4K, rows[i].level, rows[i].desc);

		assert_int_equal(entry.kind, rows[i].kind);
		assert_int_equal(entry.valid, rows[i].valid);
	}
}

/* What set_direct_map_invalid() leaves, before 7.0 and since: still one leaf of its size. */
static void leaves_without_the_valid_bit_keep_their_place(void **state)
{
	static const struct {
		int level;
		uint64_t desc;
	} rows[] = {
		{ 3, 0x40001002 },	     { 3, 0x40001000 },		  { 3, 0x40001802 },
		{ 2, 0x40000000 },	     { 2, 0x40000800 },		  { 1, 0x40000800 },
		{ 2, 0x40000000 | BIT(54) }, { 3, BIT(58) | 0x40001002 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_entry entry = decode(SHAPE_4K, rows[i].level, rows[i].desc);

		assert_int_equal(entry.kind, HR_ENTRY_LEAF);
		assert_false(entry.valid);
		assert_int_equal(entry.pa, rows[i].level == 3 ? 0x40001000 : 0x40000000);
	}
}

static void output_addresses_have_the_bits_of_the_format(void **state)
{
	static const struct {
		size_t shape;
		uint64_t desc, pa;
	} rows[] = {
		{ SHAPE_4K, BIT(47) | 0x1003, BIT(47) | 0x1000 },
		{ SHAPE_4K, BIT(48) | BIT(49) | 0x1003, 0x1000 },
		{ SHAPE_4K, 0x1303, 0x1000 }, /* inner shareable */
		{ SHAPE_4K_FOLDED, BIT(47) | 0x1303, BIT(47) | 0x1000 },
		{ SHAPE_4K_LPA2, BIT(48) | 0x1003, BIT(48) | 0x1000 },
		{ SHAPE_4K_LPA2, BIT(49) | 0x1003, BIT(49) | 0x1000 },
		{ SHAPE_4K_LPA2, 0x1103, BIT(50) | 0x1000 },
		{ SHAPE_4K_LPA2, 0x1203, BIT(51) | 0x1000 },
		{ SHAPE_4K_LPA2, BIT(50) | BIT(51) | 0x1003, 0x1000 },
		{ SHAPE_16K, BIT(47) | 0x4303, BIT(47) | 0x4000 },
		{ SHAPE_16K, 0x3003, 0 }, /* below the page */
		{ SHAPE_16K_LPA2, BIT(49) | 0x4303, BIT(49) | BIT(50) | BIT(51) | 0x4000 },
		{ SHAPE_64K, BIT(47) | 0x10003, BIT(47) | 0x10000 },
		{ SHAPE_64K, 0x11003, BIT(48) | 0x10000 },
		{ SHAPE_64K, 0x12003, BIT(49) | 0x10000 },
		{ SHAPE_64K, 0x14003, BIT(50) | 0x10000 },
		{ SHAPE_64K, 0x18003, BIT(51) | 0x10000 },
		{ SHAPE_64K, 0x1f303, UINT64_C(15) << 48 | 0x10000 },
		{ SHAPE_64K, BIT(48) | BIT(49) | 0x10003, 0x10000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(decode(rows[i].shape, 3, rows[i].desc).pa, rows[i].pa);
		assert_int_equal(decode(rows[i].shape, 2, rows[i].desc).pa, rows[i].pa);
	}
}

static void attributes_are_no_address(void **state)
{
	uint64_t attributes = UINT64_C(0xfff0000000000000) | 0xffc;

	(void)state;
	assert_int_equal(decode(SHAPE_4K, 3, attributes | 0x40001003).pa, 0x40001000);
	assert_int_equal(decode(SHAPE_64K, 3, attributes | 0x40010003).pa, 0x40010000);
}

/*
 * With 64K pages, PA bits 51:48 are in bits 15:12, far below the size of a block. They are still
 * part of the address.
 */
static void block_addresses_are_aligned_to_the_block(void **state)
{
	(void)state;
	assert_int_equal(decode(SHAPE_4K, 2, 0x40201001).pa, 0x40200000);
	assert_int_equal(decode(SHAPE_4K, 1, 0x7fe01001).pa, 0x40000000);
	assert_int_equal(decode(SHAPE_4K_LPA2, 1, BIT(49) | 0x40000301).pa,
			 UINT64_C(7) << 49 | 0x40000000);
	assert_int_equal(decode(SHAPE_64K, 2, 0x2000f001).pa, UINT64_C(15) << 48 | 0x20000000);
	assert_int_equal(decode(SHAPE_64K, 2, 0x3fff0001).pa, 0x20000000);
	assert_int_equal(decode(SHAPE_16K, 2, 0x7fffc001).pa, 0x7e000000);
}

static void bit_52_is_cont_in_leaves_only(void **state)
{
	(void)state;
	assert_true(decode(SHAPE_4K, 3, BIT(52) | 0x1003).cont);
	assert_true(decode(SHAPE_4K, 2, BIT(52) | 0x1).cont);
	assert_true(decode(SHAPE_4K, 3, BIT(52) | 0x1002).cont);
	assert_false(decode(SHAPE_4K, 3, 0x1003).cont);
	assert_false(decode(SHAPE_4K, 2, BIT(52) | 0x1003).cont);
	assert_int_equal(decode(SHAPE_4K, 2, BIT(52) | 0x1003).kind, HR_ENTRY_TABLE);
}

static void output_addresses_are_written_as_they_are_read(void **state)
{
	static const struct {
		size_t shape;
		uint64_t pa;
	} rows[] = {
		{ SHAPE_4K, 0x0000fffffffff000 },  { SHAPE_4K_LPA2, 0x000ffffffffff000 },
		{ SHAPE_16K, 0x0000ffffffffc000 }, { SHAPE_16K_LPA2, 0x000fffffffffc000 },
		{ SHAPE_64K, 0x000fffffffff0000 }, { SHAPE_64K, 0x0005000000010000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_geometry geo = fake_geometry(&fake_shapes[rows[i].shape]);
		uint64_t desc = hr_desc_of_output_address(&geo, rows[i].pa);

		assert_int_equal(hr_desc_output_address(&geo, desc), rows[i].pa);
	}
}

/* Bits that hold the rest of an address elsewhere are not part of what counts up in place. */
static void room_ends_where_the_address_in_place_wraps(void **state)
{
	static const struct {
		size_t shape;
		uint64_t desc, room;
	} rows[] = {
		{ SHAPE_4K, 0x1, BIT(48) },
		{ SHAPE_4K, 0x0000fffffffff003, 0x1000 },
		{ SHAPE_4K, 0x0060ffffffe00f01, 0x200000 },
		{ SHAPE_4K_LPA2, 0x0000fffffffff003, BIT(50) - BIT(48) + 0x1000 },
		{ SHAPE_4K_LPA2, 0x0003fffffffff303, 0x1000 },
		{ SHAPE_16K, 0x0000ffffffffc003, 0x4000 },
		{ SHAPE_64K, 0x0000fffffffff003, 0x10000 },
		{ SHAPE_64K, 0x000000000000f001, BIT(48) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_geometry geo = fake_geometry(&fake_shapes[rows[i].shape]);

		assert_int_equal(hr_desc_room_in_place(&geo, rows[i].desc), rows[i].room);
	}
}

static void memory_types_are_told_whatever_stands_beside_them(void **state)
{
	(void)state;
	for (uint64_t type = 0; type < 8; type++) {
		assert_int_equal(hr_desc_memory_type(0x0068000040000f01 | type << 2), type);
		assert_int_equal(hr_desc_memory_type(type << 2), type);
	}
	assert_int_equal(hr_desc_memory_type(~(UINT64_C(7) << 2)), 0);
}

static void an_entry_that_nobody_knows_is_neither_leaf_nor_hole(void **state)
{
	(void)state;
	for (int level = HR_LEVEL_PGD; level <= HR_LEVEL_PTE; level++)
		assert_int_equal(decode(SHAPE_4K_LPA2, level, HR_DESC_UNKNOWN).kind,
				 HR_ENTRY_UNKNOWN);
}

static void expected_leaves_are_those_that_linux_makes(void **state)
{
	static const struct {
		size_t shape;
		int level;
		bool cont, expected;
	} rows[] = {
		{ SHAPE_4K, 3, false, true },	    { SHAPE_4K, 3, true, true },
		{ SHAPE_4K, 2, true, true },	    { SHAPE_4K, 1, false, true },
		{ SHAPE_4K, 1, true, false },	    { SHAPE_4K, 0, false, false },
		{ SHAPE_4K_LPA2, 0, false, false }, { SHAPE_4K_LPA2, -1, false, false },
		{ SHAPE_16K, 2, true, true },	    { SHAPE_16K, 1, false, false },
		{ SHAPE_64K, 2, true, true },	    { SHAPE_64K, 1, false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_geometry geo = fake_geometry(&fake_shapes[rows[i].shape]);

		assert_int_equal(hr_leaf_is_expected(&geo, rows[i].level, rows[i].cont),
				 rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(type_bits_mean_what_they_do_at_each_level),
		cmocka_unit_test(leaves_without_the_valid_bit_keep_their_place),
		cmocka_unit_test(output_addresses_have_the_bits_of_the_format),
		cmocka_unit_test(attributes_are_no_address),
		cmocka_unit_test(block_addresses_are_aligned_to_the_block),
		cmocka_unit_test(bit_52_is_cont_in_leaves_only),
		cmocka_unit_test(output_addresses_are_written_as_they_are_read),
		cmocka_unit_test(room_ends_where_the_address_in_place_wraps),
		cmocka_unit_test(memory_types_are_told_whatever_stands_beside_them),
		cmocka_unit_test(an_entry_that_nobody_knows_is_neither_leaf_nor_hole),
		cmocka_unit_test(expected_leaves_are_those_that_linux_makes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
