// SPDX-License-Identifier: GPL-2.0-or-later
#include "image_fixture.h"

#include "kernel/by_pages.h"

#define P HR_MAPPING_PAGES
#define B HR_MAPPING_BLOCKS
#define U HR_UNKNOWN

/* Places of variables in the image. */
enum {
	RODATA = VARIABLES,
	DEBUG = VARIABLES + 8,
	KFENCE = VARIABLES + 16,
	REALM = VARIABLES + 24,
};

/* A kernel that keeps data symbols, was booted with rodata=on, and has nothing else. */
static void set_up_relaxed(struct fixture *fixture)
{
	set_up(fixture);
	know(fixture, "rodata_full", image_va(fixture, RODATA));
	/* Neighbours of a variable of one byte. */
	put(fixture, RODATA, 0xffffff00);
}

static struct hr_page_settings read_settings(const struct fixture *fixture)
{
	return hr_page_settings_read(&fixture->kernel.layout, &fixture->kernel.fake.memory,
				     fixture->symbols);
}

static void set_variable(struct fixture *fixture, const char *name, uint64_t offset, uint64_t value)
{
	know(fixture, name, image_va(fixture, offset));
	put(fixture, offset, value);
}

static void without_symbols_nothing_is_known(void **state)
{
	struct hr_page_settings settings;
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	settings = read_settings(&fixture);
	assert_int_equal(settings.wanted, HR_UNKNOWN);
	assert_int_equal(settings.debug_pagealloc, HR_UNKNOWN);
	assert_int_equal(settings.bbml2, HR_UNKNOWN);
	tear_down(&fixture);
}

static void what_a_kernel_with_data_symbols_lacks_is_not_built(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_relaxed(&fixture);
	assert_int_equal(read_settings(&fixture).wanted, HR_NO);
	assert_int_equal(read_settings(&fixture).debug_pagealloc, HR_NO);
	tear_down(&fixture);
}

static void each_setting_alone_wants_pages(void **state)
{
	static const struct {
		const char *name;
		uint64_t offset, value;
	} settings[] = {
		{ "rodata_full", RODATA, 1 },
		{ "_debug_pagealloc_enabled_early", DEBUG, 1 },
		{ "kfence_early_init", KFENCE, 0xff00 },
		{ "__kfence_pool", KFENCE, 0 },
		{ "rsi_present", REALM, 0x10000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		struct fixture fixture;

		set_up_relaxed(&fixture);
		set_variable(&fixture, settings[i].name, settings[i].offset, settings[i].value);
		assert_int_equal(read_settings(&fixture).wanted, HR_YES);
		tear_down(&fixture);
	}
}

static void settings_that_are_off_want_nothing(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_relaxed(&fixture);
	set_variable(&fixture, "_debug_pagealloc_enabled_early", DEBUG, 0xff00);
	set_variable(&fixture, "kfence_early_init", KFENCE, 1);
	know(&fixture, "__kfence_pool", image_va(&fixture, DEBUG));
	set_variable(&fixture, "rsi_present", REALM, UINT64_C(1) << 32);
	assert_int_equal(read_settings(&fixture).wanted, HR_NO);
	tear_down(&fixture);
}

static void unreadable_setting_is_unknown_unless_another_decides(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up_relaxed(&fixture);
	know(&fixture, "rsi_present", image_va(&fixture, CAPS));
	fake_exclude(&fixture.kernel.fake, IMAGE + CAPS);
	assert_int_equal(read_settings(&fixture).wanted, HR_UNKNOWN);
	put(&fixture, RODATA, 1);
	assert_int_equal(read_settings(&fixture).wanted, HR_YES);
	tear_down(&fixture);
}

static void bbml2_is_a_capability_of_two_names(void **state)
{
	static const char *const names[] = { "BBM Level 2 without TLB conflict abort",
					     "BBM Level 3" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct fixture fixture;

		set_up(&fixture);
		put_capability(&fixture, "arm64_features", names[i], 10, 11);
		put_caps(&fixture, "system_cpucaps", 11);
		assert_int_equal(read_settings(&fixture).bbml2, HR_YES);
		put(&fixture, CAPS, 0);
		assert_int_equal(read_settings(&fixture).bbml2, HR_NO);
		tear_down(&fixture);
	}
}

static void text_symbols_tell_the_rule(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	assert_int_equal(hr_by_pages_of_symbols(fixture.symbols), HR_BY_PAGES_UNKNOWN);
	know_all_text(&fixture);
	assert_int_equal(hr_by_pages_of_symbols(fixture.symbols), HR_BY_PAGES_IF_SET);
	know(&fixture, "split_kernel_leaf_mapping", image_va(&fixture, 0x100));
	assert_int_equal(hr_by_pages_of_symbols(fixture.symbols), HR_BY_PAGES_UNLESS_BBML2);
	tear_down(&fixture);
}

/* What a kernel does with all that can be known: can_set_direct_map(), force_pte_mapping(). */
static const struct {
	struct hr_page_settings settings; /* wanted, debug_pagealloc, bbml2 */
	enum hr_mapping if_set, unless_bbml2;
} rules[] = {
	{ { 0, 0, 0 }, B, B }, { { 0, 0, 1 }, B, B }, { { 0, 0, U }, B, B }, { { 1, 0, 0 }, P, P },
	{ { 1, 0, 1 }, P, B }, { { 1, 0, U }, P, 0 }, { { 1, 1, 0 }, P, P }, { { 1, 1, 1 }, P, P },
	{ { 1, 1, U }, P, P }, { { 1, U, 0 }, P, P }, { { 1, U, 1 }, P, 0 }, { { 1, U, U }, P, 0 },
	{ { U, 0, 0 }, 0, 0 }, { { U, 0, 1 }, 0, B }, { { U, 0, U }, 0, 0 }, { { U, U, 0 }, 0, 0 },
	{ { U, U, 1 }, 0, 0 }, { { U, U, U }, 0, 0 },
};

static void settings_and_cpus_decide(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rules); i++) {
		const struct hr_page_settings *settings = &rules[i].settings;

		assert_int_equal(hr_by_pages_mapping(HR_BY_PAGES_IF_SET, settings),
				 rules[i].if_set);
		assert_int_equal(hr_by_pages_mapping(HR_BY_PAGES_UNLESS_BBML2, settings),
				 rules[i].unless_bbml2);
		assert_int_equal(hr_by_pages_mapping(HR_BY_PAGES_UNKNOWN, settings),
				 HR_MAPPING_UNKNOWN);
	}
}

