// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_kernel.h"

#include "json_values.h"
#include "report/json_writer.h"
#include "report_fixture.h"

static void assert_kernel(const char *pointer, const char *expected)
{
	document = hr_json_new();
	hr_json_put_kernel(document, &told.session);
	assert_json(document, pointer, expected);
}

static void a_source_has_its_kind_its_path_and_its_format(void **state)
{
	(void)state;
	document = hr_json_new();
	hr_json_put_source(document, &told.session);
	assert_json(document, "/source",
		    "{\"kind\":\"vmcore\",\"path\":\"core\",\"format\":\"elf\","
		    "\"incomplete\":null}");
}

static void an_incomplete_dump_says_what_it_lacks_and_why(void **state)
{
	(void)state;
	hr_incomplete_add(&told.source.incomplete, 4096, "its end is missing");
	document = hr_json_new();
	hr_json_put_source(document, &told.session);
	assert_json(document, "/source/incomplete", "{\"bytes\":4096,\"why\":null}");
}

static void how_much_is_missing_may_be_unknown(void **state)
{
	(void)state;
	hr_incomplete_because(&told.source.incomplete, "no space");
	document = hr_json_new();
	hr_json_put_source(document, &told.session);
	assert_json(document, "/source/incomplete", "{\"bytes\":null,\"why\":\"no space\"}");
}

/* The creator of a file can put anything into its name, but JSON is UTF-8. */
static void a_path_that_is_not_utf8_is_mended(void **state)
{
	(void)state;
	told.options.paths[0] = "a\xff\xc3\xa9";
	document = hr_json_new();
	hr_json_put_source(document, &told.session);
	assert_json(document, "/source/path", "\"a?\xc3\xa9\"");
}

static void a_set_of_files_is_named_by_its_first(void **state)
{
	(void)state;
	told.options.paths[1] = "second";
	told.options.path_count = 2;
	document = hr_json_new();
	hr_json_put_source(document, &told.session);
	assert_json(document, "/source/path", "\"core\"");
}

static void what_is_not_known_of_a_kernel_is_null(void **state)
{
	static const char *const pointers[] = {
		"/kernel/release",
		"/kernel/phys_offset",
		"/kernel/kimage_voffset",
		"/kernel/swapper_pg_dir",
		"/kernel/linear_map",
		"/kernel/features/tlbi_range",
		"/kernel/features/repeat_tlbi",
	};

	(void)state;
	facts->has_phys_offset = facts->has_kimage_voffset = facts->has_swapper_pa = false;
	facts->tlbi_range = facts->repeat_tlbi = HR_UNKNOWN;
	document = hr_json_new();
	hr_json_put_kernel(document, &told.session);
	for (size_t i = 0; i < COUNT_OF(pointers); i++)
		assert_json(document, pointers[i], "null");
}

/* A text may have PHYS_OFFSET, and never has the address of a table. */
static void each_address_is_known_on_its_own(void **state)
{
	(void)state;
	facts->has_kimage_voffset = facts->has_swapper_pa = false;
	facts->has_phys_offset = true;
	assert_kernel("/kernel/phys_offset", "\"0x80000000\"");
	assert_json(document, "/kernel/kimage_voffset", "null");
	assert_json(document, "/kernel/swapper_pg_dir", "null");
}

static void a_release_is_text(void **state)
{
	(void)state;
	facts->release = "7.2.12";
	assert_kernel("/kernel/release", "\"7.2.12\"");
}

static void addresses_are_strings_and_sizes_are_numbers(void **state)
{
	static const struct {
		const char *pointer, *value;
	} rows[] = {
		{ "/kernel/page_size", "4096" },
		{ "/kernel/va_bits", "52" },
		{ "/kernel/va_bits_actual", "48" },
		{ "/kernel/levels", "4" },
		{ "/kernel/page_offset", "\"0xfff0000000000000\"" },
		{ "/kernel/phys_offset", "\"0xfff1000040000000\"" },
		{ "/kernel/kimage_voffset", "\"0x1\"" },
		{ "/kernel/swapper_pg_dir", "\"0x2\"" },
		{ "/kernel/vmemmap_start", "\"0x3\"" },
		{ "/kernel/struct_page_size", "64" },
		{ "/kernel/section_size", "134217728" },
		{ "/kernel/memory_block_size", "2147483648" },
	};

	(void)state;
	*facts = (struct hr_facts){
		.page_size = KIB(4),
		.va_bits = 52,
		.va_bits_actual = 48,
		.levels = 4,
		.has_phys_offset = true,
		.has_kimage_voffset = true,
		.has_swapper_pa = true,
		.page_offset = UINT64_C(0xfff0000000000000),
		.phys_offset = UINT64_C(0xfff1000040000000),
		.kimage_voffset = 1,
		.swapper_pa = 2,
		.vmemmap_start = 3,
		.struct_page_size = 64,
		.section_size = MIB(128),
		.memory_block_size = GIB(2),
	};
	document = hr_json_new();
	hr_json_put_kernel(document, &told.session);
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_json(document, rows[i].pointer, rows[i].value);
}

