// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

#include <stdio.h>

#include "api/redaction.h"

enum {
	SEED = 1
};

/* Let the image begin with the root table, a few GiB behind the linear map. */
static void place_image(struct fixture *fixture)
{
	const struct hr_layout *layout = &fixture->fake.layout;
	uint64_t va = layout->linear_end + GIB(2);
	char text[32];

	snprintf(text, sizeof(text), "%lx", (unsigned long)va);
	set_note(fixture, "SYMBOL(swapper_pg_dir)", text);
	snprintf(text, sizeof(text), "%#lx", (unsigned long)(va - layout->swapper_pa));
	set_note(fixture, "NUMBER(kimage_voffset)", text);
}

/* Redact what the fixture has, and make a kernel of that. */
static struct hr_kernel *redact(struct fixture *fixture, struct hr_redaction **ret)
{
	struct hr_kernel *kernel = NULL;

	place_image(fixture);
	fixture->config.vmcoreinfo_len = fixture->note.len;
	assert_success(hr_redaction_create(&fixture->config, SEED, ret));
	assert_success(hr_kernel_create(hr_redaction_config(*ret), &kernel));
	return kernel;
}

static void release(struct hr_redaction *redaction, struct hr_kernel *kernel)
{
	hr_kernel_destroy(kernel);
	hr_redaction_destroy(redaction);
}

/* With every granule and width there is another place, where the kernel is what it was. */
static void kernel_of_every_shape_is_the_same_elsewhere(void **unused)
{
	void *shaped, **state = &shaped;

	(void)unused;
	for (size_t shape = 0; shape < FAKE_SHAPES; shape++) {
		struct hr_redaction *redaction = NULL;
		struct fixture *fixture;
		struct hr_kernel *kernel;
		bool same = false;

		set_up_shape(state, shape);
		fixture = *state;
		fake_add_memory(&fixture->fake, HOT, GIB(1), FAKE_PMD,
				fake_shapes[shape].page_shift == 12 ? FAKE_PMD : FAKE_PTE);
		kernel = redact(fixture, &redaction);
		assert_success(hr_redaction_check(redaction, kernel, &same));
		assert_true(same);
		assert_int_not_equal(hr_kernel_facts(kernel)->phys_offset, BASE);
		release(redaction, kernel);
		tear_down(state);
	}
}

static void address_is_where_the_redacted_kernel_has_it(void **state)
{
	struct fixture *fixture = *state;
	struct hr_redaction *redaction = NULL;
	struct hr_kernel *kernel = redact(fixture, &redaction);
	const struct hr_facts *facts = hr_kernel_facts(kernel);
	uint64_t va = fake_linear(&fixture->fake, BASE);

	assert_int_equal(hr_redaction_va(redaction, va),
			 facts->page_offset + BASE - facts->phys_offset);
	assert_int_equal(hr_redaction_va(redaction, 0x1000), 0);
	release(redaction, kernel);
}

static void addresses_that_are_given_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct hr_redaction *redaction = NULL;

	fixture->config.overrides.set[HR_OVERRIDE_PHYS_OFFSET] = true;
	fixture->config.overrides.value[HR_OVERRIDE_PHYS_OFFSET] = BASE;
	assert_failure(hr_redaction_create(&fixture->config, SEED, &redaction), HR_ERROR_USAGE,
		       "{phys_offset}");
	hr_redaction_destroy(NULL);
}

static void table_in_two_places_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct fake_tables *tables = &fixture->fake.tables;
	struct hr_redaction *redaction = NULL;
	uint64_t root = fixture->fake.layout.swapper_pa;

	fixture->config.vmcoreinfo_len = fixture->note.len;
	fake_set(tables, HR_LEVEL_PUD, fake_linear(&fixture->fake, HOT),
		 fake_table_desc(&tables->geo, root));
	assert_failure(hr_redaction_create(&fixture->config, SEED, &redaction), HR_ERROR_INPUT,
		       "is more than one of its tables");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernel_of_every_shape_is_the_same_elsewhere),
		test_of_kernel(address_is_where_the_redacted_kernel_has_it),
		test_of_kernel(addresses_that_are_given_are_refused),
		test_of_kernel(table_in_two_places_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
