// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "ptdump/ptdump_tables.h"
#include "walk/lookup.h"
#include "walk/walk.h"
#include "walk/walker.h"

enum {
	SHAPE_4K = 1,
	SHAPE_64K_FOLDED = 12,
	TEXT_SIZE = 4096,
	RUNS_MAX = 16,
};

/* A text, the tables made from it, and a walker of them. */
struct fixture {
	char text[TEXT_SIZE];
	struct hr_layout layout;
	struct hr_ptdump *ptdump;
	struct hr_ptdump_tables *tables;
	struct hr_memory memory;
	struct hr_walker *walker;
	uint64_t base; /* VA: start of the half in use */
};

static void set_up(struct fixture *fixture, size_t shape)
{
	struct hr_layout *layout = &fixture->layout;

	memset(fixture, 0, sizeof(*fixture));
	layout->geo = fake_geometry(&fake_shapes[shape]);
	layout->page_offset = -(UINT64_C(1) << layout->geo.va_bits);
	fixture->base = -(UINT64_C(1) << layout->geo.va_bits_actual);
	layout->linear_end = -(UINT64_C(1) << (layout->geo.va_bits_actual - 1));
	/* Memory at the base of the linear map in use is at 1 GiB. */
	layout->phys_offset = GIB(1) - (fixture->base - layout->page_offset);
}

static void tear_down(struct fixture *fixture)
{
	hr_walker_destroy(fixture->walker);
	hr_ptdump_tables_destroy(fixture->tables);
	hr_ptdump_destroy(fixture->ptdump);
}

/* Append a line for [@start, @start + @size), relative to the base. */
static void add_line(struct fixture *fixture, uint64_t start, uint64_t size, const char *rest)
{
	size_t len = strlen(fixture->text);
	uint64_t va = fixture->base + start;

	snprintf(fixture->text + len, TEXT_SIZE - len, "0x%016lx-0x%016lx %luK %s\n",
		 (unsigned long)va, (unsigned long)(va + size), (unsigned long)(size >> 10), rest);
}

static void make(struct fixture *fixture)
{
	const struct hr_geometry *geo = &fixture->layout.geo;

	assert_success(hr_ptdump_parse(fixture->text, strlen(fixture->text), &fixture->ptdump));
	assert_success(
		hr_ptdump_tables_create(fixture->ptdump, &fixture->layout, &fixture->tables));
	fixture->memory = hr_ptdump_tables_memory(fixture->tables);
	assert_success(
		hr_walker_create(geo, &fixture->memory, hr_ptdump_root_pa(geo), &fixture->walker));
}

static struct hr_lookup lookup(struct fixture *fixture, uint64_t offset)
{
	struct hr_lookup found;

	hr_walk_lookup(fixture->walker, fixture->base + offset, &found);
	return found;
}

struct trace {
	struct hr_run runs[RUNS_MAX];
	size_t count;
	size_t broken_groups;
};

static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	struct trace *trace = context;

	assert_true(trace->count < RUNS_MAX);
	trace->runs[trace->count++] = *run;
	return NULL;
}

static struct hr_error *on_broken_group(void *context, const struct hr_leaf *group)
{
	struct trace *trace = context;

	(void)group;
	trace->broken_groups++;
	return NULL;
}

static void walk(struct fixture *fixture, uint64_t start, uint64_t size, struct trace *trace)
{
	const struct hr_visitor visitor = {
		.context = trace,
		.run = on_run,
		.broken_group = on_broken_group,
	};

	memset(trace, 0, sizeof(*trace));
	assert_success(hr_walk_range(fixture->walker, fixture->base + start,
				     fixture->base + start + size - 1, &visitor));
}

#define PAGES "RW NX SHD AF UXN MEM/NORMAL"
#define CONT  "RW NX SHD AF CON UXN MEM/NORMAL"

/* In every geometry: a line of PMD blocks, one of pages, and a hole. */
static void each_line_becomes_leaves_of_its_level(void **state)
{
	(void)state;
	for (size_t shape = 0; shape < FAKE_SHAPES; shape++) {
		struct fixture fixture;
		struct trace trace;
		uint64_t pmd, page;

		set_up(&fixture, shape);
		pmd = hr_level_size(&fixture.layout.geo, HR_LEVEL_PMD);
		page = hr_level_size(&fixture.layout.geo, HR_LEVEL_PTE);
		add_line(&fixture, 0, 2 * pmd, "PMD " PAGES);
		add_line(&fixture, 2 * pmd, 5 * page, "PTE " PAGES);
		add_line(&fixture, 2 * pmd + 5 * page, pmd - 5 * page, "PTE");
		make(&fixture);
		walk(&fixture, 0, 3 * pmd, &trace);
		assert_int_equal(trace.count, 3);
		assert_int_equal(trace.runs[0].leaf.level, HR_LEVEL_PMD);
		assert_int_equal(trace.runs[0].count, 2);
		assert_int_equal(trace.runs[0].leaf.pa, GIB(1));
		assert_true(trace.runs[0].leaf.expected);
		assert_int_equal(trace.runs[1].leaf.level, HR_LEVEL_PTE);
		assert_int_equal(trace.runs[1].count, 5);
		assert_int_equal(trace.runs[1].leaf.pa, GIB(1) + 2 * pmd);
		assert_int_equal(trace.runs[2].state, HR_MAP_UNMAPPED);
		assert_int_equal(trace.runs[2].leaf.size, pmd - 5 * page);
		tear_down(&fixture);
	}
}

