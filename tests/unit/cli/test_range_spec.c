// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/range_spec.h"

#include <string.h>

#include "fake.h"

static const struct hr_range_limits limits_4k = { 4096, MIB(128), 48 };
static const struct hr_range_limits limits_16k = { 16384, MIB(128), 48 };
static const struct hr_range_limits limits_64k = { 65536, MIB(512), 52 };

static struct hr_error *resolve(const char *text, const struct hr_range_limits *limits,
				uint64_t *start, uint64_t *end)
{
	struct hr_range_spec spec;
	struct hr_error *error = hr_range_spec_parse(text, &spec);

	return error ? error : hr_range_spec_resolve(&spec, limits, start, end);
}

static void every_spelling_means_its_bytes(void **state)
{
	static const struct {
		const char *text;
		uint64_t start, end;
	} rows[] = {
		{ "0x140000000-0x17fffffff", 0x140000000, 0x180000000 },
		{ "0X140000000-0X17FFFFFFF", 0x140000000, 0x180000000 },
		{ "5368709120-6442450943", 0x140000000, 0x180000000 },
		{ "0x140000000+0x40000000", 0x140000000, 0x180000000 },
		{ "0x140000000+1G", 0x140000000, 0x180000000 },
		{ "0x140000000+1g", 0x140000000, 0x180000000 },
		{ "0x140000000+1024M", 0x140000000, 0x180000000 },
		{ "0x140000000+1048576K", 0x140000000, 0x180000000 },
		{ "0x140000000+0x400M", 0x140000000, 0x180000000 },
		{ "0+1T", 0, UINT64_C(1) << 40 },
		{ "0-4095", 0, 4096 },
		{ "0x1000-0x17ff", 0x1000, 0x1800 },
		{ "memory0", 0, MIB(128) },
		{ "memory40", 0x140000000, 0x148000000 },
		{ "memory40-memory47", 0x140000000, 0x180000000 },
		{ "memory40 - memory47", 0x140000000, 0x180000000 },
		{ "memory40-47", 0x140000000, 0x180000000 },
		{ "memory40-memory40", 0x140000000, 0x148000000 },
		{ "memory40/", 0x140000000, 0x148000000 },
		{ "memory40/state", 0x140000000, 0x148000000 },
		{ "/sys/devices/system/memory/memory40", 0x140000000, 0x148000000 },
		{ "/sys/devices/system/memory/memory40/", 0x140000000, 0x148000000 },
		{ "/sys/devices/system/memory/memory40/valid_zones", 0x140000000, 0x148000000 },
		{ "/sys/devices/system/memory/memory40/state:online", 0x140000000, 0x148000000 },
		{ "/sys/devices/system/node/node1/memory40", 0x140000000, 0x148000000 },
		{ "/sys/bus/memory/devices/memory40", 0x140000000, 0x148000000 },
		{ "0x140000000 - 0x17fffffff", 0x140000000, 0x180000000 },
		{ "0x140000000 + 1G", 0x140000000, 0x180000000 },
		{ "0x140000000+128MiB", 0x140000000, 0x148000000 },
		{ "0x140000000+128 MiB", 0x140000000, 0x148000000 },
		{ "0x140000000+1gib", 0x140000000, 0x180000000 },
		{ "140000000-17fffffff", 0x140000000, 0x180000000 },
		{ "c0000000-C7FFFFFF", 0xc0000000, 0xc8000000 },
		{ "0x140000000-17fffffff", 0x140000000, 0x180000000 },
		{ "140000000-147ffffff : System RAM", 0x140000000, 0x148000000 },
		{ "140000000-147ffffff : System RAM (virtio_mem)", 0x140000000, 0x148000000 },
		{ "140000000-147999999 : reserved", 0x140000000, 0x14799999a },
		{ "0x140000000-0x147ffffff : System RAM", 0x140000000, 0x148000000 },
		{ "0x0000000140000000-0x0000000147ffffff  128M  online       yes    40",
		  0x140000000, 0x148000000 },
		{ "0x0000000140000000-0x000000017fffffff 1G offline           40-47", 0x140000000,
		  0x180000000 },
		{ "0x0000000140000000-0x00000001bfffffff 1.9G online yes 40-55 0 Movable",
		  0x140000000, 0x1c0000000 },
		{ "0x0000000140000000-0x0000000147ffffff 134217728 online yes 40", 0x140000000,
		  0x148000000 },
		{ "0x140000000-0x147ffffff 128M", 0x140000000, 0x148000000 },
		{ "0x140000000-0x147ffffff  128 MiB  online  8 CONT_PMD  removable", 0x140000000,
		  0x148000000 },
		{ "0xffffffff8000000+0x8000000", 0xffffffff8000000, 0x1000000000000000 },
		{ "0+256T", 0, UINT64_C(1) << 48 },
	};
	static const struct hr_range_limits wide = { 4096, MIB(128), 60 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t start, end;

		assert_success(resolve(rows[i].text, &wide, &start, &end));
		assert_int_equal(start, rows[i].start);
		assert_int_equal(end, rows[i].end);
	}
}

