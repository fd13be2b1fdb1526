// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "api/kernel_steps.h"

/* A kernel of which only the release is known. */
static struct hr_kernel kernel_of(const char *release)
{
	struct hr_kernel kernel = {
		.version = hr_release_parse(release, NULL),
	};

	hr_release_sanitize(kernel.release, sizeof(kernel.release), release);
	kernel.features =
		(struct hr_features){ HR_UNKNOWN, HR_UNKNOWN, HR_UNKNOWN, HR_UNKNOWN, HR_UNKNOWN };
	return kernel;
}

static bool warns_of(const struct hr_kernel *kernel, const char *part)
{
	for (size_t i = 0; i < kernel->warning_count; i++)
		if (strstr(kernel->warnings[i], part))
			return true;
	return false;
}

static void release_decides_where_there_is_nothing_else(void **state)
{
	struct hr_kernel kernel = kernel_of("7.2.12");

	(void)state;
	hr_kernel_choose_models(&kernel);
	assert_int_equal(kernel.models.guard, HR_GUARD_REQUESTED);
	assert_int_equal(kernel.models.guard_from, HR_MODEL_FROM_RELEASE);
	assert_int_equal(kernel.warning_count, 0);
	assert_null(kernel.no_hotremove);
	assert_null(kernel.guard_unproven);
}

