// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/btf_data.h"
#include "kernel/page_kind.h"
#include "page_data.h"

#define VA	UINT64_C(0xfffffdffc1000000) /* of the first struct page */
#define CACHE	UINT64_C(0xffff000000123400) /* a struct address_space */
#define ANON	UINT64_C(0xffff000000567801) /* a struct anon_vma, and the flag for it */
#define KSM	UINT64_C(0xffff000000567803)
#define MOVABLE UINT64_C(0xffff000000abc002) /* up to 6.16: the operations of a driver */

enum {
	PFN = 0x40000,
	PAGES = 64
};

/* Struct pages of one form. */
struct fixture {
	enum page_data_form kind;
	struct hr_page_form form;
	unsigned char pages[PAGES * PAGE_DATA_SIZE];
	unsigned char states[PAGES];
	struct hr_page_run run;
};

static void set_up(struct fixture *fixture, enum page_data_form kind)
{
	static const char text[] = "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
				   "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257\n";
	struct hr_vmcoreinfo *note = NULL;
	struct btf *btf = NULL;
	size_t size;
	void *data = page_data_types(kind, &size);

	memset(fixture, 0, sizeof(*fixture));
	fixture->kind = kind;
	assert_success(hr_vmcoreinfo_create(text, strlen(text), &note));
	assert_success(hr_btf_open(data, size, &btf));
	assert_success(hr_page_form_find(btf, note, PAGE_DATA_SIZE, &fixture->form));
	hr_cleanup_btf(&btf);
	hr_vmcoreinfo_destroy(note);
	free(data);
	memset(fixture->states, HR_PAGE_READ, sizeof(fixture->states));
	fixture->run = (struct hr_page_run){
		.form = &fixture->form,
		.pages = fixture->pages,
		.states = fixture->states,
		.pfn = PFN,
		.count = PAGES,
	};
}

static void put(struct fixture *fixture, size_t index, const struct page_data_page *page)
{
	page_data_put(fixture->kind, fixture->pages + index * PAGE_DATA_SIZE,
		      VA + index * PAGE_DATA_SIZE, page);
}

/* The kind of the first page if it is @page. */
static enum hr_page_kind kind_of(struct fixture *fixture, const struct page_data_page *page,
				 size_t *ret_span)
{
	put(fixture, 0, page);
	return hr_page_kind_at(&fixture->run, 0, ret_span);
}

/* A page, or a folio, and what it counts as. */
struct row {
	struct page_data_page page;
	enum hr_page_kind kind;
	size_t span;
};

static void check_rows(enum page_data_form form, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct fixture fixture;
		enum hr_page_kind kind;
		size_t span;

		set_up(&fixture, form);
		kind = kind_of(&fixture, &rows[i].page, &span);
		if (kind != rows[i].kind || span != rows[i].span)
			fail_msg("form %d, row %zu: %s, %zu pages", (int)form, i,
				 hr_page_kind_name(kind), span);
	}
}

#define CHECK_ALL_FORMS(rows)                                                                      \
	for (enum page_data_form form_ = 0; form_ < PAGE_DATA_FORMS; form_++)                      \
	check_rows(form_, rows, COUNT_OF(rows))

static void free_chunk_counts_whole(void **state)
{
	static const struct row rows[] = {
		{ { .type = TYPE_BUDDY }, HR_PAGES_FREE, 1 },
		{ { .type = TYPE_BUDDY, .private = 4 }, HR_PAGES_FREE, 16 },
		/* Larger than the run. */
		{ { .type = TYPE_BUDDY, .private = 10 }, HR_PAGES_FREE, PAGES },
		/* An order that no chunk has. */
		{ { .type = TYPE_BUDDY, .private = 19 }, HR_PAGES_UNREADABLE, 1 },
		{ { .type = TYPE_BUDDY, .private = CACHE }, HR_PAGES_UNREADABLE, 1 },
	};

	(void)state;
	CHECK_ALL_FORMS(rows);
}