static void the_form_of_descriptors_is_told(void **state)
{
	(void)state;
	facts->lpa2 = true;
	assert_kernel("/kernel/lpa2", "true");
}

static void the_linear_map_has_an_inclusive_end(void **state)
{
	(void)state;
	fake_map_linear(&told.fake, GIB(3), GIB(2), FAKE_PUD);
	told_reopen(&told);
	assert_kernel("/kernel/linear_map",
		      "{\"start\":\"0xc0000000\",\"end\":\"0x13fffffff\",\"size\":2147483648}");
}

static void each_feature_is_its_own(void **state)
{
	(void)state;
	facts->tlbi_range = HR_YES;
	facts->repeat_tlbi = HR_NO;
	assert_kernel("/kernel/features", "{\"tlbi_range\":true,\"repeat_tlbi\":false,"
					  "\"bbml2_noabort\":null}");
}

static void a_model_says_where_it_comes_from(void **state)
{
	(void)state;
	facts->teardown = HR_TEARDOWN_BATCHED;
	facts->flush = HR_FLUSH_PAGE_LOOP;
	facts->guard = HR_GUARD_NEXT_RANGE;
	facts->teardown_from = HR_MODEL_FROM_RELEASE;
	facts->flush_from = HR_MODEL_FROM_OPTION;
	facts->guard_from = HR_MODEL_FROM_SYMBOLS;
	assert_kernel("/kernel/models",
		      "{\"teardown\":{\"value\":\"batched\",\"from\":\"release\"},"
		      "\"flush\":{\"value\":\"page-loop\",\"from\":\"option\"},"
		      "\"guard\":{\"value\":\"next-range\",\"from\":\"symbols\"},"
		      "\"mapping\":{\"value\":null,\"from\":\"unknown\"}}");
}

static void a_model_that_is_not_known_has_no_value(void **state)
{
	(void)state;
	assert_kernel("/kernel/models", "{\"teardown\":{\"value\":null,\"from\":\"unknown\"},"
					"\"flush\":{\"value\":null,\"from\":\"unknown\"},"
					"\"guard\":{\"value\":null,\"from\":\"unknown\"},"
					"\"mapping\":{\"value\":null,\"from\":\"unknown\"}}");
}

static void overrides_are_listed_in_their_order(void **state)
{
	static char first[] = "va-bits=48", second[] = "lpa2=0";

	(void)state;
	told.options.echoes[0] = first;
	told.options.echoes[1] = second;
	told.options.echo_count = 2;
	assert_kernel("/kernel/overrides", "[\"va-bits=48\",\"lpa2=0\"]");
}

static void no_override_is_an_empty_list(void **state)
{
	(void)state;
	assert_kernel("/kernel/overrides", "[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_report(a_source_has_its_kind_its_path_and_its_format),
		test_of_report(an_incomplete_dump_says_what_it_lacks_and_why),
		test_of_report(how_much_is_missing_may_be_unknown),
		test_of_report(a_path_that_is_not_utf8_is_mended),
		test_of_report(a_set_of_files_is_named_by_its_first),
		test_of_report(what_is_not_known_of_a_kernel_is_null),
		test_of_report(each_address_is_known_on_its_own),
		test_of_report(a_release_is_text),
		test_of_report(addresses_are_strings_and_sizes_are_numbers),
		test_of_report(the_form_of_descriptors_is_told),
		test_of_report(the_linear_map_has_an_inclusive_end),
		test_of_report(each_feature_is_its_own),
		test_of_report(a_model_says_where_it_comes_from),
		test_of_report(a_model_that_is_not_known_has_no_value),
		test_of_report(overrides_are_listed_in_their_order),
		test_of_report(no_override_is_an_empty_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
