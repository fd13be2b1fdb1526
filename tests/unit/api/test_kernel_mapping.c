// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

#include <string.h>

#include "kernel/address.h"

#define VARIABLE (BASE + MIB(8)) /* PA: a variable that all of a test's symbols lead to */

/* How a kernel maps what it adds, and how that is known. */
static void assert_mapping(struct fixture *fixture, enum hr_mapping mapping,
			   enum hr_model_source from)
{
	enum hr_model_source found;

	assert_int_equal(hr_kernel_mapping(fixture->kernel, &found), mapping);
	assert_int_equal(found, from);
}

/* The symbol @name of the kernel leads to a variable that is @value. */
static void know(struct fixture *fixture, const char *name, uint64_t value)
{
	struct hr_kernel *kernel = fixture->kernel;

	fake_write64(&fixture->fake.fake, VARIABLE, value);
	for (size_t i = 0; i < HR_EVIDENCE_SYMBOLS; i++) {
		if (strcmp(kernel->symbols[i].name, name) != 0)
			continue;
		kernel->symbols[i].found = true;
		kernel->symbols[i].va = hr_layout_linear_va(&kernel->layout, VARIABLE);
	}
}

/* A kernel whose memory from boot consists of leaves of @kind. */
static void boot_with(struct fixture *fixture, enum fake_kind kind)
{
	for (uint64_t pa = BASE; pa < BASE + GIB(1); pa += MIB(2))
		fake_set(&fixture->fake.tables, HR_LEVEL_PMD, fake_linear(&fixture->fake, pa), 0);
	fake_map_linear(&fixture->fake, BASE, GIB(1), kind);
	make_kernel(fixture);
}

static void option_goes_before_everything(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.mapping = HR_MAPPING_PAGES;
	add_memory(fixture, FAKE_PUD);
	assert_mapping(fixture, HR_MAPPING_PAGES, HR_MODEL_FROM_OPTION);
}

static void groups_of_boot_memory_show_blocks(void **state)
{
	boot_with(*state, FAKE_CONT_PMD);
	assert_mapping(*state, HR_MAPPING_BLOCKS, HR_MODEL_FROM_TABLES);
}

static void pages_of_boot_memory_show_pages(void **state)
{
	boot_with(*state, FAKE_PTE);
	assert_mapping(*state, HR_MAPPING_PAGES, HR_MODEL_FROM_TABLES);
}

static void pages_of_boot_memory_may_be_for_a_crash_kernel(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "OSRELEASE", "6.4.0");
	boot_with(fixture, FAKE_PTE);
	assert_mapping(fixture, HR_MAPPING_PAGES, HR_MODEL_FROM_RELEASE);
	set_note(fixture, "OSRELEASE", "6.5.0");
	make_kernel(fixture);
	assert_mapping(fixture, HR_MAPPING_PAGES, HR_MODEL_FROM_TABLES);
}

static void added_memory_goes_before_boot_memory(void **state)
{
	struct fixture *fixture = *state;

	fake_add_memory(&fixture->fake, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	boot_with(fixture, FAKE_PTE);
	assert_mapping(fixture, HR_MAPPING_BLOCKS, HR_MODEL_FROM_TABLES);
}

static void settings_decide_without_such_memory(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "OSRELEASE", "6.12.0");
	make_kernel(fixture);
	know(fixture, "rodata_full", 0);
	assert_mapping(fixture, HR_MAPPING_BLOCKS, HR_MODEL_FROM_SYMBOLS);
	make_kernel(fixture);
	know(fixture, "rodata_full", 1);
	assert_mapping(fixture, HR_MAPPING_PAGES, HR_MODEL_FROM_SYMBOLS);
}

static void pages_against_the_settings_may_be_what_a_split_has_left(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "OSRELEASE", "6.12.0");
	add_memory(fixture, FAKE_PTE);
	know(fixture, "rodata_full", 0);
	assert_mapping(fixture, HR_MAPPING_UNKNOWN, HR_MODEL_FROM_UNKNOWN);
}

static void leaves_against_the_settings_are_there(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "OSRELEASE", "6.12.0");
	add_memory(fixture, FAKE_PUD);
	know(fixture, "rodata_full", 1);
	assert_mapping(fixture, HR_MAPPING_BLOCKS, HR_MODEL_FROM_TABLES);
}

/* The function shows a backport of the rule that asks for BBML2: pages may not be needed. */
static void symbol_of_the_rule_beats_the_release(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "OSRELEASE", "6.12.0");
	make_kernel(fixture);
	know(fixture, "split_kernel_leaf_mapping", 0);
	know(fixture, "rodata_full", 1);
	assert_mapping(fixture, HR_MAPPING_UNKNOWN, HR_MODEL_FROM_UNKNOWN);
}

static void settings_say_nothing_under_a_rule_of_a_newer_kernel(void **state)
{
	struct fixture *fixture = *state;

	set_note(fixture, "OSRELEASE", "7.9.0");
	make_kernel(fixture);
	know(fixture, "rodata_full", 0);
	assert_mapping(fixture, HR_MAPPING_UNKNOWN, HR_MODEL_FROM_UNKNOWN);
}

static void release_has_a_default_where_the_cpus_do_not_matter(void **state)
{
	struct fixture *fixture = *state;

	make_kernel(fixture);
	assert_mapping(fixture, HR_MAPPING_UNKNOWN, HR_MODEL_FROM_UNKNOWN);
	set_note(fixture, "OSRELEASE", "6.17.0");
	make_kernel(fixture);
	assert_mapping(fixture, HR_MAPPING_PAGES, HR_MODEL_FROM_RELEASE);
}

static void it_is_looked_for_once(void **state)
{
	struct fixture *fixture = *state;

	add_memory(fixture, FAKE_PUD);
	assert_mapping(fixture, HR_MAPPING_BLOCKS, HR_MODEL_FROM_TABLES);
	fake_set(&fixture->fake.tables, HR_LEVEL_PUD, fake_linear(&fixture->fake, HOT), 0);
	assert_mapping(fixture, HR_MAPPING_BLOCKS, HR_MODEL_FROM_TABLES);
}

static void bbml2_is_unknown_without_symbols(void **state)
{
	struct fixture *fixture = *state;

	make_kernel(fixture);
	assert_int_equal(hr_kernel_bbml2_noabort(fixture->kernel), HR_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(option_goes_before_everything),
		test_of_kernel(groups_of_boot_memory_show_blocks),
		test_of_kernel(pages_of_boot_memory_show_pages),
		test_of_kernel(pages_of_boot_memory_may_be_for_a_crash_kernel),
		test_of_kernel(added_memory_goes_before_boot_memory),
		test_of_kernel(settings_decide_without_such_memory),
		test_of_kernel(pages_against_the_settings_may_be_what_a_split_has_left),
		test_of_kernel(leaves_against_the_settings_are_there),
		test_of_kernel(symbol_of_the_rule_beats_the_release),
		test_of_kernel(settings_say_nothing_under_a_rule_of_a_newer_kernel),
		test_of_kernel(release_has_a_default_where_the_cpus_do_not_matter),
		test_of_kernel(it_is_looked_for_once),
		test_of_kernel(bbml2_is_unknown_without_symbols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
