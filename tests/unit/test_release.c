// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "release.h"

static void releases_are_taken_apart(void **state)
{
	static const struct {
		const char *text;
		unsigned int major, minor, patch, rc, abi;
		int distro;
	} rows[] = {
		{ "6.12.107", 6, 12, 107, 0, 0, HR_DISTRO_NONE },
		{ "7.1", 7, 1, 0, 0, 0, HR_DISTRO_NONE },
		{ "7.1.0", 7, 1, 0, 0, 0, HR_DISTRO_NONE },
		{ "7.2.0-rc4", 7, 2, 0, 4, 0, HR_DISTRO_NONE },
		{ "7.2-rc4", 7, 2, 0, 4, 0, HR_DISTRO_NONE },
		{ "7.2.0-rc12-00013-gdeadbeef", 7, 2, 0, 12, 0, HR_DISTRO_NONE },
		{ "6.12.40+", 6, 12, 40, 0, 0, HR_DISTRO_NONE },
		{ "6.12.40-custom", 6, 12, 40, 0, 0, HR_DISTRO_NONE },
		{ "6.1.0-50-arm64", 6, 1, 0, 0, 50, HR_DISTRO_DEBIAN },
		{ "6.1.0-50-cloud-arm64", 6, 1, 0, 0, 50, HR_DISTRO_DEBIAN },
		{ "6.12.107+deb13-arm64", 6, 12, 107, 0, 0, HR_DISTRO_DEBIAN },
		{ "6.12.9+bpo-arm64", 6, 12, 9, 0, 0, HR_DISTRO_DEBIAN },
		{ "5.15.0-204-generic", 5, 15, 0, 0, 204, HR_DISTRO_UBUNTU },
		{ "6.8.0-136-generic-64k", 6, 8, 0, 0, 136, HR_DISTRO_UBUNTU },
		{ "6.8.0-1024-aws", 6, 8, 0, 0, 1024, HR_DISTRO_OTHER },
		{ "5.14.0-503.el9.aarch64", 5, 14, 0, 0, 503, HR_DISTRO_OTHER },
		{ "6.12.0-55.9.1.el10_0.aarch64+64k", 6, 12, 0, 0, 55, HR_DISTRO_OTHER },
		{ "6.1.140-154.222.amzn2023.aarch64", 6, 1, 140, 0, 0, HR_DISTRO_OTHER },
		{ "6.4.0-150600.23-default", 6, 4, 0, 0, 150600, HR_DISTRO_OTHER },
		{ "6.6.30-android15-8", 6, 6, 30, 0, 0, HR_DISTRO_OTHER },
		{ "6.5.0-7-unheard", 6, 5, 0, 0, 7, HR_DISTRO_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_release release = hr_release_parse(rows[i].text, NULL);

		assert_true(release.known);
		assert_int_equal(release.major, rows[i].major);
		assert_int_equal(release.minor, rows[i].minor);
		assert_int_equal(release.patch, rows[i].patch);
		assert_int_equal(release.rc, rows[i].rc);
		assert_int_equal(release.abi, rows[i].abi);
		assert_int_equal(release.distro, rows[i].distro);
	}
}

static void what_does_not_begin_with_a_number_is_unknown(void **state)
{
	static const char *const texts[] = { "",   "mainline", "v6.12", "6",
					     "6.", "-6.12",    " 6.12", "6.x" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		assert_false(hr_release_parse(texts[i], NULL).known);
}

static void long_numbers_do_no_harm(void **state)
{
	(void)state;
	assert_false(hr_release_parse("99999999999999999999.1", NULL).known);
	assert_int_equal(hr_release_parse("6.1.99999999999999999999", NULL).major, 6);
}

static void debians_version_tells_the_point_release(void **state)
{
	static const struct {
		const char *release, *version;
		unsigned int patch, abi;
		int distro;
	} rows[] = {
		{ "6.1.0-50-arm64", "#1 SMP Debian 6.1.176-1 (2026-07-01)", 176, 0,
		  HR_DISTRO_DEBIAN },
		{ "6.12.107+deb13-arm64", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.107-1 (2026-05-05)",
		  107, 0, HR_DISTRO_DEBIAN },
		{ "6.1.0-50-arm64", "#1 SMP Debian 5.10.223-1", 0, 50, HR_DISTRO_DEBIAN },
		{ "6.1.0-50-arm64", "#1 SMP Debian", 0, 50, HR_DISTRO_DEBIAN },
		{ "6.1.0-50-arm64", "", 0, 50, HR_DISTRO_DEBIAN },
		{ "6.12.40", "#3 SMP PREEMPT Mon Jan 1", 40, 0, HR_DISTRO_NONE },
		{ "5.15.0-204-generic", "#214-Ubuntu SMP", 0, 204, HR_DISTRO_UBUNTU },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_release release = hr_release_parse(rows[i].release, rows[i].version);

		assert_int_equal(release.patch, rows[i].patch);
		assert_int_equal(release.abi, rows[i].abi);
		assert_int_equal(release.distro, rows[i].distro);
	}
}

static void order_puts_candidates_before_their_release(void **state)
{
	static const struct {
		const char *text;
		unsigned int major, minor, patch;
		int sign;
	} rows[] = {
		{ "6.12.86", 6, 12, 86, 0 },  { "6.12.86", 6, 12, 87, -1 },
		{ "6.12.86", 6, 12, 85, 1 },  { "6.12.86", 6, 13, 0, -1 },
		{ "6.12.86", 5, 99, 99, 1 },  { "6.12.86", 7, 0, 0, -1 },
		{ "7.2.0-rc4", 7, 2, 0, -1 }, { "7.2-rc4", 7, 1, 99, 1 },
		{ "7.2", 7, 2, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_release release = hr_release_parse(rows[i].text, NULL);
		int order =
			hr_release_compare(&release, rows[i].major, rows[i].minor, rows[i].patch);

		assert_int_equal((order > 0) - (order < 0), rows[i].sign);
	}
}

static void sanitized_text_is_printable_and_fits(void **state)
{
	char buffer[8];

	(void)state;
	hr_release_sanitize(buffer, sizeof(buffer), "a\033b\nc\x7f");
	assert_string_equal(buffer, "a?b?c?");
	hr_release_sanitize(buffer, sizeof(buffer), "0123456789");
	assert_string_equal(buffer, "0123456");
	hr_release_sanitize(buffer, sizeof(buffer), "\xc3\xa4");
	assert_string_equal(buffer, "??");
	hr_release_sanitize(buffer, sizeof(buffer), "");
	assert_string_equal(buffer, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases_are_taken_apart),
		cmocka_unit_test(what_does_not_begin_with_a_number_is_unknown),
		cmocka_unit_test(long_numbers_do_no_harm),
		cmocka_unit_test(debians_version_tells_the_point_release),
		cmocka_unit_test(order_puts_candidates_before_their_release),
		cmocka_unit_test(sanitized_text_is_printable_and_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
