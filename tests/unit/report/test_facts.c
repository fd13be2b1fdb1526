// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/facts.h"

#include <string.h>

#include "report_fixture.h"

/* The value of fact @key of the kernel. */
static const char *value_of(const char *key)
{
	static struct hr_fact fact;

	for (size_t i = 0; hr_fact_at(&told.kernel, i, &fact); i++)
		if (!strcmp(fact.key, key))
			return fact.value;
	fail_msg("there is no fact %s", key);
	return NULL;
}

static void each_fact_has_a_key_of_its_own(void **state)
{
	struct hr_fact one, other;
	size_t count = 0;

	(void)state;
	while (hr_fact_at(&told.kernel, count, &one)) {
		for (size_t i = 0; i < count; i++) {
			assert_true(hr_fact_at(&told.kernel, i, &other));
			assert_string_not_equal(one.key, other.key);
		}
		count++;
	}
	assert_int_equal(count, 16);
	assert_false(hr_fact_at(&told.kernel, count + 1, &one));
}

static void sizes_and_counts_are_decimal(void **state)
{
	(void)state;
	facts->page_size = 65536;
	facts->va_bits = 52;
	facts->va_bits_actual = 48;
	facts->levels = 3;
	facts->struct_page_size = 72;
	facts->section_size = MIB(512);
	facts->memory_block_size = UINT64_C(1) << 40;
	assert_string_equal(value_of("page_size"), "65536");
	assert_string_equal(value_of("va_bits"), "52");
	assert_string_equal(value_of("va_bits_actual"), "48");
	assert_string_equal(value_of("levels"), "3");
	assert_string_equal(value_of("struct_page_size"), "72");
	assert_string_equal(value_of("section_size"), "536870912");
	assert_string_equal(value_of("memory_block_size"), "1099511627776");
}

static void flags_and_features_are_yes_or_no(void **state)
{
	(void)state;
	facts->lpa2 = true;
	facts->tlbi_range = HR_YES;
	facts->repeat_tlbi = HR_NO;
	assert_string_equal(value_of("lpa2"), "yes");
	assert_string_equal(value_of("features.tlbi_range"), "yes");
	assert_string_equal(value_of("features.repeat_tlbi"), "no");
	facts->lpa2 = false;
	assert_string_equal(value_of("lpa2"), "no");
}

static void models_have_their_names(void **state)
{
	(void)state;
	facts->teardown = HR_TEARDOWN_BATCHED;
	facts->flush = HR_FLUSH_RANGE_OPS;
	facts->guard = HR_GUARD_REQUESTED;
	told.kernel.config.mapping = HR_MAPPING_BLOCKS;
	assert_string_equal(value_of("models.teardown"), "batched");
	assert_string_equal(value_of("models.flush"), "range-ops");
	assert_string_equal(value_of("models.guard"), "requested");
	assert_string_equal(value_of("models.mapping"), "blocks");
}

static void what_is_not_known_is_empty(void **state)
{
	static const char *const keys[] = { "release",
					    "features.tlbi_range",
					    "features.repeat_tlbi",
					    "features.bbml2_noabort",
					    "models.teardown",
					    "models.flush",
					    "models.guard",
					    "models.mapping" };

	(void)state;
	facts->release = NULL;
	facts->tlbi_range = facts->repeat_tlbi = HR_UNKNOWN;
	facts->teardown = HR_TEARDOWN_UNKNOWN;
	facts->flush = HR_FLUSH_UNKNOWN;
	facts->guard = HR_GUARD_UNKNOWN;
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		assert_string_equal(value_of(keys[i]), "");
}

/* A kernel keeps 64 characters of its release. */
static void a_release_fits_whole(void **state)
{
	static const char release[] = "6.1.192-0123456789-0123456789-0123456789-0123456789-"
				      "0123456789-x";

	(void)state;
	_Static_assert(sizeof(release) == 65, "it is as long as it can be");
	facts->release = release;
	assert_string_equal(value_of("release"), release);
}

/* They differ from boot to boot. */
static void addresses_are_not_facts(void **state)
{
	struct hr_fact fact;

	(void)state;
	for (size_t i = 0; hr_fact_at(&told.kernel, i, &fact); i++) {
		assert_null(strstr(fact.key, "offset"));
		assert_null(strstr(fact.key, "start"));
		assert_null(strstr(fact.key, "swapper"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(each_fact_has_a_key_of_its_own),
		test_of_report(sizes_and_counts_are_decimal),
		test_of_report(flags_and_features_are_yes_or_no),
		test_of_report(models_have_their_names),
		test_of_report(what_is_not_known_is_empty),
		test_of_report(a_release_fits_whole),
		test_of_report(addresses_are_not_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
