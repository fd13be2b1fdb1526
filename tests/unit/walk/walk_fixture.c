// SPDX-License-Identifier: GPL-2.0-or-later
#include "walk_fixture.h"

#include <string.h>

void set_up(struct fixture *fixture, size_t shape)
{
	struct hr_geometry geo = fake_geometry(&fake_shapes[shape]);

	fake_init(&fixture->fake, geo.page_shift);
	fake_tables_init(&fixture->tables, &fixture->fake, &geo);
	assert_success(hr_walker_create(&fixture->tables.geo, &fixture->fake.memory,
					fixture->tables.root_pa, &fixture->walker));
	fixture->base = -(UINT64_C(1) << geo.va_bits_actual);
}

void tear_down(struct fixture *fixture)
{
	hr_walker_destroy(fixture->walker);
	fake_release(&fixture->fake);
}

static struct hr_error *on_run(void *context, const struct hr_run *run)
{
	struct trace *trace = context;

	assert_true(trace->run_count < RUNS_MAX);
	if (run->why)
		strcpy(trace->why[trace->run_count], run->why);
	trace->runs[trace->run_count++] = *run;
	return NULL;
}

struct hr_error *on_broken_group(void *context, const struct hr_leaf *group)
{
	struct trace *trace = context;

	assert_true(trace->group_count < RUNS_MAX);
	trace->groups[trace->group_count++] = *group;
	return NULL;
}

static bool on_emptied(void *context, const struct hr_emptied_table *table)
{
	struct trace *trace = context;

	assert_true(trace->emptied_count < RUNS_MAX);
	trace->emptied[trace->emptied_count++] = *table;
	return !trace->keep_tables;
}

void walk(struct fixture *fixture, uint64_t va, uint64_t size, struct trace *trace)
{
	const struct hr_visitor visitor = {
		.context = trace,
		.run = on_run,
		.broken_group = on_broken_group,
		.emptied = on_emptied,
	};

	assert_success(hr_walk_range(fixture->walker, va, va + (size - 1), &visitor));
}

struct hr_lookup lookup(struct fixture *fixture, uint64_t va)
{
	struct hr_lookup found;

	hr_walk_lookup(fixture->walker, va, &found);
	return found;
}

void assert_unreadable(struct fixture *fixture, uint64_t va, const char *why)
{
	struct hr_lookup found = lookup(fixture, va);

	assert_int_equal(found.state, HR_MAP_UNREADABLE);
	if (!strstr(found.why, why))
		fail_msg("\"%s\" does not say \"%s\"", found.why, why);
}

void assert_leaf(const struct hr_leaf *leaf, enum fake_kind kind, uint64_t va, uint64_t pa,
		 uint64_t size)
{
	assert_int_equal(leaf->level, fake_kind_level(kind));
	assert_int_equal(leaf->cont, fake_kind_cont(kind));
	assert_int_equal(leaf->va, va);
	assert_int_equal(leaf->pa, pa);
	assert_int_equal(leaf->size, size);
}

bool kind_exists(const struct hr_geometry *geo, enum fake_kind kind)
{
	if (kind == FAKE_PUD)
		return geo->page_shift == 12;
	return kind != FAKE_CONT_PMD || geo->root_level < HR_LEVEL_PMD;
}

void break_group(struct fixture *fixture, enum fake_kind kind, enum lack lack)
{
	int level = fake_kind_level(kind);
	uint64_t va = fixture->base + 5 * hr_level_size(&fixture->tables.geo, level);
	uint64_t entry;

	fake_map(&fixture->tables, fixture->base, PA, kind);
	entry = fake_entry(&fixture->tables, level, va);
	if (lack == LACK_BIT) {
		fake_write64(&fixture->fake, entry,
			     fake_read64(&fixture->fake, entry) & ~FAKE_CONT);
		return;
	}
	fake_write64(&fixture->fake, entry, 0);
	if (lack == LACK_TABLE)
		fake_map_range(&fixture->tables, va, PA, hr_level_size(&fixture->tables.geo, level),
			       FAKE_PTE);
}

void assert_broken_group(const struct hr_leaf *group, enum fake_kind kind, uint64_t va,
			 uint64_t size)
{
	assert_int_equal(group->level, fake_kind_level(kind));
	assert_true(group->cont);
	assert_int_equal(group->va, va);
	assert_int_equal(group->size, size);
}
