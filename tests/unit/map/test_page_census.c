// SPDX-License-Identifier: GPL-2.0-or-later
#include "page_memory.h"

#include <string.h>

#include "map/page_census.h"

#define BASE GIB(16)
#define HOT  GIB(32)
#define ANON UINT64_C(0xffff000000567801)
#define FORM PAGE_DATA_7_2

enum {
	BLOCK_PAGES = 32768,
	OFFLINE = 3 /* flags of a section that was added */
};

struct fixture {
	struct fake_kernel kernel;
	struct hr_page_form form;
	struct hr_page_census census;
	struct hr_pages pages;
};

static int set_up(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));
	struct fake_kernel *kernel = &fixture->kernel;
	struct hr_machine *machine = &fixture->census.machine;

	fake_kernel_init(kernel, &fake_shapes[1], BASE);
	fake_add_memory(kernel, HOT, MIB(256), FAKE_PMD, FAKE_PTE);
	page_memory_free(kernel, FORM, HOT, MIB(256));
	fixture->form = page_memory_form(FORM);
	machine->layout = &kernel->layout;
	machine->block_size = MIB(128);
	assert_success(hr_walker_create(&kernel->layout.geo, &kernel->fake.memory,
					kernel->layout.swapper_pa, &machine->walker));
	assert_success(
		hr_sections_create(&kernel->layout, &kernel->fake.memory, &machine->sections));
	assert_success(hr_page_reader_create(machine, &kernel->fake.memory, &fixture->form,
					     &fixture->census.reader));
	hr_page_reader_allow(fixture->census.reader, GIB(1));
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	hr_page_reader_destroy(fixture->census.reader);
	hr_sections_destroy(fixture->census.machine.sections);
	hr_walker_destroy(fixture->census.machine.walker);
	fake_kernel_release(&fixture->kernel);
	test_free(fixture);
	return 0;
}

#define test_of_kernel(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

static void put(struct fixture *fixture, uint64_t pa, const struct page_data_page *page)
{
	page_memory_put(&fixture->kernel, FORM, pa, page);
}

static void take(struct fixture *fixture, uint64_t start, uint64_t size)
{
	hr_page_census_take(&fixture->census, start, start + size, &fixture->pages);
}

static uint64_t pages_of(const struct fixture *fixture, enum hr_page_kind kind)
{
	return fixture->pages.kinds[kind].pages;
}

static uint64_t first_of(const struct fixture *fixture, enum hr_page_kind kind)
{
	return fixture->pages.kinds[kind].first_pfn;
}

/* All pages of all kinds. */
static uint64_t all_pages(const struct fixture *fixture)
{
	uint64_t sum = 0;

	for (enum hr_page_kind kind = 0; kind < HR_PAGES_KINDS; kind++)
		sum += pages_of(fixture, kind);
	return sum;
}

static void free_memory_has_nothing_to_move(void **state)
{
	struct fixture *fixture = *state;

	take(fixture, HOT, MIB(256));
	assert_int_equal(pages_of(fixture, HR_PAGES_FREE), 2 * BLOCK_PAGES);
	assert_int_equal(all_pages(fixture), 2 * BLOCK_PAGES);
	assert_int_equal(fixture->pages.unmovable.pages, 0);
	assert_int_equal(fixture->pages.to_move, 0);
	assert_false(fixture->pages.in_zone_movable);
}

static void kinds_are_counted_with_their_first_page(void **state)
{
	struct fixture *fixture = *state;
	const struct page_data_page anon = {
		.flags = FLAG_LRU, .mapping = ANON, .maps = 1, .refs = 1
	};

	/* 1024 pages that were one free chunk, and are now 64 of each of these kinds. */
	for (uint64_t at = 0; at < MIB(4); at += KIB(4))
		put(fixture, HOT + MIB(8) + at, &(struct page_data_page){ .refs = 0 });
	for (uint64_t at = 0; at < KIB(256); at += KIB(4)) {
		put(fixture, HOT + MIB(8) + at, &anon);
		put(fixture, HOT + MIB(9) + at, &(struct page_data_page){ .type = TYPE_SLAB });
		put(fixture, HOT + MIB(10) + at, &(struct page_data_page){ .refs = 1 });
	}
	take(fixture, HOT, MIB(256));
	assert_int_equal(pages_of(fixture, HR_PAGES_MOVABLE), 64);
	assert_int_equal(pages_of(fixture, HR_PAGES_SLAB), 64);
	assert_int_equal(pages_of(fixture, HR_PAGES_KERNEL), 64);
	assert_int_equal(pages_of(fixture, HR_PAGES_IDLE), 1024 - 192);
	assert_int_equal(all_pages(fixture), 2 * BLOCK_PAGES);
	assert_int_equal(first_of(fixture, HR_PAGES_SLAB), (HOT + MIB(9)) >> 12);
	assert_int_equal(first_of(fixture, HR_PAGES_KERNEL), (HOT + MIB(10)) >> 12);
	assert_int_equal(fixture->pages.unmovable.pages, 128);
	assert_int_equal(fixture->pages.unmovable.first_pfn, (HOT + MIB(9)) >> 12);
	assert_int_equal(fixture->pages.to_move, 64);
}

