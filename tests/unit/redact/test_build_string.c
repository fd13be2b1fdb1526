// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include "kernel/release.h"
#include "redact/build_string.h"

static void only_the_version_of_debian_is_kept(void **state)
{
	static const struct {
		const char *text, *kept;
	} cases[] = {
		{ "#1 SMP PREEMPT_DYNAMIC Debian 7.2.12-1 (2026-10-01)", "# Debian 7.2.12-" },
		{ "#1 SMP Debian 7.2~rc4-1~exp1 (2026-08-01)", "# Debian 7.2~rc4-" },
		{ "#1 SMP Debian 7.2.1", "# Debian 7.2.1" },
		{ "#1 SMP by builder@farm", "#" },
		{ "zeros", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char kept[65];

		hr_build_string_reduce(cases[i].text, kept, sizeof(kept));
		assert_string_equal(kept, cases[i].kept);
	}
}

static void release_is_the_same(void **state)
{
	static const char *const releases[] = { "7.2-arm64", "7.2.0-arm64", "6.1.0-56-arm64",
						"6.12.117+deb12-arm64-16k", "6.8.0-90-generic" };
	static const char *const versions[] = { "#1 SMP Debian 7.2.12-1 (2026-10-01)",
						"#1 SMP Debian 6.1.158-1",
						"#1 SMP Debian 7.2",
						"#1 SMP",
						"",
						"x" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(releases); i++)
		for (size_t j = 0; j < COUNT_OF(versions); j++) {
			char kept[65];
			struct hr_release whole = hr_release_parse(releases[i], versions[j]), part;

			hr_build_string_reduce(versions[j], kept, sizeof(kept));
			part = hr_release_parse(releases[i], kept);
			assert_int_equal(part.patch, whole.patch);
			assert_int_equal(part.rc, whole.rc);
			assert_int_equal(part.span, whole.span);
			assert_int_equal(part.distro, whole.distro);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_version_of_debian_is_kept),
		cmocka_unit_test(release_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
