// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "kernel/placement.h"
#include "kernel/vmemmap.h"

#define BASE  GIB(16)
#define OTHER (BASE - GIB(5)) /* PHYS_OFFSET that a note has wrongly */

enum {
	SHAPE = 1,
	FROM_BOOT = 15
};

struct fixture {
	struct fake_kernel kernel;
	struct hr_layout layout; /* by note and formulas; at first that of the kernel */
	struct hr_placement found;
};

/* The VA of the struct page of the root table. */
static uint64_t struct_page(const struct fixture *fixture)
{
	return fake_vmemmap(&fixture->kernel, fixture->kernel.layout.swapper_pa) & -MIB(2);
}

/* A kernel with 1 GiB from boot, its root table elsewhere, and sections for both. */
static int set_up(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));
	struct fake_kernel *kernel = &fixture->kernel;

	fake_kernel_init(kernel, &fake_shapes[SHAPE], BASE);
	kernel->layout.vmemmap_is_derived = true;
	fake_sections(kernel, BASE, GIB(1), FROM_BOOT);
	fake_section(kernel, kernel->layout.swapper_pa, FROM_BOOT);
	fake_map_linear(kernel, BASE, GIB(1), FAKE_PMD);
	fake_map_linear(kernel, kernel->layout.swapper_pa & -MIB(2), MIB(2), FAKE_PMD);
	fake_map(&kernel->tables, struct_page(fixture), GIB(64), FAKE_PMD);
	fixture->layout = kernel->layout;
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	fake_kernel_release(&fixture->kernel);
	test_free(fixture);
	return 0;
}

static void find(struct fixture *fixture)
{
	const struct hr_memory *memory = &fixture->kernel.fake.memory;
	struct hr_walker *walker;

	assert_success(hr_walker_create(&fixture->layout.geo, memory, fixture->layout.swapper_pa,
					&walker));
	assert_success(hr_placement_find(&fixture->layout, walker, memory, &fixture->found));
	hr_walker_destroy(walker);
}

static void assert_places(struct fixture *fixture, enum hr_place linear, enum hr_place vmemmap)
{
	find(fixture);
	assert_int_equal(fixture->found.linear, linear);
	assert_int_equal(fixture->found.vmemmap, vmemmap);
}

static void what_the_memory_confirms_stands(void **state)
{
	assert_places(*state, HR_PLACE_STANDS, HR_PLACE_STANDS);
}

static void linear_map_is_where_all_evidence_has_it(void **state)
{
	struct fixture *fixture = *state;

	fixture->layout.phys_offset = OTHER;
	assert_places(fixture, HR_PLACE_PROVEN, HR_PLACE_STANDS);
	assert_true(fixture->found.has_phys_offset);
	assert_int_equal(fixture->found.phys_offset, BASE);
}

/* One end in place is enough for a note; the other may be damaged. */
static void note_stands_by_one_end(void **state)
{
	struct fixture *fixture = *state;
	struct fake_tables *tables = &fixture->kernel.tables;
	uint64_t first = fake_linear(&fixture->kernel, BASE);
	uint64_t last = fake_linear(&fixture->kernel, fixture->layout.swapper_pa & -MIB(2));

	fake_map(tables, first, GIB(32), FAKE_PMD);
	assert_places(fixture, HR_PLACE_STANDS, HR_PLACE_STANDS);
	fake_map(tables, first, BASE, FAKE_PMD);
	fake_map(tables, last, GIB(32), FAKE_PMD);
	assert_places(fixture, HR_PLACE_STANDS, HR_PLACE_STANDS);
}

/* Whatever lies between them is in place. */
static void two_damaged_ends_prove_nothing(void **state)
{
	struct fixture *fixture = *state;
	uint64_t behind = fixture->layout.swapper_pa + GIB(1);

	fake_map(&fixture->kernel.tables, fake_linear(&fixture->kernel, BASE), GIB(32), FAKE_PMD);
	fake_map(&fixture->kernel.tables, fake_linear(&fixture->kernel, behind) & -MIB(2), GIB(33),
		 FAKE_PMD);
	assert_places(fixture, HR_PLACE_OPEN, HR_PLACE_STANDS);
}

static void ends_that_disagree_prove_nothing(void **state)
{
	struct fixture *fixture = *state;

	fixture->layout.phys_offset = OTHER;
	fake_map(&fixture->kernel.tables, fake_linear(&fixture->kernel, BASE), GIB(32), FAKE_PMD);
	assert_places(fixture, HR_PLACE_OPEN, HR_PLACE_STANDS);
	assert_false(fixture->found.has_phys_offset);
}

