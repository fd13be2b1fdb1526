// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <bpf/libbpf.h>
#include <linux/btf.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/btf.h"
#include "kernel/btf_data.h"
#include "type_data.h"

/* Read the flags from types with @values. Returns true if they are found. */
static bool flags_of(const struct type_data_value *values, struct hr_section_flags *ret)
{
	size_t size;
	void *data = type_data_create(values, &size);
	bool found;

	assert_success(hr_btf_section_flags(data, size, &found, ret));
	free(data);
	return found;
}

static void flags_are_those_of_the_enum(void **state)
{
	struct hr_section_flags flags;

	(void)state;
	assert_true(flags_of(type_data_marked, &flags));
	assert_memory_equal(&flags, &hr_section_flags_marked, sizeof(flags));
	assert_true(flags_of(type_data_unmarked, &flags));
	assert_int_equal(flags.present, 0);
	assert_int_equal(flags.has_mem_map, 1);
	assert_int_equal(flags.online, 2);
	assert_int_equal(flags.early, 4);
}

/* Up to 5.19 the flags are macros. */
static void types_without_the_enum_tell_nothing(void **state)
{
	struct hr_section_flags flags;

	(void)state;
	assert_false(flags_of(NULL, &flags));
}

static void numbers_that_cannot_be_flags_are_refused(void **state)
{
	static const struct type_data_value rows[][4] = {
		{ { "SECTION_HAS_MEM_MAP_BIT", 0 },
		  { "SECTION_IS_ONLINE_BIT", 1 },
		  { "SECTION_IS_EARLY_BIT", 1 } },
		{ { "SECTION_HAS_MEM_MAP_BIT", 0 },
		  { "SECTION_IS_ONLINE_BIT", 1 },
		  { "SECTION_IS_EARLY_BIT", 6 } },
		{ { "SECTION_HAS_MEM_MAP_BIT", 0 },
		  { "SECTION_IS_ONLINE_BIT", 64 },
		  { "SECTION_IS_EARLY_BIT", 2 } },
		{ { "SECTION_HAS_MEM_MAP_BIT", 0 },
		  { "SECTION_IS_ONLINE_BIT", 1 },
		  { "SECTION_IS_EARLY_BIT", -1 } },
		{ { "SECTION_IS_ONLINE_BIT", 1 }, { "SECTION_IS_EARLY_BIT", 2 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t size;
		void *data = type_data_create(rows[i], &size);
		struct hr_section_flags flags;
		bool found;

		assert_failure(hr_btf_section_flags(data, size, &found, &flags),
			       HR_ERROR_UNREADABLE, "flags of mem_section");
		free(data);
	}
}

static void damaged_types_are_refused(void **state)
{
	struct hr_section_flags flags;
	size_t size;
	unsigned char *data = type_data_create(type_data_marked, &size);
	bool found;

	(void)state;
	for (size_t len = 0; len < size; len++)
		assert_failure(hr_btf_section_flags(data, len, &found, &flags), HR_ERROR_UNREADABLE,
			       "BTF");
	memset(data, 0, 2);
	assert_failure(hr_btf_section_flags(data, size, &found, &flags), HR_ERROR_UNREADABLE,
		       "damaged");
	free(data);
}

/* A byte more of the header; libbpf would read the types from addresses that are not aligned. */
static void types_at_an_odd_place_are_refused(void **state)
{
	struct hr_section_flags flags;
	size_t size, header = sizeof(struct btf_header);
	unsigned char *data = type_data_create(type_data_marked, &size);
	unsigned char *odd = calloc(1, size + 1);
	bool found;

	(void)state;
	assert_non_null(odd);
	memcpy(odd, data, header);
	memcpy(odd + header + 1, data + header, size - header);
	odd[offsetof(struct btf_header, hdr_len)] += 1;
	assert_failure(hr_btf_section_flags(odd, size + 1, &found, &flags), HR_ERROR_UNREADABLE,
		       "damaged");
	free(odd);
	free(data);
}

static void types_beyond_the_limit_are_not_read(void **state)
{
	struct hr_section_flags flags;
	bool found;

	(void)state;
	assert_failure(hr_btf_section_flags("", HR_BTF_MAX + 1, &found, &flags),
		       HR_ERROR_UNREADABLE, "limit");
}

static void flags_are_found_again_where_they_were_written(void **state)
{
	static const struct hr_section_flags rows[] = { { 1, 2, 4, 8 }, { 0, 1, 2, 4 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		unsigned char data[HR_SECTION_BTF_MAX];
		size_t size = hr_btf_of_flags(&rows[i], data, sizeof(data));
		struct hr_section_flags flags;
		bool found;

		assert_in_range(size, 1, sizeof(data));
		assert_success(hr_btf_section_flags(data, size, &found, &flags));
		assert_true(found);
		assert_memory_equal(&flags, &rows[i], sizeof(flags));
		assert_int_equal(hr_btf_of_flags(&rows[i], data, size - 1), 0);
	}
}

static int print_for_others(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static void others_keep_the_messages_of_libbpf(void **state)
{
	const char damaged[64] = "no type data";
	struct hr_section_flags flags;
	libbpf_print_fn_t before = libbpf_set_print(print_for_others);
	bool found;

	(void)state;
	hr_error_destroy(hr_btf_section_flags(damaged, sizeof(damaged), &found, &flags));
	assert_ptr_equal(libbpf_set_print(before), print_for_others);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_are_those_of_the_enum),
		cmocka_unit_test(types_without_the_enum_tell_nothing),
		cmocka_unit_test(numbers_that_cannot_be_flags_are_refused),
		cmocka_unit_test(damaged_types_are_refused),
		cmocka_unit_test(types_at_an_odd_place_are_refused),
		cmocka_unit_test(types_beyond_the_limit_are_not_read),
		cmocka_unit_test(flags_are_found_again_where_they_were_written),
		cmocka_unit_test(others_keep_the_messages_of_libbpf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