static void what_is_no_range_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"0x140000000",
		"-",
		"+",
		"1-",
		"-1",
		"+1",
		"0x-0x1",
		"0xg-0x1",
		"1G-2G",
		"1G+1G",
		"1+1X",
		"1+1KB",
		"1-0xfffK",
		"1--2",
		"1+-2",
		"1++2",
		"1-2-3",
		"0x1,0x2",
		"memory",
		"memoryx",
		"memory-1",
		"memory1x",
		"memory0x10",
		"memory0X10",
		"memory 1",
		"memory+1",
		"memory1-",
		"memory1-memory",
		"memory1-memory2-memory3",
		"memory1 memory2",
		"memory1/state memory2/state",
		"memory1/state-memory2",
		"memory1+1G",
		"/sys/devices/system/memory/",
		"/sys/devices/system/memory/memory",
		"/sys/devices/system/memory/memory1 /sys/devices/system/memory/memory2",
		"/sys/devices/system/cpu/memory1",
		"/tmp/memory1",
		"0x1000-0x1fff 0x2000-0x2fff",
		"0x1000-0x1fff 4096",
		"0x1000-0x1fff 4096 bytes",
		"0x1000-0x1fff online 4K",
		"0x1000-0x1fff RAM",
		"0x1000-0x1fff, 4K",
		"0x1000+4K : System RAM",
		"140000000 : System RAM",
		"140000000-14fffffffg : System RAM",
		"System RAM : 140000000-14fffffff",
		"10000000000000000-1ffffffffffffffff",
		"0x1000+1f",
		"Memory1",
		"1+18446744073709551616",
		"18446744073709551616-18446744073709551617",
		"1+99999999999T",
		"00000000000000000000000000000000000001-2",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct hr_range_spec spec;
		struct hr_error *error = hr_range_spec_parse(texts[i], &spec);

		if (!error)
			fail_msg("\"%s\" was taken", texts[i]);
		assert_failure(error, HR_ERROR_USAGE, "");
	}
}

