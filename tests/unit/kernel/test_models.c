// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "kernel/models.h"

static struct hr_models models_of(const char *release, const char *version)
{
	struct hr_release parsed = hr_release_parse(release, version);

	return hr_models_of_release(&parsed);
}

/* The message has the release's name, which a bare number would not show. */
static void assert_word(const char *release, const char *found, const char *expected)
{
	if (!found || !expected ? found != expected : strcmp(found, expected))
		fail_msg("%s: %s, expected %s", release, found ? found : "unknown",
			 expected ? expected : "unknown");
}

struct expected_teardown {
	const char *release;
	const char *word; /* NULL: unknown */
	bool sure;
};

static void check_teardowns(const struct expected_teardown *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct hr_models models = models_of(rows[i].release, NULL);

		assert_word(rows[i].release, hr_teardown_name(models.teardown), rows[i].word);
		assert_word(rows[i].release, models.gap ? "a gap" : "sure",
			    rows[i].sure ? "sure" : "a gap");
	}
}

/* Both sides of every release at which a branch changed. */
static void teardown_changed_at_known_stable_releases(void **state)
{
	static const struct expected_teardown rows[] = {
		{ "5.10.223", "per-leaf", true },     { "5.10.224", "per-leaf", false },
		{ "5.14.21", "per-leaf", true },      { "5.15.0", "per-leaf", true },
		{ "5.15.209", "per-leaf", true },     { "5.15.210", "batched-wide", true },
		{ "5.15.211", "batched-wide", true }, { "5.15.212", "batched", true },
		{ "5.15.230", "batched", true },      { "5.16.0", "per-leaf", true },
		{ "5.19.17", "per-leaf", true },      { "6.1.175", "per-leaf", true },
		{ "6.1.176", "batched-wide", true },  { "6.1.177", "batched-wide", true },
		{ "6.1.178", "batched-wide", false }, { "6.1.180", "batched", true },
		{ "6.2.16", "per-leaf", true },	      { "6.5.13", "per-leaf", true },
		{ "6.6.0", "per-leaf", true },	      { "6.6.144", "per-leaf", false },
		{ "6.6.145", "batched", true },	      { "6.8.12", "per-leaf", true },
		{ "6.12.85", "per-leaf", true },      { "6.12.86", "batched-wide", true },
		{ "6.12.96", "batched-wide", true },  { "6.12.97", "batched", true },
		{ "6.12.107", "batched", true },      { "6.13.0", "per-leaf", true },
		{ "6.14.11", "per-leaf", true },      { "6.17.13", "per-leaf", true },
		{ "6.18.26", "per-leaf", true },      { "6.18.27", "batched-wide", true },
		{ "6.18.28", "batched-wide", false }, { "6.19.0", "per-leaf", true },
		{ "7.0.3", "per-leaf", true },	      { "7.0.4", "batched-wide", true },
		{ "7.1.0", "batched-wide", true },    { "7.1.3", "batched-wide", true },
		{ "7.1.4", "batched-wide", false },   { "7.1.5", "batched", true },
		{ "7.1.6", "batched", true },	      { "7.2.0", "batched", true },
		{ "7.2.13", "batched", true },	      { "7.3.0", "batched", true },
		{ "7.3.4", "batched", true },
	};

	(void)state;
	check_teardowns(rows, COUNT_OF(rows));
}