/* What is learned from a map must not contradict what was known, and must explain the map. */
static void what_is_learned_explains_what_was_seen(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rules); i++) {
		for (int rule = HR_BY_PAGES_IF_SET; rule <= HR_BY_PAGES_UNLESS_BBML2; rule++) {
			for (int seen = P; seen <= B; seen++) {
				struct hr_page_settings settings = rules[i].settings;
				enum hr_mapping known = hr_by_pages_mapping(rule, &settings);
				enum hr_mapping then;

				if (known && known != (enum hr_mapping)seen)
					continue;
				hr_by_pages_learn(rule, seen, &settings);
				then = hr_by_pages_mapping(rule, &settings);
				assert_true(!then || then == (enum hr_mapping)seen);
			}
		}
	}
}

static void blocks_of_an_older_kernel_are_blocks_of_a_newer_one(void **state)
{
	struct hr_page_settings settings = { HR_UNKNOWN, HR_UNKNOWN, HR_UNKNOWN };

	(void)state;
	hr_by_pages_learn(HR_BY_PAGES_IF_SET, B, &settings);
	assert_int_equal(hr_by_pages_mapping(HR_BY_PAGES_UNLESS_BBML2, &settings), B);
}

static void pages_of_an_older_kernel_depend_on_the_cpus_of_a_newer_one(void **state)
{
	struct hr_page_settings settings = { HR_UNKNOWN, HR_NO, HR_UNKNOWN };

	(void)state;
	hr_by_pages_learn(HR_BY_PAGES_IF_SET, P, &settings);
	assert_int_equal(hr_by_pages_mapping(HR_BY_PAGES_UNLESS_BBML2, &settings), 0);
	settings.bbml2 = HR_NO;
	assert_int_equal(hr_by_pages_mapping(HR_BY_PAGES_UNLESS_BBML2, &settings), P);
	settings.bbml2 = HR_YES;
	assert_int_equal(hr_by_pages_mapping(HR_BY_PAGES_UNLESS_BBML2, &settings), B);
}

static void blocks_by_bbml2_do_not_tell_what_an_older_kernel_does(void **state)
{
	struct hr_page_settings settings = { HR_UNKNOWN, HR_UNKNOWN, HR_YES };

	(void)state;
	hr_by_pages_learn(HR_BY_PAGES_UNLESS_BBML2, B, &settings);
	assert_int_equal(hr_by_pages_mapping(HR_BY_PAGES_IF_SET, &settings), 0);
}

static void default_is_pages_unless_the_cpus_decide(void **state)
{
	struct hr_page_settings settings = { HR_UNKNOWN, HR_UNKNOWN, HR_UNKNOWN };

	(void)state;
	assert_int_equal(hr_by_pages_default(HR_BY_PAGES_IF_SET, &settings), P);
	assert_int_equal(hr_by_pages_default(HR_BY_PAGES_UNLESS_BBML2, &settings), 0);
	settings.bbml2 = HR_NO;
	assert_int_equal(hr_by_pages_default(HR_BY_PAGES_UNLESS_BBML2, &settings), P);
	assert_int_equal(hr_by_pages_default(HR_BY_PAGES_UNKNOWN, &settings), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_symbols_nothing_is_known),
		cmocka_unit_test(what_a_kernel_with_data_symbols_lacks_is_not_built),
		cmocka_unit_test(each_setting_alone_wants_pages),
		cmocka_unit_test(settings_that_are_off_want_nothing),
		cmocka_unit_test(unreadable_setting_is_unknown_unless_another_decides),
		cmocka_unit_test(bbml2_is_a_capability_of_two_names),
		cmocka_unit_test(text_symbols_tell_the_rule),
		cmocka_unit_test(settings_and_cpus_decide),
		cmocka_unit_test(what_is_learned_explains_what_was_seen),
		cmocka_unit_test(blocks_of_an_older_kernel_are_blocks_of_a_newer_one),
		cmocka_unit_test(pages_of_an_older_kernel_depend_on_the_cpus_of_a_newer_one),
		cmocka_unit_test(blocks_by_bbml2_do_not_tell_what_an_older_kernel_does),
		cmocka_unit_test(default_is_pages_unless_the_cpus_decide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
