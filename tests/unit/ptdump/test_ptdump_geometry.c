// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "ptdump/ptdump_geometry.h"

/* Whole texts of kernels with little memory, reduced to the lines that matter. */

#define START	    "---[ Linear Mapping start ]---\n"
#define END	    "---[ Linear Mapping end ]---\n"
#define VMEMMAP	    "---[ vmemmap start ]---\n"
#define VMEMMAP_END "---[ vmemmap end ]---\n"
#define ATTRS	    " RW NX SHD AF UXN MEM/NORMAL\n"
#define BLOCK	    " RW NX SHD AF BLK UXN MEM/NORMAL\n"

/* 4K pages, 48 bits, 1 GiB of memory; the vmemmap as in 6.9 and later. */
static const char text_4k[] = START "0xffff000000000000-0xffff000000200000 2M PTE" ATTRS
				    "0xffff000000200000-0xffff000040000000 1022M PMD" BLOCK
				    "0xffff000040000000-0xffff008000000000 511G PUD\n"
				    "0xffff008000000000-0xffff800000000000 130560G PGD\n" END
				    "0xffff800000000000-0xfffffd8000000000 128512G PGD\n"
				    "0xfffffd8000000000-0xfffffdffc0000000 511G PUD\n" VMEMMAP
				    "0xfffffdffc0000000-0xfffffdffc1000000 16M PMD" BLOCK
				    "0xfffffdffc1000000-0xfffffe0000000000 1008M PMD\n"
				    "0xfffffe0000000000-0xffffff8000000000 1536G PGD\n" VMEMMAP_END
				    "0xffffff8000000000-0xffffffffc0000000 511G PUD\n"
				    "0xffffffffc0000000-0x0000000000000000 1G PMD\n";

/*
 * 4K pages, 39 bits: the level that is normally the PUD is the root, and its blocks are called PGD.
 */
static const char text_4k_39[] = START "0xffffff8000000000-0xffffff8040000000 1G PGD" BLOCK
				       "0xffffff8040000000-0xffffffc000000000 255G PGD\n" END
				       "0xffffffc000000000-0xfffffffec0000000 251G PGD\n" VMEMMAP
				       "0xfffffffec0000000-0xfffffffec1000000 16M PMD" BLOCK
				       "0xfffffffec1000000-0xffffffff00000000 1008M PMD\n"
				       "0xffffffff00000000-0x0000000000000000 4G PGD\n";

/* 16K pages, 47 bits. */
static const char text_16k[] = START "0xffff800000000000-0xffff800000210000 2112K PTE" ATTRS
				     "0xffff800000210000-0xffff800002000000 30656K PTE\n"
				     "0xffff800002000000-0xffff800004000000 32M PMD" BLOCK
				     "0xffff800004000000-0xffff801000000000 65472M PMD\n"
				     "0xffff801000000000-0xffffc00000000000 65472G PGD\n" END
				     "0xffffc00000000000-0xffffffb000000000 65216G PGD\n"
				     "0xffffffb000000000-0xffffffbfc0000000 63G PMD\n" VMEMMAP
				     "0xffffffbfc0000000-0xffffffbfc0800000 8M PTE" ATTRS
				     "0xffffffbfc0800000-0xffffffbfc2000000 24M PTE\n"
				     "0xffffffbfc2000000-0xffffffc000000000 992M PMD\n"
				     "0xffffffc000000000-0x0000000000000000 256G PGD\n";

/* 64K pages, 52 bits. */
static const char text_64k[] = START "0xfff0000000000000-0xfff0000080000000 2G PMD" BLOCK
				     "0xfff0000080000000-0xfff0040000000000 4094G PMD\n"
				     "0xfff0040000000000-0xffff800000000000 3964T PGD\n" END
				     "0xffff800000000000-0xfffffc0000000000 124T PGD\n"
				     "0xfffffc0000000000-0xfffffc1fc0000000 127G PMD\n" VMEMMAP
				     "0xfffffc1fc0000000-0xfffffc1fc0200000 2M PTE" ATTRS
				     "0xfffffc1fc0200000-0xfffffc1fe0000000 510M PTE\n"
				     "0xfffffc1fe0000000-0xfffffc2000000000 512M PMD\n"
				     "0xfffffc2000000000-0x0000000000000000 3968G PMD\n";

