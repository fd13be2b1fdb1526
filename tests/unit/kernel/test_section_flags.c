// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "kernel/section_flags.h"

/* section_mem_map of boot memory, hot-added memory, and memory without a flag, in both forms. */
#define BASE UINT64_C(0xfffffc0000000000)

enum {
	MARKED_BOOT = 0xf,
	MARKED_HOT = 0x7,
	UNMARKED_BOOT = 0x7,
};

static const struct hr_section_flags unmarked = { 0, 1, 2, 4 };

/* Choose flags for a kernel of @release; 0 means a boot section that cannot be read. */
static struct hr_error *choose(const char *release, const struct hr_section_flags *btf,
			       uint64_t boot_section, struct hr_section_flags *ret)
{
	struct hr_release version = hr_release_parse(release, NULL);
	struct hr_section_flags_evidence evidence = {
		.version = &version,
		.release = release,
		.btf = btf,
		.has_boot_section = boot_section != 0,
		.boot_section = boot_section,
	};

	return hr_section_flags_choose(&evidence, ret);
}

static void assert_flags(const struct hr_section_flags *flags,
			 const struct hr_section_flags *expected)
{
	assert_memory_equal(flags, expected, sizeof(*flags));
}

static void proven_releases_have_marked_sections(void **state)
{
	static const char *const releases[] = {
		"5.4.0", "5.10.36",  "6.1.0-57-arm64", "6.12.0-rc1", "7.2.12+deb13-arm64",
		"7.3.4", "7.3.0-rc7"
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(releases); i++) {
		struct hr_section_flags flags;

		assert_success(choose(releases[i], NULL, BASE | MARKED_BOOT, &flags));
		assert_flags(&flags, &hr_section_flags_marked);
		assert_success(choose(releases[i], NULL, 0, &flags));
		assert_flags(&flags, &hr_section_flags_marked);
	}
}

static void boot_section_tells_the_form_of_a_new_release(void **state)
{
	static const char *const releases[] = { "7.4.0", "7.4.0-rc1", "8.0.1", "" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(releases); i++) {
		struct hr_section_flags flags;

		assert_success(choose(releases[i], NULL, BASE | UNMARKED_BOOT, &flags));
		assert_flags(&flags, &unmarked);
		assert_success(choose(releases[i], NULL, BASE | MARKED_BOOT, &flags));
		assert_flags(&flags, &hr_section_flags_marked);
	}
}

/* Device memory and early struct pages have additional flags above the others. */
static void further_flags_do_not_matter(void **state)
{
	struct hr_section_flags flags;

	(void)state;
	assert_success(choose("7.3.4", NULL, BASE | MARKED_BOOT | 0x30, &flags));
	assert_flags(&flags, &hr_section_flags_marked);
	assert_success(choose("7.4.0", NULL, BASE | UNMARKED_BOOT | 0x10, &flags));
	assert_flags(&flags, &unmarked);
}

static void new_release_without_evidence_is_unknown(void **state)
{
	struct hr_section_flags flags;

	(void)state;
	assert_failure(choose("7.4.0", NULL, 0, &flags), HR_ERROR_UNREADABLE, "7.4.0");
	assert_failure(choose("", NULL, 0, &flags), HR_ERROR_UNREADABLE,
		       "kernel of unknown release");
}

/* linux-next gets the change first, under the number of the previous release. */
static void release_alone_proves_nothing_on_the_way_to_the_next(void **state)
{
	static const char *const open[] = { "7.3.0-rc3-next-20261010", "7.3.0+",
					    "7.3.0-12345-gabcdef", "7.3.5-mycluster" };
	static const char *const proven[] = { "7.2.12-mycluster", "6.12.9+",
					      "5.14.0-503.el9.aarch64" };
	struct hr_section_flags flags;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(open); i++) {
		assert_failure(choose(open[i], NULL, 0, &flags), HR_ERROR_UNREADABLE, open[i]);
		assert_success(choose(open[i], NULL, BASE | UNMARKED_BOOT, &flags));
		assert_flags(&flags, &unmarked);
		assert_success(choose(open[i], NULL, BASE | MARKED_BOOT, &flags));
		assert_flags(&flags, &hr_section_flags_marked);
	}
	for (size_t i = 0; i < COUNT_OF(proven); i++) {
		assert_success(choose(proven[i], NULL, 0, &flags));
		assert_flags(&flags, &hr_section_flags_marked);
	}
}

