// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/section_stride.h"

#include "fake.h"
#include "kernel/address.h"

/* 4K pages and 48 bits. */
#define SHAPE 3

static struct fake_kernel kernel;

/* A kernel with memory from @base on, whose note has neither size nor length of the array. */
static void make_kernel(size_t shape, uint64_t base, uint64_t struct_size)
{
	fake_kernel_init(&kernel, &fake_shapes[shape], base);
	kernel.layout.section_roots =
		kernel.layout.section_roots * struct_size / kernel.layout.section_struct_size;
	kernel.layout.section_struct_size = struct_size;
	kernel.layout.swapper_pa = base + MIB(8);
	fake_section(&kernel, base, 0xf);
}

static struct hr_error *find(struct hr_layout *layout)
{
	*layout = kernel.layout;
	layout->has_mem_section = true;
	layout->section_struct_size = layout->section_roots = 0;
	return hr_section_stride_find(layout, &kernel.fake.memory);
}

static int tear_down(void **state)
{
	(void)state;
	fake_kernel_release(&kernel);
	return 0;
}

static void the_boot_section_shows_the_size_of_each(void **state)
{
	static const uint64_t sizes[] = { 16, 32 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct hr_layout layout;

		make_kernel(SHAPE, GIB(2), sizes[i]);
		assert_success(find(&layout));
		assert_true(layout.has_mem_section);
		assert_int_equal(layout.section_struct_size, sizes[i]);
		assert_int_equal(layout.section_roots, kernel.layout.section_roots);
		fake_kernel_release(&kernel);
	}
	make_kernel(SHAPE, GIB(2), 16);
}

/* The first section of all is the first of its root whatever its size. */
static void two_sizes_that_fit_are_none(void **state)
{
	struct hr_layout layout;

	(void)state;
	make_kernel(SHAPE, 0, 16);
	assert_success(find(&layout));
	assert_false(layout.has_mem_section);
}

static void an_address_of_something_else_is_not_used(void **state)
{
	struct hr_layout layout;

	(void)state;
	make_kernel(SHAPE, GIB(2), 32);
	kernel.layout.mem_section_va += MIB(1);
	assert_success(find(&layout));
	assert_false(layout.has_mem_section);
}

static void a_length_that_a_configuration_decides_is_not_guessed(void **state)
{
	struct hr_layout layout;

	(void)state;
	make_kernel(SHAPE, GIB(2), 32);
	kernel.layout.pa_bits = 52;
	assert_success(find(&layout));
	assert_false(layout.has_mem_section);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_boot_section_shows_the_size_of_each, tear_down),
		cmocka_unit_test_teardown(two_sizes_that_fit_are_none, tear_down),
		cmocka_unit_test_teardown(an_address_of_something_else_is_not_used, tear_down),
		cmocka_unit_test_teardown(a_length_that_a_configuration_decides_is_not_guessed,
					  tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