static void part_of_a_block_counts_its_pages_only(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, HOT + KIB(4), &(struct page_data_page){ .refs = 1 });
	put(fixture, HOT, &(struct page_data_page){ .refs = 0 });
	take(fixture, HOT + 100, KIB(4));
	assert_int_equal(all_pages(fixture), 2);
	assert_int_equal(pages_of(fixture, HR_PAGES_KERNEL), 1);
}

static void memory_that_is_offline_has_nothing_in_it(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, HOT, &(struct page_data_page){ .refs = 1 });
	fake_section(&fixture->kernel, HOT, OFFLINE);
	take(fixture, HOT, MIB(256));
	assert_int_equal(pages_of(fixture, HR_PAGES_NOT_ONLINE), BLOCK_PAGES);
	assert_int_equal(pages_of(fixture, HR_PAGES_FREE), BLOCK_PAGES);
	assert_int_equal(fixture->pages.unmovable.pages, 0);
}

static void memory_that_does_not_exist_is_not_counted(void **state)
{
	struct fixture *fixture = *state;

	take(fixture, HOT, GIB(8));
	assert_int_equal(all_pages(fixture), 2 * BLOCK_PAGES);
}

static void sections_that_cannot_be_read_are_unreadable(void **state)
{
	struct fixture *fixture = *state;

	fake_exclude(&fixture->kernel.fake, fake_section_root(&fixture->kernel, HOT));
	take(fixture, HOT, MIB(256));
	assert_int_equal(pages_of(fixture, HR_PAGES_UNREADABLE), 2 * BLOCK_PAGES);
	assert_true(strlen(fixture->pages.why) > 0);
}

static void section_that_no_kernel_writes_is_unreadable(void **state)
{
	struct fixture *fixture = *state;

	/* Present, and with an address of struct pages, but without the flag for them. */
	fake_section_raw(&fixture->kernel, HOT, fake_vmemmap(&fixture->kernel, 0) + KIB(64) + 5);
	take(fixture, HOT, MIB(256));
	assert_int_equal(pages_of(fixture, HR_PAGES_UNREADABLE), BLOCK_PAGES);
	assert_int_equal(pages_of(fixture, HR_PAGES_FREE), BLOCK_PAGES);
}

static void without_sections_all_memory_is_looked_at(void **state)
{
	struct fixture *fixture = *state;
	struct hr_sections *sections = fixture->census.machine.sections;

	fixture->census.machine.sections = NULL;
	take(fixture, HOT + MIB(64), MIB(256));
	assert_int_equal(pages_of(fixture, HR_PAGES_FREE), BLOCK_PAGES + BLOCK_PAGES / 2);
	assert_int_equal(pages_of(fixture, HR_PAGES_UNREADABLE), BLOCK_PAGES / 2);
	fixture->census.machine.sections = sections;
}

/* A page of the vmemmap describes 64 pages. */
static void struct_pages_that_cannot_be_read_are_unreadable(void **state)
{
	struct fixture *fixture = *state;
	uint64_t va = fake_vmemmap(&fixture->kernel, HOT);

	fake_exclude(&fixture->kernel.fake, GIB(64) + (va - fixture->kernel.layout.vmemmap_start));
	take(fixture, HOT, MIB(128));
	assert_int_equal(pages_of(fixture, HR_PAGES_UNREADABLE) > 0, true);
	assert_non_null(strstr(fixture->pages.why, "not in this fake"));
}

static void zone_is_that_of_the_pages(void **state)
{
	struct fixture *fixture = *state;

	put(fixture, HOT,
	    &(struct page_data_page){
		    .type = TYPE_BUDDY, .private = 10, .zone = ZONE_THAT_IS_MOVABLE });
	take(fixture, HOT, MIB(128));
	assert_true(fixture->pages.in_zone_movable);
}

/* Tail pages of a hugetlb page that begins in the block before. */
static void folio_may_have_begun_in_another_block(void **state)
{
	struct fixture *fixture = *state;
	const struct page_data_page huge = {
		.flags = FLAG_HEAD,
		.type = TYPE_HUGETLB,
		.order = 9,
		.refs = 1,
		.is_hugetlb = true,
	};

	put(fixture, HOT + MIB(126), &huge);
	take(fixture, HOT + MIB(127), MIB(129));
	assert_int_equal(pages_of(fixture, HR_PAGES_HUGETLB), 256);
	assert_int_equal(pages_of(fixture, HR_PAGES_FREE), BLOCK_PAGES);
}

static void tail_page_without_a_head_is_unreadable(void **state)
{
	struct fixture *fixture = *state;
	const struct page_data_page folio = { .flags = FLAG_HEAD, .order = 2, .refs = 1 };

	put(fixture, HOT, &folio);
	/* The head is gone. */
	put(fixture, HOT, &(struct page_data_page){ .refs = 0 });
	take(fixture, HOT, KIB(16));
	assert_int_equal(pages_of(fixture, HR_PAGES_IDLE), 1);
	assert_int_equal(pages_of(fixture, HR_PAGES_UNREADABLE), 3);
	assert_non_null(strstr(fixture->pages.why, "do not fit"));
}