static struct hr_ptdump *parse(const char *text)
{
	struct hr_ptdump *ptdump = NULL;

	assert_success(hr_ptdump_parse(text, strlen(text), &ptdump));
	return ptdump;
}

static struct hr_error *deduce(const char *text, const struct hr_overrides *overrides,
			       struct hr_ptdump_facts *ret)
{
	_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump = parse(text);

	return hr_ptdump_deduce(ptdump, overrides, ret);
}

static void a_whole_text_tells_its_kernel(void **state)
{
	static const struct {
		const char *text;
		unsigned int page_shift, va_bits;
		uint64_t vmemmap_start;
		unsigned int section_size_bits;
	} rows[] = {
		{ text_4k, 12, 48, 0xfffffdffc0000000, 27 },
		{ text_4k_39, 12, 39, 0xfffffffec0000000, 27 },
		{ text_16k, 14, 47, 0xffffffbfc0000000, 27 },
		{ text_64k, 16, 52, 0xfffffc1fc0000000, 29 },
	};
	const struct hr_overrides none = { .release = NULL };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_ptdump_facts facts;

		assert_success(deduce(rows[i].text, &none, &facts));
		assert_int_equal(facts.geo.page_shift, rows[i].page_shift);
		assert_int_equal(facts.geo.va_bits, rows[i].va_bits);
		assert_int_equal(facts.geo.va_bits_actual, rows[i].va_bits);
		assert_int_equal(facts.vmemmap_start, rows[i].vmemmap_start);
		assert_int_equal(facts.section_size_bits, rows[i].section_size_bits);
		assert_int_equal(facts.struct_page_size, 64);
		assert_false(facts.assumed_vmemmap);
	}
}

static void lines_that_fit_several_page_sizes_need_the_users(void **state)
{
	static const char piece[] = START "0xffff000000000000-0xffff000000200000 2M PTE" ATTRS;
	struct hr_overrides overrides = { .release = NULL };
	struct hr_ptdump_facts facts;

	(void)state;
	assert_failure(deduce(piece, &overrides, &facts), HR_ERROR_INPUT, "give {page_size}");
	overrides.set[HR_OVERRIDE_PAGE_SIZE] = true;
	overrides.value[HR_OVERRIDE_PAGE_SIZE] = 65536;
	assert_success(deduce(piece, &overrides, &facts));
	assert_int_equal(facts.geo.page_shift, 16);
}

static void a_text_without_its_beginning_may_need_the_width(void **state)
{
	static const char piece[] = "0xffffffc000000000-0xffffffc000200000 2M PMD" BLOCK;
	struct hr_overrides overrides = { .release = NULL };
	struct hr_ptdump_facts facts;

	(void)state;
	assert_failure(deduce(piece, &overrides, &facts), HR_ERROR_INPUT, "give {va_bits}");
	overrides.set[HR_OVERRIDE_VA_BITS] = true;
	overrides.value[HR_OVERRIDE_VA_BITS] = 39;
	overrides.set[HR_OVERRIDE_VMEMMAP_START] = true;
	overrides.value[HR_OVERRIDE_VMEMMAP_START] = 0xfffffffec0000000;
	assert_success(deduce(piece, &overrides, &facts));
	assert_int_equal(facts.geo.va_bits, 39);
}

static void what_the_user_says_must_fit_the_lines(void **state)
{
	struct hr_overrides overrides = { .release = NULL };
	struct hr_ptdump_facts facts;

	(void)state;
	overrides.set[HR_OVERRIDE_PAGE_SIZE] = true;
	overrides.value[HR_OVERRIDE_PAGE_SIZE] = 65536;
	assert_failure(deduce(text_4k, &overrides, &facts), HR_ERROR_INPUT, "line 3: ");
	overrides.value[HR_OVERRIDE_PAGE_SIZE] = 4096;
	overrides.set[HR_OVERRIDE_VA_BITS] = true;
	overrides.value[HR_OVERRIDE_VA_BITS] = 47;
	assert_failure(deduce(text_4k, &overrides, &facts), HR_ERROR_INPUT, "no arm64 kernel has");
}

