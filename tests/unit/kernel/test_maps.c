// SPDX-License-Identifier: GPL-2.0-or-later
#include "layout_note.h"

#include "kernel/maps.h"

/* 4K pages and 48 bits, with memory from PA 0 on. */
static struct hr_layout layout_of_memory(void)
{
	struct fake_note note = note_of(&fake_shapes[1], "6.12.0");

	return good_layout(&note);
}

static void memory_has_a_place_in_both_maps(void **state)
{
	struct hr_layout layout = layout_of_memory();
	uint64_t start, end;

	(void)state;
	assert_true(hr_map_range(&layout, HR_MAP_LINEAR, GIB(1), GIB(2), &start, &end));
	assert_int_equal(start, layout.page_offset + GIB(1));
	assert_int_equal(end, layout.page_offset + GIB(2));
	assert_true(hr_map_range(&layout, HR_MAP_VMEMMAP, GIB(1), GIB(2), &start, &end));
	assert_int_equal(start, layout.vmemmap_start + GIB(1) / KIB(4) * 64);
	assert_int_equal(end, layout.vmemmap_start + GIB(2) / KIB(4) * 64);
	assert_int_equal(hr_map_va(&layout, HR_MAP_LINEAR, GIB(1)), layout.page_offset + GIB(1));
	assert_int_equal(hr_map_va(&layout, HR_MAP_VMEMMAP, GIB(1)), start);
}

/* Part of a page has all of its struct page. */
static void struct_pages_are_whole(void **state)
{
	struct hr_layout layout = layout_of_memory();
	uint64_t start, end;

	(void)state;
	assert_true(hr_map_range(&layout, HR_MAP_VMEMMAP, KIB(4) + 1, KIB(4) + 2, &start, &end));
	assert_int_equal(start, layout.vmemmap_start + 64);
	assert_int_equal(end, layout.vmemmap_start + 128);
}

static void memory_beyond_the_maps_has_none(void **state)
{
	struct hr_layout layout = layout_of_memory();
	uint64_t size = UINT64_C(1) << 47, start, end;

	(void)state;
	assert_true(hr_map_range(&layout, HR_MAP_LINEAR, size - KIB(4), size, &start, &end));
	assert_int_equal(end, layout.linear_end);
	assert_false(
		hr_map_range(&layout, HR_MAP_LINEAR, size - KIB(4), size + KIB(4), &start, &end));
	assert_false(hr_map_range(&layout, HR_MAP_LINEAR, size, size + KIB(4), &start, &end));
	assert_false(hr_map_range(&layout, HR_MAP_VMEMMAP, size, size + KIB(4), &start, &end));
}

static void maps_have_words(void **state)
{
	(void)state;
	assert_string_equal(hr_map_name(HR_MAP_LINEAR), "linear");
	assert_string_equal(hr_map_name(HR_MAP_VMEMMAP), "vmemmap");
	assert_string_equal(hr_map_phrase(HR_MAP_LINEAR), "linear map");
	assert_string_equal(hr_map_phrase(HR_MAP_VMEMMAP), "vmemmap");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_has_a_place_in_both_maps),
		cmocka_unit_test(struct_pages_are_whole),
		cmocka_unit_test(memory_beyond_the_maps_has_none),
		cmocka_unit_test(maps_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