/* With memmap_on_memory, struct pages of a block are in its first 2 MiB. */
static void struct_pages_of_the_block_itself_are_no_pages_in_use(void **state)
{
	struct fixture *fixture = *state;
	struct fake_kernel *kernel = &fixture->kernel;
	const struct page_data_page memmap = { .flags = FLAG_SELF_HOSTED, .refs = 1 };
	uint64_t va = fake_vmemmap(kernel, HOT);

	fake_map_range(&kernel->tables, va, HOT, MIB(2), FAKE_PTE);
	/* Those are read, and they are free but for padding behind the struct pages. */
	for (uint64_t at = 0; at < MIB(2); at += KIB(4))
		fake_page(&kernel->fake, HOT + at);
	for (uint64_t at = MIB(2); at < MIB(128); at += MIB(2)) {
		struct page_data_page chunk = { .type = TYPE_BUDDY, .private = 9 };
		uint64_t place = HOT + at / KIB(4) * PAGE_DATA_SIZE;

		page_data_put(FORM, fake_page(&kernel->fake, place)->bytes, va, &chunk);
	}
	page_data_put(FORM, fake_page(&kernel->fake, HOT + KIB(32))->bytes, va, &memmap);
	take(fixture, HOT, MIB(128));
	assert_int_equal(pages_of(fixture, HR_PAGES_MEMMAP), 513);
	assert_int_equal(fixture->pages.unmovable.pages, 0);
}

/* Its references: one too many at first, and then as many as it has mappings. */
static void reference_of_a_moment_is_nobodys(void **state)
{
	struct fixture *fixture = *state;
	const struct page_data_page anon = {
		.flags = FLAG_LRU, .mapping = ANON, .maps = 1, .refs = 2
	};
	static const uint64_t words[] = { UINT64_C(2) << 32, UINT64_C(1) << 32 };
	uint64_t va = fake_vmemmap(&fixture->kernel, HOT);

	put(fixture, HOT, &anon);
	take(fixture, HOT, KIB(4));
	assert_int_equal(pages_of(fixture, HR_PAGES_PINNED), 1);
	fake_change(&fixture->kernel.fake,
		    GIB(64) + (va - fixture->kernel.layout.vmemmap_start) + 48, words,
		    COUNT_OF(words), false);
	fixture->census.live = true;
	take(fixture, HOT, KIB(4));
	assert_int_equal(pages_of(fixture, HR_PAGES_PINNED), 0);
	assert_int_equal(pages_of(fixture, HR_PAGES_MOVABLE), 1);
}

static void on_window(void *context, uint64_t pa)
{
	uint64_t *last = context;

	assert_true(pa >= *last);
	*last = pa;
}

static void progress_is_reported(void **state)
{
	struct fixture *fixture = *state;
	uint64_t last = 0;

	fixture->census.progress = on_window;
	fixture->census.context = &last;
	take(fixture, HOT, MIB(256));
	assert_int_equal(last, HOT + MIB(128));
}

static void counts_add_up(void **state)
{
	struct hr_pages pages = { .to_move = 0 };

	(void)state;
	hr_pages_add(&pages, HR_PAGES_SLAB, 20, 5);
	hr_pages_add(&pages, HR_PAGES_SLAB, 10, 1);
	hr_pages_add(&pages, HR_PAGES_TABLE, 0, 0);
	hr_pages_add(&pages, HR_PAGES_HUGETLB, 50, 8);
	assert_int_equal(pages.kinds[HR_PAGES_SLAB].pages, 6);
	assert_int_equal(pages.kinds[HR_PAGES_SLAB].first_pfn, 10);
	assert_int_equal(pages.unmovable.pages, 6);
	assert_int_equal(pages.unmovable.first_pfn, 10);
	assert_int_equal(pages.to_move, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_of_kernel(free_memory_has_nothing_to_move),
		test_of_kernel(kinds_are_counted_with_their_first_page),
		test_of_kernel(part_of_a_block_counts_its_pages_only),
		test_of_kernel(memory_that_is_offline_has_nothing_in_it),
		test_of_kernel(memory_that_does_not_exist_is_not_counted),
		test_of_kernel(sections_that_cannot_be_read_are_unreadable),
		test_of_kernel(section_that_no_kernel_writes_is_unreadable),
		test_of_kernel(without_sections_all_memory_is_looked_at),
		test_of_kernel(struct_pages_that_cannot_be_read_are_unreadable),
		test_of_kernel(zone_is_that_of_the_pages),
		test_of_kernel(folio_may_have_begun_in_another_block),
		test_of_kernel(tail_page_without_a_head_is_unreadable),
		test_of_kernel(struct_pages_of_the_block_itself_are_no_pages_in_use),
		test_of_kernel(reference_of_a_moment_is_nobodys),
		test_of_kernel(progress_is_reported),
		cmocka_unit_test(counts_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