static void a_phys_offset_that_wraps_means_bits_that_are_not_in_use(void **state)
{
	struct hr_overrides overrides = { .release = NULL };
	struct hr_ptdump_facts facts;

	(void)state;
	assert_success(deduce(text_4k, &overrides, &facts));
	assert_int_equal(facts.geo.va_bits, 48);
	assert_true(facts.assumed_va_bits);
	overrides.set[HR_OVERRIDE_PHYS_OFFSET] = true;
	overrides.value[HR_OVERRIDE_PHYS_OFFSET] = 0xfff1000040000000;
	assert_success(deduce(text_4k, &overrides, &facts));
	assert_int_equal(facts.geo.va_bits, 52);
	assert_int_equal(facts.geo.va_bits_actual, 48);
	assert_int_equal(facts.vmemmap_start, 0xffffc1ffc0000000);
}

/* Up to 6.14, a random place in the linear map of 52 bits puts PHYS_OFFSET far below 0. */
static void a_phys_offset_far_below_0_may_be_random(void **state)
{
	struct hr_overrides overrides = { .release = NULL };
	struct hr_ptdump_facts facts;

	(void)state;
	overrides.set[HR_OVERRIDE_PHYS_OFFSET] = true;
	overrides.value[HR_OVERRIDE_PHYS_OFFSET] = 0xfff4000040000000;
	assert_success(deduce(text_64k, &overrides, &facts));
	assert_int_equal(facts.geo.va_bits_actual, 52);
}

/*
 * The marker of 5.10's vmemmap is followed by the next entry, because its own lies in a larger
 * hole.
 */
static void the_marker_tells_kernels_with_1g_sections(void **state)
{
	static const char text[] =
		START "0xffff000000000000-0xffff000040000000 1G PUD" BLOCK
		      "0xffff000040000000-0xffff008000000000 511G PUD\n"
		      "0xffff008000000000-0xffff800000000000 130560G PGD\n" END
		      "0xffff800000000000-0xfffffd8000000000 128512G PGD\n"
		      "0xfffffd8000000000-0xfffffdffc0000000 511G PUD\n"
		      "0xfffffdffc0000000-0xfffffdffffe00000 1022M PMD\n" VMEMMAP
		      "0xfffffdffffe00000-0xfffffe0000000000 2M PMD" BLOCK
		      "0xfffffe0000000000-0x0000000000000000 2T PGD\n" VMEMMAP_END;
	const struct hr_overrides none = { .release = NULL };
	struct hr_ptdump_facts facts;

	(void)state;
	assert_success(deduce(text, &none, &facts));
	assert_int_equal(facts.vmemmap_start, 0xfffffdffffe00000);
	assert_int_equal(facts.section_size_bits, 30);
}

static void a_vmemmap_without_its_marker_needs_the_users(void **state)
{
	static const char text[] = START "0xffff000000000000-0xffff000040000000 1G PUD" BLOCK
					 "0xfffffdffc0000000-0xfffffdffc1000000 16M PMD" BLOCK;
	struct hr_overrides overrides = { .release = NULL };
	struct hr_ptdump_facts facts;

	(void)state;
	assert_failure(deduce(text, &overrides, &facts), HR_ERROR_INPUT, "give {vmemmap_start}");
	overrides.release = "6.12.0";
	assert_success(deduce(text, &overrides, &facts));
}

static void a_release_that_the_marker_contradicts_is_refused(void **state)
{
	struct hr_overrides overrides = { .release = "6.1.0" };
	struct hr_ptdump_facts facts;

	(void)state;
	assert_failure(deduce(text_4k, &overrides, &facts), HR_ERROR_INPUT,
		       "not where kernel 6.1.0 has its vmemmap");
	overrides.release = "7.2.12";
	assert_success(deduce(text_4k, &overrides, &facts));
}

static void a_text_of_the_linear_map_alone_is_enough_for_itself(void **state)
{
	static const char text[] = START "0xffff000000000000-0xffff000040000000 1G PUD" BLOCK;
	const struct hr_overrides none = { .release = NULL };
	struct hr_ptdump_facts facts;

	(void)state;
	assert_success(deduce(text, &none, &facts));
	assert_true(facts.assumed_vmemmap);
}

