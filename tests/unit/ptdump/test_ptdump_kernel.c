// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdio.h>
#include <string.h>

#include "ptdump/ptdump_geometry.h"
#include "ptdump/ptdump_kernel.h"

#define ATTRS " RW NX SHD AF BLK UXN MEM/NORMAL\n"

/* 4K pages, 48 bits, 1 GiB of memory; the vmemmap as in 6.9 and later. */
static const char linear[] = "---[ Linear Mapping start ]---\n"
			     "0xffff000000000000-0xffff000000200000 2M PMD\n"
			     "0xffff000000200000-0xffff000040000000 1022M PMD" ATTRS
			     "0xffff000040000000-0xffff008000000000 511G PUD\n"
			     "0xffff008000000000-0xffff600000000000 97792G PGD\n";
static const char shadow[] = "---[ Linear Mapping end ]---\n"
			     "0xffff600000000000-0xffff800000000000 32T PGD\n";
static const char vmemmap[] = "0xffff800000000000-0xfffffd8000000000 128512G PGD\n"
			      "0xfffffd8000000000-0xfffffdffc0000000 511G PUD\n"
			      "---[ vmemmap start ]---\n"
			      "0xfffffdffc0000000-0xfffffdffc1000000 16M PMD" ATTRS
			      "0xfffffdffc1000000-0xfffffe0000000000 1008M PMD\n"
			      "0xfffffe0000000000-0xffffff8000000000 1536G PGD\n"
			      "---[ vmemmap end ]---\n"
			      "0xffffff8000000000-0xffffffffc0000000 511G PUD\n"
			      "0xffffffffc0000000-0x0000000000000000 1G PMD\n";

struct fixture {
	struct hr_ptdump *ptdump;
	struct hr_overrides overrides;
	struct hr_vmcoreinfo *note;
	struct hr_ptdump_note made;
	struct hr_layout layout;
	struct hr_ptdump_tables *tables;
};

static int set_up(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));
	char text[4096];

	snprintf(text, sizeof(text), "%s%s%s", linear, shadow, vmemmap);
	assert_success(hr_ptdump_parse(text, strlen(text), &fixture->ptdump));
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_ptdump_tables_destroy(fixture->tables);
	hr_vmcoreinfo_destroy(fixture->note);
	hr_ptdump_destroy(fixture->ptdump);
	test_free(fixture);
	return 0;
}

static void give_note(struct fixture *fixture, const char *text)
{
	assert_success(hr_vmcoreinfo_create(text, strlen(text), &fixture->note));
}

static void give(struct fixture *fixture, enum hr_override_key key, uint64_t value)
{
	fixture->overrides.set[key] = true;
	fixture->overrides.value[key] = value;
}

static void make_note(struct fixture *fixture)
{
	assert_success(hr_ptdump_make_note(fixture->ptdump, &fixture->overrides, &fixture->note,
					   &fixture->made));
}

/* Make the note, the layout and the tables, one by one. */
static struct hr_error *place(struct fixture *fixture)
{
	make_note(fixture);
	assert_success(hr_layout_init(fixture->note, &fixture->made.overrides, &fixture->layout));
	return hr_ptdump_place(fixture->ptdump, &fixture->layout, &fixture->tables);
}

static bool warns_of(const struct fixture *fixture, const char *part)
{
	for (size_t i = 0; i < HR_PTDUMP_WARNINGS && fixture->made.warnings[i]; i++)
		if (strstr(fixture->made.warnings[i], part))
			return true;
	return false;
}

static void text_alone_makes_a_whole_note(void **state)
{
	static const char *const rows[][2] = {
		{ "PAGESIZE", "4096" },
		{ "NUMBER(VA_BITS)", "48" },
		{ "NUMBER(TCR_EL1_T1SZ)", "0x10" },
		{ "NUMBER(PHYS_OFFSET)", "0x0" },
		{ "SIZE(page)", "64" },
		{ "NUMBER(VMEMMAP_START)", "0xfffffdffc0000000" },
		{ "NUMBER(SECTION_SIZE_BITS)", "27" },
	};
	struct fixture *fixture = *state;

	make_note(fixture);
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(hr_vmcoreinfo_get(fixture->note, rows[i][0]), rows[i][1]);
}

