// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/btf_data.h"
#include "kernel/page_types.h"
#include "page_data.h"

static const char note_6_1[] = "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
			       "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257\n";

static struct btf *open_form(enum page_data_form form)
{
	struct btf *btf = NULL;
	size_t size;
	void *data = page_data_types(form, &size);

	assert_success(hr_btf_open(data, size, &btf));
	free(data);
	return btf;
}

/* Find the types in @btf, which is closed, and in the text of a note, which may be NULL. */
static bool find(struct btf *btf, const char *text, struct hr_page_types *ret)
{
	struct hr_vmcoreinfo *note = NULL;
	bool found;

	if (text)
		assert_success(hr_vmcoreinfo_create(text, strlen(text), &note));
	found = hr_page_types_find(btf, note, ret);
	hr_vmcoreinfo_destroy(note);
	hr_cleanup_btf(&btf);
	return found;
}

static void top_byte_is_the_type_from_6_12_on(void **state)
{
	static const struct {
		uint32_t word;
		enum hr_page_type type;
	} rows[] = {
		{ 0xf0000000, HR_PAGE_TYPE_BUDDY }, { 0xf100ffff, HR_PAGE_TYPE_OFFLINE },
		{ 0xf2000000, HR_PAGE_TYPE_TABLE }, { 0xf4000000, HR_PAGE_TYPE_HUGETLB },
		{ 0xf5001234, HR_PAGE_TYPE_SLAB },  { 0xf6000000, HR_PAGE_TYPE_ZSMALLOC },
		{ 0xf8000000, HR_PAGE_TYPE_OTHER }, { 0x80000000, HR_PAGE_TYPE_OTHER },
		{ 0xffffffff, HR_PAGE_TYPE_NONE },  { 0, HR_PAGE_TYPE_NONE },
		{ 0x7fffffff, HR_PAGE_TYPE_NONE },
	};
	struct hr_page_types types;

	(void)state;
	assert_true(find(open_form(PAGE_DATA_7_2), NULL, &types));
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(hr_page_type_of(&types, rows[i].word), rows[i].type);
}

static void clear_bit_is_the_type_up_to_6_9(void **state)
{
	static const struct {
		uint32_t word;
		enum hr_page_type type;
	} rows[] = {
		{ 0xffffff7f, HR_PAGE_TYPE_BUDDY }, { 0xfffffeff, HR_PAGE_TYPE_OFFLINE },
		{ 0xfffffdff, HR_PAGE_TYPE_TABLE }, { 0xfffffbff, HR_PAGE_TYPE_OTHER },
		{ 0xffffffff, HR_PAGE_TYPE_NONE },  { 0, HR_PAGE_TYPE_NONE },
		{ 0xfffffff0, HR_PAGE_TYPE_NONE },  { 0x10, HR_PAGE_TYPE_NONE },
	};
	struct hr_page_types types;

	(void)state;
	assert_true(find(open_form(PAGE_DATA_6_1), note_6_1, &types));
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(hr_page_type_of(&types, rows[i].word), rows[i].type);
}

static void values_of_another_form_are_not_guessed(void **state)
{
	static const char *const notes[] = {
		NULL,
		"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n",
		"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
		"NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-513\n",
		"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-1073741825\n"
		"NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-536870913\n",
		"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=few\n"
		"NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257\n",
	};
	struct hr_page_types types;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(notes); i++)
		assert_false(find(open_form(PAGE_DATA_6_1), notes[i], &types));
}

/* A type that is missing from the enum, or is no top byte, could be taken for another one. */
static void enum_that_lacks_a_type_is_of_no_use(void **state)
{
	static const struct {
		const char *name;
		int value;
	} words[] = { { "PGTY_buddy", 0xf0 },
		      { "PGTY_offline", 0xf1 },
		      { "PGTY_table", 0xf2 },
		      { "PGTY_hugetlb", 0xf4 },
		      { "PGTY_slab", 0xff } };
	struct btf *btf = btf__new_empty();
	struct hr_page_types types;

	(void)state;
	assert_true(btf__add_enum(btf, "pagetype", 4) > 0);
	for (size_t i = 0; i < COUNT_OF(words); i++)
		assert_int_equal(btf__add_enum_value(btf, words[i].name, words[i].value), 0);
	assert_false(find(btf, NULL, &types));
}

/* 6.10 has the values of 6.1, and another one for slab. */
static void enum_of_bits_is_not_known(void **state)
{
	struct btf *btf = btf__new_empty();
	struct hr_page_types types;

	(void)state;
	assert_true(btf__add_enum(btf, "pagetype", 4) > 0);
	assert_int_equal(btf__add_enum_value(btf, "PG_buddy", 0x80), 0);
	assert_false(find(btf, note_6_1, &types));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(top_byte_is_the_type_from_6_12_on),
		cmocka_unit_test(clear_bit_is_the_type_up_to_6_9),
		cmocka_unit_test(values_of_another_form_are_not_guessed),
		cmocka_unit_test(enum_that_lacks_a_type_is_of_no_use),
		cmocka_unit_test(enum_of_bits_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