static void leaves_that_linux_never_makes_fit_no_kernel(void **state)
{
	static const struct {
		const char *text;
		uint64_t page_size;
	} rows[] = {
		{ START "0xffff000000000000-0xffff008000000000 512G PGD" BLOCK, 4096 },
		{ START "0xffff800000000000-0xffff801000000000 64G PUD" BLOCK, 16384 },
		{ START "0xffff000000000000-0xffff000040000000 1G PUD CON BLK UXN MEM/NORMAL\n",
		  4096 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_overrides overrides = { .release = NULL };
		struct hr_ptdump_facts facts;

		overrides.set[HR_OVERRIDE_PAGE_SIZE] = true;
		overrides.value[HR_OVERRIDE_PAGE_SIZE] = rows[i].page_size;
		assert_failure(deduce(rows[i].text, &overrides, &facts), HR_ERROR_INPUT,
			       "line 2: ");
	}
}

static void the_root_is_called_pgd_whatever_its_level(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAKE_SHAPES; i++) {
		const struct hr_geometry geo = fake_geometry(&fake_shapes[i]);
		struct hr_ptdump_entry entry = { .level = HR_PTDUMP_PGD };

		assert_int_equal(hr_ptdump_level_of(&geo, &entry), geo.root_level);
		entry.level = HR_PTDUMP_PMD;
		assert_int_equal(hr_ptdump_level_of(&geo, &entry), HR_LEVEL_PMD);
	}
}

/* A 52-bit kernel whose linear map has nothing in the lower part of its range. */
static void bits_that_may_be_in_use_are_taken_to_be(void **state)
{
	static const char piece[] = START "0xfff0000000000000-0xffff000000000000 3840T PGD\n"
					  "0xffff000000000000-0xffff000000200000 2M PMD" BLOCK;
	struct hr_overrides overrides = { .release = NULL };
	struct hr_ptdump_facts facts;

	(void)state;
	overrides.set[HR_OVERRIDE_PAGE_SIZE] = true;
	overrides.value[HR_OVERRIDE_PAGE_SIZE] = 4096;
	assert_success(deduce(piece, &overrides, &facts));
	assert_int_equal(facts.geo.va_bits, 52);
	assert_int_equal(facts.geo.va_bits_actual, 52);
	assert_false(facts.assumed_va_bits);
	overrides.set[HR_OVERRIDE_VA_BITS_ACTUAL] = true;
	overrides.value[HR_OVERRIDE_VA_BITS_ACTUAL] = 48;
	assert_success(deduce(piece, &overrides, &facts));
	assert_int_equal(facts.geo.va_bits, 52);
	assert_int_equal(facts.geo.va_bits_actual, 48);
}

static void struct_pages_may_have_another_size_by_the_user(void **state)
{
	struct hr_overrides overrides = {
		.set[HR_OVERRIDE_STRUCT_PAGE_SIZE] = true,
		.value[HR_OVERRIDE_STRUCT_PAGE_SIZE] = 128,
		.set[HR_OVERRIDE_VMEMMAP_START] = true,
		.value[HR_OVERRIDE_VMEMMAP_START] = 0xfffffbffc0000000,
	};
	struct hr_ptdump_facts facts;

	(void)state;
	assert_success(deduce(text_4k, &overrides, &facts));
	assert_int_equal(facts.struct_page_size, 128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_text_tells_its_kernel),
		cmocka_unit_test(lines_that_fit_several_page_sizes_need_the_users),
		cmocka_unit_test(a_text_without_its_beginning_may_need_the_width),
		cmocka_unit_test(what_the_user_says_must_fit_the_lines),
		cmocka_unit_test(a_phys_offset_that_wraps_means_bits_that_are_not_in_use),
		cmocka_unit_test(a_phys_offset_far_below_0_may_be_random),
		cmocka_unit_test(the_marker_tells_kernels_with_1g_sections),
		cmocka_unit_test(a_vmemmap_without_its_marker_needs_the_users),
		cmocka_unit_test(a_release_that_the_marker_contradicts_is_refused),
		cmocka_unit_test(a_text_of_the_linear_map_alone_is_enough_for_itself),
		cmocka_unit_test(leaves_that_linux_never_makes_fit_no_kernel),
		cmocka_unit_test(the_root_is_called_pgd_whatever_its_level),
		cmocka_unit_test(bits_that_may_be_in_use_are_taken_to_be),
		cmocka_unit_test(struct_pages_may_have_another_size_by_the_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
