// SPDX-License-Identifier: GPL-2.0-or-later
#include "api_fixture.h"

#include <stdio.h>

/* What a comparison reports. */
struct found {
	struct hr_difference first;
	size_t count;
};

static struct hr_error *on_difference(void *context, const struct hr_difference *difference)
{
	struct found *found = context;

	if (!found->count++)
		found->first = *difference;
	return NULL;
}

static struct hr_error *refuse(void *context, const struct hr_difference *difference)
{
	(void)context;
	(void)difference;
	return hr_error_new(HR_ERROR_OUTPUT, "enough");
}

/* Text for the linear map of the fixture: 1 GiB from boot, by leaves of @level. */
static struct hr_ptdump *text_of(const char *level)
{
	static const char form[] =
		"---[ Linear Mapping start ]---\n"
		"0xffff000000000000-0xffff000040000000 1G %s RW NX SHD AF BLK UXN MEM/NORMAL\n"
		"0xffff000040000000-0xffff008000000000 511G PUD\n"
		"0xffff008000000000-0xffff800000000000 130560G PGD\n"
		"---[ Linear Mapping end ]---\n";
	struct hr_ptdump *ptdump = NULL;
	char text[sizeof(form) + 8];
	int len = snprintf(text, sizeof(text), form, level);

	assert_success(hr_ptdump_parse(text, (size_t)len, &ptdump));
	return ptdump;
}

static struct hr_compared compare(struct fixture *fixture, const char *level, struct found *found)
{
	struct hr_compared compared = { .difference = on_difference, .context = found };
	struct hr_ptdump *ptdump = text_of(level);
	struct hr_comparison *comparison = NULL;

	assert_success(hr_comparison_create(fixture->kernel, ptdump, &comparison));
	assert_success(hr_comparison_run(comparison, HR_MAP_LINEAR, &compared));
	hr_comparison_destroy(comparison);
	hr_ptdump_destroy(ptdump);
	return compared;
}

static void text_of_the_same_leaves_agrees(void **state)
{
	struct found found = { .count = 0 };
	struct hr_compared compared;

	make_kernel(*state);
	compared = compare(*state, "PMD", &found);
	assert_int_equal(found.count, 0);
	assert_int_equal(compared.differences, 0);
	assert_int_equal(compared.leaves, 512);
	assert_false(compared.incomplete);
}

static void text_of_other_leaves_differs(void **state)
{
	struct fixture *fixture = *state;
	struct found found = { .count = 0 };
	struct hr_compared compared;

	make_kernel(fixture);
	compared = compare(fixture, "PUD", &found);
	assert_int_equal(compared.differences, found.count);
	assert_true(found.count > 0);
	assert_int_equal(found.first.va, fake_linear(&fixture->fake, BASE));
	assert_string_equal(found.first.walk, "PMD");
	assert_string_equal(found.first.text, "PUD");
	assert_false(found.first.unreadable);
}

static void what_cannot_be_read_is_incomplete(void **state)
{
	struct fixture *fixture = *state;
	struct found found = { .count = 0 };

	fake_exclude(&fixture->fake.fake, fake_table_of(&fixture->fake.tables, HR_LEVEL_PMD,
							fake_linear(&fixture->fake, BASE)));
	make_kernel(fixture);
	assert_true(compare(fixture, "PMD", &found).incomplete);
	assert_true(found.first.unreadable);
	assert_true(warns_of(fixture, "could not be read, and were not compared"));
}

static void comparison_ends_with_the_error_of_its_function(void **state)
{
	struct fixture *fixture = *state;
	struct hr_compared compared = { .difference = refuse };
	struct hr_ptdump *ptdump = text_of("PUD");
	struct hr_comparison *comparison = NULL;

	assert_success(hr_comparison_create(make_kernel(fixture), ptdump, &comparison));
	assert_failure(hr_comparison_run(comparison, HR_MAP_LINEAR, &compared), HR_ERROR_OUTPUT,
		       "enough");
	hr_comparison_destroy(comparison);
	hr_ptdump_destroy(ptdump);
}

static void there_is_no_third_map_to_compare(void **state)
{
	struct fixture *fixture = *state;
	struct hr_compared compared = { .difference = refuse };
	struct hr_ptdump *ptdump = text_of("PUD");
	struct hr_comparison *comparison = NULL;

	assert_success(hr_comparison_create(make_kernel(fixture), ptdump, &comparison));
	assert_failure(hr_comparison_run(comparison, HR_MAP_COUNT, &compared), HR_ERROR_USAGE,
		       "no map");
	hr_comparison_destroy(comparison);
	hr_ptdump_destroy(ptdump);
}

static void text_of_another_geometry_is_refused(void **state)
{
	static const char text[] = "0xffff000000000000-0xffff000000004000 16K PMD "
				   "RW NX SHD AF BLK UXN MEM/NORMAL\n";
	struct fixture *fixture = *state;
	struct hr_comparison *comparison = NULL;
	struct hr_ptdump *ptdump = NULL;

	assert_success(hr_ptdump_parse(text, sizeof(text) - 1, &ptdump));
	assert_failure(hr_comparison_create(make_kernel(fixture), ptdump, &comparison),
		       HR_ERROR_INPUT, "line 1");
	assert_null(comparison);
	hr_ptdump_destroy(ptdump);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(text_of_the_same_leaves_agrees),
		test_of_kernel(text_of_other_leaves_differs),
		test_of_kernel(what_cannot_be_read_is_incomplete),
		test_of_kernel(comparison_ends_with_the_error_of_its_function),
		test_of_kernel(there_is_no_third_map_to_compare),
		test_of_kernel(text_of_another_geometry_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