/* Both ends lie 2 MiB beside what any kernel rounds to. */
static void offset_to_which_no_kernel_rounds_proves_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct fake_tables *tables = &fixture->kernel.tables;
	uint64_t last = fixture->layout.swapper_pa & -MIB(2);

	fixture->layout.phys_offset = OTHER;
	fake_map(tables, fake_linear(&fixture->kernel, BASE), BASE + MIB(2), FAKE_PMD);
	fake_map(tables, fake_linear(&fixture->kernel, last), last + MIB(2), FAKE_PMD);
	assert_places(fixture, HR_PLACE_OPEN, HR_PLACE_STANDS);
	assert_false(fixture->found.has_phys_offset);
}

static void ends_that_cannot_be_read_say_nothing(void **state)
{
	struct fixture *fixture = *state;

	fixture->layout.phys_offset = OTHER;
	fake_exclude(&fixture->kernel.fake, fake_table_of(&fixture->kernel.tables, HR_LEVEL_PMD,
							  fake_linear(&fixture->kernel, BASE)));
	assert_places(fixture, HR_PLACE_STANDS, HR_PLACE_STANDS);
}

/* Both ends agree on a PHYS_OFFSET, but this speaks against it. */
static void assert_open(struct fixture *fixture)
{
	fixture->layout.phys_offset = OTHER;
	find(fixture);
	assert_int_equal(fixture->found.linear, HR_PLACE_OPEN);
	assert_true(fixture->found.has_phys_offset);
	assert_int_equal(fixture->found.phys_offset, BASE);
}

static void unknown_mem_section_leaves_it_open(void **state)
{
	struct fixture *fixture = *state;

	fixture->layout.has_mem_section = false;
	assert_open(fixture);
}

static void unreadable_mem_section_leaves_it_open(void **state)
{
	struct fixture *fixture = *state;

	fake_exclude(&fixture->kernel.fake,
		     fake_section_root(&fixture->kernel, fixture->layout.swapper_pa));
	assert_open(fixture);
}

static void section_that_is_not_from_boot_leaves_it_open(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned int bit = 0; bit < 4; bit++) {
		fake_section(&fixture->kernel, fixture->layout.swapper_pa, FROM_BOOT ^ 1u << bit);
		assert_open(fixture);
	}
}

static void section_with_another_vmemmap_leaves_it_open(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, fixture->layout.swapper_pa, FROM_BOOT + MIB(16));
	assert_open(fixture);
	assert_int_equal(fixture->found.vmemmap, HR_PLACE_OPEN);
}

static void root_table_out_of_place_leaves_it_open(void **state)
{
	struct fixture *fixture = *state;
	uint64_t pa = fixture->layout.swapper_pa & -MIB(2);

	/* Another memory ends the linear map. */
	fake_map_linear(&fixture->kernel, pa + GIB(1), MIB(2), FAKE_PMD);
	fake_map(&fixture->kernel.tables, fake_linear(&fixture->kernel, pa), pa + GIB(2), FAKE_PMD);
	assert_open(fixture);
	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD, fake_linear(&fixture->kernel, pa), 0);
	assert_open(fixture);
}

/* The root table is in place, but by a CONT group that is not contiguous. */
static void root_table_by_a_leaf_that_no_kernel_makes_leaves_it_open(void **state)
{
	struct fixture *fixture = *state;
	struct fake_tables *tables = &fixture->kernel.tables;
	uint64_t pa = fixture->layout.swapper_pa & -MIB(32);
	uint64_t va = fake_linear(&fixture->kernel, pa);
	uint64_t last = va + MIB(30);

	fake_map(tables, va, pa, FAKE_CONT_PMD);
	fake_set(tables, HR_LEVEL_PMD, last,
		 fake_leaf_desc(&tables->geo, HR_LEVEL_PMD, GIB(32)) | FAKE_CONT);
	fake_map_linear(&fixture->kernel, pa + GIB(1), MIB(2), FAKE_PMD);
	assert_open(fixture);
}

static void mem_section_out_of_place_leaves_it_open(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va = fixture->layout.mem_section_va & -MIB(2);

	fake_map(&fixture->kernel.tables, va, GIB(32), FAKE_PMD);
	assert_open(fixture);
}

static void unmapped_struct_page_leaves_it_open(void **state)
{
	struct fixture *fixture = *state;

	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD, struct_page(fixture), 0);
	assert_open(fixture);
}

/* A block of 512 GiB has no struct pages. */
static void struct_page_by_a_leaf_that_no_kernel_makes_leaves_it_open(void **state)
{
	struct fixture *fixture = *state;
	struct fake_tables *tables = &fixture->kernel.tables;

	fake_set(tables, HR_LEVEL_P4D, struct_page(fixture),
		 fake_leaf_desc(&tables->geo, HR_LEVEL_P4D, 0));
	assert_open(fixture);
}

