// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/btf_data.h"
#include "kernel/page_form.h"
#include "page_data.h"

static const char note_6_1[] = "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
			       "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257\n";

/* Find the form in @btf, which is closed. */
static struct hr_error *find_in(struct btf *btf, const char *text, uint64_t size,
				struct hr_page_form *ret)
{
	struct hr_vmcoreinfo *note = NULL;
	struct hr_error *error;

	assert_success(hr_vmcoreinfo_create(text, strlen(text), &note));
	error = hr_page_form_find(btf, note, size, ret);
	hr_vmcoreinfo_destroy(note);
	hr_cleanup_btf(&btf);
	return error;
}

static struct btf *open_form(enum page_data_form form)
{
	struct btf *btf = NULL;
	size_t size;
	void *data = page_data_types(form, &size);

	assert_success(hr_btf_open(data, size, &btf));
	free(data);
	return btf;
}

static struct hr_page_form form_of(enum page_data_form wanted)
{
	struct hr_page_form form;

	assert_success(find_in(open_form(wanted), note_6_1, PAGE_DATA_SIZE, &form));
	return form;
}

static void members_lie_where_the_types_say(void **state)
{
	(void)state;
	for (enum page_data_form wanted = 0; wanted < PAGE_DATA_FORMS; wanted++) {
		struct hr_page_form form = form_of(wanted);

		assert_int_equal(form.size, 64);
		assert_int_equal(form.flags, 0);
		assert_int_equal(form.link, 8);
		assert_int_equal(form.mapping, 24);
		assert_int_equal(form.private, 40);
		assert_int_equal(form.type, 48);
		assert_int_equal(form.refs, 52);
	}
}

static void flags_have_the_numbers_of_the_enum(void **state)
{
	struct hr_page_form old = form_of(PAGE_DATA_6_1), new = form_of(PAGE_DATA_7_2);

	(void)state;
	assert_int_equal(old.masks[HR_PG_LRU], 1 << 4);
	assert_int_equal(old.masks[HR_PG_SLAB], 1 << 9);
	assert_int_equal(old.masks[HR_PG_MOVABLE_OPS], 0);
	assert_int_equal(new.masks[HR_PG_LRU], 1 << 5);
	assert_int_equal(new.masks[HR_PG_SLAB], 0);
	assert_int_equal(new.masks[HR_PG_MOVABLE_OPS], 1 << 3);
}

/* 16 nodes have 4 bits at the top, and 4 zones 2 bits below them. */
static void zone_lies_below_the_node(void **state)
{
	struct hr_page_form form = form_of(PAGE_DATA_7_2);

	(void)state;
	assert_int_equal(form.zone_shift, 58);
	assert_int_equal(form.zone_mask, 3);
	assert_int_equal(form.zone_movable, 3);
}

static void folios_differ_from_release_to_release(void **state)
{
	struct hr_page_form form = form_of(PAGE_DATA_6_1);

	(void)state;
	assert_int_equal(form.count_form, HR_PAGE_COUNT_COMPOUND);
	assert_int_equal(form.order, 17);
	assert_int_equal(form.count, 20);
	assert_int_equal(form.pins, 24);
	assert_int_equal(form.dtor, 16);
	assert_int_equal(form.hugetlb_dtor, 2);
	form = form_of(PAGE_DATA_6_6);
	assert_int_equal(form.count_form, HR_PAGE_COUNT_ENTIRE);
	assert_int_equal(form.order, 0);
	assert_int_equal(form.count, 24);
	assert_int_equal(form.dtor, HR_PAGE_NOWHERE);
	form = form_of(PAGE_DATA_7_2);
	assert_int_equal(form.count_form, HR_PAGE_COUNT_LARGE);
	assert_int_equal(form.count, 16);
	assert_int_equal(form.pins, 28);
	assert_int_equal(form.dtor, HR_PAGE_NOWHERE);
}

static void types_of_another_struct_page_are_refused(void **state)
{
	struct hr_page_form form;

	(void)state;
	assert_failure(find_in(open_form(PAGE_DATA_7_2), note_6_1, 56, &form), HR_ERROR_UNREADABLE,
		       "struct page");
}

static void page_types_that_are_not_known_are_refused(void **state)
{
	struct hr_page_form form;

	(void)state;
	assert_failure(find_in(open_form(PAGE_DATA_6_1), "", PAGE_DATA_SIZE, &form),
		       HR_ERROR_UNREADABLE, "types that this kernel gives pages");
}

/* Types that have a struct page, and of the rest only as much as the row says. */
static void types_that_lack_something_are_refused(void **state)
{
	static const char *const flags[] = { "PG_dirty",      "PG_lru",	 "PG_reserved",
					     "PG_private",    "PG_head", "PG_swapbacked",
					     "PG_unevictable" };
	static const char *const members[] = { "flags",	  "compound_head", "mapping",
					       "private", "_mapcount",	   "_refcount" };

	(void)state;
	for (size_t left_out = 0; left_out <= COUNT_OF(flags); left_out++) {
		struct btf *btf = btf__new_empty();
		struct hr_page_form form;
		int word = btf__add_int(btf, "u64", 8, 0);

		assert_true(btf__add_struct(btf, "page", PAGE_DATA_SIZE) > 0);
		for (size_t i = 0; i < COUNT_OF(members); i++)
			assert_int_equal(
				btf__add_field(btf, members[i], word, 64 * (unsigned int)i, 0), 0);
		assert_true(btf__add_enum(btf, "pageflags", 4) > 0);
		for (size_t i = 0; i < COUNT_OF(flags); i++)
			if (i != left_out)
				assert_int_equal(btf__add_enum_value(btf, flags[i], (int)i), 0);
		assert_failure(find_in(btf, note_6_1, PAGE_DATA_SIZE, &form), HR_ERROR_UNREADABLE,
			       left_out < COUNT_OF(flags) ? "flags" : "zone");
	}
}

static void member_beyond_the_end_is_refused(void **state)
{
	struct btf *btf = btf__new_empty();
	struct hr_page_form form;
	int word = btf__add_int(btf, "u64", 8, 0);

	(void)state;
	assert_true(btf__add_struct(btf, "page", PAGE_DATA_SIZE) > 0);
	assert_int_equal(btf__add_field(btf, "flags", word, 8 * (PAGE_DATA_SIZE - 4), 0), 0);
	assert_failure(find_in(btf, note_6_1, PAGE_DATA_SIZE, &form), HR_ERROR_UNREADABLE,
		       "struct page");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_lie_where_the_types_say),
		cmocka_unit_test(flags_have_the_numbers_of_the_enum),
		cmocka_unit_test(zone_lies_below_the_node),
		cmocka_unit_test(folios_differ_from_release_to_release),
		cmocka_unit_test(types_of_another_struct_page_are_refused),
		cmocka_unit_test(page_types_that_are_not_known_are_refused),
		cmocka_unit_test(types_that_lack_something_are_refused),
		cmocka_unit_test(member_beyond_the_end_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