static void page_that_nobody_holds_is_idle(void **state)
{
	static const struct row rows[] = {
		{ { .refs = 0 }, HR_PAGES_IDLE, 1 },
		{ { .flags = FLAG_LRU, .mapping = ANON }, HR_PAGES_IDLE, 1 },
	};

	(void)state;
	CHECK_ALL_FORMS(rows);
}

/* References beyond those of mappings and of a cache are somebody's. */
static void page_moves_if_its_references_are_explained(void **state)
{
	static const unsigned int lru = FLAG_LRU, swap = FLAG_SWAPBACKED;
	const struct row rows[] = {
		/* Memory of a process, mapped once and three times. */
		{ { lru | swap, .mapping = ANON, .maps = 1, .refs = 1 }, HR_PAGES_MOVABLE, 1 },
		{ { lru | swap, .mapping = ANON, .maps = 3, .refs = 3 }, HR_PAGES_MOVABLE, 1 },
		{ { lru | swap, .mapping = KSM, .maps = 9, .refs = 9 }, HR_PAGES_MOVABLE, 1 },
		{ { lru | swap, .mapping = ANON, .maps = 1, .refs = 2 }, HR_PAGES_PINNED, 1 },
		{ { lru | swap, .mapping = ANON, .maps = 1, .refs = 1025 }, HR_PAGES_PINNED, 1 },
		/* In the swap cache too. */
		{ { lru | swap | FLAG_SWAPCACHE, .mapping = ANON, .maps = 1, .refs = 2 },
		  HR_PAGES_MOVABLE,
		  1 },
		{ { lru | swap | FLAG_SWAPCACHE, .mapping = ANON, .maps = 1, .refs = 3 },
		  HR_PAGES_PINNED,
		  1 },
		/* The same bit means something else without swap behind it. */
		{ { lru | FLAG_SWAPCACHE, .mapping = CACHE, .refs = 2 }, HR_PAGES_PINNED, 1 },
		/* Of a file: in the cache, with data of the file system, mapped. */
		{ { lru, .mapping = CACHE, .refs = 1 }, HR_PAGES_MOVABLE, 1 },
		{ { lru | FLAG_PRIVATE, .mapping = CACHE, .refs = 2 }, HR_PAGES_MOVABLE, 1 },
		{ { lru, .mapping = CACHE, .maps = 2, .refs = 3 }, HR_PAGES_MOVABLE, 1 },
		{ { lru, .mapping = CACHE, .maps = 2, .refs = 4 }, HR_PAGES_PINNED, 1 },
		/* Truncated, but still with data of the file system. */
		{ { lru | FLAG_PRIVATE, .refs = 1 }, HR_PAGES_MOVABLE, 1 },
		/* Locked by its process. */
		{ { lru | swap | FLAG_UNEVICTABLE | FLAG_MLOCKED, .mapping = ANON, .maps = 1,
		    .refs = 1 },
		  HR_PAGES_MOVABLE,
		  1 },
	};

	(void)state;
	CHECK_ALL_FORMS(rows);
}

/* Whoever has taken a page off the LRU list, or has it on the way there, holds it. */
static void page_on_its_way_to_the_lru_list_moves(void **state)
{
	static const struct row rows[] = {
		{ { FLAG_SWAPBACKED, .mapping = ANON, .maps = 1, .refs = 2 }, HR_PAGES_MOVABLE, 1 },
		{ { .mapping = CACHE, .refs = 2 }, HR_PAGES_MOVABLE, 1 },
		{ { FLAG_SWAPBACKED, .mapping = ANON, .maps = 1, .refs = 3 }, HR_PAGES_PINNED, 1 },
	};

	(void)state;
	CHECK_ALL_FORMS(rows);
}

static void cache_without_a_way_to_move_it_stays(void **state)
{
	static const unsigned int stuck = FLAG_LRU | FLAG_UNEVICTABLE | FLAG_DIRTY;
	const struct row rows[] = {
		{ { stuck, .mapping = CACHE, .refs = 1 }, HR_PAGES_CACHE, 1 },
		{ { stuck, .mapping = CACHE, .maps = 1, .refs = 2 }, HR_PAGES_CACHE, 1 },
		/* Shared memory that was locked by SHM_LOCK. */
		{ { stuck | FLAG_SWAPBACKED, .mapping = CACHE, .refs = 1 }, HR_PAGES_MOVABLE, 1 },
		/* A file whose mapping a process has locked. */
		{ { stuck | FLAG_MLOCKED, .mapping = CACHE, .maps = 1, .refs = 2 },
		  HR_PAGES_MOVABLE,
		  1 },
	};

	(void)state;
	CHECK_ALL_FORMS(rows);
}