static void users_note_goes_before_what_the_text_tells(void **state)
{
	struct fixture *fixture = *state;

	give_note(fixture, "NUMBER(SECTION_SIZE_BITS)=30\n");
	make_note(fixture);
	assert_string_equal(hr_vmcoreinfo_get(fixture->note, "NUMBER(SECTION_SIZE_BITS)"), "30");
	assert_string_equal(hr_vmcoreinfo_get(fixture->note, "PAGESIZE"), "4096");
}

static void release_tells_more_than_is_usual(void **state)
{
	struct fixture *fixture = *state;

	fixture->overrides.release = "7.2.12";
	make_note(fixture);
	assert_null(hr_vmcoreinfo_get(fixture->note, "NUMBER(VMEMMAP_START)"));
	assert_null(hr_vmcoreinfo_get(fixture->note, "NUMBER(SECTION_SIZE_BITS)"));
	assert_false(warns_of(fixture, "sections are taken to have"));
}

static void numbers_of_the_note_must_be_numbers(void **state)
{
	struct fixture *fixture = *state;

	give_note(fixture, "SIZE(page)=many\n");
	assert_failure(hr_ptdump_make_note(fixture->ptdump, &fixture->overrides, &fixture->note,
					   &fixture->made),
		       HR_ERROR_INPUT, "SIZE(page)");
}

static void root_is_where_the_tables_are_made(void **state)
{
	struct fixture *fixture = *state;

	assert_success(place(fixture));
	assert_true(fixture->made.overrides.set[HR_OVERRIDE_SWAPPER_PA]);
	assert_int_equal(fixture->layout.swapper_pa, hr_ptdump_root_pa(&fixture->layout.geo));
}

static void nobody_may_tell_where_memory_is(void **state)
{
	struct fixture *fixture = *state;

	make_note(fixture);
	assert_false(fixture->made.has_phys_offset);
	assert_false(warns_of(fixture, "PHYS_OFFSET is taken as given"));
}

static void option_may_tell_where_memory_is(void **state)
{
	struct fixture *fixture = *state;

	give(fixture, HR_OVERRIDE_PHYS_OFFSET, GIB(2));
	make_note(fixture);
	assert_true(fixture->made.has_phys_offset);
	assert_true(warns_of(fixture, "PHYS_OFFSET is taken as given"));
}

static void note_may_tell_where_memory_is(void **state)
{
	struct fixture *fixture = *state;

	give_note(fixture, "NUMBER(PHYS_OFFSET)=0x80000000\nSIZE(page)=64\n");
	assert_success(place(fixture));
	assert_true(fixture->made.has_phys_offset);
	assert_int_equal(fixture->layout.phys_offset, GIB(2));
}

/* The note of a kernel of 5.9 that has the vmemmap where this text has it. */
static void give_old_note(struct fixture *fixture)
{
	give_note(fixture, "OSRELEASE=5.9.16\nNUMBER(PHYS_OFFSET)=0x80000000\nSIZE(page)=64\n");
	give(fixture, HR_OVERRIDE_VMEMMAP_START, UINT64_C(0xfffffdffc0000000));
}

/* Up to 5.9 the linear map may begin elsewhere, and a text cannot show it. */
static void note_of_an_old_kernel_does_not_tell_where_memory_is(void **state)
{
	struct fixture *fixture = *state;

	give_old_note(fixture);
	make_note(fixture);
	assert_false(fixture->made.has_phys_offset);
	assert_false(warns_of(fixture, "PHYS_OFFSET is taken as given"));
}

static void option_wins_over_the_note_of_an_old_kernel(void **state)
{
	struct fixture *fixture = *state;

	give_old_note(fixture);
	give(fixture, HR_OVERRIDE_PHYS_OFFSET, GIB(1));
	assert_success(place(fixture));
	assert_true(fixture->made.has_phys_offset);
	assert_int_equal(fixture->layout.phys_offset, GIB(1));
}

static void what_was_assumed_is_told(void **state)
{
	struct fixture *fixture = *state;

	make_note(fixture);
	assert_true(warns_of(fixture, "a struct page is taken to have 64 bytes"));
	assert_true(warns_of(fixture, "sections are taken to have the size"));
	assert_true(warns_of(fixture, "memory blocks are taken to be online"));
	assert_false(warns_of(fixture, "nothing of the vmemmap"));
}

