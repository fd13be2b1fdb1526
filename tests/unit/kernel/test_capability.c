// SPDX-License-Identifier: GPL-2.0-or-later
#include "image_fixture.h"

#include <string.h>

#include "kernel/capability.h"

#define LIST	"arm64_features"
#define BITMAP	"system_cpucaps"
#define EARLIER "ARM erratum 1286807"

static const struct hr_symbol *symbol_of(const struct fixture *fixture, const char *name)
{
	for (size_t i = 0; i < HR_EVIDENCE_SYMBOLS; i++)
		if (!strcmp(fixture->symbols[i].name, name))
			return &fixture->symbols[i];
	fail_msg("%s is not looked for", name);
	return NULL;
}

static enum hr_tristate find(const struct fixture *fixture)
{
	static const char *const names[] = { "LATER NAME", EARLIER };
	const struct hr_capability capability = {
		.list = symbol_of(fixture, LIST),
		.enabled = symbol_of(fixture, BITMAP),
		.names = names,
		.name_count = COUNT_OF(names),
	};

	return hr_capability_find(&fixture->kernel.layout, &fixture->kernel.fake.memory,
				  &capability);
}

static void tags_of_pointers_to_descriptions_are_dropped(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_capability(&fixture, LIST, EARLIER, 10, 5);
	put(&fixture, CAPABILITIES + 8 * 10,
	    image_va(&fixture, CAPABILITY_NAME) & ~(UINT64_C(0xff) << 56));
	put_caps(&fixture, BITMAP, 5);
	assert_int_equal(find(&fixture), HR_YES);
	tear_down(&fixture);
}

/* The table is read in pieces, and the number may be in the next piece. */
static void description_is_found_wherever_it_stands(void **state)
{
	static const uint64_t places[] = { 2, 254, 255, 256, 257, 1023, 4095 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct fixture fixture;

		set_up(&fixture);
		put_capability(&fixture, LIST, EARLIER, places[i], 70);
		put_caps(&fixture, BITMAP, 70);
		assert_int_equal(find(&fixture), HR_YES);
		tear_down(&fixture);
	}
}

static void number_has_16_bits(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_capability(&fixture, LIST, EARLIER, 10, UINT64_C(0x12345678) << 16 | 70);
	put_caps(&fixture, BITMAP, 70);
	assert_int_equal(find(&fixture), HR_YES);
	tear_down(&fixture);
}

static void absurd_number_leaves_it_open(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_capability(&fixture, LIST, EARLIER, 10, 512);
	put_caps(&fixture, BITMAP, 512);
	assert_int_equal(find(&fixture), HR_UNKNOWN);
	tear_down(&fixture);
}

/* A kernel that was built without the workaround has no such entry. */
static void missing_description_leaves_it_open(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_capability(&fixture, LIST, "ARM erratum 1286808", 10, 70);
	put_caps(&fixture, BITMAP, 70);
	assert_int_equal(find(&fixture), HR_UNKNOWN);
	tear_down(&fixture);
}

/* The search covers 32 KiB. */
static void description_beyond_the_limit_leaves_it_open(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_capability(&fixture, LIST, EARLIER, 4096, 70);
	put_caps(&fixture, BITMAP, 70);
	assert_int_equal(find(&fixture), HR_UNKNOWN);
	tear_down(&fixture);
}

static void unreadable_memory_leaves_it_open(void **state)
{
	static const uint64_t pages[] = { CAPABILITIES, CAPABILITY_NAME, CAPS };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		struct fixture fixture;

		set_up(&fixture);
		put_capability(&fixture, LIST, EARLIER, 10, 70);
		put_caps(&fixture, BITMAP, 70);
		fake_exclude(&fixture.kernel.fake, IMAGE + pages[i]);
		assert_int_equal(find(&fixture), HR_UNKNOWN);
		tear_down(&fixture);
	}
}

static void either_description_will_do(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_capability(&fixture, LIST, "the LATER NAME of it", 10, 70);
	put_caps(&fixture, BITMAP, 70);
	assert_int_equal(find(&fixture), HR_YES);
	put_caps(&fixture, BITMAP, 69);
	put(&fixture, CAPS + 8, 1 << 5);
	assert_int_equal(find(&fixture), HR_NO);
	tear_down(&fixture);
}

static void unknown_symbols_leave_it_open(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	put_capability(&fixture, LIST, EARLIER, 10, 70);
	assert_int_equal(find(&fixture), HR_UNKNOWN);
	tear_down(&fixture);
	set_up(&fixture);
	put_caps(&fixture, BITMAP, 70);
	assert_int_equal(find(&fixture), HR_UNKNOWN);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_of_pointers_to_descriptions_are_dropped),
		cmocka_unit_test(description_is_found_wherever_it_stands),
		cmocka_unit_test(number_has_16_bits),
		cmocka_unit_test(absurd_number_leaves_it_open),
		cmocka_unit_test(missing_description_leaves_it_open),
		cmocka_unit_test(description_beyond_the_limit_leaves_it_open),
		cmocka_unit_test(unreadable_memory_leaves_it_open),
		cmocka_unit_test(either_description_will_do),
		cmocka_unit_test(unknown_symbols_leave_it_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
