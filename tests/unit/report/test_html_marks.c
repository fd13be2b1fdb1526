// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_marks.h"

#include "told.h"

#include "report/outputs.h"

static struct told told;
static struct hr_html_marks marks;

static int set_up(void **state)
{
	(void)state;
	told_begin(&told, &hr_html_sink);
	marks = (struct hr_html_marks){ .count = 0 };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	told_end(&told);
	return 0;
}

static void marks_are_numbered_by_kind(void **state)
{
	const struct hr_pa_range range = { GIB(1), GIB(2) };

	(void)state;
	hr_html_marks_add(&marks, HR_HTML_MARK_RANGE, &range);
	hr_html_marks_add(&marks, HR_HTML_MARK_CHANGE, &range);
	hr_html_marks_add(&marks, HR_HTML_MARK_RANGE, &range);
	assert_int_equal(marks.count, 3);
	assert_int_equal(marks.list[1].number, 1);
	assert_int_equal(marks.list[2].number, 2);
}

/* Two ranges may meet in it. */
static void a_leaf_is_marked_once(void **state)
{
	const struct hr_pa_range leaf = { GIB(1), GIB(2) };

	(void)state;
	hr_html_marks_add(&marks, HR_HTML_MARK_LEAF, &leaf);
	hr_html_marks_add(&marks, HR_HTML_MARK_LEAF, &leaf);
	assert_int_equal(marks.count, 1);
}

static void marks_are_bounded(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 2 * HR_HTML_MARKS_MAX; i++)
		hr_html_marks_add(&marks, HR_HTML_MARK_RANGE,
				  &(struct hr_pa_range){ i * GIB(1), (i + 1) * GIB(1) });
	assert_int_equal(marks.count, HR_HTML_MARKS_MAX);
	assert_int_equal(marks.numbers[HR_HTML_MARK_RANGE], 2 * HR_HTML_MARKS_MAX);
}

static void a_leaf_of_the_linear_map_is_where_its_memory_is(void **state)
{
	const struct hr_leaf leaf = { .va = fake_linear(&told.fake, GIB(5)), .size = GIB(1) };
	struct hr_pa_range extent;

	(void)state;
	assert_true(hr_html_leaf_extent(&told.kernel, HR_MAP_LINEAR, &leaf, &extent));
	assert_int_equal(extent.start, GIB(5));
	assert_int_equal(extent.end, GIB(6));
}

static void a_leaf_of_the_vmemmap_is_where_the_memory_is_that_it_describes(void **state)
{
	const struct hr_facts *facts = hr_kernel_facts(&told.kernel);
	struct hr_leaf leaf = { .size = MIB(2) };
	struct hr_pa_range extent;

	(void)state;
	leaf.va = facts->vmemmap_start +
		  (GIB(5) - facts->phys_offset) / facts->page_size * facts->struct_page_size;
	assert_true(hr_html_leaf_extent(&told.kernel, HR_MAP_VMEMMAP, &leaf, &extent));
	assert_int_equal(extent.start, GIB(5));
	assert_int_equal(extent.end - extent.start,
			 MIB(2) / facts->struct_page_size * facts->page_size);
}

static void without_phys_offset_it_is_not_known_where_a_leaf_is(void **state)
{
	const struct hr_leaf leaf = { .va = fake_linear(&told.fake, GIB(5)), .size = GIB(1) };
	struct hr_pa_range extent;

	(void)state;
	told.kernel.facts.has_phys_offset = false;
	assert_false(hr_html_leaf_extent(&told.kernel, HR_MAP_LINEAR, &leaf, &extent));
}

#define test_of_marks(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_marks(marks_are_numbered_by_kind),
		test_of_marks(a_leaf_is_marked_once),
		test_of_marks(marks_are_bounded),
		test_of_marks(a_leaf_of_the_linear_map_is_where_its_memory_is),
		test_of_marks(a_leaf_of_the_vmemmap_is_where_the_memory_is_that_it_describes),
		test_of_marks(without_phys_offset_it_is_not_known_where_a_leaf_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
