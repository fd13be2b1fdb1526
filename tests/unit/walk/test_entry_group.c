// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "walk/entry_group.h"

enum {
	SHAPE_4K = 1,
	FIRST = 32, /* of the group being examined */
	MEMBERS = 16,
	ENTRIES = 512,
};

static const uint64_t pa = GIB(1);
static const uint64_t base = 0xffff000000000000;

/* A table of level 3 with one complete group. */
static void fill(const struct hr_geometry *geo, uint64_t table[ENTRIES])
{
	for (size_t i = 0; i < ENTRIES; i++)
		table[i] = 0;
	for (size_t i = 0; i < MEMBERS; i++)
		table[FIRST + i] = htole64(fake_leaf_desc(geo, 3, pa + i * KIB(4)) | FAKE_CONT);
}

static struct hr_entry_group scan(const struct hr_geometry *geo, uint64_t table[ENTRIES])
{
	struct hr_table_slot slot = { .desc = table };
	struct hr_entry_group group;

	hr_group_scan(geo, 3, &slot, FIRST + 7, &group);
	return group;
}

static void whole_group_is_one_leaf(void **state)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);
	struct hr_entry_group group;
	uint64_t table[ENTRIES];
	struct hr_leaf leaf;

	(void)state;
	fill(&geo, table);
	group = scan(&geo, table);
	assert_int_equal(group.first, FIRST);
	assert_true(hr_group_is_complete(&group));
	assert_false(hr_group_is_broken(&group));
	assert_false(hr_group_is_open(&group));
	leaf = hr_leaf_of_group(&geo, 3, base + (FIRST + 7) * KIB(4), &group);
	assert_int_equal(leaf.va, base + FIRST * KIB(4));
	assert_int_equal(leaf.pa, pa);
	assert_int_equal(leaf.size, KIB(64));
	assert_true(leaf.cont && leaf.valid && leaf.expected);
}

static void group_without_a_bit_is_none(void **state)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);
	uint64_t table[ENTRIES] = { 0 };
	struct hr_entry_group group;

	(void)state;
	group = scan(&geo, table);
	assert_int_equal(group.members, 0);
	assert_false(hr_group_is_complete(&group));
	assert_false(hr_group_is_broken(&group));
}

static void group_that_lacks_a_member_is_broken(void **state)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);
	uint64_t table[ENTRIES];
	struct hr_entry_group group;

	(void)state;
	fill(&geo, table);
	table[FIRST + 5] &= ~htole64(FAKE_CONT);
	group = scan(&geo, table);
	assert_true(hr_group_is_broken(&group));
	assert_false(hr_group_is_complete(&group));
}

/* An unknown member may have the bit: nothing is broken, and nothing is certain. */
static void group_with_an_unknown_member_is_open(void **state)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);
	uint64_t table[ENTRIES];
	struct hr_entry_group group;
	struct hr_entry known, unknown;

	(void)state;
	fill(&geo, table);
	table[FIRST + 5] = htole64(HR_DESC_UNKNOWN);
	group = scan(&geo, table);
	known = hr_desc_decode(&geo, 3, le64toh(table[FIRST]));
	unknown = hr_desc_decode(&geo, 3, HR_DESC_UNKNOWN);
	assert_true(hr_group_is_open(&group));
	assert_false(hr_group_is_complete(&group));
	assert_true(hr_entry_is_unsure(&known, &group));
	assert_true(hr_entry_is_unsure(&unknown, &group));
	/* If one lacks the bit, the group is broken whatever the other is. */
	table[FIRST + 6] = 0;
	group = scan(&geo, table);
	assert_true(hr_group_is_broken(&group));
	assert_false(hr_entry_is_unsure(&known, &group));
}

static void scattered_or_invalid_members_are_told(void **state)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);
	uint64_t table[ENTRIES];
	struct hr_entry_group group;

	(void)state;
	fill(&geo, table);
	table[FIRST + 3] = htole64(fake_leaf_desc(&geo, 3, GIB(2)) | FAKE_CONT);
	group = scan(&geo, table);
	assert_false(group.contiguous);
	assert_true(group.valid);
	fill(&geo, table);
	table[FIRST + 3] &= ~htole64(HR_DESC_VALID);
	group = scan(&geo, table);
	assert_true(group.contiguous);
	assert_false(group.valid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_group_is_one_leaf),
		cmocka_unit_test(group_without_a_bit_is_none),
		cmocka_unit_test(group_that_lacks_a_member_is_broken),
		cmocka_unit_test(group_with_an_unknown_member_is_open),
		cmocka_unit_test(scattered_or_invalid_members_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
