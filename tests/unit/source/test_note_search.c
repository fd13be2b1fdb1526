// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/note_search.h"

#include <stdlib.h>
#include <string.h>

#include "fake.h"

#define IMAGE	UINT64_C(0xffff800080000000)
#define UTS_PA	MIB(3)
#define RELEASE "7.2.12+deb13-arm64"
#define NOTE                                                                                       \
	"OSRELEASE=" RELEASE "\nPAGESIZE=4096\nSYMBOL(init_uts_ns)=ffff800080000000\n"             \
	"OFFSET(uts_namespace.name)=16\nSYMBOL(swapper_pg_dir)=ffff800080002000\n"                 \
	"SYMBOL(mem_section)=ffff0000048db380\nNUMBER(VA_BITS)=48\n"                               \
	"NUMBER(kimage_voffset)=0xffff80007fd00000\nNUMBER(PHYS_OFFSET)=0x0\n"

static struct fake memory;
static struct hr_source source;
static struct hr_found_note found;
static const struct hr_progress nobody;

/* The memory is that of the fake, page by page. */
static bool next(void *context, uint64_t pa, uint64_t *ret_start, uint64_t *ret_end)
{
	const struct fake *fake = context;

	for (size_t i = 0; i < fake->count; i++) {
		if (fake->pages[i].pa + 4096 <= pa)
			continue;
		*ret_start = fake->pages[i].pa > pa ? fake->pages[i].pa : pa;
		*ret_end = fake->pages[i].pa + 4096;
		return true;
	}
	return false;
}

static const struct hr_source_ops ops = { .next = next };

static void put(uint64_t pa, const char *text)
{
	size_t len = strlen(text);

	for (size_t at = 0; at < len; at += 4096)
		memcpy(fake_page(&memory, pa + at)->bytes, text + at,
		       len - at < 4096 ? len - at : 4096);
}

static int set_up(void **state)
{
	(void)state;
	fake_init(&memory, 12);
	/* The third field of the name is the release. */
	memcpy(fake_page(&memory, UTS_PA)->bytes + 16 + 130, RELEASE, sizeof(RELEASE));
	source = (struct hr_source){ .memory = memory.memory, .ops = &ops, .context = &memory };
	found = (struct hr_found_note){ .text = NULL };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(found.text);
	fake_release(&memory);
	return 0;
}

static void search(void)
{
	source.memory = memory.memory;
	free(found.text);
	assert_success(hr_note_search(&source, HR_NOTE_SEARCH_MAX, &nobody, &found));
}

static void assert_found(const char *text)
{
	search();
	assert_non_null(found.text);
	assert_string_equal(found.text, text);
	assert_int_equal(found.len, strlen(text));
	assert_false(found.is_ambiguous);
}

static void assert_none(void)
{
	search();
	assert_null(found.text);
	assert_false(found.is_ambiguous);
}

static void the_text_in_its_page_is_found(void **state)
{
	(void)state;
	fake_page(&memory, MIB(1));
	put(GIB(5), NOTE);
	assert_found(NOTE);
}

/* More pages than are read at a time, with the text in the last one. */
static void fill(void)
{
	for (uint64_t i = 0; i < 1500; i++)
		fake_page(&memory, GIB(1) + i * 4096);
	put(GIB(1) + 1500 * 4096, NOTE);
}

static void the_text_is_found_behind_many_pages(void **state)
{
	(void)state;
	fill();
	assert_found(NOTE);
	/* Neighbours are read together. */
	assert_in_range(memory.reads, 1, 20);
}

static void a_page_that_cannot_be_read_hides_no_other(void **state)
{
	(void)state;
	fill();
	fake_exclude(&memory, GIB(1) + 1499 * 4096);
	assert_found(NOTE);
}

static void a_source_that_reads_batches_gets_them(void **state)
{
	(void)state;
	fill();
	fake_exclude(&memory, GIB(1) + 1499 * 4096);
	fake_reads_ahead(&memory);
	assert_found(NOTE);
	assert_in_range(memory.batches, 1, 4);
	fake_reads_meanwhile(&memory);
	assert_found(NOTE);
	assert_int_equal(memory.begun, memory.finished);
	assert_true(memory.begun);
}

/* As of files that were split anywhere, here within the page of the text. */
static bool next_in_two(void *context, uint64_t pa, uint64_t *ret_start, uint64_t *ret_end)
{
	const uint64_t edges[] = { GIB(1), GIB(1) + 100, GIB(1) + 4096 };

	(void)context;
	for (size_t i = 1; i < COUNT_OF(edges); i++) {
		*ret_start = pa > edges[i - 1] ? pa : edges[i - 1];
		*ret_end = edges[i];
		if (pa < edges[i])
			return true;
	}
	return false;
}

static void a_page_may_be_in_two_parts_of_the_source(void **state)
{
	(void)state;
	source.ops = &(const struct hr_source_ops){ .next = next_in_two };
	put(GIB(1), NOTE);
	assert_found(NOTE);
}

