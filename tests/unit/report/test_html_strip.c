// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_strip.h"

#include <stdlib.h>
#include <string.h>

#include "fake.h"

static void a_share_is_right_for_any_size(void **state)
{
	static const struct {
		uint64_t part, whole;
		unsigned int share;
	} rows[] = {
		{ 0, 1, 0 },
		{ 1, 1, HR_HTML_WHOLE },
		{ 1, 4, 2500 },
		{ UINT64_C(1) << 51, UINT64_C(1) << 52, 5000 },
		{ UINT64_MAX / 2, UINT64_MAX, 4999 },
		{ UINT64_MAX, UINT64_MAX, HR_HTML_WHOLE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(hr_html_share(rows[i].part, rows[i].whole), rows[i].share);
}

static void a_place_is_cut_to_the_strip(void **state)
{
	struct hr_html_box box;

	(void)state;
	assert_true(hr_html_place(0, 100, 50, 150, &box));
	assert_int_equal(box.x, 0);
	assert_int_equal(box.width, 5000);
	assert_false(hr_html_place(0, 50, 50, 150, &box));
	assert_false(hr_html_place(150, 200, 50, 150, &box));
}

/* A leaf of 4 KiB at the end of a range of a TiB is seen, and inside the strip. */
static void the_smallest_place_is_seen(void **state)
{
	struct hr_html_box box;

	(void)state;
	assert_true(hr_html_place(GIB(1024) - 4096, GIB(1024), 0, GIB(1024), &box));
	assert_true(box.width > 0);
	assert_int_equal(box.x + box.width, HR_HTML_WHOLE);
}

static void texts_of_a_picture_are_escaped(void **state)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_non_null(stream);
	hr_html_strip_begin(stream, 10, "%s", "\"<b>");
	hr_html_box_titled(stream, "m", (struct hr_html_box){ 1234, 5, 6, 7 }, "%s", "<i>");
	hr_html_label(stream, 9000, 8, "%s", "&");
	hr_html_strip_end(stream);
	fclose(stream);
	assert_string_equal(text,
			    "<svg width=\"100%\" height=\"10\" role=\"img\" "
			    "aria-label=\"&quot;&lt;b&gt;\"><rect class=\"m\" x=\"12.34%\" "
			    "width=\"0.05%\" y=\"6\" height=\"7\"><title>&lt;i&gt;</title></rect>"
			    "<text class=\"r\" y=\"8\" x=\"90%\">&amp;</text></svg>");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_share_is_right_for_any_size),
		cmocka_unit_test(a_place_is_cut_to_the_strip),
		cmocka_unit_test(the_smallest_place_is_seen),
		cmocka_unit_test(texts_of_a_picture_are_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