static void con_lines_are_groups_and_f_lines_are_not_valid(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	add_line(&fixture, 0, MIB(64), "PMD RW NX SHD AF CON BLK UXN MEM/NORMAL");
	add_line(&fixture, MIB(64), MIB(2), "PMD F RW NX SHD AF BLK UXN MEM/NORMAL");
	add_line(&fixture, MIB(66), KIB(128), "PTE " CONT);
	make(&fixture);
	found = lookup(&fixture, MIB(40));
	assert_int_equal(found.state, HR_MAP_MAPPED);
	assert_true(found.leaf.cont && found.leaf.expected);
	assert_int_equal(found.leaf.size, MIB(32));
	assert_int_equal(found.leaf.va, fixture.base + MIB(32));
	found = lookup(&fixture, MIB(64));
	assert_int_equal(found.state, HR_MAP_MAPPED);
	assert_false(found.leaf.valid);
	assert_int_equal(found.leaf.size, MIB(2));
	found = lookup(&fixture, MIB(66) + KIB(68));
	assert_true(found.leaf.cont);
	assert_int_equal(found.leaf.va, fixture.base + MIB(66) + KIB(64));
	tear_down(&fixture);
}

static void what_has_no_line_is_unreadable_not_unmapped(void **state)
{
	struct fixture fixture;
	struct trace trace;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	add_line(&fixture, 0, MIB(2), "PMD " PAGES);
	add_line(&fixture, MIB(2) + KIB(8), KIB(4), "PTE " PAGES);
	add_line(&fixture, GIB(3), GIB(1), "PUD");
	make(&fixture);
	assert_int_equal(lookup(&fixture, MIB(2)).state, HR_MAP_UNREADABLE);
	assert_int_equal(lookup(&fixture, MIB(2) + KIB(8)).state, HR_MAP_MAPPED);
	assert_int_equal(lookup(&fixture, GIB(2)).state, HR_MAP_UNREADABLE);
	/* The size of the missing range lets a search skip it. */
	assert_int_equal(lookup(&fixture, GIB(2)).leaf.size, GIB(1));
	assert_int_equal(lookup(&fixture, GIB(3)).state, HR_MAP_UNMAPPED);
	assert_int_equal(lookup(&fixture, GIB(600)).state, HR_MAP_UNREADABLE);
	walk(&fixture, 0, GIB(4), &trace);
	assert_int_equal(trace.count, 5);
	assert_int_equal(trace.runs[1].state, HR_MAP_UNREADABLE);
	assert_int_equal(trace.runs[1].leaf.size, KIB(8));
	assert_int_equal(trace.runs[3].state, HR_MAP_UNREADABLE);
	assert_int_equal(trace.runs[3].leaf.size, GIB(3) - MIB(2) - KIB(12));
	tear_down(&fixture);
}

/* An end edge depends on what lies before it, so a missing line after it does not matter. */
static void an_end_in_front_of_a_missing_line_is_known(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	add_line(&fixture, GIB(1), GIB(1) / 2, "PMD " PAGES);
	make(&fixture);
	hr_walk_lookup_end(fixture.walker, fixture.base + GIB(1) + MIB(1), &found);
	assert_true(found.splits);
	hr_walk_lookup_end(fixture.walker, fixture.base + GIB(1) + GIB(1) / 2, &found);
	assert_int_not_equal(found.state, HR_MAP_UNREADABLE);
	assert_false(found.splits);
	tear_down(&fixture);
}

/* Only half of a CONT group has lines, so it may be complete or malformed: that is unknown. */
static void a_group_with_missing_lines_is_unreadable(void **state)
{
	struct fixture fixture;
	struct trace trace;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	add_line(&fixture, KIB(32), KIB(32), "PTE " CONT);
	add_line(&fixture, KIB(64), KIB(64), "PTE " CONT);
	make(&fixture);
	assert_int_equal(lookup(&fixture, KIB(32)).state, HR_MAP_UNREADABLE);
	assert_false(lookup(&fixture, KIB(32)).in_broken_group);
	assert_int_equal(lookup(&fixture, KIB(64)).state, HR_MAP_MAPPED);
	walk(&fixture, 0, KIB(128), &trace);
	assert_int_equal(trace.broken_groups, 0);
	assert_int_equal(trace.count, 2);
	assert_int_equal(trace.runs[0].state, HR_MAP_UNREADABLE);
	assert_int_equal(trace.runs[0].leaf.size, KIB(64));
	tear_down(&fixture);
}

/*
 * A leaf without CON beside missing lines: if those had CON, the group would be malformed, and an
 * edge between its members would split it.
 */
