// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "map/verify.h"
#include "walk/walker.h"

enum {
	SHAPE_4K = 1,
	DIFFERENCES_MAX = 16,
};

/* Two trees of tables for the same addresses, the kernel's and that of a text. */
struct fixture {
	struct fake fakes[2];
	struct fake_tables tables[2];
	struct hr_walker *walkers[2];
	uint64_t base;
	struct hr_difference found[DIFFERENCES_MAX];
	size_t count;
	bool is_counted; /* differences are counted, but not kept */
	uint64_t leaves;
	bool cut;
};

enum {
	WALK,
	TEXT
};

static void set_up(struct fixture *fixture)
{
	const struct hr_geometry geo = fake_geometry(&fake_shapes[SHAPE_4K]);

	memset(fixture, 0, sizeof(*fixture));
	for (size_t i = 0; i < 2; i++) {
		fake_init(&fixture->fakes[i], geo.page_shift);
		fake_tables_init(&fixture->tables[i], &fixture->fakes[i], &geo);
		assert_success(hr_walker_create(&fixture->tables[i].geo, &fixture->fakes[i].memory,
						fixture->tables[i].root_pa, &fixture->walkers[i]));
	}
	fixture->base = -(UINT64_C(1) << geo.va_bits_actual);
}

static void tear_down(struct fixture *fixture)
{
	for (size_t i = 0; i < 2; i++) {
		hr_walker_destroy(fixture->walkers[i]);
		fake_release(&fixture->fakes[i]);
	}
}

static void map(struct fixture *fixture, size_t side, uint64_t offset, uint64_t size,
		enum fake_kind kind)
{
	/* The two have different physical addresses, which are not compared. */
	fake_map_range(&fixture->tables[side], fixture->base + offset, GIB(1) * (side + 1) + offset,
		       size, kind);
}

static void map_both(struct fixture *fixture, uint64_t offset, uint64_t size, enum fake_kind kind)
{
	map(fixture, WALK, offset, size, kind);
	map(fixture, TEXT, offset, size, kind);
}

static struct hr_error *on_difference(void *context, const struct hr_difference *difference)
{
	struct fixture *fixture = context;

	if (!fixture->is_counted) {
		assert_true(fixture->count < DIFFERENCES_MAX);
		fixture->found[fixture->count] = *difference;
	}
	fixture->count++;
	return NULL;
}

static void compare(struct fixture *fixture, uint64_t start, uint64_t size)
{
	const struct hr_verify verify = {
		.geo = &fixture->tables[WALK].geo,
		.walker = fixture->walkers[WALK],
		.text_walker = fixture->walkers[TEXT],
		.va_start = fixture->base + start,
		.va_last = fixture->base + start + size - 1,
		.difference = on_difference,
		.context = fixture,
	};

	assert_success(hr_verify_map(&verify, &fixture->leaves, &fixture->cut));
}

static void assert_difference(const struct fixture *fixture, size_t index, uint64_t start,
			      uint64_t size, const char *walk, const char *text)
{
	const struct hr_difference *found = &fixture->found[index];

	assert_true(index < fixture->count);
	assert_int_equal(found->va, fixture->base + start);
	assert_int_equal(found->last, fixture->base + start + size - 1);
	assert_string_equal(found->walk, walk);
	assert_string_equal(found->text, text);
}

static void the_same_leaves_agree(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	map_both(&fixture, 0, MIB(4), FAKE_PMD);
	map_both(&fixture, MIB(32), MIB(64), FAKE_CONT_PMD);
	map_both(&fixture, MIB(96), KIB(12), FAKE_PTE);
	map_both(&fixture, GIB(1), GIB(1), FAKE_PUD);
	compare(&fixture, 0, GIB(4));
	assert_int_equal(fixture.count, 0);
	assert_int_equal(fixture.leaves, 2 + 2 + 3 + 1);
	tear_down(&fixture);
}

/* Neighbours that are not contiguous in physical memory on one side. */
static void runs_may_be_cut_differently(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	for (uint64_t at = 0; at < MIB(16); at += MIB(2)) {
		fake_map(&fixture.tables[WALK], fixture.base + at, GIB(3) - at, FAKE_PMD);
		fake_map(&fixture.tables[TEXT], fixture.base + at, GIB(1) + at, FAKE_PMD);
	}
	compare(&fixture, 0, GIB(1));
	assert_int_equal(fixture.count, 0);
	assert_int_equal(fixture.leaves, 8);
	tear_down(&fixture);
}

