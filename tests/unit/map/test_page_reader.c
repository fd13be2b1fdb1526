// SPDX-License-Identifier: GPL-2.0-or-later
#include "page_memory.h"

#include <string.h>

#include "base/little_endian.h"
#include "map/page_reader.h"

#define BASE GIB(16)
#define HOT  GIB(32)

enum {
	PFN = HOT >> 12,
	COUNT = 1024
};

struct fixture {
	struct fake_kernel kernel;
	struct hr_page_form form;
	struct hr_machine machine;
	struct hr_page_reader *reader;
	struct hr_page_run run;
};

static void set_up(struct fixture *fixture)
{
	struct fake_kernel *kernel = &fixture->kernel;

	memset(fixture, 0, sizeof(*fixture));
	fake_kernel_init(kernel, &fake_shapes[1], BASE);
	fake_add_memory(kernel, HOT, MIB(128), FAKE_PMD, FAKE_PTE);
	page_memory_free(kernel, PAGE_DATA_7_2, HOT, MIB(128));
	fixture->form = page_memory_form(PAGE_DATA_7_2);
	fixture->machine.layout = &kernel->layout;
	fixture->machine.block_size = MIB(128);
	assert_success(hr_walker_create(&kernel->layout.geo, &kernel->fake.memory,
					kernel->layout.swapper_pa, &fixture->machine.walker));
	assert_success(hr_page_reader_create(&fixture->machine, &kernel->fake.memory,
					     &fixture->form, &fixture->reader));
	hr_page_reader_allow(fixture->reader, GIB(1));
}

static void tear_down(struct fixture *fixture)
{
	hr_page_reader_destroy(fixture->reader);
	hr_walker_destroy(fixture->machine.walker);
	fake_kernel_release(&fixture->kernel);
}

static void read_pages(struct fixture *fixture, uint64_t pfn, size_t count)
{
	hr_page_reader_read(fixture->reader, pfn, count, &fixture->run);
	assert_int_equal(fixture->run.count, count);
	assert_int_equal(fixture->run.pfn, pfn);
}

/* How many of the pages have @state. */
static size_t count_of(const struct fixture *fixture, enum hr_page_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < fixture->run.count; i++)
		count += fixture->run.states[i] == state;
	return count;
}

/* PA of the vmemmap page that has the struct page of @pfn. */
static uint64_t place_of(const struct fixture *fixture, uint64_t pfn)
{
	const struct fake_kernel *kernel = &fixture->kernel;

	return GIB(64) + (fake_vmemmap(kernel, pfn << 12) - kernel->layout.vmemmap_start);
}

static void struct_pages_are_read_where_the_vmemmap_has_them(void **state)
{
	const struct page_data_page page = { .mapping = 0x12345678, .refs = 7 };

	(void)state;
	for (size_t batches = 0; batches < 2; batches++) {
		struct fixture fixture;

		set_up(&fixture);
		if (batches)
			fake_reads_ahead(&fixture.kernel.fake);
		page_memory_put(&fixture.kernel, PAGE_DATA_7_2, HOT + MIB(1) + KIB(12), &page);
		read_pages(&fixture, PFN + 250, COUNT);
		assert_int_equal(count_of(&fixture, HR_PAGE_READ), COUNT);
		assert_string_equal(hr_page_reader_why(fixture.reader), "");
		assert_int_equal(hr_get_le64(fixture.run.pages + 9 * PAGE_DATA_SIZE + 24),
				 0x12345678);
		assert_int_equal(fixture.kernel.fake.batches > 0, batches);
		tear_down(&fixture);
	}
}

/* A page of the vmemmap has the struct pages of 64 pages. */
static void what_the_source_lacks_is_unread(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fake_reads_ahead(&fixture.kernel.fake);
	fake_exclude(&fixture.kernel.fake, place_of(&fixture, PFN + 128));
	read_pages(&fixture, PFN, COUNT);
	assert_int_equal(count_of(&fixture, HR_PAGE_UNREAD), 64);
	assert_int_equal(fixture.run.states[127], HR_PAGE_READ);
	assert_int_equal(fixture.run.states[128], HR_PAGE_UNREAD);
	assert_int_equal(fixture.run.states[191], HR_PAGE_UNREAD);
	assert_non_null(strstr(hr_page_reader_why(fixture.reader), "not in this fake"));
	/* It is of that call only. */
	read_pages(&fixture, PFN, 64);
	assert_string_equal(hr_page_reader_why(fixture.reader), "");
	tear_down(&fixture);
}

