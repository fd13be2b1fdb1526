// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "kernel/models.h"
#include "kernel/release_table.h"
#include "kernel/section_array.h"
#include "kernel/section_flags.h"
#include "kernel/vmemmap.h"

static unsigned int trait_of(const char *release, enum hr_trait trait)
{
	struct hr_release parsed = hr_release_parse(release, NULL);

	return hr_release_trait(&parsed, trait);
}

static const char *gap_of(const char *release, enum hr_trait trait)
{
	struct hr_release parsed = hr_release_parse(release, NULL);

	return hr_release_gap(&parsed, trait);
}

/* A release and its values. */
struct expected {
	const char *release;
	unsigned int value;
};

static void check_traits(enum hr_trait trait, const struct expected *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (trait_of(rows[i].release, trait) != rows[i].value)
			fail_msg("%s has %u, expected %u", rows[i].release,
				 trait_of(rows[i].release, trait), rows[i].value);
}

/* Both sides of the branch that changed it. A candidate belongs to its branch. */
static void layouts_change_with_branches(void **state)
{
	static const struct expected sections[] = {
		{ "5.4.0", HR_SECTION_SIZE_1G },
		{ "5.11.22", HR_SECTION_SIZE_1G },
		{ "5.12-rc1", HR_SECTION_SIZE_BY_GRANULE },
		{ "7.3.4", HR_SECTION_SIZE_BY_GRANULE },
	};
	static const struct expected flags[] = {
		{ "5.3.18", HR_SECTION_FORM_UNPROVEN },
		{ "5.4.0", HR_SECTION_FORM_MARKED },
		{ "7.3.4", HR_SECTION_FORM_MARKED },
	};
	static const struct expected vmemmaps[] = {
		{ "5.10.223", HR_VMEMMAP_BELOW_2M },   { "5.11.0-rc1", HR_VMEMMAP_POWER_OF_TWO },
		{ "6.8.12", HR_VMEMMAP_POWER_OF_TWO }, { "6.9.0-rc1", HR_VMEMMAP_BELOW_1G },
		{ "6.12.107", HR_VMEMMAP_BELOW_1G },
	};
	static const struct expected ends[] = {
		{ "5.3.18", HR_LINEAR_END_UNKNOWN },
		{ "5.4.0-rc1", HR_LINEAR_END_BEFORE_OFFSET },
		{ "5.9.16", HR_LINEAR_END_BEFORE_OFFSET },
		{ "5.10.223", HR_LINEAR_END_BY_ACTUAL },
		{ "5.11.0-rc1", HR_LINEAR_END_BY_LEAST },
	};
	static const struct expected pa_bits[] = {
		{ "6.8.12", HR_PA_BITS_CONFIGURED },
		{ "6.9.0-rc1", HR_PA_BITS_IN_USE },
	};
	static const struct expected kallsyms[] = {
		{ "6.0.19", HR_KALLSYMS_BYTE },
		{ "6.1.0-rc1", HR_KALLSYMS_TWO_BYTE },
	};
	static const struct expected standings[] = {
		{ "6.0.19", HR_STANDING_UNKNOWN },	{ "6.1.192", HR_STANDING_LEFT_EMPTY },
		{ "6.12.117", HR_STANDING_LEFT_EMPTY }, { "6.13.0", HR_STANDING_UNKNOWN },
		{ "7.1.9", HR_STANDING_UNKNOWN },	{ "7.2.0", HR_STANDING_FILLED },
		{ "7.3.4", HR_STANDING_FILLED },
	};
	static const struct expected by_pages[] = {
		{ "5.9.16", HR_BY_PAGES_UNKNOWN },
		{ "5.10.223", HR_BY_PAGES_IF_SET },
		{ "6.17.13", HR_BY_PAGES_IF_SET },
		{ "6.18.0", HR_BY_PAGES_UNLESS_BBML2 },
	};

	(void)state;
	check_traits(HR_TRAIT_SECTION_SIZE, sections, COUNT_OF(sections));
	check_traits(HR_TRAIT_SECTION_FLAGS, flags, COUNT_OF(flags));
	check_traits(HR_TRAIT_VMEMMAP, vmemmaps, COUNT_OF(vmemmaps));
	check_traits(HR_TRAIT_LINEAR_END, ends, COUNT_OF(ends));
	check_traits(HR_TRAIT_PA_BITS, pa_bits, COUNT_OF(pa_bits));
	check_traits(HR_TRAIT_KALLSYMS, kallsyms, COUNT_OF(kallsyms));
	check_traits(HR_TRAIT_STANDING, standings, COUNT_OF(standings));
	check_traits(HR_TRAIT_BY_PAGES, by_pages, COUNT_OF(by_pages));
}

