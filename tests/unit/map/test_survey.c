// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "map/survey.h"
#include "walk/walker.h"

#define BASE GIB(2)
#define HOT  (BASE + GIB(1))

enum {
	SHAPE_4K = 1,
	SHAPE_4K_FOLDED = 3,
	SHAPE_64K_2_LEVELS = 9,
};

struct fixture {
	struct fake_kernel kernel;
	struct hr_walker *walker;
	struct hr_survey survey;
};

static void set_up(struct fixture *fixture, size_t shape)
{
	fake_kernel_init(&fixture->kernel, &fake_shapes[shape], BASE);
	assert_success(hr_walker_create(&fixture->kernel.layout.geo, &fixture->kernel.fake.memory,
					fixture->kernel.layout.swapper_pa, &fixture->walker));
}

static void tear_down(struct fixture *fixture)
{
	hr_walker_destroy(fixture->walker);
	fake_kernel_release(&fixture->kernel);
}

/* Survey [@pa, @pa + @size) in @map. */
static struct hr_map_survey *survey(struct fixture *fixture, enum hr_map map, uint64_t pa,
				    uint64_t size)
{
	hr_survey_range(&fixture->kernel.layout, fixture->walker, pa, pa + size, NULL, NULL,
			&fixture->survey);
	return &fixture->survey.maps[map];
}