static void pages_of_the_kernel_stay(void **state)
{
	static const struct row rows[] = {
		{ { FLAG_RESERVED, .refs = 1 }, HR_PAGES_RESERVED, 1 },
		{ { .type = TYPE_TABLE, .refs = 1 }, HR_PAGES_TABLE, 1 },
		{ { .refs = 1 }, HR_PAGES_KERNEL, 1 },
		/* Mapped by a driver, which no LRU list knows of. */
		{ { .maps = 1, .refs = 2 }, HR_PAGES_KERNEL, 1 },
		{ { FLAG_HEAD, .order = 2, .refs = 1 }, HR_PAGES_KERNEL, 4 },
	};

	(void)state;
	CHECK_ALL_FORMS(rows);
}

static void slab_is_a_flag_or_a_type(void **state)
{
	static const struct row old[] = {
		{ { FLAG_SLAB, .refs = 1 }, HR_PAGES_SLAB, 1 },
		{ { FLAG_SLAB | FLAG_HEAD, .order = 3, .refs = 1 }, HR_PAGES_SLAB, 8 },
	};
	static const struct row new[] = {
		/* From 6.14 on, nobody holds a reference of slab. */
		{ { .type = TYPE_SLAB }, HR_PAGES_SLAB, 1 },
		{ { FLAG_HEAD, TYPE_SLAB, .order = 3 }, HR_PAGES_SLAB, 8 },
		{ { FLAG_HEAD, TYPE_LARGE_KMALLOC, .order = 2 }, HR_PAGES_KERNEL, 4 },
		{ { .type = TYPE_LARGE_KMALLOC }, HR_PAGES_KERNEL, 1 },
	};

	(void)state;
	check_rows(PAGE_DATA_6_1, old, COUNT_OF(old));
	check_rows(PAGE_DATA_6_6, old, COUNT_OF(old));
	check_rows(PAGE_DATA_7_2, new, COUNT_OF(new));
}

/* has_unmovable_pages() does not look there, except for what is reserved. */
static void zone_movable_passes_pages_of_the_kernel(void **state)
{
	static const struct row rows[] = {
		{ { .refs = 1, .zone = ZONE_THAT_IS_MOVABLE }, HR_PAGES_OTHER, 1 },
		{ { .type = TYPE_TABLE, .refs = 1, .zone = ZONE_THAT_IS_MOVABLE },
		  HR_PAGES_OTHER,
		  1 },
		{ { FLAG_RESERVED, .refs = 1, .zone = ZONE_THAT_IS_MOVABLE },
		  HR_PAGES_RESERVED,
		  1 },
		{ { FLAG_LRU, .mapping = ANON, .maps = 1, .refs = 2, .zone = ZONE_THAT_IS_MOVABLE },
		  HR_PAGES_PINNED,
		  1 },
	};

	(void)state;
	CHECK_ALL_FORMS(rows);
}

static void driver_decides_about_its_pages(void **state)
{
	static const struct row rows[] = {
		{ { .type = TYPE_OFFLINE, .refs = 1 }, HR_PAGES_OFFLINE, 1 },
		{ { .type = TYPE_OFFLINE }, HR_PAGES_OFFLINE, 1 },
	};
	static const struct row old[] = {
		{ { .mapping = MOVABLE, .refs = 1 }, HR_PAGES_MOVABLE, 1 },
		{ { .type = TYPE_OFFLINE, .mapping = MOVABLE, .refs = 1 }, HR_PAGES_OFFLINE, 1 },
	};
	static const struct row new[] = {
		{ { FLAG_MOVABLE_OPS, TYPE_ZSMALLOC, .refs = 1 }, HR_PAGES_MOVABLE, 1 },
		{ { .type = TYPE_ZSMALLOC, .refs = 1 }, HR_PAGES_KERNEL, 1 },
		{ { .mapping = MOVABLE, .refs = 1 }, HR_PAGES_KERNEL, 1 },
		/* Of other pages, the bit says something else. */
		{ { FLAG_MOVABLE_OPS, .refs = 1 }, HR_PAGES_KERNEL, 1 },
	};

	(void)state;
	CHECK_ALL_FORMS(rows);
	check_rows(PAGE_DATA_6_1, old, COUNT_OF(old));
	check_rows(PAGE_DATA_7_2, new, COUNT_OF(new));
}