static void changes_within_a_branch_are_its_own(void **state)
{
	static const struct expected teardowns[] = {
		{ "6.12.85", HR_TEARDOWN_PER_LEAF }, { "6.12.86", HR_TEARDOWN_BATCHED_WIDE },
		{ "6.12.97", HR_TEARDOWN_BATCHED },  { "6.13.0", HR_TEARDOWN_PER_LEAF },
		{ "6.7.0", HR_TEARDOWN_PER_LEAF }, /* has no row: like 6.6 at its start */
		{ "6.7.200", HR_TEARDOWN_PER_LEAF }, { "6.6.145", HR_TEARDOWN_BATCHED },
	};

	(void)state;
	check_traits(HR_TRAIT_TEARDOWN, teardowns, COUNT_OF(teardowns));
}

static void candidates_come_before_their_release(void **state)
{
	static const struct expected teardowns[] = {
		{ "7.2-rc1", HR_TEARDOWN_BATCHED_WIDE }, { "7.2-rc3", HR_TEARDOWN_BATCHED },
		{ "7.2.0", HR_TEARDOWN_BATCHED },	 { "7.2.12", HR_TEARDOWN_BATCHED },
		{ "7.2.6-rc1", HR_TEARDOWN_BATCHED },
	};
	static const struct expected guards[] = {
		{ "7.2-rc4", HR_GUARD_NEXT_RANGE },
		{ "7.2-rc5", HR_GUARD_REQUESTED },
		{ "7.2.0", HR_GUARD_REQUESTED },
		{ "7.2.6-rc1", HR_GUARD_REQUESTED },
	};

	(void)state;
	check_traits(HR_TRAIT_TEARDOWN, teardowns, COUNT_OF(teardowns));
	check_traits(HR_TRAIT_GUARD, guards, COUNT_OF(guards));
}

/* Debian also has such numbers, but with another meaning. */
static void uploads_are_those_of_ubuntu(void **state)
{
	struct hr_release ubuntu = hr_release_parse("6.8.0-136-generic", NULL);
	struct hr_release unstudied = hr_release_parse("6.5.0-45-generic", NULL);
	static const struct expected teardowns[] = {
		{ "6.8.0-135-generic", HR_TEARDOWN_PER_LEAF },
		{ "6.8.0-136-generic", HR_TEARDOWN_BATCHED_WIDE },
		{ "6.8.0-147-generic-64k", HR_TEARDOWN_BATCHED },
		{ "6.8.0-147-arm64", HR_TEARDOWN_PER_LEAF },
		{ "5.15.0-224-generic", HR_TEARDOWN_BATCHED },
	};

	(void)state;
	check_traits(HR_TRAIT_TEARDOWN, teardowns, COUNT_OF(teardowns));
	assert_int_equal(trait_of("5.15.0-203-generic", HR_TRAIT_REPEAT), HR_REPEAT_EACH);
	assert_int_equal(trait_of("5.15.0-204-generic", HR_TRAIT_REPEAT), HR_REPEAT_LAST);
	assert_true(hr_release_has_uploads(&ubuntu));
	assert_false(hr_release_has_uploads(&unstudied));
}

static void gaps_are_where_a_change_has_no_known_release(void **state)
{
	(void)state;
	assert_null(gap_of("6.6.120", HR_TRAIT_TEARDOWN));
	assert_non_null(gap_of("6.6.121", HR_TRAIT_TEARDOWN));
	assert_non_null(gap_of("6.6.144", HR_TRAIT_TEARDOWN));
	assert_null(gap_of("6.6.145", HR_TRAIT_TEARDOWN));
	assert_null(gap_of("6.6.130", HR_TRAIT_FLUSH));
	assert_non_null(gap_of("7.2-rc2", HR_TRAIT_TEARDOWN));
	assert_null(gap_of("7.2-rc3", HR_TRAIT_TEARDOWN));
	assert_null(gap_of("7.2-rc2", HR_TRAIT_GUARD));
	assert_null(gap_of("banana", HR_TRAIT_TEARDOWN));
}