static void what_is_not_mapped_is_unread(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	read_pages(&fixture, PFN + MIB(128) / KIB(4) - 10, 20);
	assert_int_equal(count_of(&fixture, HR_PAGE_READ), 10);
	assert_non_null(strstr(hr_page_reader_why(fixture.reader), "does not map"));
	tear_down(&fixture);
}

static void table_that_cannot_be_read_is_the_reason(void **state)
{
	struct fixture fixture;
	uint64_t va;

	(void)state;
	set_up(&fixture);
	va = fake_vmemmap(&fixture.kernel, HOT);
	fake_exclude(&fixture.kernel.fake, fake_table_of(&fixture.kernel.tables, HR_LEVEL_PTE, va));
	read_pages(&fixture, PFN, COUNT);
	assert_int_equal(count_of(&fixture, HR_PAGE_UNREAD), COUNT);
	assert_true(strlen(hr_page_reader_why(fixture.reader)) > 0);
	tear_down(&fixture);
}

static void text_has_no_struct_pages(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	fixture.kernel.layout.hides_vmemmap_pa = true;
	read_pages(&fixture, PFN, COUNT);
	assert_int_equal(count_of(&fixture, HR_PAGE_UNREAD), COUNT);
	assert_non_null(strstr(hr_page_reader_why(fixture.reader), "text of page tables"));
	tear_down(&fixture);
}

/* Tables that map all of the vmemmap to one page would otherwise be read for ever. */
static void no_more_is_read_than_allowed(void **state)
{
	struct fixture fixture;

	(void)state;
	set_up(&fixture);
	hr_page_reader_allow(fixture.reader, COUNT * PAGE_DATA_SIZE + 100);
	read_pages(&fixture, PFN, COUNT);
	assert_int_equal(count_of(&fixture, HR_PAGE_READ), COUNT);
	assert_int_equal(hr_page_reader_left(fixture.reader), 100);
	read_pages(&fixture, PFN, COUNT);
	assert_int_equal(count_of(&fixture, HR_PAGE_READ), 0);
	assert_non_null(strstr(hr_page_reader_why(fixture.reader), "more struct pages than"));
	tear_down(&fixture);
}

/* Where struct pages have 56 bytes, one may begin in a page of the vmemmap and end in the next. */
static void struct_page_needs_both_of_its_pages(void **state)
{
	struct fixture fixture;
	uint64_t place;

	(void)state;
	set_up(&fixture);
	place = place_of(&fixture, PFN);
	fixture.kernel.layout.struct_page_size = 56;
	fixture.form.size = 56;
	fixture.kernel.layout.vmemmap_start += (PFN - (BASE >> 12)) * 8;
	read_pages(&fixture, PFN, 147);
	assert_int_equal(count_of(&fixture, HR_PAGE_READ), 147);
	fake_exclude(&fixture.kernel.fake, place + KIB(4));
	read_pages(&fixture, PFN, 147);
	assert_int_equal(fixture.run.states[72], HR_PAGE_READ);
	assert_int_equal(fixture.run.states[73], HR_PAGE_UNREAD);
	assert_int_equal(fixture.run.states[146], HR_PAGE_UNREAD);
	tear_down(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(struct_pages_are_read_where_the_vmemmap_has_them),
		cmocka_unit_test(what_the_source_lacks_is_unread),
		cmocka_unit_test(what_is_not_mapped_is_unread),
		cmocka_unit_test(table_that_cannot_be_read_is_the_reason),
		cmocka_unit_test(text_has_no_struct_pages),
		cmocka_unit_test(no_more_is_read_than_allowed),
		cmocka_unit_test(struct_page_needs_both_of_its_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