/* The place of the vmemmap by @form. */
static void place_by(struct fixture *fixture, enum hr_vmemmap_form form)
{
	hr_vmemmap_place(&fixture->layout.geo, fixture->layout.struct_page_size, form,
			 &fixture->layout.vmemmap_start, &fixture->layout.vmemmap_end);
}

static void vmemmap_is_where_another_formula_has_it(void **state)
{
	static const enum hr_vmemmap_form forms[] = { HR_VMEMMAP_BELOW_2M,
						      HR_VMEMMAP_POWER_OF_TWO };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		place_by(fixture, forms[i]);
		assert_places(fixture, HR_PLACE_STANDS, HR_PLACE_PROVEN);
		assert_int_equal(fixture->found.vmemmap_start,
				 fixture->kernel.layout.vmemmap_start);
		assert_int_equal(fixture->found.vmemmap_end, fixture->kernel.layout.vmemmap_end);
	}
}

static void both_maps_may_be_elsewhere(void **state)
{
	struct fixture *fixture = *state;

	fixture->layout.phys_offset = OTHER;
	place_by(fixture, HR_VMEMMAP_BELOW_2M);
	assert_places(fixture, HR_PLACE_PROVEN, HR_PLACE_PROVEN);
	assert_int_equal(fixture->found.phys_offset, BASE);
	assert_int_equal(fixture->found.vmemmap_start, fixture->kernel.layout.vmemmap_start);
}

/* The place is not one of a formula's, although the section and the tables have it. */
static void vmemmap_of_no_formula_is_open(void **state)
{
	struct fixture *fixture = *state;

	fake_section(&fixture->kernel, fixture->layout.swapper_pa, FROM_BOOT + MIB(16));
	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD, struct_page(fixture), 0);
	fake_map(&fixture->kernel.tables, struct_page(fixture) + MIB(16), GIB(65), FAKE_PMD);
	assert_places(fixture, HR_PLACE_STANDS, HR_PLACE_OPEN);
	assert_int_equal(fixture->found.vmemmap_start, fixture->layout.vmemmap_start + MIB(16));
}

static void vmemmap_that_is_not_mapped_is_open(void **state)
{
	struct fixture *fixture = *state;

	place_by(fixture, HR_VMEMMAP_BELOW_2M);
	fake_set(&fixture->kernel.tables, HR_LEVEL_PMD, struct_page(fixture), 0);
	assert_places(fixture, HR_PLACE_STANDS, HR_PLACE_OPEN);
}

/* Struct pages where the release has them, and where mem_section has them. */
static void vmemmap_in_two_places_is_open(void **state)
{
	struct fixture *fixture = *state;
	uint64_t right = fixture->layout.vmemmap_start;

	place_by(fixture, HR_VMEMMAP_BELOW_2M);
	fake_map(&fixture->kernel.tables,
		 (struct_page(fixture) - right + fixture->layout.vmemmap_start) & -MIB(2), GIB(66),
		 FAKE_PMD);
	assert_places(fixture, HR_PLACE_STANDS, HR_PLACE_OPEN);
}

static void vmemmap_that_is_given_is_not_replaced(void **state)
{
	struct fixture *fixture = *state;

	place_by(fixture, HR_VMEMMAP_BELOW_2M);
	fixture->layout.vmemmap_is_derived = false;
	assert_places(fixture, HR_PLACE_STANDS, HR_PLACE_OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(what_the_memory_confirms_stands),
		ROW(linear_map_is_where_all_evidence_has_it),
		ROW(note_stands_by_one_end),
		ROW(two_damaged_ends_prove_nothing),
		ROW(ends_that_disagree_prove_nothing),
		ROW(offset_to_which_no_kernel_rounds_proves_nothing),
		ROW(ends_that_cannot_be_read_say_nothing),
		ROW(unknown_mem_section_leaves_it_open),
		ROW(unreadable_mem_section_leaves_it_open),
		ROW(section_that_is_not_from_boot_leaves_it_open),
		ROW(section_with_another_vmemmap_leaves_it_open),
		ROW(root_table_out_of_place_leaves_it_open),
		ROW(root_table_by_a_leaf_that_no_kernel_makes_leaves_it_open),
		ROW(mem_section_out_of_place_leaves_it_open),
		ROW(unmapped_struct_page_leaves_it_open),
		ROW(struct_page_by_a_leaf_that_no_kernel_makes_leaves_it_open),
		ROW(vmemmap_is_where_another_formula_has_it),
		ROW(both_maps_may_be_elsewhere),
		ROW(vmemmap_of_no_formula_is_open),
		ROW(vmemmap_that_is_not_mapped_is_open),
		ROW(vmemmap_in_two_places_is_open),
		ROW(vmemmap_that_is_given_is_not_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