static void broken_page_is_left_behind(void **state)
{
	static const struct row rows[] = {
		{ { FLAG_HWPOISON, .refs = 1 }, HR_PAGES_HWPOISON, 1 },
		{ { FLAG_HWPOISON | FLAG_RESERVED, .refs = 1 }, HR_PAGES_RESERVED, 1 },
	};

	(void)state;
	CHECK_ALL_FORMS(rows);
}

static void hugetlb_page_moves(void **state)
{
	static const unsigned int head = FLAG_HEAD;
	static const enum page_data_type type[] = { [PAGE_DATA_7_2] = TYPE_HUGETLB };

	(void)state;
	for (enum page_data_form form = 0; form < PAGE_DATA_FORMS; form++) {
		const struct row rows[] = {
			{ { head, type[form], .order = 5, .is_hugetlb = true },
			  HR_PAGES_HUGETLB,
			  32 },
			{ { head, type[form], .order = 5, .is_hugetlb = true, .mapping = CACHE,
			    .whole_maps = 1, .refs = 2 },
			  HR_PAGES_HUGETLB,
			  32 },
			{ { head, type[form], .order = 5, .is_hugetlb = true, .refs = 1,
			    .pins = form == PAGE_DATA_6_6 ? 1 : 3 },
			  HR_PAGES_PINNED,
			  32 },
		};

		check_rows(form, rows, COUNT_OF(rows));
	}
}

static void folio_moves_if_its_references_are_explained(void **state)
{
	static const unsigned int lru = FLAG_LRU | FLAG_HEAD;
	const struct row rows[] = {
		{ { lru, .mapping = ANON, .order = 3, .whole_maps = 1, .refs = 1 },
		  HR_PAGES_MOVABLE,
		  8 },
		{ { lru, .mapping = ANON, .order = 3, .whole_maps = 1, .refs = 2 },
		  HR_PAGES_PINNED,
		  8 },
		/* Its first page is mapped by itself, by two processes. */
		{ { lru, .mapping = ANON, .order = 3, .maps = 2, .refs = 2 }, HR_PAGES_MOVABLE, 8 },
		/* In the cache, each page has a reference. */
		{ { lru, .mapping = CACHE, .order = 3, .refs = 8 }, HR_PAGES_MOVABLE, 8 },
		{ { lru, .mapping = CACHE, .order = 3, .refs = 9 }, HR_PAGES_PINNED, 8 },
		{ { lru | FLAG_SWAPBACKED | FLAG_SWAPCACHE, .mapping = ANON, .order = 3,
		    .whole_maps = 1, .refs = 9 },
		  HR_PAGES_MOVABLE,
		  8 },
		/* Pinned, although a mapping that went away since has had as many references. */
		{ { lru, .mapping = ANON, .order = 3, .whole_maps = 2, .refs = 2, .pins = 1 },
		  HR_PAGES_PINNED,
		  8 },
	};

	(void)state;
	CHECK_ALL_FORMS(rows);
}

/* Up to 6.1, a mapping of a whole folio of a file counts in each page as well. */
static void mapping_of_a_file_counts_once(void **state)
{
	static const struct page_data_page page = {
		.flags = FLAG_LRU | FLAG_HEAD,
		.mapping = CACHE,
		.order = 1,
		.whole_maps = 1,
		.maps = 1,
		.refs = 3,
	};
	struct fixture fixture;
	size_t span;

	(void)state;
	set_up(&fixture, PAGE_DATA_6_1);
	put(&fixture, 0, &page);
	/* The mapcount of the tail page. */
	memset(fixture.pages + PAGE_DATA_SIZE + 48, 0, 4);
	assert_int_equal(hr_page_kind_at(&fixture.run, 0, &span), HR_PAGES_MOVABLE);
}

