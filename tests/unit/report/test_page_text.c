// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <string.h>

#include "report/page_text.h"

static const char *text_of(const struct hr_pages *pages)
{
	static char text[HR_PAGE_TEXT_SIZE];

	hr_pages_text(pages, KIB(4), text);
	return text;
}

static const char *word_of(const struct hr_pages *pages)
{
	static char text[160];

	hr_pages_word(pages, text, sizeof(text));
	return text;
}

static void memory_that_moves_is_told_by_its_size(void **state)
{
	const struct hr_pages pages = {
		.kinds = { [HR_PAGES_FREE] = { 30720, 1 }, [HR_PAGES_MOVABLE] = { 2048, 2 } },
	};

	(void)state;
	assert_string_equal(text_of(&pages), "120 MiB free, 8 MiB movable; no unmovable page seen");
	assert_string_equal(word_of(&pages), "movable:2048");
}

static void pages_in_the_way_are_told_by_number_and_place(void **state)
{
	const struct hr_pages pages = {
		.kinds = { [HR_PAGES_FREE] = { 256, 1 },
			   [HR_PAGES_SLAB] = { 12, 0x44000 },
			   [HR_PAGES_TABLE] = { 1, 0x44100 } },
		.unmovable = { 13, 0x44000 },
	};

	(void)state;
	assert_string_equal(text_of(&pages), "1 MiB free, 12 slab pages from PFN 0x44000 on, "
					     "1 page table from PFN 0x44100 on");
	assert_string_equal(word_of(&pages), "slab:12,page_table:1");
}

static void free_memory_is_one_word(void **state)
{
	const struct hr_pages pages = {
		.kinds = { [HR_PAGES_FREE] = { 256, 1 }, [HR_PAGES_IDLE] = { 3, 1 } },
	};

	(void)state;
	assert_string_equal(word_of(&pages), "free");
	assert_string_equal(word_of(NULL), "?");
}

/* What is not known is not promised. */
static void unreadable_pages_may_be_unmovable(void **state)
{
	const struct hr_pages pages = { .kinds = { [HR_PAGES_UNREADABLE] = { 256, 1 } } };

	(void)state;
	assert_string_equal(text_of(&pages), "1 MiB unreadable");
}

static void memory_that_does_not_exist_has_no_pages(void **state)
{
	const struct hr_pages pages = { .to_move = 0 };

	(void)state;
	assert_string_equal(text_of(&pages), "none exist");
}

/* As many pages of each kind as a machine may have. */
static void longest_text_is_whole(void **state)
{
	struct hr_pages pages = { .unmovable = { 1, 1 } };
	const char *text;

	(void)state;
	for (enum hr_page_kind kind = 0; kind < HR_PAGES_KINDS; kind++)
		pages.kinds[kind] =
			(struct hr_page_count){ (UINT64_C(1) << 40) - 1, UINT64_C(0xffffffffff) };
	text = text_of(&pages);
	assert_non_null(strstr(text, "B unreadable"));
	assert_non_null(strstr(text, "pages that somebody holds from PFN 0xffffffffff on"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_that_moves_is_told_by_its_size),
		cmocka_unit_test(pages_in_the_way_are_told_by_number_and_place),
		cmocka_unit_test(free_memory_is_one_word),
		cmocka_unit_test(unreadable_pages_may_be_unmovable),
		cmocka_unit_test(memory_that_does_not_exist_has_no_pages),
		cmocka_unit_test(longest_text_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