static void section_that_fits_no_form_is_unknown(void **state)
{
	static const uint64_t values[] = { 1, 3, 5, 9, 0xd, 0x6, 0xe, 0x18 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		struct hr_section_flags flags;

		assert_failure(choose("7.4.0", NULL, BASE | values[i], &flags), HR_ERROR_UNREADABLE,
			       "swapper_pg_dir");
		assert_failure(choose("7.2.0", NULL, BASE | values[i], &flags), HR_ERROR_UNREADABLE,
			       "swapper_pg_dir");
	}
}

/* A vendor's kernel may have the change, or the table may be damaged: neither is certain. */
static void section_that_contradicts_the_release_is_unknown(void **state)
{
	struct hr_section_flags flags;

	(void)state;
	assert_failure(choose("7.2.12", NULL, BASE | UNMARKED_BOOT, &flags), HR_ERROR_UNREADABLE,
		       "7.2.12");
}

static void types_of_the_kernel_win_over_its_release(void **state)
{
	static const struct hr_section_flags moved = { 1 << 1, 1 << 0, 1 << 3, 1 << 2 };
	struct hr_section_flags flags;

	(void)state;
	assert_success(choose("7.2.12", &unmarked, BASE | UNMARKED_BOOT, &flags));
	assert_flags(&flags, &unmarked);
	assert_success(choose("7.2.12", &moved, BASE | MARKED_BOOT, &flags));
	assert_flags(&flags, &moved);
	assert_success(choose("9.9", &moved, 0, &flags));
	assert_flags(&flags, &moved);
}

static void types_that_contradict_the_boot_section_are_unknown(void **state)
{
	struct hr_section_flags flags;

	(void)state;
	assert_failure(choose("7.2.12", &hr_section_flags_marked, BASE | MARKED_HOT, &flags),
		       HR_ERROR_UNREADABLE, "BTF");
	/*
	 * By these types, the section would also be device memory, and all added memory boot
	 * memory.
	 */
	assert_failure(choose("7.4.0", &unmarked, BASE | MARKED_BOOT, &flags), HR_ERROR_UNREADABLE,
		       "BTF");
}

static void types_are_wanted_unless_release_and_boot_section_agree(void **state)
{
	static const struct {
		const char *release;
		uint64_t boot_section;
		bool wanted;
	} rows[] = {
		{ "7.3.4", BASE | MARKED_BOOT, false },
		{ "7.3.4", BASE | UNMARKED_BOOT, true },
		{ "7.3.4", 0, true },
		{ "7.4.0", BASE | UNMARKED_BOOT, true },
		{ "7.4.0-rc1", BASE | MARKED_BOOT, true },
		{ "", BASE | MARKED_BOOT, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_release version = hr_release_parse(rows[i].release, NULL);
		struct hr_section_flags_evidence evidence = {
			.version = &version,
			.release = rows[i].release,
			.has_boot_section = rows[i].boot_section != 0,
			.boot_section = rows[i].boot_section,
		};

		assert_int_equal(hr_section_flags_want_btf(&evidence), rows[i].wanted);
	}
}

static void presence_without_a_flag_goes_by_the_memmap(void **state)
{
	(void)state;
	assert_true(hr_section_is_present(&unmarked, BASE | 1));
	assert_false(hr_section_is_present(&unmarked, BASE));
	assert_false(hr_section_is_present(&hr_section_flags_marked, BASE | 2));
	assert_true(hr_section_is_present(&hr_section_flags_marked, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proven_releases_have_marked_sections),
		cmocka_unit_test(boot_section_tells_the_form_of_a_new_release),
		cmocka_unit_test(further_flags_do_not_matter),
		cmocka_unit_test(new_release_without_evidence_is_unknown),
		cmocka_unit_test(release_alone_proves_nothing_on_the_way_to_the_next),
		cmocka_unit_test(section_that_fits_no_form_is_unknown),
		cmocka_unit_test(section_that_contradicts_the_release_is_unknown),
		cmocka_unit_test(types_of_the_kernel_win_over_its_release),
		cmocka_unit_test(types_that_contradict_the_boot_section_are_unknown),
		cmocka_unit_test(types_are_wanted_unless_release_and_boot_section_agree),
		cmocka_unit_test(presence_without_a_flag_goes_by_the_memmap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