static void folio_that_cannot_be_is_unreadable(void **state)
{
	static const struct page_data_page folio = {
		.flags = FLAG_LRU | FLAG_HEAD,
		.mapping = ANON,
		.order = 3,
		.whole_maps = 1,
		.refs = 1,
	};

	(void)state;
	for (enum page_data_form form = 0; form < PAGE_DATA_FORMS; form++) {
		struct fixture fixture;
		size_t span;

		set_up(&fixture, form);
		/* Not at a multiple of its size. */
		put(&fixture, 4, &folio);
		assert_int_equal(hr_page_kind_at(&fixture.run, 4, &span), HR_PAGES_UNREADABLE);
		assert_int_equal(span, 1);
		/* Without its first tail page. */
		put(&fixture, 8, &folio);
		fixture.states[9] = HR_PAGE_UNREAD;
		assert_int_equal(hr_page_kind_at(&fixture.run, 8, &span), HR_PAGES_UNREADABLE);
		fixture.run.count = 1;
		put(&fixture, 0, &folio);
		assert_int_equal(hr_page_kind_at(&fixture.run, 0, &span), HR_PAGES_UNREADABLE);
	}
}

/* Where the mappings of each page count, all of them are needed. */
static void folio_that_lacks_a_page_is_unreadable(void **state)
{
	static const struct page_data_page folio = {
		.flags = FLAG_LRU | FLAG_HEAD,
		.mapping = ANON,
		.order = 3,
		.whole_maps = 1,
		.refs = 1,
	};
	struct fixture fixture;
	size_t span;

	(void)state;
	set_up(&fixture, PAGE_DATA_6_6);
	put(&fixture, 0, &folio);
	fixture.states[5] = HR_PAGE_UNREAD;
	assert_int_equal(hr_page_kind_at(&fixture.run, 0, &span), HR_PAGES_UNREADABLE);
	assert_int_equal(span, 8);
	set_up(&fixture, PAGE_DATA_7_2);
	put(&fixture, 0, &folio);
	fixture.states[5] = HR_PAGE_UNREAD;
	assert_int_equal(hr_page_kind_at(&fixture.run, 0, &span), HR_PAGES_MOVABLE);
}

static void blank_struct_page_says_nothing(void **state)
{
	struct fixture fixture;
	size_t span;

	(void)state;
	set_up(&fixture, PAGE_DATA_7_2);
	assert_int_equal(hr_page_kind_at(&fixture.run, 0, &span), HR_PAGES_UNREADABLE);
	memset(fixture.pages, 0xff, PAGE_DATA_SIZE);
	assert_int_equal(hr_page_kind_at(&fixture.run, 0, &span), HR_PAGES_UNREADABLE);
}

static void page_that_was_not_read_is_unreadable_or_expected(void **state)
{
	struct fixture fixture;
	size_t span;

	(void)state;
	set_up(&fixture, PAGE_DATA_7_2);
	put(&fixture, 0, &(struct page_data_page){ .refs = 1 });
	fixture.states[0] = HR_PAGE_UNREAD;
	assert_int_equal(hr_page_kind_at(&fixture.run, 0, &span), HR_PAGES_UNREADABLE);
	fixture.states[0] = HR_PAGE_EXPECTED;
	assert_int_equal(hr_page_kind_at(&fixture.run, 0, &span), HR_PAGES_FREE);
}

static void tail_page_leads_to_its_head(void **state)
{
	static const struct page_data_page folio = {
		.flags = FLAG_HEAD,
		.order = 4,
		.refs = 1,
	};
	struct fixture fixture;
	uint64_t back;

	(void)state;
	set_up(&fixture, PAGE_DATA_7_2);
	put(&fixture, 0, &folio);
	assert_false(hr_page_is_tail(&fixture.run, 0, VA, &back));
	assert_true(hr_page_is_tail(&fixture.run, 11, VA + 11 * PAGE_DATA_SIZE, &back));
	assert_int_equal(back, 11);
	fixture.states[11] = HR_PAGE_UNREAD;
	assert_false(hr_page_is_tail(&fixture.run, 11, VA + 11 * PAGE_DATA_SIZE, &back));
}