static void root_can_be_written_plainly_from_6_9_on(void **state)
{
	static const struct {
		const char *release;
		enum hr_root root;
	} rows[] = {
		{ "5.8.0", HR_ROOT_FIXMAP },
		{ "5.15.215", HR_ROOT_FIXMAP },
		{ "6.1.192", HR_ROOT_FIXMAP },
		{ "6.8.12", HR_ROOT_FIXMAP },
		{ "6.9.0-rc1", HR_ROOT_FIXMAP_OR_PLAIN },
		{ "6.9.0", HR_ROOT_FIXMAP_OR_PLAIN },
		{ "6.12.118", HR_ROOT_FIXMAP_OR_PLAIN },
		{ "7.3.4", HR_ROOT_FIXMAP_OR_PLAIN },
		{ "banana", HR_ROOT_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (models_of(rows[i].release, NULL).root != rows[i].root)
			fail_msg("%s", rows[i].release);
}

/* What decides how added memory is mapped. */
static void additions_are_known_where_they_were_studied(void **state)
{
	static const struct {
		const char *release;
		enum hr_standing standing;
		enum hr_by_pages by_pages;
	} rows[] = {
		{ "6.12.117", HR_STANDING_LEFT_EMPTY, HR_BY_PAGES_IF_SET },
		{ "7.3.4", HR_STANDING_FILLED, HR_BY_PAGES_UNLESS_BBML2 },
		{ "7.9.0", HR_STANDING_UNKNOWN, HR_BY_PAGES_UNKNOWN },
		{ "6.12.0-124.el10", HR_STANDING_UNKNOWN, HR_BY_PAGES_UNKNOWN },
		/* Git trees: one on the way from 7.1 to 7.2, and one from 6.17 to 6.18. */
		{ "7.1.0-next-20260601", HR_STANDING_UNKNOWN, HR_BY_PAGES_UNKNOWN },
		{ "6.17.0-00023-g0123456789ab", HR_STANDING_UNKNOWN, HR_BY_PAGES_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct hr_models models = models_of(rows[i].release, NULL);

		assert_int_equal(models.standing, rows[i].standing);
		assert_int_equal(models.by_pages, rows[i].by_pages);
	}
}

static void teardown_changed_at_known_candidates(void **state)
{
	static const struct expected_teardown rows[] = {
		{ "6.13.0-rc1", "per-leaf", true },    { "7.0.0-rc7", "per-leaf", true },
		{ "7.1.0-rc1", "batched-wide", true }, { "7.1-rc7", "batched-wide", true },
		{ "7.2.0-rc1", "batched-wide", true }, { "7.2.0-rc2", "batched", false },
		{ "7.2.0-rc3", "batched", true },      { "7.3.0-rc1", "batched", true },
		{ "7.2.6-rc1", "batched", true },
	};

	(void)state;
	check_teardowns(rows, COUNT_OF(rows));
}

static void ubuntu_is_told_by_its_abi_number(void **state)
{
	static const struct expected_teardown rows[] = {
		{ "5.15.0-197-generic", "per-leaf", true },
		{ "5.15.0-198-generic", "batched-wide", true },
		{ "5.15.0-199-generic", "batched-wide", false },
		{ "5.15.0-203-generic", "batched-wide", false },
		{ "5.15.0-204-generic", "batched", true },
		{ "6.8.0-135-generic", "per-leaf", true },
		{ "6.8.0-136-generic", "batched-wide", true },
		{ "6.8.0-146-generic", "batched-wide", true },
		{ "6.8.0-147-generic", "batched", true },
		{ "6.8.0-151-generic-64k", "batched", true },
		{ "7.0.0-25-generic", "per-leaf", true },
		{ "7.0.0-26-generic", "batched-wide", true },
		{ "7.0.0-37-generic", "batched-wide", true },
		{ "7.0.0-38-generic", "batched", true },
		{ "6.14.0-33-generic", NULL, false },
		{ "6.5.0-45-generic", NULL, false },
	};

	(void)state;
	check_teardowns(rows, COUNT_OF(rows));
}

/* An upload may have the check's repair of 7.1.6, or be made from a candidate of 7.2 without it. */
static void ubuntus_guard_is_known_if_its_branch_never_changed_it(void **state)
{
	static const struct {
		const char *release, *word;
	} rows[] = {
		{ "5.15.0-204-generic", "none" },   { "6.8.0-136-generic", "none" },
		{ "7.0.0-38-generic-64k", "none" }, { "7.1.0-5-generic", NULL },
		{ "7.2.0-12-generic", NULL },	    { "7.3.0-4-generic", "requested" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_word(rows[i].release, hr_guard_name(models_of(rows[i].release, NULL).guard),
			    rows[i].word);
}

/* Kernels for clouds and boards count from 1001 on, at their own pace. */
static void ubuntu_flavours_with_numbers_of_their_own_are_unknown(void **state)
{
	static const struct expected_teardown rows[] = {
		{ "6.8.0-1024-aws", NULL, false },     { "5.15.0-1050-azure", NULL, false },
		{ "6.8.0-1013-gcp", NULL, false },     { "6.8.0-1010-nvidia-64k", NULL, false },
		{ "5.15.0-1070-oracle", NULL, false },
	};

	(void)state;
	check_teardowns(rows, COUNT_OF(rows));
}

static void debian_is_unknown_until_its_version_text_is_read(void **state)
{
	static const struct {
		const char *version, *word;
	} rows[] = {
		{ NULL, NULL },
		{ "#1 SMP Debian 6.1.175-1 (2026-06-01)", "per-leaf" },
		{ "#1 SMP Debian 6.1.176-1 (2026-07-01)", "batched-wide" },
		{ "#1 SMP Debian 6.1.180-1 (2026-08-01)", "batched" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_models models = models_of("6.1.0-50-arm64", rows[i].version);

		assert_word(rows[i].version ? rows[i].version : "no version",
			    hr_teardown_name(models.teardown), rows[i].word);
		assert_int_equal(models.teardown_from,
				 rows[i].word ? HR_MODEL_FROM_RELEASE : HR_MODEL_FROM_UNKNOWN);
	}
}

static void kernels_with_patches_of_their_own_are_unknown(void **state)
{
	static const char *const releases[] = {
		"5.14.0-503.el9.aarch64",
		"6.1.140-154.222.amzn2023.aarch64",
		"6.4.0-150600.23-default",
		"6.6.30-android15-8",
		"5.10.0-216.oe2203.aarch64",
		"6.5.0-7-unheard",
		"6.8.12-8-pve",
		"5.10.134-16.al8.aarch64",
		"5.15.148-tegra",
		"6.12.47+rpt-rpi-v8",
		"7.2.12-mycluster",
		"7.2.0-rc4-next-20260701",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(releases); i++) {
		struct hr_models models = models_of(releases[i], NULL);

		assert_word(releases[i], hr_teardown_name(models.teardown), NULL);
		assert_word(releases[i], hr_flush_name(models.flush), NULL);
		assert_word(releases[i], hr_guard_name(models.guard), NULL);
		assert_int_equal(models.guard_from, HR_MODEL_FROM_UNKNOWN);
		assert_non_null(models.gap);
	}
}

static void linux_next_may_check_before_its_release_does(void **state)
{
	(void)state;
	assert_true(models_of("7.0.0-rc7-next-20260401", NULL).may_check);
	assert_true(models_of("7.0.0-next-20260420", NULL).may_check);
	assert_false(models_of("7.0.12-8-pve", NULL).may_check);
	assert_false(models_of("6.18.0-rc7-next-20251120", NULL).may_check);
}

static void releases_without_a_number_are_unknown(void **state)
{
	struct hr_models models = models_of("mainline", NULL);

	(void)state;
	assert_int_equal(models.teardown, HR_TEARDOWN_UNKNOWN);
	assert_int_equal(models.flush, HR_FLUSH_UNKNOWN);
	assert_int_equal(models.guard, HR_GUARD_UNKNOWN);
	assert_int_equal(models.teardown_from, HR_MODEL_FROM_UNKNOWN);
}

/* Costs are those of the newest known release, but no verdict may rest on an unknown one. */
static void nothing_is_proven_of_newer_kernels(void **state)
{
	static const struct {
		const char *release;
		bool newer;
	} rows[] = {
		{ "7.3.99", false },
		{ "7.3.4+", false },
		{ "7.4.0", true },
		{ "7.4-rc1", true },
		{ "8.0.1", true },
		{ "7.5-arm64", true },
		{ "7.5.0-8-pve", true },
		{ "7.3.0-rc7", false },
		/* These may be on the way to 7.4. */
		{ "7.3.0+", true },
		{ "7.3.0-rc5-00012-gdeadbeef", true },
		{ "7.3.0-rc5-next-20261004", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_models models = models_of(rows[i].release, NULL);

		assert_word(rows[i].release, models.newer ? "newer" : "known",
			    rows[i].newer ? "newer" : "known");
		if (!rows[i].newer)
			continue;
		assert_word(rows[i].release, hr_guard_name(models.guard), NULL);
		assert_int_equal(models.guard_from, HR_MODEL_FROM_UNKNOWN);
	}
	assert_word("7.4.0", hr_teardown_name(models_of("7.4.0", NULL).teardown), "batched");
	assert_word("7.4.0", hr_flush_name(models_of("7.4.0", NULL).flush), "range-ops");
}

struct expected_models {
	const char *release, *version;
	const char *teardown, *flush, *guard; /* NULL: unknown */
	bool sure;
};

static void check_models(const struct expected_models *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct hr_models models = models_of(rows[i].release, rows[i].version);

		assert_word(rows[i].release, hr_teardown_name(models.teardown), rows[i].teardown);
		assert_word(rows[i].release, hr_flush_name(models.flush), rows[i].flush);
		assert_word(rows[i].release, hr_guard_name(models.guard), rows[i].guard);
		assert_word(rows[i].release, models.gap ? "a gap" : "sure",
			    rows[i].sure ? "sure" : "a gap");
	}
}

static void debians_candidates_are_no_releases(void **state)
{
	static const struct expected_models rows[] = {
		{ "7.2-arm64", "#1 SMP Debian 7.2~rc1-1~exp1 (2026)", "batched-wide", "range-ops",
		  "next-range", true },
		{ "7.2-arm64", "#1 SMP Debian 7.2~rc4-1~exp1 (2026)", "batched", "range-ops",
		  "next-range", true },
		{ "7.2-arm64", "#1 SMP Debian 7.2~rc5-1~exp1 (2026)", "batched", "range-ops",
		  "requested", true },
		{ "7.2-arm64", "#1 SMP Debian 7.2-1~exp1 (2026)", "batched", "range-ops",
		  "requested", true },
		{ "7.3-arm64", "#1 SMP Debian 7.3~rc7-1~exp1 (2026)", "batched", "range-ops",
		  "requested", true },
		/* Which of them it is is unknown, but what they all do is known. */
		{ "7.2-arm64", NULL, NULL, "range-ops", NULL, false },
		{ "7.2-rt-arm64", NULL, NULL, "range-ops", NULL, false },
		{ "7.3-arm64", NULL, "batched", "range-ops", "requested", true },
		{ "6.1.0-50-arm64", NULL, NULL, "page-loop", "none", false },
		{ "6.10-arm64", NULL, "per-leaf", "page-loop", "none", true },
	};

	(void)state;
	check_models(rows, COUNT_OF(rows));
}

/* If a release and the next one agree, so does a tree in between. */
static void git_trees_lie_between_two_releases(void **state)
{
	static const struct expected_models rows[] = {
		{ "7.2.12+", NULL, "batched", "range-ops", "requested", false },
		{ "7.2.0-rc4-00023-gdeadbeef", NULL, "batched", "range-ops", NULL, false },
		{ "7.1.5-dirty", NULL, "batched", "range-ops", NULL, false },
		{ "6.12.85+", NULL, NULL, "page-loop", "none", false },
		{ "6.12.0-05000-gdeadbeef", NULL, "per-leaf", NULL, "none", false },
		{ "7.0.0-05000-gdeadbeef", NULL, NULL, "range-ops", NULL, false },
		/* A maintainer's tree has what the next release gets, such as the check of 7.1. */
		{ "7.0.0-rc7-00045-gdeadbeef", NULL, NULL, "range-ops", NULL, false },
	};

	(void)state;
	check_models(rows, COUNT_OF(rows));
}

static void memory_can_be_removed_since_5_7(void **state)
{
	static const struct {
		const char *release;
		bool cannot;
	} rows[] = {
		{ "5.4.0-rc8", true },	     { "5.6.19", true },
		{ "5.6.0-rc7", true },	     { "5.7.0-rc1", false },
		{ "5.7.0", false },	     { "5.10.0", false },
		{ "4.19.0-27-arm64", true }, { "5.4.0-42-generic", true },
		{ "5.4.61-qgki", true },     { "mainline", false },
		{ "7.2.12", false },	     { "5.6.0+", false }, /* may be on the way to 5.7 */
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_word(rows[i].release,
			    models_of(rows[i].release, NULL).no_hotremove ? "cannot" : "can",
			    rows[i].cannot ? "cannot" : "can");
}

static void guard_came_with_7_1_and_was_right_from_7_1_6(void **state)
{
	static const struct {
		const char *release, *word;
	} rows[] = {
		{ "5.15.224", "none" },	      { "6.1.176", "none" },
		{ "6.12.107", "none" },	      { "6.18.27", "none" },
		{ "7.0.14", "none" },	      { "7.0.99", "none" },
		{ "7.1-rc1", "next-range" },  { "7.1.0", "next-range" },
		{ "7.1.5", "next-range" },    { "7.1.6", "requested" },
		{ "7.1.7", "requested" },     { "7.2-rc1", "next-range" },
		{ "7.2-rc4", "next-range" },  { "7.2-rc5", "requested" },
		{ "7.2.6-rc1", "requested" }, { "7.1.6-rc1", "requested" },
		{ "7.2.0", "requested" },     { "7.2.13", "requested" },
		{ "7.3.0", "requested" },     { "7.3-rc1", "requested" },
		{ "5.4.0-rc8", "none" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_word(rows[i].release, hr_guard_name(models_of(rows[i].release, NULL).guard),
			    rows[i].word);
}

static void range_operations_came_with_6_13(void **state)
{
	static const struct {
		const char *release, *word;
	} rows[] = {
		{ "5.10.223", "page-loop" },   { "6.8.12", "page-loop" },
		{ "6.12.107", "page-loop" },   { "6.13.0", "range-ops" },
		{ "6.13.0-rc1", "range-ops" }, { "6.14.11", "range-ops" },
		{ "7.3.4", "range-ops" },      { "6.8.0-136-generic", "page-loop" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_word(rows[i].release, hr_flush_name(models_of(rows[i].release, NULL).flush),
			    rows[i].word);
}

static void repetition_at_the_end_reached_branches_one_by_one(void **state)
{
	static const struct {
		const char *release;
		enum hr_repeat repeat;
	} rows[] = {
		{ "5.10.223", HR_REPEAT_EACH }, { "5.15.223", HR_REPEAT_EACH },
		{ "5.15.224", HR_REPEAT_LAST }, { "6.1.175", HR_REPEAT_EACH },
		{ "6.1.176", HR_REPEAT_LAST },	{ "6.8.12", HR_REPEAT_EACH },
		{ "6.12.93", HR_REPEAT_EACH },	{ "6.12.94", HR_REPEAT_LAST },
		{ "6.14.11", HR_REPEAT_EACH },	{ "6.17.0-rc7", HR_REPEAT_EACH },
		{ "7.0.14", HR_REPEAT_LAST },	{ "7.2.13", HR_REPEAT_LAST },
		{ "7.3.4", HR_REPEAT_LAST },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_word(rows[i].release,
			    models_of(rows[i].release, NULL).repeat == HR_REPEAT_LAST ? "last"
										      : "each",
			    rows[i].repeat == HR_REPEAT_LAST ? "last" : "each");
}

static void words_are_printed_as_they_are_parsed(void **state)
{
	static const char *const teardowns[] = { "per-leaf", "batched-wide", "batched" };
	static const char *const flushes[] = { "page-loop", "range-ops" };
	static const char *const guards[] = { "none", "next-range", "requested" };
	static const char *const calls[] = { "range", "block" };
	enum hr_teardown teardown;
	enum hr_calls call;
	enum hr_flush flush;
	enum hr_guard guard;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(hr_teardown_parse(teardowns[i], &teardown));
		assert_string_equal(hr_teardown_name(teardown), teardowns[i]);
		assert_true(hr_guard_parse(guards[i], &guard));
		assert_string_equal(hr_guard_name(guard), guards[i]);
	}
	for (size_t i = 0; i < 2; i++) {
		assert_true(hr_flush_parse(flushes[i], &flush));
		assert_string_equal(hr_flush_name(flush), flushes[i]);
		assert_true(hr_calls_parse(calls[i], &call));
		assert_string_equal(hr_calls_name(call), calls[i]);
	}
}

static void other_words_are_refused(void **state)
{
	static const char *const words[] = { "",	"batch",   "batchedwide",
					     "BATCHED", "unknown", "per-leaf " };
	enum hr_teardown teardown;
	enum hr_flush flush;
	enum hr_guard guard;
	enum hr_calls calls;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		assert_false(hr_calls_parse(words[i], &calls));
		assert_false(hr_teardown_parse(words[i], &teardown));
		assert_false(hr_flush_parse(words[i], &flush));
		assert_false(hr_guard_parse(words[i], &guard));
	}
}

static void origins_have_words(void **state)
{
	(void)state;
	assert_string_equal(hr_model_source_name(HR_MODEL_FROM_UNKNOWN), "unknown");
	assert_string_equal(hr_model_source_name(HR_MODEL_FROM_RELEASE), "release");
	assert_string_equal(hr_model_source_name(HR_MODEL_FROM_OPTION), "option");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(teardown_changed_at_known_stable_releases),
		cmocka_unit_test(root_can_be_written_plainly_from_6_9_on),
		cmocka_unit_test(additions_are_known_where_they_were_studied),
		cmocka_unit_test(teardown_changed_at_known_candidates),
		cmocka_unit_test(ubuntu_is_told_by_its_abi_number),
		cmocka_unit_test(ubuntus_guard_is_known_if_its_branch_never_changed_it),
		cmocka_unit_test(ubuntu_flavours_with_numbers_of_their_own_are_unknown),
		cmocka_unit_test(debian_is_unknown_until_its_version_text_is_read),
		cmocka_unit_test(kernels_with_patches_of_their_own_are_unknown),
		cmocka_unit_test(linux_next_may_check_before_its_release_does),
		cmocka_unit_test(releases_without_a_number_are_unknown),
		cmocka_unit_test(nothing_is_proven_of_newer_kernels),
		cmocka_unit_test(debians_candidates_are_no_releases),
		cmocka_unit_test(git_trees_lie_between_two_releases),
		cmocka_unit_test(memory_can_be_removed_since_5_7),
		cmocka_unit_test(guard_came_with_7_1_and_was_right_from_7_1_6),
		cmocka_unit_test(range_operations_came_with_6_13),
		cmocka_unit_test(repetition_at_the_end_reached_branches_one_by_one),
		cmocka_unit_test(words_are_printed_as_they_are_parsed),
		cmocka_unit_test(other_words_are_refused),
		cmocka_unit_test(origins_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