static void each_kind_of_difference_has_its_words(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	map_both(&fixture, 0, MIB(2), FAKE_PMD);
	map(&fixture, WALK, MIB(2), MIB(2), FAKE_PMD);
	map(&fixture, TEXT, MIB(2), MIB(2), FAKE_PTE);
	map(&fixture, WALK, MIB(32), MIB(32), FAKE_CONT_PMD);
	map(&fixture, TEXT, MIB(32), MIB(32), FAKE_PMD);
	map(&fixture, WALK, MIB(64), MIB(2), FAKE_PMD);
	map(&fixture, TEXT, MIB(66), MIB(4), FAKE_PMD);
	fake_map(&fixture.tables[WALK], fixture.base + MIB(72), GIB(1), FAKE_PMD);
	fake_map_invalid(&fixture.tables[TEXT], fixture.base + MIB(72), GIB(1), FAKE_PMD);
	compare(&fixture, 0, GIB(1));
	assert_int_equal(fixture.count, 5);
	assert_difference(&fixture, 0, MIB(2), MIB(2), "PMD", "PTE");
	assert_difference(&fixture, 1, MIB(32), MIB(32), "CONT_PMD", "PMD");
	assert_difference(&fixture, 2, MIB(64), MIB(2), "PMD", "unmapped");
	assert_difference(&fixture, 3, MIB(66), MIB(4), "unmapped", "PMD");
	assert_difference(&fixture, 4, MIB(72), MIB(2), "PMD", "PMD, not valid");
	tear_down(&fixture);
}

static void what_one_side_cannot_tell_is_a_difference(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	map_both(&fixture, 0, MIB(2), FAKE_PTE);
	map_both(&fixture, MIB(2), MIB(2), FAKE_PTE);
	fake_exclude(&fixture.fakes[WALK],
		     fake_table_of(&fixture.tables[WALK], HR_LEVEL_PTE, fixture.base));
	fake_exclude(&fixture.fakes[TEXT],
		     fake_table_of(&fixture.tables[TEXT], HR_LEVEL_PTE, fixture.base + MIB(2)));
	compare(&fixture, 0, GIB(1));
	assert_int_equal(fixture.count, 2);
	assert_difference(&fixture, 0, 0, MIB(2), "unreadable", "PTE");
	assert_true(fixture.found[0].unreadable);
	assert_difference(&fixture, 1, MIB(2), MIB(2), "PTE", "missing");
	assert_false(fixture.found[1].unreadable);
	tear_down(&fixture);
}

static void leaves_across_the_ends_count_for_what_lies_inside(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	map(&fixture, WALK, GIB(1), GIB(2), FAKE_PUD);
	map_both(&fixture, GIB(600), GIB(1), FAKE_PUD); /* no table is empty */
	compare(&fixture, GIB(1) + MIB(512), GIB(1));
	assert_int_equal(fixture.count, 1);
	assert_difference(&fixture, 0, GIB(1) + MIB(512), GIB(1), "PUD", "unmapped");
	tear_down(&fixture);
}

/* A PMD that has the CONT bit in the kernel but not in the text, or the other way round. */
static void malformed_groups_must_be_the_same(void **state)
{
	(void)state;
	for (size_t side = 0; side < 2; side++) {
		struct fixture fixture;
		uint64_t desc;

		set_up(&fixture);
		map_both(&fixture, 0, MIB(32), FAKE_PMD);
		desc = fake_leaf_desc(&fixture.tables[side].geo, HR_LEVEL_PMD,
				      GIB(1) * (side + 1) + MIB(4));
		fake_set(&fixture.tables[side], HR_LEVEL_PMD, fixture.base + MIB(4),
			 desc | FAKE_CONT);
		compare(&fixture, 0, GIB(1));
		assert_int_equal(fixture.count, 1);
		assert_difference(&fixture, 0, 0, MIB(32), "malformed CONT group",
				  "other CONT bits");
		tear_down(&fixture);
	}
}

static void the_same_malformed_group_is_no_difference(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	for (size_t side = 0; side < 2; side++) {
		uint64_t desc = fake_leaf_desc(&fixture.tables[side].geo, HR_LEVEL_PMD, GIB(1));

		map(&fixture, side, 0, MIB(32), FAKE_PMD);
		fake_set(&fixture.tables[side], HR_LEVEL_PMD, fixture.base, desc | FAKE_CONT);
	}
	compare(&fixture, 0, GIB(1));
	assert_int_equal(fixture.count, 0);
	tear_down(&fixture);
}

