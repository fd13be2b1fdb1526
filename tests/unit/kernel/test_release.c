// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "kernel/release.h"

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
		{ "7.2.0-00012-gdeadbeef", 7, 2, 0, 0, 0, HR_DISTRO_NONE },
		{ "6.12.40-custom", 6, 12, 40, 0, 0, HR_DISTRO_OTHER },
		{ "7.2.0-rc4-next-20260701", 7, 2, 0, 4, 0, HR_DISTRO_OTHER },
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

/* Every name that identifies a known source, and only those. */
static void unheard_of_suffixes_are_distributions(void **state)
{
	static const struct {
		const char *text;
		int distro;
	} rows[] = {
		{ "7.2.12", HR_DISTRO_NONE },
		{ "7.2.0-rc4", HR_DISTRO_NONE },
		{ "5.4.0-rc8+", HR_DISTRO_NONE },
		{ "7.2.12-dirty", HR_DISTRO_NONE },
		{ "7.2.0-rc4-00023-gdeadbeef0123-dirty", HR_DISTRO_NONE },
		{ "7.2.12-gdeadbeef0123", HR_DISTRO_NONE },
		{ "7.2.12-gdeadbee", HR_DISTRO_NONE },
		{ "7.2.12-gcc", HR_DISTRO_OTHER },
		{ "7.2.12-00012-gabcdef", HR_DISTRO_OTHER },
		{ "7.2-arm64", HR_DISTRO_DEBIAN },
		{ "7.2-rt-arm64", HR_DISTRO_DEBIAN },
		{ "7.2-cloud-arm64", HR_DISTRO_DEBIAN },
		{ "7.2-arm64-16k", HR_DISTRO_DEBIAN },
		{ "7.2.12+deb13-arm64", HR_DISTRO_DEBIAN },
		{ "7.2.12+deb13-rt-arm64", HR_DISTRO_DEBIAN },
		{ "7.2.12+deb13+1-arm64", HR_DISTRO_DEBIAN },
		{ "7.2.12+deb13u2-arm64", HR_DISTRO_DEBIAN },
		{ "7.2.12+deb13.vendor-arm64", HR_DISTRO_OTHER },
		{ "7.2.12+debmine-arm64", HR_DISTRO_OTHER },
		{ "7.2.12+deb13-cloud-arm64", HR_DISTRO_DEBIAN },
		{ "6.12.90+deb12-arm64-16k", HR_DISTRO_DEBIAN },
		{ "6.1.0-50-rt-arm64", HR_DISTRO_DEBIAN },
		{ "6.1.0-0.deb11.21-cloud-arm64", HR_DISTRO_DEBIAN },
		{ "5.10.0-0.bpo.9-arm64", HR_DISTRO_DEBIAN },
		{ "5.10.0-trunk-arm64", HR_DISTRO_DEBIAN },
		{ "6.8.0-136-generic", HR_DISTRO_UBUNTU },
		{ "6.8.0-136-generic-64k", HR_DISTRO_UBUNTU },
		{ "6.8.0-136-lowlatency", HR_DISTRO_OTHER },
		{ "6.8.0-1024-raspi", HR_DISTRO_OTHER },
		{ "6.10.0-061000-generic", HR_DISTRO_OTHER },
		{ "6.17.4-76061704-generic", HR_DISTRO_OTHER },
		{ "6.8.12-8-pve", HR_DISTRO_OTHER },
		{ "5.10.134-16.al8.aarch64", HR_DISTRO_OTHER },
		{ "6.6.102-5.alnx4.aarch64", HR_DISTRO_OTHER },
		{ "5.15.148-tegra", HR_DISTRO_OTHER },
		{ "5.10.134-18.an8.aarch64", HR_DISTRO_OTHER },
		{ "5.15.0-309.180.4.el9uek.aarch64", HR_DISTRO_OTHER },
		{ "6.12.47+rpt-rpi-v8", HR_DISTRO_OTHER },
		{ "6.1.115-vendor-rk35xx", HR_DISTRO_OTHER },
		{ "6.6.30-android15-8-gabcdef012345-ab12345", HR_DISTRO_OTHER },
		{ "6.6.30-yocto-standard", HR_DISTRO_OTHER },
		{ "6.12.40-talos", HR_DISTRO_OTHER },
		{ "6.12.40-flatcar", HR_DISTRO_OTHER },
		{ "6.12.40-gentoo", HR_DISTRO_OTHER },
		{ "6.16.0-1-aarch64-ARCH", HR_DISTRO_OTHER },
		{ "6.17.4-300.fc43.aarch64", HR_DISTRO_OTHER },
		{ "4.18.0-553.el8.aarch64", HR_DISTRO_OTHER },
		{ "5.14.0-503.11.1.el9_5.aarch64+64k", HR_DISTRO_OTHER },
		{ "6.1.119-129.201.amzn2023.aarch64", HR_DISTRO_OTHER },
		{ "6.8.0-1021-azure", HR_DISTRO_OTHER },
		{ "6.8.0-1021-aws-64k", HR_DISTRO_OTHER },
		{ "6.8.0-1015-gcp", HR_DISTRO_OTHER },
		{ "6.8.0-1015-oracle", HR_DISTRO_OTHER },
		{ "6.2.0-cloud-hypervisor", HR_DISTRO_OTHER },
		{ "6.6.0-28.0.0.34.oe2403.aarch64", HR_DISTRO_OTHER },
		{ "5.4.241-1-tlinux4-0017", HR_DISTRO_OTHER },
		{ "6.6.30-5.tl4.aarch64", HR_DISTRO_OTHER },
		{ "6.12.9-xanmod1", HR_DISTRO_OTHER },
		{ "6.12.9-zen1-1-zen", HR_DISTRO_OTHER },
		{ "6.4.0-150600.23.33-default", HR_DISTRO_OTHER },
		{ "6.12.9-1-default", HR_DISTRO_OTHER },
		{ "6.1.75-android14-11-gabcdef012345", HR_DISTRO_OTHER },
		{ "4.19.90-52.22.v2207.ky10.aarch64", HR_DISTRO_OTHER },
		{ "5.4.18-53-generic", HR_DISTRO_OTHER },
		{ "6.6.30-rt30", HR_DISTRO_OTHER },
		{ "6.16.8+kali-arm64", HR_DISTRO_OTHER },
		{ "7.2.12+unreleased-arm64", HR_DISTRO_OTHER },
		{ "7.2.12-mycluster", HR_DISTRO_OTHER },
		{ "7.2.12_1", HR_DISTRO_OTHER },
		{ "7.2.12.1", HR_DISTRO_OTHER },
		{ "7.2.12-gcp", HR_DISTRO_OTHER },
		{ "7.2.12-arm64-mine", HR_DISTRO_OTHER },
		{ "7.2.12 ", HR_DISTRO_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if ((int)hr_release_parse(rows[i].text, NULL).distro != rows[i].distro)
			fail_msg("%s: not of distribution %d", rows[i].text, rows[i].distro);
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
		/* If nothing follows the number, it may be truncated. */
		{ "6.1.0-50-arm64", "#1 SMP Debian 6.1.17", 0, 50, HR_DISTRO_DEBIAN },
		/* Others also use the suffix, and identify themselves. */
		{ "6.6.15-arm64", "#1 SMP Kali 6.6.15-2kali1", 15, 0, HR_DISTRO_OTHER },
		{ "6.6.15-arm64", "#1 SMP Debian 6.6.15-2", 15, 0, HR_DISTRO_DEBIAN },
		{ "6.12.47+rpt-rpi-v8", "#1 SMP Debian 1:6.12.47-1+rpt1", 47, 0, HR_DISTRO_OTHER },
		{ "6.8.12-8-pve", "#1 SMP Debian 6.8.11-1", 12, 0, HR_DISTRO_OTHER },
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

/* The message has the release's name, which a bare number would not show. */
static void assert_span(const char *text, const char *version, enum hr_release_span span,
			unsigned int rc)
{
	struct hr_release release = hr_release_parse(text, version);

	if (release.span != span || release.rc != rc)
		fail_msg("%s, %s: span %d, rc %u", text, version ? version : "no version",
			 (int)release.span, release.rc);
}

static void debians_candidates_are_told_by_the_version(void **state)
{
	(void)state;
	assert_span("7.2-arm64", NULL, HR_SPAN_CANDIDATES, 0);
	assert_span("7.2-arm64", "", HR_SPAN_CANDIDATES, 0);
	assert_span("7.3-rt-arm64", NULL, HR_SPAN_CANDIDATES, 0);
	assert_span("7.3-cloud-arm64", "#1 SMP", HR_SPAN_CANDIDATES, 0);
	assert_span("7.2-arm64", "#1 SMP Debian 7.2~rc4-1~exp1 (2026-07-20)", HR_SPAN_EXACT, 4);
	assert_span("7.3-arm64-16k", "#1 SMP Debian 7.3~rc7-1~exp1 (2026-10-01)", HR_SPAN_EXACT, 7);
	assert_span("7.2-arm64", "#1 SMP Debian 7.2-1~exp1 (2026-08-20)", HR_SPAN_EXACT, 0);
	assert_span("7.2-arm64", "#1 SMP Debian 7.1~rc4-1~exp1 (2026-05-20)", HR_SPAN_CANDIDATES,
		    0);
	assert_span("7.2-arm64", "#1 SMP Debian 7.2~rc", HR_SPAN_CANDIDATES, 0);
}

static void names_that_leave_something_open_say_so(void **state)
{
	(void)state;
	assert_span("7.2.12", NULL, HR_SPAN_EXACT, 0);
	assert_span("7.2.0-rc4", NULL, HR_SPAN_EXACT, 4);
	assert_span("7.2.0-rc4+", NULL, HR_SPAN_GIT, 4);
	assert_span("7.2.12-dirty", NULL, HR_SPAN_GIT, 0);
	assert_span("7.2.12+deb13-arm64", NULL, HR_SPAN_EXACT, 0);
	assert_span("6.1.0-50-arm64", NULL, HR_SPAN_BRANCH, 0);
	assert_span("6.1.0-50-arm64", "#1 SMP Debian 6.1.176-1 (2026-07-01)", HR_SPAN_EXACT, 0);
	assert_span("7.2.12-mycluster", NULL, HR_SPAN_EXACT, 0);
}

static bool may_be(const char *text, unsigned int minor, unsigned int patch, unsigned int rc)
{
	struct hr_release release = hr_release_parse(text, NULL), one;

	for (unsigned int n = 0; hr_release_of_span(&release, n, &one); n++) {
		assert_int_equal(one.span, HR_SPAN_EXACT);
		if (one.minor == minor && one.patch == patch && one.rc == rc)
			return true;
	}
	return false;
}

static void span_has_all_that_a_kernel_may_be(void **state)
{
	(void)state;
	assert_true(may_be("7.2.12", 2, 12, 0));
	assert_false(may_be("7.2.12", 2, 13, 0));
	assert_true(may_be("7.2-arm64", 2, 0, 0));
	assert_true(may_be("7.2-arm64", 2, 0, 8));
	assert_false(may_be("7.2-arm64", 2, 1, 0));
	assert_true(may_be("6.1.0-50-arm64", 1, 0, 1));
	assert_true(may_be("6.1.0-50-arm64", 1, 400, 0));
	assert_true(may_be("7.2.0-rc4+", 2, 0, 4));
	assert_true(may_be("7.2.0-rc4+", 2, 0, 5));
	assert_false(may_be("7.2.0-rc4+", 2, 0, 6));
	assert_true(may_be("7.2.12+", 2, 13, 0));
	assert_false(may_be("7.2.12+", 3, 0, 1));
	/* The merge window of the next release, and trees with what is queued for it. */
	assert_true(may_be("7.2.0+", 3, 0, 1));
	assert_true(may_be("7.2.0-rc4-00023-gdeadbeef", 3, 0, 1));
	assert_true(may_be("7.2.0-rc4-next-20260701", 3, 0, 1));
	assert_true(may_be("7.2.0-next-20260901-dirty", 3, 0, 1));
}

static void candidates_belong_to_their_own_series(void **state)
{
	struct hr_release release = hr_release_parse("5.12.0-rc3", NULL);

	(void)state;
	assert_false(hr_release_is_before(&release, 5, 12));
	assert_true(hr_release_is_before(&release, 5, 13));
	assert_true(hr_release_is_before(&release, 6, 0));
	assert_false(hr_release_is_before(&release, 4, 20));
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
		cmocka_unit_test(unheard_of_suffixes_are_distributions),
		cmocka_unit_test(debians_candidates_are_told_by_the_version),
		cmocka_unit_test(names_that_leave_something_open_say_so),
		cmocka_unit_test(span_has_all_that_a_kernel_may_be),
		cmocka_unit_test(candidates_belong_to_their_own_series),
		cmocka_unit_test(what_does_not_begin_with_a_number_is_unknown),
		cmocka_unit_test(long_numbers_do_no_harm),
		cmocka_unit_test(debians_version_tells_the_point_release),
		cmocka_unit_test(sanitized_text_is_printable_and_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