static void an_edge_beside_missing_lines_of_a_group_may_split(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	add_line(&fixture, 0, KIB(32), "PTE " PAGES);
	add_line(&fixture, KIB(64), MIB(2) - KIB(64), "PTE " PAGES);
	add_line(&fixture, MIB(2), MIB(30), "PMD");
	make(&fixture);
	found = lookup(&fixture, KIB(16));
	assert_int_equal(found.state, HR_MAP_MAPPED);
	assert_false(found.splits);
	assert_true(found.may_split);
	assert_false(lookup(&fixture, 0).may_split);
	assert_false(lookup(&fixture, KIB(64)).may_split);
	assert_false(lookup(&fixture, KIB(80)).may_split);
	hr_walk_lookup_end(fixture.walker, fixture.base + KIB(16), &found);
	assert_true(found.may_split);
	hr_walk_lookup_end(fixture.walker, fixture.base + KIB(64), &found);
	assert_false(found.may_split);
	tear_down(&fixture);
}

/* The other half has a line without CON, so the group is malformed in any case. */
static void a_group_with_members_that_lack_con_is_malformed(void **state)
{
	struct fixture fixture;
	struct trace trace;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	add_line(&fixture, 0, KIB(32), "PTE " PAGES);
	add_line(&fixture, KIB(32), KIB(32), "PTE " CONT);
	add_line(&fixture, KIB(64), KIB(4), "PTE " PAGES);
	add_line(&fixture, KIB(100), KIB(28), "PTE " CONT);
	make(&fixture);
	assert_true(lookup(&fixture, 0).in_broken_group);
	assert_true(lookup(&fixture, KIB(100)).in_broken_group);
	walk(&fixture, 0, KIB(128), &trace);
	assert_int_equal(trace.broken_groups, 2);
	tear_down(&fixture);
}

/* A line of holes that a marker has cut in two, and that covers a whole table. */
static void a_table_of_holes_is_a_hole(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	add_line(&fixture, 0, MIB(2), "PMD " PAGES);
	add_line(&fixture, MIB(2), MIB(1), "PTE");
	add_line(&fixture, MIB(3), MIB(1), "PTE");
	make(&fixture);
	assert_int_equal(lookup(&fixture, MIB(2)).state, HR_MAP_UNMAPPED);
	assert_int_equal(lookup(&fixture, MIB(3)).state, HR_MAP_UNMAPPED);
	tear_down(&fixture);
}

static void a_folded_root_has_the_half_in_use(void **state)
{
	struct fixture fixture;
	struct hr_lookup found;

	(void)state;
	set_up(&fixture, SHAPE_64K_FOLDED);
	add_line(&fixture, 0, MIB(512), "PMD " PAGES);
	make(&fixture);
	found = lookup(&fixture, MIB(511));
	assert_int_equal(found.state, HR_MAP_MAPPED);
	assert_int_equal(found.leaf.va, 0xffff000000000000);
	assert_int_equal(found.leaf.pa, GIB(1));
	tear_down(&fixture);
}

static void nothing_but_tables_can_be_read(void **state)
{
	struct fixture fixture;
	uint64_t page[512];
	uint64_t pas[] = { 0,
			   0x1000,
			   GIB(1),
			   UINT64_C(6) << 44,
			   UINT64_C(5) << 44 | 1,
			   UINT64_C(1) << 44,
			   UINT64_MAX,
			   (UINT64_C(2) << 44) + 4096,
			   (UINT64_C(5) << 44) + (UINT64_C(1) << 43) };

	(void)state;
	set_up(&fixture, SHAPE_4K);
	add_line(&fixture, 0, MIB(2), "PMD " PAGES);
	make(&fixture);
	for (size_t i = 0; i < COUNT_OF(pas); i++)
		assert_failure(hr_memory_read(&fixture.memory, pas[i], page, sizeof(page)),
			       HR_ERROR_UNREADABLE, "does not have the memory at PA");
	tear_down(&fixture);
}

static void lines_that_do_not_fit_are_refused(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, SHAPE_4K);
	add_line(&fixture, 0, MIB(1), "PMD " PAGES);
	assert_success(hr_ptdump_parse(fixture.text, strlen(fixture.text), &fixture.ptdump));
	assert_failure(hr_ptdump_tables_create(fixture.ptdump, &fixture.layout, &fixture.tables),
		       HR_ERROR_INPUT,
		       "line 1: 0xffff000000000000-0xffff000000100000 PMD is impossible");
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_becomes_leaves_of_its_level),
		cmocka_unit_test(con_lines_are_groups_and_f_lines_are_not_valid),
		cmocka_unit_test(what_has_no_line_is_unreadable_not_unmapped),
		cmocka_unit_test(an_end_in_front_of_a_missing_line_is_known),
		cmocka_unit_test(a_group_with_missing_lines_is_unreadable),
		cmocka_unit_test(an_edge_beside_missing_lines_of_a_group_may_split),
		cmocka_unit_test(a_group_with_members_that_lack_con_is_malformed),
		cmocka_unit_test(a_table_of_holes_is_a_hole),
		cmocka_unit_test(a_folded_root_has_the_half_in_use),
		cmocka_unit_test(nothing_but_tables_can_be_read),
		cmocka_unit_test(lines_that_do_not_fit_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