static void leaves_of_each_kind_are_counted(void **state)
{
	static const struct {
		enum fake_kind kind;
		enum hr_leaf_kind counted;
		uint64_t leaves, entries;
		int level;
	} rows[] = {
		{ FAKE_PUD, HR_LEAF_PUD, 1, 1, HR_LEVEL_PUD },
		{ FAKE_CONT_PMD, HR_LEAF_CONT_PMD, 32, 512, HR_LEVEL_PMD },
		{ FAKE_PMD, HR_LEAF_PMD, 512, 512, HR_LEVEL_PMD },
		{ FAKE_CONT_PTE, HR_LEAF_CONT_PTE, 16384, 262144, HR_LEVEL_PTE },
		{ FAKE_PTE, HR_LEAF_PTE, 262144, 262144, HR_LEVEL_PTE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_map_survey *found;
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		fake_map_linear(&fixture.kernel, HOT, GIB(1), rows[i].kind);
		found = survey(&fixture, HR_MAP_LINEAR, HOT, GIB(1));
		for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
			assert_int_equal(found->leaves[kind],
					 kind == rows[i].counted ? rows[i].leaves : 0);
		assert_int_equal(found->entries[rows[i].level + 1], rows[i].entries);
		assert_int_equal(found->mapped, GIB(1));
		assert_int_equal(found->unmapped, 0);
		tear_down(&fixture);
	}
}

static void both_maps_are_surveyed(void **state)
{
	struct fixture fixture;
	const struct hr_map_survey *vmemmap;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_add_memory(&fixture.kernel, HOT, GIB(1), FAKE_PUD, FAKE_PMD);
	vmemmap = survey(&fixture, HR_MAP_VMEMMAP, HOT, GIB(1));
	assert_int_equal(vmemmap->mapped, MIB(16));
	assert_int_equal(vmemmap->leaves[HR_LEAF_PMD], 8);
	assert_int_equal(vmemmap->va_start, fake_vmemmap(&fixture.kernel, HOT));
	assert_int_equal(vmemmap->va_end, fake_vmemmap(&fixture.kernel, HOT + GIB(1)));
	assert_int_equal(fixture.survey.maps[HR_MAP_LINEAR].leaves[HR_LEAF_PUD], 1);
	tear_down(&fixture);
}

/* Leaves count if they are completely inside, bytes exactly, entries if they map a byte. */
static void leaves_at_the_edges_count_by_their_bytes(void **state)
{
	static const struct {
		uint64_t start, size, mapped, groups, entries;
	} rows[] = {
		{ 0, KIB(64), KIB(64), 1, 16 },	       { KIB(4), KIB(64), KIB(64), 0, 16 },
		{ KIB(4), KIB(128), KIB(128), 1, 32 }, { KIB(60), KIB(8), KIB(8), 0, 2 },
		{ KIB(20), KIB(4), KIB(4), 0, 1 },     { 0, MIB(2), MIB(2), 32, 512 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_map_survey *found;
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		fake_map_linear(&fixture.kernel, HOT, MIB(2), FAKE_CONT_PTE);
		found = survey(&fixture, HR_MAP_LINEAR, HOT + rows[i].start, rows[i].size);
		assert_int_equal(found->mapped, rows[i].mapped);
		assert_int_equal(found->leaves[HR_LEAF_CONT_PTE], rows[i].groups);
		assert_int_equal(found->entries[HR_LEVEL_PTE + 1], rows[i].entries);
		tear_down(&fixture);
	}
}

static void holes_and_damage_are_told_apart(void **state)
{
	struct hr_map_survey *found;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map_linear(&fixture.kernel, HOT, MIB(2), FAKE_PMD);
	fake_map_linear(&fixture.kernel, HOT + MIB(4), MIB(2), FAKE_PTE);
	fake_exclude(&fixture.kernel.fake,
		     fake_table_of(&fixture.kernel.tables, HR_LEVEL_PTE,
				   fake_linear(&fixture.kernel, HOT + MIB(4))));
	found = survey(&fixture, HR_MAP_LINEAR, HOT, MIB(8));
	assert_int_equal(found->mapped, MIB(2));
	assert_int_equal(found->unmapped, MIB(4));
	assert_int_equal(found->unreadable, MIB(2));
	assert_non_null(strstr(found->why, "not in this fake"));
	tear_down(&fixture);
}

static void broken_groups_are_counted_and_the_first_is_kept(void **state)
{
	struct hr_map_survey *found;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map_linear(&fixture.kernel, HOT, MIB(2), FAKE_CONT_PTE);
	for (uint64_t at = KIB(128); at <= KIB(256); at += KIB(64))
		fake_set(&fixture.kernel.tables, HR_LEVEL_PTE,
			 fake_linear(&fixture.kernel, HOT + at), 0);
	found = survey(&fixture, HR_MAP_LINEAR, HOT, MIB(2));
	assert_int_equal(found->broken_groups.count, 3);
	assert_int_equal(found->broken_groups.first.va,
			 fake_linear(&fixture.kernel, HOT + KIB(128)));
	assert_int_equal(found->broken_groups.first.size, KIB(64));
	assert_int_equal(found->leaves[HR_LEAF_CONT_PTE], 29);
	assert_int_equal(found->leaves[HR_LEAF_PTE], 45);
	tear_down(&fixture);
}

static void linear_leaves_must_map_their_own_address(void **state)
{
	struct hr_map_survey *found;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map_linear(&fixture.kernel, HOT, MIB(4), FAKE_PMD);
	fake_map(&fixture.kernel.tables, fake_linear(&fixture.kernel, HOT + MIB(4)), HOT, FAKE_PMD);
	found = survey(&fixture, HR_MAP_LINEAR, HOT, MIB(6));
	assert_int_equal(found->misplaced.count, 1);
	assert_int_equal(found->misplaced.first.pa, HOT);
	tear_down(&fixture);
}

static void struct_pages_may_lie_anywhere(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map(&fixture.kernel.tables, fake_vmemmap(&fixture.kernel, HOT), MIB(74), FAKE_PMD);
	assert_int_equal(survey(&fixture, HR_MAP_VMEMMAP, HOT, MIB(128))->misplaced.count, 0);
	tear_down(&fixture);
}

static void leaves_that_linux_never_makes_are_noted(void **state)
{
	struct hr_map_survey *found;
	struct fixture fixture;
	uint64_t va;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	va = fake_linear(&fixture.kernel, BASE) + GIB(512);
	fake_set(&fixture.kernel.tables, HR_LEVEL_P4D, va,
		 fake_leaf_desc(&fixture.kernel.tables.geo, HR_LEVEL_P4D, GIB(512)));
	found = survey(&fixture, HR_MAP_LINEAR, BASE + GIB(512), GIB(1));
	assert_int_equal(found->unexpected.count, 1);
	assert_int_equal(found->unexpected.first.level, HR_LEVEL_P4D);
	assert_int_equal(found->mapped, GIB(1));
	for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
		assert_int_equal(found->leaves[kind], 0);
	tear_down(&fixture);
}

/* The last entry of a table ends at the end of 64 bits. */
static void leaf_that_ends_with_the_address_space_is_cut_to_the_range(void **state)
{
	struct hr_map_survey *found;
	struct fixture fixture;
	uint64_t va;

	(void)state;
	set_up(&fixture, SHAPE_64K_2_LEVELS);
	va = fake_vmemmap(&fixture.kernel, HOT) & ~(GIB(16) - 1);
	fake_map(&fixture.kernel.tables, va, 0, FAKE_CONT_PMD);
	found = survey(&fixture, HR_MAP_VMEMMAP, HOT, GIB(1));
	assert_int_equal(found->mapped, MIB(1));
	assert_int_equal(found->leaves[HR_LEAF_CONT_PMD], 0);
	assert_int_equal(found->entries[HR_LEVEL_PMD + 1], 1);
	tear_down(&fixture);
}

/* With 4K pages, 512 MiB of PTEs have 256 tables, and may or may not share a PMD table. */
static void emptied_tables_are_counted(void **state)
{
	static const struct {
		enum fake_kind kind;
		uint64_t size, tables;
	} rows[] = {
		{ FAKE_PTE, MIB(128), 64 },   { FAKE_PTE, GIB(1), 513 },
		{ FAKE_PTE, GIB(2), 1026 },   { FAKE_CONT_PTE, GIB(1), 513 },
		{ FAKE_PMD, MIB(128), 0 },    { FAKE_PMD, GIB(1), 1 },
		{ FAKE_CONT_PMD, GIB(2), 2 }, { FAKE_PUD, GIB(2), 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		fake_map_linear(&fixture.kernel, BASE, GIB(1), FAKE_PUD);
		fake_map_linear(&fixture.kernel, HOT, GIB(3), rows[i].kind);
		assert_int_equal(survey(&fixture, HR_MAP_LINEAR, HOT, rows[i].size)->tables_emptied,
				 rows[i].tables);
		tear_down(&fixture);
	}
}

/*
 * A table is freed only if everything that its parent entry maps lies between floor and ceiling. A
 * vmemmap that begins in the middle of a 512 GiB entry keeps its first PUD table.
 */
static void tables_at_the_floor_stay(void **state)
{
	static const struct {
		uint64_t align, tables;
	} rows[] = { { GIB(1), 1 }, { GIB(512), 2 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		fixture.kernel.layout.vmemmap_start &= ~(rows[i].align - 1);
		fake_map_vmemmap(&fixture.kernel, BASE, GIB(64), FAKE_PMD);
		assert_int_equal(survey(&fixture, HR_MAP_VMEMMAP, BASE, GIB(64))->tables_emptied,
				 rows[i].tables);
		tear_down(&fixture);
	}
}

static void tables_at_the_ceiling_stay(void **state)
{
	static const struct {
		uint64_t linear_size, tables;
	} rows[] = { { GIB(4), 2 }, { GIB(3), 2 }, { GIB(2) + MIB(512), 1 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct fixture fixture;

		set_up(&fixture, SHAPE_4K);
		fake_map_linear(&fixture.kernel, BASE, GIB(1), FAKE_PUD);
		fake_map_linear(&fixture.kernel, HOT, GIB(1), FAKE_PMD);
		fake_map_linear(&fixture.kernel, HOT + GIB(1), MIB(256), FAKE_PMD);
		fixture.kernel.layout.linear_end =
			fixture.kernel.layout.page_offset + rows[i].linear_size;
		assert_int_equal(
			survey(&fixture, HR_MAP_LINEAR, HOT, GIB(1) + MIB(256))->tables_emptied,
			rows[i].tables);
		tear_down(&fixture);
	}
}

struct entries {
	uint64_t va[8], size[8], count[8];
	size_t calls;
};

static void on_entries(void *context, uint64_t va, uint64_t size, uint64_t count)
{
	struct entries *entries = context;

	assert_true(entries->calls < COUNT_OF(entries->va));
	entries->va[entries->calls] = va;
	entries->size[entries->calls] = size;
	entries->count[entries->calls++] = count;
}

static void entries_of_the_vmemmap_are_told_in_order(void **state)
{
	struct entries entries = { .calls = 0 };
	struct fixture fixture;
	uint64_t va;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	fake_map_linear(&fixture.kernel, HOT, MIB(512), FAKE_PTE);
	fake_map_vmemmap(&fixture.kernel, HOT, MIB(256), FAKE_PMD);
	fake_map_vmemmap(&fixture.kernel, HOT + MIB(256), MIB(128), FAKE_PTE);
	hr_survey_range(&fixture.kernel.layout, fixture.walker, HOT + MIB(64), HOT + MIB(384),
			on_entries, &entries, &fixture.survey);
	va = fake_vmemmap(&fixture.kernel, HOT);
	assert_int_equal(entries.calls, 2);
	assert_int_equal(entries.va[0], va);
	assert_int_equal(entries.size[0], MIB(2));
	assert_int_equal(entries.count[0], 2);
	assert_int_equal(entries.va[1], va + MIB(4));
	assert_int_equal(entries.size[1], KIB(4));
	assert_int_equal(entries.count[1], 512);
	tear_down(&fixture);
}

static void ranges_beyond_the_linear_map_have_no_place(void **state)
{
	struct fixture fixture;
	uint64_t size, start, end;

	(void)state;
	set_up(&fixture, 0);
	size = fixture.kernel.layout.linear_end - fixture.kernel.layout.page_offset;
	for (enum hr_map map = 0; map < HR_MAP_COUNT; map++) {
		assert_true(hr_map_range(&fixture.kernel.layout, map, BASE + size - MIB(128),
					 BASE + size, &start, &end));
		if (hr_map_range(&fixture.kernel.layout, map, BASE + size, BASE + size + MIB(128),
				 &start, &end))
			fail_msg("the %s has room at its end", hr_map_name(map));
		assert_false(hr_map_range(&fixture.kernel.layout, map, BASE - MIB(128), BASE,
					  &start, &end));
	}
	tear_down(&fixture);
}

static void ranges_without_a_place_are_unmapped(void **state)
{
	struct hr_map_survey *found;
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K_FOLDED);
	found = survey(&fixture, HR_MAP_LINEAR, BASE - GIB(1), MIB(128));
	assert_false(found->done);
	assert_int_equal(found->unmapped, MIB(128));
	assert_int_equal(fixture.survey.maps[HR_MAP_VMEMMAP].unmapped, MIB(2));
	tear_down(&fixture);
}

static void names_are_the_words_of_the_interface(void **state)
{
	static const char *const kinds[] = { "PUD", "CONT_PMD", "PMD", "CONT_PTE", "PTE" };

	(void)state;
	for (enum hr_leaf_kind kind = 0; kind < HR_LEAF_KINDS; kind++)
		assert_string_equal(hr_leaf_kind_name(kind), kinds[kind]);
	assert_null(hr_leaf_kind_name(HR_LEAF_KINDS));
	assert_string_equal(hr_map_name(HR_MAP_LINEAR), "linear");
	assert_string_equal(hr_map_name(HR_MAP_VMEMMAP), "vmemmap");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_of_each_kind_are_counted),
		cmocka_unit_test(both_maps_are_surveyed),
		cmocka_unit_test(leaves_at_the_edges_count_by_their_bytes),
		cmocka_unit_test(holes_and_damage_are_told_apart),
		cmocka_unit_test(broken_groups_are_counted_and_the_first_is_kept),
		cmocka_unit_test(linear_leaves_must_map_their_own_address),
		cmocka_unit_test(struct_pages_may_lie_anywhere),
		cmocka_unit_test(leaves_that_linux_never_makes_are_noted),
		cmocka_unit_test(leaf_that_ends_with_the_address_space_is_cut_to_the_range),
		cmocka_unit_test(emptied_tables_are_counted),
		cmocka_unit_test(tables_at_the_floor_stay),
		cmocka_unit_test(tables_at_the_ceiling_stay),
		cmocka_unit_test(entries_of_the_vmemmap_are_told_in_order),
		cmocka_unit_test(ranges_beyond_the_linear_map_have_no_place),
		cmocka_unit_test(ranges_without_a_place_are_unmapped),
		cmocka_unit_test(names_are_the_words_of_the_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