static void releases_before_all_rows_have_the_first(void **state)
{
	(void)state;
	assert_int_equal(trait_of("0.0", HR_TRAIT_TEARDOWN), HR_TEARDOWN_UNKNOWN);
	assert_int_equal(trait_of("4.19.300", HR_TRAIT_TEARDOWN), HR_TEARDOWN_UNKNOWN);
	assert_int_equal(trait_of("4.19.300", HR_TRAIT_HOTREMOVE), false);
	assert_int_equal(trait_of("5.6.19", HR_TRAIT_HOTREMOVE), false);
	assert_int_equal(trait_of("5.7-rc1", HR_TRAIT_HOTREMOVE), true);
}

/* Newer and unknown releases have the initial values of the newest row. */
static void newer_and_unknown_releases_have_the_newest(void **state)
{
	static const char *const releases[] = {
		"7.4-rc1", "7.4.0", "8.0.1", "9999.0", "banana", ""
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(releases); i++)
		for (enum hr_trait trait = 0; trait < HR_TRAIT_COUNT; trait++)
			assert_int_equal(trait_of(releases[i], trait), trait_of("7.3-rc1", trait));
}

static void newest_branch_is_that_of_the_last_row(void **state)
{
	static const struct expected rows[] = {
		{ "7.2.99", false }, { "7.3-rc1", false }, { "7.3.300", false },
		{ "7.4-rc1", true }, { "8.0", true },	   { "6.99", false },
		{ "banana", false },
	};

	(void)state;
	assert_string_equal(hr_release_newest().text, "7.3");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_release release = hr_release_parse(rows[i].release, NULL);

		assert_int_equal(hr_release_is_newer(&release), rows[i].value);
	}
}

/* A value from another column would be one that the trait does not have. */
static void columns_hold_values_of_their_trait(void **state)
{
	static const unsigned int most[HR_TRAIT_COUNT] = {
		[HR_TRAIT_HOTREMOVE] = true,
		[HR_TRAIT_TEARDOWN] = HR_TEARDOWN_BATCHED,
		[HR_TRAIT_FLUSH] = HR_FLUSH_RANGE_OPS,
		[HR_TRAIT_GUARD] = HR_GUARD_REQUESTED,
		[HR_TRAIT_REPEAT] = HR_REPEAT_LAST,
		[HR_TRAIT_ROOT] = HR_ROOT_FIXMAP_OR_PLAIN,
		[HR_TRAIT_SECTION_SIZE] = HR_SECTION_SIZE_BY_GRANULE,
		[HR_TRAIT_SECTION_FLAGS] = HR_SECTION_FORM_UNMARKED,
		[HR_TRAIT_VMEMMAP] = HR_VMEMMAP_BELOW_1G,
		[HR_TRAIT_LINEAR_END] = HR_LINEAR_END_BY_LEAST,
		[HR_TRAIT_PA_BITS] = HR_PA_BITS_IN_USE,
		[HR_TRAIT_KALLSYMS] = HR_KALLSYMS_TWO_BYTE,
		[HR_TRAIT_STANDING] = HR_STANDING_FILLED,
		[HR_TRAIT_BY_PAGES] = HR_BY_PAGES_UNLESS_BBML2,
	};
	struct hr_release release = { .known = true };

	(void)state;
	for (release.major = 4; release.major < 8; release.major++)
		for (release.minor = 0; release.minor < 30; release.minor++)
			for (release.patch = 0; release.patch < 300; release.patch++)
				for (enum hr_trait trait = 0; trait < HR_TRAIT_COUNT; trait++)
					assert_in_range(hr_release_trait(&release, trait), 0,
							most[trait]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layouts_change_with_branches),
		cmocka_unit_test(changes_within_a_branch_are_its_own),
		cmocka_unit_test(candidates_come_before_their_release),
		cmocka_unit_test(uploads_are_those_of_ubuntu),
		cmocka_unit_test(gaps_are_where_a_change_has_no_known_release),
		cmocka_unit_test(releases_before_all_rows_have_the_first),
		cmocka_unit_test(newer_and_unknown_releases_have_the_newest),
		cmocka_unit_test(newest_branch_is_that_of_the_last_row),
		cmocka_unit_test(columns_hold_values_of_their_trait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
