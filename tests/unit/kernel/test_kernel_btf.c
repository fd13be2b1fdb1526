// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/kernel_btf.h"
#include "type_data.h"

#define BASE  GIB(2)
#define TYPES (BASE + MIB(64)) /* PA of the types in the kernel's memory */

/* A kernel whose boot section has some flags, and which may have types. */
struct fixture {
	struct fake_kernel kernel;
	struct hr_symbol start, stop;
	struct hr_section_question question;
};

static void set_up(struct fixture *fixture, const char *release, uint64_t boot_flags)
{
	struct hr_layout *layout = &fixture->kernel.layout;

	memset(fixture, 0, sizeof(*fixture));
	fake_kernel_init(&fixture->kernel, &fake_shapes[1], BASE);
	layout->version = hr_release_parse(release, NULL);
	hr_release_sanitize(layout->release, sizeof(layout->release), release);
	fake_section(&fixture->kernel, layout->swapper_pa, boot_flags);
	fixture->question = (struct hr_section_question){
		.layout = layout,
		.release = release,
		.memory = &fixture->kernel.fake.memory,
		.btf_start = &fixture->start,
		.btf_stop = &fixture->stop,
	};
	assert_success(
		hr_sections_create(layout, fixture->question.memory, &fixture->question.sections));
}

static void tear_down(struct fixture *fixture)
{
	hr_sections_destroy(fixture->question.sections);
	fake_kernel_release(&fixture->kernel);
}

/* Write types and the symbols around them into the kernel's memory. */
static void put_types(struct fixture *fixture, const struct type_data_value *values)
{
	size_t size;
	unsigned char *data = type_data_create(values, &size);

	for (size_t i = 0; i < size; i++)
		fake_page(&fixture->kernel.fake, TYPES + i)->bytes[(TYPES + i) % KIB(4)] = data[i];
	free(data);
	fixture->start =
		(struct hr_symbol){ "__start_BTF", true, fake_linear(&fixture->kernel, TYPES) };
	fixture->stop = (struct hr_symbol){ "__stop_BTF", true,
					    fake_linear(&fixture->kernel, TYPES + size) };
}

/* The bit found for boot memory. */
static uint64_t early_bit(const struct fixture *fixture)
{
	assert_success(hr_section_flags_find(&fixture->question));
	return hr_sections_flags(fixture->question.sections)->early;
}

/* A release that the user calls equivalent is not evidence for the flags. */
static void release_that_is_not_the_kernels_own_proves_nothing(void **state)
{
	static const char *const own[] = { "8.0.1", NULL };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(own); i++) {
		struct fixture fixture;

		set_up(&fixture, "7.3.0", 0x7);
		fixture.question.release = own[i];
		assert_int_equal(early_bit(&fixture), 4);
		fake_section(&fixture.kernel, fixture.kernel.layout.swapper_pa, 0xa);
		hr_sections_destroy(fixture.question.sections);
		assert_success(hr_sections_create(&fixture.kernel.layout, fixture.question.memory,
						  &fixture.question.sections));
		assert_failure(hr_section_flags_find(&fixture.question), HR_ERROR_UNREADABLE,
			       "not known");
		tear_down(&fixture);
	}
}

static void boot_section_of_a_proven_release_is_enough(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, "7.3.4", 0xf);
	assert_int_equal(early_bit(&fixture), 8);
	tear_down(&fixture);
}

static void types_in_memory_tell_what_the_release_does_not(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, "7.2.0-vendor", 7);
	assert_failure(hr_section_flags_find(&fixture.question), HR_ERROR_UNREADABLE, "7.2.0");
	put_types(&fixture, type_data_unmarked);
	assert_int_equal(early_bit(&fixture), 4);
	tear_down(&fixture);
}

/* The types that the running kernel provides. */
struct types {
	void *data;
	size_t size;
};

static size_t read_types(void *context, void *buffer, size_t size)
{
	const struct types *types = context;

	assert_true(types->size <= size);
	memcpy(buffer, types->data, types->size);
	return types->size;
}

static void types_of_the_running_kernel_come_from_itself(void **state)
{
	struct fixture fixture;
	struct types types;

	(void)state;
	types.data = type_data_create(type_data_unmarked, &types.size);
	set_up(&fixture, "7.2.0-vendor", 7);
	fixture.question.read_btf = read_types;
	fixture.question.context = &types;
	assert_int_equal(early_bit(&fixture), 4);
	free(types.data);
	tear_down(&fixture);
}

static void types_and_boot_section_that_disagree_tell_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, "7.4.0", 7);
	put_types(&fixture, type_data_marked);
	assert_failure(hr_section_flags_find(&fixture.question), HR_ERROR_UNREADABLE, "BTF");
	tear_down(&fixture);
}

/* Damaged types are not evidence, whatever size their symbols claim. */
static void types_that_cannot_be_read_leave_the_boot_section(void **state)
{
	static const uint64_t sizes[] = { 0, 100, GIB(1), UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct fixture fixture;

		set_up(&fixture, "7.4.0", 7);
		put_types(&fixture, type_data_marked);
		fixture.stop.va = fixture.start.va + sizes[i];
		assert_int_equal(early_bit(&fixture), 4);
		tear_down(&fixture);
	}
}

static void boot_section_that_does_not_exist_contradicts_everything(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, "7.3.4", 0);
	fake_section_raw(&fixture.kernel, fixture.kernel.layout.swapper_pa, 0);
	fake_section(&fixture.kernel, fixture.kernel.layout.swapper_pa ^ MIB(128), 7);
	assert_failure(hr_section_flags_find(&fixture.question), HR_ERROR_UNREADABLE,
		       "swapper_pg_dir");
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(release_that_is_not_the_kernels_own_proves_nothing),
		cmocka_unit_test(boot_section_of_a_proven_release_is_enough),
		cmocka_unit_test(types_in_memory_tell_what_the_release_does_not),
		cmocka_unit_test(types_of_the_running_kernel_come_from_itself),
		cmocka_unit_test(types_and_boot_section_that_disagree_tell_nothing),
		cmocka_unit_test(types_that_cannot_be_read_leave_the_boot_section),
		cmocka_unit_test(boot_section_that_does_not_exist_contradicts_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