/* The very last group, which differs, does not fit in the list. That is reported. */
static void groups_beyond_the_list_are_told_of(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++)
		for (size_t side = 0; side < 2; side++) {
			const uint64_t size = (HR_VERIFY_GROUPS_MAX + more) * KIB(64);
			struct fixture fixture;

			set_up(&fixture);
			map_both(&fixture, 0, size, FAKE_PTE);
			for (uint64_t at = 0; at < size; at += KIB(64)) {
				uint64_t desc =
					fake_leaf_desc(&fixture.tables[side].geo, HR_LEVEL_PTE,
						       GIB(1) * (side + 1) + at);

				fake_set(&fixture.tables[side], HR_LEVEL_PTE, fixture.base + at,
					 desc | FAKE_CONT);
			}
			fixture.is_counted = true;
			compare(&fixture, 0, size);
			assert_int_equal(fixture.count, HR_VERIFY_GROUPS_MAX);
			assert_int_equal(fixture.cut, more);
			tear_down(&fixture);
		}
}

static struct hr_error *stop(void *context, const struct hr_difference *difference)
{
	(void)context;
	(void)difference;
	return hr_error_new(HR_ERROR_OS, "enough");
}

static void an_error_of_the_listener_ends_it(void **state)
{
	struct fixture fixture;
	struct hr_verify verify = { .difference = stop };
	uint64_t leaves;
	bool cut;

	(void)state;
	set_up(&fixture);
	map(&fixture, WALK, 0, MIB(2), FAKE_PMD);
	verify.geo = &fixture.tables[WALK].geo;
	verify.walker = fixture.walkers[WALK];
	verify.text_walker = fixture.walkers[TEXT];
	verify.va_start = fixture.base;
	verify.va_last = fixture.base + GIB(1) - 1;
	assert_failure(hr_verify_map(&verify, &leaves, &cut), HR_ERROR_OS, "enough");
	tear_down(&fixture);
}

/* A group that is unknown in one walk is not equal to one in the other. */
static void groups_whose_tables_cannot_be_read_differ(void **state)
{
	struct fixture fixture;
	uint64_t desc;

	(void)state;
	set_up(&fixture);
	map_both(&fixture, 0, KIB(64), FAKE_PTE);
	desc = fake_leaf_desc(&fixture.tables[WALK].geo, HR_LEVEL_PTE, GIB(1));
	fake_set(&fixture.tables[WALK], HR_LEVEL_PTE, fixture.base, desc | FAKE_CONT);
	fake_exclude(&fixture.fakes[TEXT],
		     fake_table_of(&fixture.tables[TEXT], HR_LEVEL_PTE, fixture.base));
	compare(&fixture, 0, MIB(2));
	assert_difference(&fixture, fixture.count - 1, 0, KIB(64), "malformed CONT group",
			  "other CONT bits");
	tear_down(&fixture);
}

static struct hr_error *stop_at_the_second(void *context, const struct hr_difference *difference)
{
	unsigned int *count = context;

	(void)difference;
	return ++*count == 2 ? hr_error_new(HR_ERROR_OS, "enough") : NULL;
}

/* A difference is reported when the next one begins, in the middle of the walk. */
static void an_error_ends_it_amidst_differences(void **state)
{
	struct fixture fixture;
	unsigned int count = 0;
	uint64_t leaves;
	bool cut;
	struct hr_verify verify = { .difference = stop_at_the_second, .context = &count };

	(void)state;
	set_up(&fixture);
	for (unsigned int i = 0; i < 4; i++)
		map(&fixture, WALK, i * MIB(4), MIB(2), FAKE_PMD);
	map(&fixture, TEXT, GIB(600), GIB(1), FAKE_PUD);
	verify.geo = &fixture.tables[WALK].geo;
	verify.walker = fixture.walkers[WALK];
	verify.text_walker = fixture.walkers[TEXT];
	verify.va_start = fixture.base;
	verify.va_last = fixture.base + GIB(1) - 1;
	assert_failure(hr_verify_map(&verify, &leaves, &cut), HR_ERROR_OS, "enough");
	assert_int_equal(count, 2);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_leaves_agree),
		cmocka_unit_test(runs_may_be_cut_differently),
		cmocka_unit_test(each_kind_of_difference_has_its_words),
		cmocka_unit_test(what_one_side_cannot_tell_is_a_difference),
		cmocka_unit_test(leaves_across_the_ends_count_for_what_lies_inside),
		cmocka_unit_test(malformed_groups_must_be_the_same),
		cmocka_unit_test(the_same_malformed_group_is_no_difference),
		cmocka_unit_test(groups_beyond_the_list_are_told_of),
		cmocka_unit_test(groups_whose_tables_cannot_be_read_differ),
		cmocka_unit_test(an_error_of_the_listener_ends_it),
		cmocka_unit_test(an_error_ends_it_amidst_differences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
