// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "kernel/root_table.h"
#include "walk/walker.h"

#define BASE GIB(16)

/* AP[2] and DBM. */
#define READ_ONLY (UINT64_C(1) << 7)
#define WRITE	  (UINT64_C(1) << 51)

struct fixture {
	struct fake_kernel kernel;
	uint64_t va; /* of swapper_pg_dir in the image */
};

static void set_up(struct fixture *fixture, size_t shape)
{
	struct fake_kernel *kernel = &fixture->kernel;
	struct hr_layout *layout = &kernel->layout;

	fake_kernel_init(kernel, &fake_shapes[shape], BASE);
	fixture->va = layout->linear_end + MIB(64);
	layout->kimage_voffset = fixture->va - layout->swapper_pa;
	layout->has_kimage_voffset = true;
}

/* Map the root's page in the image by a leaf of @level with @bits. */
static void map_image(struct fixture *fixture, int level, uint64_t bits)
{
	struct fake_tables *tables = &fixture->kernel.tables;
	uint64_t size = hr_level_size(&tables->geo, level);
	uint64_t pa = fixture->kernel.layout.swapper_pa & -size;

	fixture->va = (fixture->va & -size) | (fixture->kernel.layout.swapper_pa & (size - 1));
	fixture->kernel.layout.kimage_voffset = fixture->va - fixture->kernel.layout.swapper_pa;
	fake_set(tables, level, fixture->va, fake_leaf_desc(&tables->geo, level, pa) | bits);
}

static enum hr_tristate ask(struct fixture *fixture)
{
	struct fake_kernel *kernel = &fixture->kernel;
	enum hr_tristate found;
	struct hr_walker *walker;

	assert_success(hr_walker_create(&kernel->layout.geo, &kernel->fake.memory,
					kernel->layout.swapper_pa, &walker));
	found = hr_root_table_is_writable(&kernel->layout, walker);
	hr_walker_destroy(walker);
	fake_kernel_release(kernel);
	return found;
}

static void image_tells_on_every_geometry(void **state)
{
	static const struct {
		uint64_t bits;
		enum hr_tristate expected;
	} rows[] = {
		{ WRITE, HR_YES },
		{ READ_ONLY, HR_NO },
		/* No kernel maps it this way. */
		{ 0, HR_UNKNOWN },
		{ READ_ONLY | WRITE, HR_UNKNOWN },
	};

	(void)state;
	for (size_t shape = 0; shape < FAKE_SHAPES; shape++)
		for (size_t i = 0; i < COUNT_OF(rows); i++) {
			struct fixture fixture;

			set_up(&fixture, shape);
			map_image(&fixture, HR_LEVEL_PTE, rows[i].bits);
			if (ask(&fixture) != rows[i].expected)
				fail_msg("shape %zu, row %zu", shape, i);
		}
}

static void image_may_be_mapped_by_blocks(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	map_image(&fixture, HR_LEVEL_PMD, WRITE);
	assert_int_equal(ask(&fixture), HR_YES);
}

static void image_without_a_place_tells_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	map_image(&fixture, HR_LEVEL_PTE, WRITE);
	fixture.kernel.layout.has_kimage_voffset = false;
	assert_int_equal(ask(&fixture), HR_UNKNOWN);
}

static void what_is_not_mapped_tells_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	assert_int_equal(ask(&fixture), HR_UNKNOWN);
}

static void table_that_cannot_be_read_tells_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	map_image(&fixture, HR_LEVEL_PTE, WRITE);
	fake_exclude(&fixture.kernel.fake,
		     fake_table_of(&fixture.kernel.tables, HR_LEVEL_PTE, fixture.va));
	assert_int_equal(ask(&fixture), HR_UNKNOWN);
}

/* A wrong kimage_voffset leads to the mapping of another page. */
static void another_page_tells_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, 1);
	map_image(&fixture, HR_LEVEL_PTE, WRITE);
	fake_set(&fixture.kernel.tables, HR_LEVEL_PTE, fixture.va,
		 fake_leaf_desc(&fixture.kernel.layout.geo, HR_LEVEL_PTE,
				fixture.kernel.layout.swapper_pa + KIB(4)) |
			 WRITE);
	assert_int_equal(ask(&fixture), HR_UNKNOWN);
}

static void invalid_mapping_tells_nothing(void **state)
{
	struct fixture fixture;
	struct fake_tables *tables = &fixture.kernel.tables;
	uint64_t at;

	(void)state;
	set_up(&fixture, 1);
	map_image(&fixture, HR_LEVEL_PTE, WRITE);
	at = fake_entry(tables, HR_LEVEL_PTE, fixture.va);
	fake_write64(tables->fake, at, fake_read64(tables->fake, at) & ~UINT64_C(1));
	assert_int_equal(ask(&fixture), HR_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(image_tells_on_every_geometry),
		cmocka_unit_test(image_may_be_mapped_by_blocks),
		cmocka_unit_test(image_without_a_place_tells_nothing),
		cmocka_unit_test(what_is_not_mapped_tells_nothing),
		cmocka_unit_test(table_that_cannot_be_read_tells_nothing),
		cmocka_unit_test(another_page_tells_nothing),
		cmocka_unit_test(invalid_mapping_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