static void what_was_given_is_not_assumed(void **state)
{
	struct fixture *fixture = *state;

	give(fixture, HR_OVERRIDE_STRUCT_PAGE_SIZE, 64);
	give(fixture, HR_OVERRIDE_SECTION_SIZE_BITS, 27);
	make_note(fixture);
	assert_false(warns_of(fixture, "a struct page is taken"));
	assert_false(warns_of(fixture, "sections are taken"));
}

static void kernels_round_phys_offset(void **state)
{
	struct fixture *fixture = *state;

	give(fixture, HR_OVERRIDE_PHYS_OFFSET, GIB(2) + MIB(512));
	assert_failure(place(fixture), HR_ERROR_INPUT, "is not a multiple of 1 GiB");
}

/* Only sections of 2 GiB, which no kernel has, would need more than 1 GiB. */
static void kernels_round_phys_offset_to_a_section(void **state)
{
	struct fixture *fixture = *state;

	make_note(fixture);
	assert_success(hr_layout_init(fixture->note, &fixture->made.overrides, &fixture->layout));
	fixture->layout.section_size_bits = 31;
	fixture->layout.phys_offset = GIB(1);
	assert_failure(hr_ptdump_place(fixture->ptdump, &fixture->layout, &fixture->tables),
		       HR_ERROR_INPUT, "is not a multiple of 2 GiB");
}

static void linear_map_ends_at_its_marker(void **state)
{
	struct fixture *fixture = *state;

	assert_success(place(fixture));
	assert_int_equal(fixture->layout.linear_end, UINT64_C(0xffff600000000000));
}

static void linear_map_without_a_marker_ends_where_it_may(void **state)
{
	struct fixture *fixture = *state;

	fixture->ptdump->markers[HR_PTDUMP_LINEAR_END] = SIZE_MAX;
	assert_success(place(fixture));
	assert_int_equal(fixture->layout.linear_end, UINT64_C(0xffff800000000000));
}

static void text_has_no_memory_beside_tables(void **state)
{
	struct fixture *fixture = *state;

	give_note(fixture, "SYMBOL(mem_section)=ffff000000001000\nLENGTH(mem_section)=8192\n"
			   "SIZE(mem_section)=16\nNUMBER(kimage_voffset)=0xffff800080000000\n"
			   "SYMBOL(init_uts_ns)=ffff800080001000\n"
			   "OFFSET(uts_namespace.name)=0\n");
	assert_success(place(fixture));
	assert_false(fixture->layout.has_mem_section);
	assert_false(fixture->layout.has_kimage_voffset);
	assert_false(fixture->layout.has_uts);
	assert_true(fixture->layout.hides_vmemmap_pa);
}

static void mapped_part_goes_from_the_first_leaf_to_the_last(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va, last;

	assert_success(place(fixture));
	fixture->ptdump->entries[3].mapped = true;
	assert_true(hr_ptdump_mapped(fixture->ptdump, &fixture->layout, &va, &last));
	assert_int_equal(va, UINT64_C(0xffff000000200000));
	assert_int_equal(last, UINT64_C(0xffff5fffffffffff));
}

static void linear_map_may_have_nothing(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va, last;

	assert_success(place(fixture));
	fixture->ptdump->entries[1].mapped = false;
	assert_false(hr_ptdump_mapped(fixture->ptdump, &fixture->layout, &va, &last));
}

#define test_of_text(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_text(text_alone_makes_a_whole_note),
		test_of_text(users_note_goes_before_what_the_text_tells),
		test_of_text(release_tells_more_than_is_usual),
		test_of_text(numbers_of_the_note_must_be_numbers),
		test_of_text(root_is_where_the_tables_are_made),
		test_of_text(nobody_may_tell_where_memory_is),
		test_of_text(option_may_tell_where_memory_is),
		test_of_text(note_may_tell_where_memory_is),
		test_of_text(note_of_an_old_kernel_does_not_tell_where_memory_is),
		test_of_text(option_wins_over_the_note_of_an_old_kernel),
		test_of_text(what_was_assumed_is_told),
		test_of_text(what_was_given_is_not_assumed),
		test_of_text(kernels_round_phys_offset),
		test_of_text(kernels_round_phys_offset_to_a_section),
		test_of_text(linear_map_ends_at_its_marker),
		test_of_text(linear_map_without_a_marker_ends_where_it_may),
		test_of_text(text_has_no_memory_beside_tables),
		test_of_text(mapped_part_goes_from_the_first_leaf_to_the_last),
		test_of_text(linear_map_may_have_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