/* The link of a tail page is what damage may have made it. */
static void tail_page_may_lead_nowhere(void **state)
{
	static const struct {
		uint64_t link, back;
	} rows[] = {
		{ 1, 0 },
		{ VA + 1, 3 },
		{ VA + 8 + 1, 0 },
		{ VA + PAGES * PAGE_DATA_SIZE + 1, 0 },
		/* A mask that leaves out the low bits of the address. */
		{ UINT64_C(0xffffffffffffff00) | 1, 3 },
		{ UINT64_MAX, 0 },
	};
	struct fixture fixture;
	uint64_t back;

	(void)state;
	set_up(&fixture, PAGE_DATA_7_2);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		memcpy(fixture.pages + 3 * PAGE_DATA_SIZE + 8, &rows[i].link, 8);
		assert_true(hr_page_is_tail(&fixture.run, 3, VA + 3 * PAGE_DATA_SIZE, &back));
		assert_int_equal(back, rows[i].back);
	}
}

static void page_says_that_it_holds_struct_pages(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture, PAGE_DATA_7_2);
	put(&fixture, 0, &(struct page_data_page){ .flags = FLAG_SELF_HOSTED, .refs = 1 });
	put(&fixture, 1, &(struct page_data_page){ .refs = 1, .zone = ZONE_THAT_IS_MOVABLE });
	assert_true(hr_page_is_self_hosted(&fixture.run, 0));
	assert_false(hr_page_is_self_hosted(&fixture.run, 1));
	assert_false(hr_page_is_in_zone_movable(&fixture.run, 0));
	assert_true(hr_page_is_in_zone_movable(&fixture.run, 1));
}

static void kinds_have_names_and_groups(void **state)
{
	(void)state;
	assert_string_equal(hr_page_kind_name(HR_PAGES_TABLE), "page_table");
	assert_null(hr_page_kind_name(HR_PAGES_KINDS));
	for (enum hr_page_kind kind = 0; kind < HR_PAGES_KINDS; kind++) {
		assert_non_null(hr_page_kind_name(kind));
		assert_false(hr_page_kind_is_unmovable(kind) && hr_page_kind_moves(kind));
	}
	assert_true(hr_page_kind_is_unmovable(HR_PAGES_PINNED));
	assert_false(hr_page_kind_is_unmovable(HR_PAGES_OFFLINE));
	assert_true(hr_page_kind_moves(HR_PAGES_HUGETLB));
	assert_false(hr_page_kind_moves(HR_PAGES_FREE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(free_chunk_counts_whole),
		cmocka_unit_test(page_that_nobody_holds_is_idle),
		cmocka_unit_test(page_moves_if_its_references_are_explained),
		cmocka_unit_test(page_on_its_way_to_the_lru_list_moves),
		cmocka_unit_test(cache_without_a_way_to_move_it_stays),
		cmocka_unit_test(pages_of_the_kernel_stay),
		cmocka_unit_test(slab_is_a_flag_or_a_type),
		cmocka_unit_test(zone_movable_passes_pages_of_the_kernel),
		cmocka_unit_test(driver_decides_about_its_pages),
		cmocka_unit_test(broken_page_is_left_behind),
		cmocka_unit_test(hugetlb_page_moves),
		cmocka_unit_test(folio_moves_if_its_references_are_explained),
		cmocka_unit_test(mapping_of_a_file_counts_once),
		cmocka_unit_test(folio_that_cannot_be_is_unreadable),
		cmocka_unit_test(folio_that_lacks_a_page_is_unreadable),
		cmocka_unit_test(blank_struct_page_says_nothing),
		cmocka_unit_test(page_that_was_not_read_is_unreadable_or_expected),
		cmocka_unit_test(tail_page_leads_to_its_head),
		cmocka_unit_test(tail_page_may_lead_nowhere),
		cmocka_unit_test(page_says_that_it_holds_struct_pages),
		cmocka_unit_test(kinds_have_names_and_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