static void refusals_say_what_is_wrong(void **state)
{
	static const struct {
		const char *text, *part;
	} rows[] = {
		{ "0x2000-0x1fff", "ends before it starts" },
		{ "0x2000+0", "size of 0" },
		{ "0x2000+0K", "size of 0" },
		{ "0xffffffffffff0000+0x10001", "wraps" },
		{ "0x1000+18446744073709551615", "wraps" },
		{ "rubbish", "is not a range" },
		{ "memory47-memory40", "ends before it starts" },
		{ "c0000000+1G", "did you mean 0xc0000000?" },
		{ "0x140000000+8000000a", "did you mean 0x8000000a?" },
		{ "00000000-00000000 : System RAM", "only root sees them" },
		{ "140000000-180000000 : System RAM", "0x140000000-0x17fffffff" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_range_spec spec;

		assert_failure(hr_range_spec_parse(rows[i].text, &spec), HR_ERROR_USAGE,
			       rows[i].part);
	}
}

static void ambiguous_texts_are_refused_with_both_readings(void **state)
{
	static const struct {
		const char *text, *one, *other;
	} rows[] = {
		{ "140000000+1G", "did you mean 0x140000000,", "0x8583b00?" },
		{ "40000000-47999999", "did you mean 0x40000000,", "0x2625a00?" },
		{ "0x140000000-180000000", "did you mean 0x180000000,", "0xaba9500?" },
		{ "0x140000000+40000000", "did you mean 0x40000000,", "0x2625a00?" },
		{ "0x140000000+128MB", "did you mean 128MiB,", "fewer bytes" },
		{ "0x140000000+1gb", "did you mean 1giB,", "fewer bytes" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hr_range_spec spec;

		assert_failure(hr_range_spec_parse(rows[i].text, &spec), HR_ERROR_USAGE,
			       rows[i].one);
		assert_failure(hr_range_spec_parse(rows[i].text, &spec), HR_ERROR_USAGE,
			       rows[i].other);
	}
}

static void a_text_without_end_is_not_a_range(void **state)
{
	static char text[8192];
	struct hr_range_spec spec;

	(void)state;
	memset(text, ' ', sizeof(text) - 1);
	memcpy(text, "0x1000-0x1fff : ", 16);
	assert_failure(hr_range_spec_parse(text, &spec), HR_ERROR_USAGE, "is not a range");
}

/* The end of the address space is not a wrap. That it is beyond any kernel is found later. */
static void last_byte_of_all_is_within_64_bits(void **state)
{
	struct hr_range_spec spec;

	(void)state;
	assert_success(hr_range_spec_parse("0xffffffffffff0000+0x10000", &spec));
	assert_int_equal(spec.last, UINT64_MAX);
	assert_success(hr_range_spec_parse("1+18446744073709551615", &spec));
	assert_int_equal(spec.last, UINT64_MAX);
}

static void exclusive_ends_are_refused_with_both_right_spellings(void **state)
{
	struct hr_range_spec spec;

	(void)state;
	assert_failure(hr_range_spec_parse("0x140000000-0x180000000", &spec), HR_ERROR_USAGE,
		       "0x140000000-0x17fffffff");
	assert_failure(hr_range_spec_parse("0x140000000-0x180000000", &spec), HR_ERROR_USAGE,
		       "0x140000000+0x40000000");
}

static void exclusive_goes_by_the_page_size(void **state)
{
	static const struct {
		const char *text;
		bool in_4k, in_16k, in_64k;
	} rows[] = {
		{ "0x100000-0x101000", false, true, true },
		{ "0x100000-0x104000", false, false, true },
		{ "0x100000-0x101001", true, true, true },
		{ "0x100000-0x100fff", true, true, true },
	};
	const struct hr_range_limits *const limits[] = { &limits_4k, &limits_16k, &limits_64k };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const bool good[] = { rows[i].in_4k, rows[i].in_16k, rows[i].in_64k };

		for (size_t j = 0; j < COUNT_OF(limits); j++) {
			uint64_t start, end;
			struct hr_error *error = resolve(rows[i].text, limits[j], &start, &end);

			if (good[j])
				assert_success(error);
			else
				assert_failure(error, HR_ERROR_USAGE, "looks exclusive");
		}
	}
}

static void one_byte_is_not_taken_for_a_range(void **state)
{
	struct hr_range_spec spec;

	(void)state;
	assert_failure(hr_range_spec_parse("0-0", &spec), HR_ERROR_USAGE, "a single byte");
	assert_failure(hr_range_spec_parse("0x40000000-0x40000000", &spec), HR_ERROR_USAGE,
		       "a single byte");
}

static void sizes_may_end_anywhere(void **state)
{
	uint64_t start, end;

	(void)state;
	assert_success(resolve("0x1000+1", &limits_4k, &start, &end));
	assert_int_equal(end, 0x1001);
	assert_success(resolve("0x1000+0x1001", &limits_4k, &start, &end));
	assert_int_equal(end, 0x2001);
}

static void addresses_beyond_the_width_are_refused(void **state)
{
	static const struct {
		const char *text;
		const struct hr_range_limits *limits;
		bool good;
	} rows[] = {
		{ "0xfffff8000000-0xffffffffffff", &limits_4k, true },
		{ "0xfffff8000000+0x8000001", &limits_4k, false },
		{ "0x1000000000000+1M", &limits_4k, false },
		{ "0x1000000000000+1M", &limits_64k, true },
		{ "0xffffffffffff0000+0x10000", &limits_64k, false },
		{ "memory2097151", &limits_4k, true },
		{ "memory2097152", &limits_4k, false },
		{ "memory0-memory2097151", &limits_4k, true },
		{ "memory0-memory2097152", &limits_4k, false },
		{ "memory18446744073709551615", &limits_4k, false },
		{ "memory137438953472", &limits_4k, false },
		{ "memory8388607", &limits_64k, true },
		{ "memory8388608", &limits_64k, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t start, end;
		struct hr_error *error = resolve(rows[i].text, rows[i].limits, &start, &end);

		if (rows[i].good)
			assert_success(error);
		else
			assert_failure(error, HR_ERROR_USAGE, "physical address width");
	}
}

static void block_size_decides_where_a_block_is(void **state)
{
	uint64_t start, end;

	(void)state;
	assert_success(resolve("memory5", &limits_64k, &start, &end));
	assert_int_equal(start, GIB(2) + MIB(512));
	assert_int_equal(end, GIB(3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_means_its_bytes),
		cmocka_unit_test(what_is_no_range_is_refused),
		cmocka_unit_test(refusals_say_what_is_wrong),
		cmocka_unit_test(ambiguous_texts_are_refused_with_both_readings),
		cmocka_unit_test(a_text_without_end_is_not_a_range),
		cmocka_unit_test(last_byte_of_all_is_within_64_bits),
		cmocka_unit_test(exclusive_ends_are_refused_with_both_right_spellings),
		cmocka_unit_test(exclusive_goes_by_the_page_size),
		cmocka_unit_test(one_byte_is_not_taken_for_a_range),
		cmocka_unit_test(sizes_may_end_anywhere),
		cmocka_unit_test(addresses_beyond_the_width_are_refused),
		cmocka_unit_test(block_size_decides_where_a_block_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
