// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/btf_data.h"

/* The types that a test makes, as a kernel would have them. */
static struct btf *reopen(struct btf *made)
{
	struct btf *btf = NULL;
	const void *raw;
	uint32_t size;

	raw = btf__raw_data(made, &size);
	assert_non_null(raw);
	assert_success(hr_btf_open(raw, size, &btf));
	btf__free(made);
	return btf;
}

static void add_field(struct btf *btf, const char *name, int type, unsigned int bits)
{
	assert_int_equal(btf__add_field(btf, name, type, bits, 0), 0);
}

/* struct outer { u64 first; struct { u32 a; union { u32 b, c; }; }; u32 list[7]; } */
static struct btf *outer(void)
{
	struct btf *btf = btf__new_empty();
	int word = btf__add_int(btf, "u64", 8, 0), half = btf__add_int(btf, "u32", 4, 0);
	int both, inner, list;

	both = btf__add_union(btf, NULL, 4);
	add_field(btf, "b", half, 0);
	add_field(btf, "c", half, 0);
	inner = btf__add_struct(btf, NULL, 8);
	add_field(btf, "a", half, 0);
	add_field(btf, NULL, both, 32);
	list = btf__add_array(btf, half, half, 7);
	assert_true(btf__add_struct(btf, "outer", 44) > 0);
	add_field(btf, "first", word, 0);
	add_field(btf, NULL, inner, 64);
	add_field(btf, "list", list, 128);
	return btf;
}

static void members_are_found_at_any_depth(void **state)
{
	static const struct {
		const char *name;
		size_t at;
	} members[] = { { "first", 0 }, { "a", 8 }, { "b", 12 }, { "c", 12 }, { "list", 16 } };
	struct btf *btf = reopen(outer());
	size_t at;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(members); i++) {
		assert_true(hr_btf_member(btf, "outer", 0, members[i].name, &at));
		assert_int_equal(at, members[i].at);
	}
	assert_false(hr_btf_member(btf, "outer", 0, "d", &at));
	assert_false(hr_btf_member(btf, "inner", 0, "a", &at));
	hr_cleanup_btf(&btf);
}

static void struct_of_another_size_is_another_one(void **state)
{
	struct btf *made = outer(), *btf;
	size_t at;

	(void)state;
	assert_true(btf__add_struct(made, "outer", 64) > 0);
	add_field(made, "first", 1, 256);
	btf = reopen(made);
	assert_true(hr_btf_member(btf, "outer", 64, "first", &at));
	assert_int_equal(at, 32);
	assert_false(hr_btf_member(btf, "outer", 48, "first", &at));
	hr_cleanup_btf(&btf);
}

static void member_that_does_not_begin_at_a_byte_is_none(void **state)
{
	struct btf *made = btf__new_empty(), *btf;
	size_t at;

	(void)state;
	assert_true(btf__add_int(made, "u64", 8, 0) > 0);
	assert_true(btf__add_struct(made, "odd", 16) > 0);
	assert_int_equal(btf__add_field(made, "bits", 1, 3, 5), 0);
	btf = reopen(made);
	assert_false(hr_btf_member(btf, "odd", 0, "bits", &at));
	hr_cleanup_btf(&btf);
}

static void arrays_have_a_number_of_elements(void **state)
{
	struct btf *btf = reopen(outer());
	uint32_t count;

	(void)state;
	assert_true(hr_btf_elements(btf, "outer", "list", &count));
	assert_int_equal(count, 7);
	assert_false(hr_btf_elements(btf, "outer", "first", &count));
	assert_false(hr_btf_elements(btf, "outer", "none", &count));
	hr_cleanup_btf(&btf);
}

static void words_of_an_enum_have_a_value(void **state)
{
	struct btf *made = btf__new_empty(), *btf;
	int64_t value;

	(void)state;
	assert_true(btf__add_enum(made, "colour", 4) > 0);
	assert_int_equal(btf__add_enum_value(made, "RED", 5), 0);
	assert_int_equal(btf__add_enum_value(made, "GREEN", -2), 0);
	btf = reopen(made);
	assert_true(hr_btf_enumerator(btf, "colour", "GREEN", &value));
	assert_int_equal(value, -2);
	assert_false(hr_btf_enumerator(btf, "colour", "BLUE", &value));
	assert_false(hr_btf_enumerator(btf, "shape", "RED", &value));
	hr_cleanup_btf(&btf);
}

/* An anonymous struct that consists of many of itself would be searched for ever. */
static void struct_in_itself_ends_the_search(void **state)
{
	struct btf *made = btf__new_empty(), *btf;
	size_t at;

	(void)state;
	assert_int_equal(btf__add_struct(made, NULL, 8), 1);
	for (size_t i = 0; i < 1000; i++)
		add_field(made, NULL, 1, 0);
	assert_true(btf__add_struct(made, "outer", 16) > 0);
	add_field(made, NULL, 1, 0);
	btf = reopen(made);
	assert_false(hr_btf_member(btf, "outer", 0, "a", &at));
	hr_cleanup_btf(&btf);
}

static void what_is_not_btf_is_refused(void **state)
{
	static const unsigned char bytes[64] = { 0x9f, 0xeb, 1, 0, 24 };
	struct btf *btf = NULL;

	(void)state;
	assert_failure(hr_btf_open(bytes, sizeof(bytes), &btf), HR_ERROR_UNREADABLE, "damaged");
	assert_failure(hr_btf_open(bytes, 0, &btf), HR_ERROR_UNREADABLE, "damaged");
	assert_failure(hr_btf_open(bytes, HR_BTF_MAX + 1, &btf), HR_ERROR_UNREADABLE, "limit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_found_at_any_depth),
		cmocka_unit_test(struct_of_another_size_is_another_one),
		cmocka_unit_test(member_that_does_not_begin_at_a_byte_is_none),
		cmocka_unit_test(arrays_have_a_number_of_elements),
		cmocka_unit_test(words_of_an_enum_have_a_value),
		cmocka_unit_test(struct_in_itself_ends_the_search),
		cmocka_unit_test(what_is_not_btf_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