static void nothing_is_found_where_nothing_is(void **state)
{
	(void)state;
	assert_none();
	put(GIB(5), "x" NOTE);
	assert_none();
	source.ops = &(const struct hr_source_ops){ .next = NULL };
	put(GIB(6), NOTE);
	assert_none();
}

static void copies_are_one_text(void **state)
{
	(void)state;
	put(GIB(1), NOTE);
	put(GIB(2), NOTE "CRASHTIME=1700000000\n");
	put(GIB(3), NOTE);
	assert_found(NOTE);
}

static void different_texts_are_not_used(void **state)
{
	(void)state;
	put(GIB(1), NOTE);
	put(GIB(2), NOTE "KERNELOFFSET=80000\n");
	search();
	assert_null(found.text);
	assert_true(found.is_ambiguous);
}

static void what_is_not_wholly_a_text_is_not_used(void **state)
{
	static const char *const notes[] = {
		NOTE "PAGESIZE=4096 bytes\n",
		NOTE "a remark\n",
		NOTE "NUMBER(X)=1",
		NOTE " NUMBER(X)=1\n",
		"OSRELEASE=" RELEASE "\nPAGESIZE=4096\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(notes); i++) {
		memset(fake_page(&memory, GIB(1))->bytes, 0, 4096);
		put(GIB(1), notes[i]);
		assert_none();
	}
}

static void only_zeros_may_follow(void **state)
{
	(void)state;
	put(GIB(1), NOTE);
	fake_page(&memory, GIB(1))->bytes[4095] = 1;
	assert_none();
}

static void a_text_of_another_kernel_is_not_used(void **state)
{
	(void)state;
	put(GIB(1), NOTE);
	fake_page(&memory, UTS_PA)->bytes[16 + 130] = '6';
	assert_none();
	/* If the name cannot be read, nothing contradicts the text. */
	fake_exclude(&memory, UTS_PA);
	assert_found(NOTE);
}

static void a_text_may_be_longer_than_the_smallest_page(void **state)
{
	static char text[3 * 4096];
	size_t len = strlen(NOTE);

	(void)state;
	strcpy(text, NOTE);
	while (len < 2 * 4096) {
		strcpy(text + len, "NUMBER(X)=1\n");
		len += strlen("NUMBER(X)=1\n");
	}
	put(GIB(1), text);
	fake_page(&memory, GIB(1) + 8192);
	assert_found(text);
	fake_remove(&memory, GIB(1) + 8192);
	assert_none();
}

static void too_many_pages_that_look_like_one_are_none(void **state)
{
	(void)state;
	put(GIB(1), NOTE);
	for (uint64_t i = 0; i < HR_NOTE_CANDIDATES_MAX; i++)
		put(GIB(2) + i * 4096, "OSRELEASE=x\n");
	search();
	assert_null(found.text);
	assert_true(found.is_ambiguous);
}

static void more_memory_than_the_limit_is_not_searched(void **state)
{
	(void)state;
	fake_page(&memory, 0);
	put(GIB(1), NOTE);
	assert_success(hr_note_search(&source, 4096, &nobody, &found));
	assert_null(found.text);
	assert_true(found.is_cut);
}

/* What was told last. */
struct told {
	uint64_t done, total;
};

static void tell(void *context, uint64_t done, uint64_t total)
{
	struct told *told = context;

	assert_true(done > told->done);
	*told = (struct told){ done, total };
}

static void progress_is_told(void **state)
{
	struct told told = { 0 };
	const struct hr_progress somebody = { tell, &told };
	uint64_t pages = 1502; /* that with the name of the kernel is another one */

	(void)state;
	fill();
	source.memory = memory.memory;
	assert_success(hr_note_search(&source, HR_NOTE_SEARCH_MAX, &somebody, &found));
	assert_int_equal(told.done, pages * 4096);
	assert_int_equal(told.total, memory.memory.size);
	free(found.text);
	told.done = 0;
	assert_success(hr_note_search(&source, MIB(3), &somebody, &found));
	assert_int_equal(told.done, MIB(3));
	assert_int_equal(told.total, MIB(3));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define ROW(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		ROW(the_text_in_its_page_is_found),
		ROW(the_text_is_found_behind_many_pages),
		ROW(a_page_that_cannot_be_read_hides_no_other),
		ROW(a_source_that_reads_batches_gets_them),
		ROW(a_page_may_be_in_two_parts_of_the_source),
		ROW(nothing_is_found_where_nothing_is),
		ROW(copies_are_one_text),
		ROW(different_texts_are_not_used),
		ROW(what_is_not_wholly_a_text_is_not_used),
		ROW(only_zeros_may_follow),
		ROW(a_text_of_another_kernel_is_not_used),
		ROW(a_text_may_be_longer_than_the_smallest_page),
		ROW(too_many_pages_that_look_like_one_are_none),
		ROW(more_memory_than_the_limit_is_not_searched),
		ROW(progress_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