/* If the symbols show that a kernel has no check, it has none, whatever its release has. */
static void symbols_win_over_the_release(void **state)
{
	static const struct {
		const char *release;
		enum hr_tristate leaf_check;
		enum hr_guard guard;
		enum hr_model_source from;
		bool backport;
	} rows[] = {
		{ "7.2.12", HR_NO, HR_GUARD_NONE, HR_MODEL_FROM_SYMBOLS, false },
		{ "7.2.12", HR_YES, HR_GUARD_REQUESTED, HR_MODEL_FROM_RELEASE, false },
		{ "7.1.3", HR_YES, HR_GUARD_NEXT_RANGE, HR_MODEL_FROM_RELEASE, false },
		{ "6.12.90", HR_YES, HR_GUARD_REQUESTED, HR_MODEL_FROM_SYMBOLS, true },
		{ "6.12.0-55.el10", HR_YES, HR_GUARD_REQUESTED, HR_MODEL_FROM_SYMBOLS, true },
		/* From 7.1 on it may be either check. */
		{ "7.1.0-8-pve", HR_YES, HR_GUARD_UNKNOWN, HR_MODEL_FROM_UNKNOWN, false },
		{ "", HR_YES, HR_GUARD_REQUESTED, HR_MODEL_FROM_SYMBOLS, true },
		{ "", HR_UNKNOWN, HR_GUARD_UNKNOWN, HR_MODEL_FROM_UNKNOWN, false },
		/* Nothing is proven for newer kernels, not even by a symbol. */
		{ "7.4.0", HR_NO, HR_GUARD_UNKNOWN, HR_MODEL_FROM_UNKNOWN, false },
		{ "7.4.0", HR_YES, HR_GUARD_UNKNOWN, HR_MODEL_FROM_UNKNOWN, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_kernel kernel = kernel_of(rows[i].release);

		kernel.features.leaf_check = rows[i].leaf_check;
		hr_kernel_choose_models(&kernel);
		assert_int_equal(kernel.models.guard, rows[i].guard);
		assert_int_equal(kernel.models.guard_from, rows[i].from);
		assert_int_equal(warns_of(&kernel, "assumed to look at the right range"),
				 rows[i].backport);
		assert_int_equal(warns_of(&kernel, "checks leaves when memory goes offline"),
				 rows[i].guard == HR_GUARD_UNKNOWN);
	}
}

static void users_word_wins_over_all(void **state)
{
	struct hr_kernel kernel = kernel_of("7.4.0");

	(void)state;
	kernel.features.leaf_check = HR_NO;
	kernel.features.tlbi_range = HR_YES;
	kernel.config.guard = HR_GUARD_NEXT_RANGE;
	kernel.config.teardown = HR_TEARDOWN_PER_LEAF;
	kernel.config.flush = HR_FLUSH_PAGE_LOOP;
	kernel.config.tlbi_range = HR_GIVEN_NO;
	kernel.config.repeat_tlbi = HR_GIVEN_YES;
	hr_kernel_choose_models(&kernel);
	assert_int_equal(kernel.models.guard, HR_GUARD_NEXT_RANGE);
	assert_int_equal(kernel.models.teardown, HR_TEARDOWN_PER_LEAF);
	assert_int_equal(kernel.models.flush, HR_FLUSH_PAGE_LOOP);
	assert_int_equal(kernel.models.guard_from, HR_MODEL_FROM_OPTION);
	assert_int_equal(kernel.features.tlbi_range, HR_NO);
	assert_int_equal(kernel.features.repeat_tlbi, HR_YES);
	assert_null(kernel.guard_unproven);
}

static void newer_kernels_are_named_with_the_newest_that_is_known(void **state)
{
	static const struct {
		const char *release, *warning;
		bool unproven;
	} rows[] = {
		{ "7.3.4", NULL, false },
		{ "7.4.0", "kernel 7.4.0 is newer than 7.3", true },
		{ "7.3.0+", "kernel 7.3.0+ may be newer than 7.3", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_kernel kernel = kernel_of(rows[i].release);

		hr_kernel_choose_models(&kernel);
		assert_int_equal(kernel.guard_unproven != NULL, rows[i].unproven);
		if (rows[i].warning)
			assert_true(warns_of(&kernel, rows[i].warning));
		else
			assert_false(warns_of(&kernel, "newer than"));
	}
}

static void kernels_that_cannot_remove_memory_say_so(void **state)
{
	static const struct {
		const char *release;
		enum hr_tristate hotremove;
		const char *why; /* part of the reason; NULL: it can remove memory */
	} rows[] = {
		{ "7.2.12", HR_UNKNOWN, NULL },
		{ "7.2.12", HR_YES, NULL },
		{ "7.2.12", HR_NO, "CONFIG_MEMORY_HOTREMOVE" },
		{ "5.4.61", HR_UNKNOWN, "since 5.7" },
		{ "5.4.61", HR_YES, NULL },
		{ "7.4.0", HR_NO, NULL },
		{ "", HR_NO, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_kernel kernel = kernel_of(rows[i].release);

		kernel.features.hotremove = rows[i].hotremove;
		hr_kernel_choose_models(&kernel);
		assert_int_equal(kernel.no_hotremove != NULL, rows[i].why != NULL);
		if (rows[i].why)
			assert_non_null(strstr(kernel.no_hotremove, rows[i].why));
	}
}

/* There are no warnings about what is not asked for. */
static void warnings_go_by_what_is_asked(void **state)
{
	struct hr_kernel plan = kernel_of("6.6.130"), verdict = plan;

	(void)state;
	verdict.config.no_plans = true;
	hr_kernel_choose_models(&plan);
	hr_kernel_choose_models(&verdict);
	assert_true(warns_of(&plan, "the teardown model is assumed"));
	assert_int_equal(verdict.warning_count, 0);
}

static void flushes_of_the_root_go_by_its_mapping(void **state)
{
	static const struct {
		const char *release;
		enum hr_tristate writable;
		bool flush;
	} rows[] = {
		{ "6.8.12", HR_YES, true },	  { "6.12.90", HR_YES, false },
		{ "6.12.90", HR_UNKNOWN, true },  { "6.12.90", HR_NO, true },
		{ "6.12.0-8-pve", HR_YES, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_kernel kernel = kernel_of(rows[i].release);

		kernel.features.root_writable = rows[i].writable;
		hr_kernel_choose_models(&kernel);
		hr_kernel_choose_tlbi(&kernel);
		assert_int_equal(kernel.tlbi.root_flush, rows[i].flush);
	}
}

static void unknown_cpus_are_assumed_to_be_usual_with_a_warning(void **state)
{
	struct hr_kernel kernel = kernel_of("7.2.12");

	(void)state;
	hr_kernel_choose_models(&kernel);
	hr_kernel_choose_tlbi(&kernel);
	assert_true(kernel.tlbi.range_ops);
	assert_false(kernel.tlbi.repeat);
	assert_true(warns_of(&kernel, "{tlbi_range=0}"));
	assert_true(warns_of(&kernel, "{repeat_tlbi=1}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(release_decides_where_there_is_nothing_else),
		cmocka_unit_test(symbols_win_over_the_release),
		cmocka_unit_test(users_word_wins_over_all),
		cmocka_unit_test(newer_kernels_are_named_with_the_newest_that_is_known),
		cmocka_unit_test(kernels_that_cannot_remove_memory_say_so),
		cmocka_unit_test(warnings_go_by_what_is_asked),
		cmocka_unit_test(flushes_of_the_root_go_by_its_mapping),
		cmocka_unit_test(unknown_cpus_are_assumed_to_be_usual_with_a_warning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
