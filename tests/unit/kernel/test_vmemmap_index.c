// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "kernel/vmemmap_index.h"
#include "map/survey.h"
#include "walk/walker.h"

#define BASE GIB(2)
#define HOT  GIB(16)

struct fixture {
	struct fake_kernel kernel;
	struct hr_walker *walker;
	struct hr_vmemmap_index *index;
};

static void set_up(struct fixture *fixture)
{
	fake_kernel_init(&fixture->kernel, &fake_shapes[1], BASE);
	fixture->index = NULL;
	fixture->walker = NULL;
}

static void keep(struct fixture *fixture, uint64_t described, uint64_t pa)
{
	fake_map(&fixture->kernel.tables, fake_vmemmap(&fixture->kernel, described), pa, FAKE_PMD);
}

static void make_index(struct fixture *fixture)
{
	struct hr_layout *layout = &fixture->kernel.layout;

	assert_success(hr_walker_create(&layout->geo, &fixture->kernel.fake.memory,
					layout->swapper_pa, &fixture->walker));
	assert_success(hr_vmemmap_index_create(layout, fixture->walker, &fixture->index));
}

static void tear_down(struct fixture *fixture)
{
	hr_vmemmap_index_destroy(fixture->index);
	hr_walker_destroy(fixture->walker);
	fake_kernel_release(&fixture->kernel);
}

/* Does the vmemmap map the 2 MiB at @pa, which serve @described, elsewhere too? */
static bool doubles(const struct fixture *fixture, uint64_t described, uint64_t pa)
{
	uint64_t at;

	return hr_vmemmap_index_doubles(fixture->index, fake_vmemmap(&fixture->kernel, described),
					pa, MIB(2), &at);
}

static void memory_that_is_mapped_once_is_not_doubled(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	keep(&fixture, BASE, GIB(3));
	keep(&fixture, HOT, GIB(3) + MIB(2));
	keep(&fixture, HOT + MIB(128), GIB(3) + MIB(4));
	make_index(&fixture);
	assert_false(doubles(&fixture, BASE, GIB(3)));
	assert_false(doubles(&fixture, HOT, GIB(3) + MIB(2)));
	assert_false(doubles(&fixture, HOT + MIB(128), GIB(3) + MIB(4)));
	assert_false(doubles(&fixture, HOT, GIB(4)));
	tear_down(&fixture);
}

/* A piece may reach over others that begin later and end before it does. */
static void memory_at_the_end_of_a_large_piece_is_doubled(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	for (uint64_t i = 0; i < 8; i++)
		keep(&fixture, BASE + i * MIB(128), GIB(3) + i * MIB(2));
	keep(&fixture, HOT, GIB(3) + MIB(2));
	keep(&fixture, HOT + MIB(256), GIB(3) + MIB(6));
	make_index(&fixture);
	assert_true(doubles(&fixture, HOT + GIB(1), GIB(3) + MIB(14)));
	assert_true(doubles(&fixture, HOT + GIB(1), GIB(3)));
	assert_false(doubles(&fixture, HOT + GIB(1), GIB(3) + MIB(16)));
	assert_false(doubles(&fixture, HOT + GIB(1), GIB(3) - MIB(2)));
	tear_down(&fixture);
}

static void memory_of_another_section_is_doubled(void **state)
{
	struct fixture fixture;
	uint64_t at;

	(void)state;
	set_up(&fixture);
	keep(&fixture, BASE, GIB(3));
	keep(&fixture, HOT, GIB(3));
	make_index(&fixture);
	assert_true(doubles(&fixture, HOT, GIB(3)));
	assert_true(doubles(&fixture, BASE, GIB(3)));
	assert_true(hr_vmemmap_index_doubles(fixture.index, fake_vmemmap(&fixture.kernel, HOT),
					     GIB(3) - MIB(2), MIB(4), &at));
	assert_int_equal(at, GIB(3));
	tear_down(&fixture);
}

/* A large piece that begins far below still overlaps. */
static void end_of_a_large_piece_is_doubled(void **state)
{
	struct fixture fixture;
	struct fake_tables *tables = &fixture.kernel.tables;

	(void)state;
	set_up(&fixture);
	fake_map_range(tables, fake_vmemmap(&fixture.kernel, BASE), GIB(3), MIB(64), FAKE_PMD);
	keep(&fixture, HOT, GIB(3) + MIB(62));
	make_index(&fixture);
	assert_true(doubles(&fixture, HOT, GIB(3) + MIB(62)));
	assert_false(doubles(&fixture, BASE + 31 * MIB(128), GIB(3) + MIB(62)) &&
		     !doubles(&fixture, HOT, GIB(3) + MIB(62)));
	assert_false(doubles(&fixture, HOT, GIB(3) + MIB(64)));
	tear_down(&fixture);
}

static void nothing_is_known_without_an_index(void **state)
{
	uint64_t at;

	(void)state;
	assert_false(hr_vmemmap_index_doubles(NULL, 0, 0, MIB(2), &at));
}

/* Memory of more than 64 TiB does not exceed the limit. */
static void index_ends_at_its_limit(void **state)
{
	struct fixture fixture;
	struct fake_tables *tables = &fixture.kernel.tables;
	uint64_t va;

	(void)state;
	set_up(&fixture);
	va = fake_vmemmap(&fixture.kernel, HOT);
	fake_map_range(tables, va, GIB(64), MIB(2), FAKE_PTE);
	for (uint64_t i = 1; i < 4 * HR_VMEMMAP_INDEX_TABLES; i++)
		fake_set(tables, HR_LEVEL_PMD, va + i * MIB(2),
			 fake_table_desc(&tables->geo, fake_table_of(tables, HR_LEVEL_PTE, va)));
	make_index(&fixture);
	assert_true(hr_walker_visits(fixture.walker) < 2 * HR_VMEMMAP_INDEX_TABLES);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_that_is_mapped_once_is_not_doubled),
		cmocka_unit_test(memory_at_the_end_of_a_large_piece_is_doubled),
		cmocka_unit_test(memory_of_another_section_is_doubled),
		cmocka_unit_test(end_of_a_large_piece_is_doubled),
		cmocka_unit_test(nothing_is_known_without_an_index),
		cmocka_unit_test(index_ends_at_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
