// SPDX-License-Identifier: GPL-2.0-or-later
#include "api/kernel_pages.h"

#include <stdlib.h>
#include <string.h>

#include "api_fixture.h"
#include "page_memory.h"

enum {
	BLOCK_PAGES = 32768
};

/* What the running kernel says about its types. */
static struct {
	void *data;
	size_t size;
	unsigned int asked;
} types;

static size_t read_types(void *context, void *buffer, size_t size)
{
	(void)context;
	types.asked++;
	if (!types.size)
		return 0;
	assert_true(types.size <= size);
	memcpy(buffer, types.data, types.size);
	return types.size;
}

static const struct hr_host host = { .read_btf = read_types };

/* A kernel with types and a GiB of added memory, all of which is free, that is asked for pages. */
static int set_up_pages(void **state)
{
	struct fixture *fixture;

	if (set_up(state))
		return -1;
	fixture = *state;
	types.asked = 0;
	types.data = page_data_types(PAGE_DATA_7_2, &types.size);
	fixture->config.host = &host;
	fixture->config.pages = true;
	fake_add_memory(&fixture->fake, HOT, GIB(1), FAKE_PMD, FAKE_PMD);
	page_memory_free(&fixture->fake, PAGE_DATA_7_2, HOT, 2 * BLOCK);
	return 0;
}

static int tear_down_pages(void **state)
{
	free(types.data);
	return tear_down(state);
}

#define test_of_pages(function)                                                                    \
	cmocka_unit_test_setup_teardown(function, set_up_pages, tear_down_pages)

static void put(struct fixture *fixture, uint64_t pa, const struct page_data_page *page)
{
	page_memory_put(&fixture->fake, PAGE_DATA_7_2, pa, page);
}

static void block_without_unmovable_pages_is_removable(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	make_kernel(fixture);
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_LEAVES);
	assert_int_equal(answer->verdict, HR_VERDICT_REMOVABLE);
	assert_int_equal(answer->pages->kinds[HR_PAGES_FREE].pages, BLOCK_PAGES);
	hr_answer_destroy(answer);
}

static void unmovable_page_is_a_reason(void **state)
{
	static const enum hr_depth depths[] = { HR_DEPTH_VERDICT, HR_DEPTH_LEAVES, HR_DEPTH_PLAN };
	struct fixture *fixture = *state;

	put(fixture, HOT + MIB(4), &(struct page_data_page){ .type = TYPE_TABLE, .refs = 1 });
	make_kernel(fixture);
	for (size_t i = 0; i < COUNT_OF(depths); i++) {
		struct hr_answer *answer = ask(fixture, HOT, BLOCK, depths[i]);

		assert_int_equal(answer->verdict, HR_VERDICT_NOT_REMOVABLE);
		assert_true(hr_check_has(&answer->check, HR_REASON_UNMOVABLE_PAGES));
		hr_answer_destroy(answer);
	}
}

static void ignored_reason_does_not_count(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	put(fixture, HOT, &(struct page_data_page){ .refs = 1 });
	fixture->config.ignored = 1u << HR_REASON_UNMOVABLE_PAGES;
	make_kernel(fixture);
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_PLAN);
	assert_int_equal(answer->verdict, HR_VERDICT_REMOVABLE);
	assert_true(hr_check_has(&answer->check, HR_REASON_UNMOVABLE_PAGES));
	hr_answer_destroy(answer);
}

static void pages_are_looked_at_only_if_asked_for(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_pa_range range = { HOT, HOT + BLOCK };
	struct hr_answer *answer;
	struct hr_pages pages;

	put(fixture, HOT, &(struct page_data_page){ .refs = 1 });
	fixture->config.pages = false;
	make_kernel(fixture);
	types.asked = 0;
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_PLAN);
	assert_int_equal(answer->verdict, HR_VERDICT_REMOVABLE);
	assert_null(answer->pages);
	assert_int_equal(types.asked, 0);
	hr_answer_destroy(answer);
	assert_success(hr_kernel_count_pages(fixture->kernel, &range, &pages));
	assert_int_equal(pages.kinds[HR_PAGES_KERNEL].pages, 1);
}

static void range_that_cannot_be_asked_about_is_refused(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_pa_range range = { HOT, HOT };
	struct hr_pages pages;

	make_kernel(fixture);
	assert_failure(hr_kernel_count_pages(fixture->kernel, &range, &pages), HR_ERROR_USAGE, "");
}

static void without_types_the_answer_is_unknown(void **state)
{
	struct fixture *fixture = *state;

	types.size = 0;
	make_kernel(fixture);
	types.asked = 0;
	for (size_t i = 0; i < 2; i++) {
		struct hr_answer *answer = ask(fixture, HOT, BLOCK, HR_DEPTH_LEAVES);

		assert_int_equal(answer->verdict, HR_VERDICT_UNKNOWN);
		assert_int_equal(answer->pages->kinds[HR_PAGES_UNREADABLE].pages, BLOCK_PAGES);
		assert_non_null(strstr(answer->check.reasons[0].message, "BTF"));
		hr_answer_destroy(answer);
	}
	/* That they are not there is remembered. */
	assert_int_equal(types.asked, 1);
}

static void types_of_an_unknown_form_are_the_reason(void **state)
{
	struct fixture *fixture = *state;
	struct hr_answer *answer;

	free(types.data);
	types.data = page_data_types(PAGE_DATA_6_1, &types.size);
	make_kernel(fixture);
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_LEAVES);
	assert_int_equal(answer->verdict, HR_VERDICT_UNKNOWN);
	assert_non_null(strstr(answer->pages->why, "types that this kernel gives pages"));
	hr_answer_destroy(answer);
}

static void memory_to_be_added_is_free(void **state)
{
	struct fixture *fixture = *state;
	const struct hr_added added = { .range = { HOT + GIB(4), HOT + GIB(5) } };
	struct hr_answer *answer;

	fixture->config.mapping = HR_MAPPING_PAGES;
	make_kernel(fixture);
	assert_success(hr_kernel_predict_added(fixture->kernel, &added));
	answer = ask(fixture, HOT + GIB(4), BLOCK, HR_DEPTH_LEAVES);
	assert_int_equal(answer->pages->kinds[HR_PAGES_FREE].pages, BLOCK_PAGES);
	hr_answer_destroy(answer);
	/* What was there is looked at as before. */
	answer = ask(fixture, HOT, BLOCK, HR_DEPTH_LEAVES);
	assert_int_equal(answer->pages->kinds[HR_PAGES_FREE].pages, BLOCK_PAGES);
	hr_answer_destroy(answer);
}

static void removal_of_pages_that_stay_is_refused(void **state)
{
	static const struct hr_pa_range first = { HOT, HOT + BLOCK };
	static const struct hr_pa_range second = { HOT + BLOCK, HOT + 2 * BLOCK };
	struct fixture *fixture = *state;

	put(fixture, HOT, &(struct page_data_page){ .type = TYPE_SLAB });
	make_kernel(fixture);
	assert_success(hr_kernel_predict_removed(fixture->kernel, &first));
	assert_success(hr_kernel_predict_removed(fixture->kernel, &second));
	assert_true(hr_kernel_predicted(fixture->kernel, 0)->refused);
	assert_false(hr_kernel_predicted(fixture->kernel, 1)->refused);
}

/* All blocks that a list was given, and the pages in them. */
struct seen {
	uint64_t blocks, pages, unreadable;
};

static struct hr_error *on_block(void *context, const struct hr_listed_block *block)
{
	struct seen *seen = context;
	const struct hr_pages *pages = block->answer->pages;

	seen->blocks++;
	for (enum hr_page_kind kind = 0; kind < HR_PAGES_KINDS; kind++)
		seen->pages += pages->kinds[kind].pages;
	seen->unreadable += pages->kinds[HR_PAGES_UNREADABLE].pages;
	return NULL;
}

static void listed_blocks_have_pages(void **state)
{
	struct fixture *fixture = *state;
	struct seen seen = { .blocks = 0 };
	struct hr_block_list list = { .block = on_block, .context = &seen };

	page_memory_free(&fixture->fake, PAGE_DATA_7_2, HOT, GIB(1));
	make_kernel(fixture);
	assert_success(hr_kernel_list_blocks(fixture->kernel, &list));
	assert_true(seen.blocks >= 16);
	assert_int_equal(seen.pages, seen.blocks * BLOCK_PAGES);
}

/*
 * Of a list, no more struct pages are read than the source can have: those of the first blocks, as
 * the tables of this one map all of them to a few pages.
 */
static void list_reads_no_more_than_the_source_has(void **state)
{
	struct fixture *fixture = *state;
	struct seen seen = { .blocks = 0 };
	struct hr_block_list list = { .block = on_block, .context = &seen };
	struct fake_kernel *fake = &fixture->fake;
	uint64_t far = HOT + GIB(32), size = GIB(16);

	fake_sections(fake, far, size, 7);
	fake_map_linear(fake, far, size, FAKE_PUD);
	for (uint64_t at = 0; at < size; at += BLOCK)
		fake_map(&fake->tables, fake_vmemmap(fake, far + at), GIB(64) + GIB(48) / 64,
			 FAKE_PMD);
	for (uint64_t at = 0; at < MIB(2); at += KIB(4))
		fake_page(&fake->fake, GIB(64) + GIB(48) / 64 + at);
	fake->fake.memory.size = MIB(8);
	make_kernel(fixture);
	assert_success(hr_kernel_list_blocks(fixture->kernel, &list));
	assert_int_equal(seen.pages, seen.blocks * BLOCK_PAGES);
	assert_true(seen.unreadable > 100 * BLOCK_PAGES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_pages(block_without_unmovable_pages_is_removable),
		test_of_pages(unmovable_page_is_a_reason),
		test_of_pages(ignored_reason_does_not_count),
		test_of_pages(pages_are_looked_at_only_if_asked_for),
		test_of_pages(range_that_cannot_be_asked_about_is_refused),
		test_of_pages(without_types_the_answer_is_unknown),
		test_of_pages(types_of_an_unknown_form_are_the_reason),
		test_of_pages(memory_to_be_added_is_free),
		test_of_pages(removal_of_pages_that_stay_is_refused),
		test_of_pages(listed_blocks_have_pages),
		test_of_pages(list_reads_no_more_than_the_source_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
