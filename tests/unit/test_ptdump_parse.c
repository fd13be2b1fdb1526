// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "ptdump_parse.h"

#define LONG_NAME "a name that is longer than all the names that kernels print, by far"
#define PMD_2M                                                                                     \
	"0xffff000000000000-0xffff000000200000           2M PMD       RW NX SHD AF        BLK UXN" \
	"    MEM/NORMAL-TAGGED\n"
#define PTE_64K_CONT                                                                               \
	"0xffff000000200000-0xffff000000210000          64K PTE       RW NX SHD AF    CON     UXN" \
	"    MEM/NORMAL-TAGGED\n"
#define PTE_INVALID                                                                                \
	"0xffff00007ffff000-0xffff000080000000           4K PTE F     RW NX SHD AF            UXN" \
	"    MEM/NORMAL-TAGGED\n"
#define HOLE_500G "0xffff000300000000-0xffff008000000000         500G PUD\n"
#define HOLE_LAST "0xffffffffff800000-0x0000000000000000           8M PMD\n"

static struct hr_ptdump *parse(const char *text)
{
	struct hr_ptdump *ptdump = NULL;

	assert_success(hr_ptdump_parse(text, strlen(text), &ptdump));
	return ptdump;
}

static void refuse(const char *text, const char *part)
{
	struct hr_ptdump *ptdump = NULL;

	assert_failure(hr_ptdump_parse(text, strlen(text), &ptdump), HR_ERROR_INPUT, part);
}

static void a_line_is_a_leaf_or_a_hole_with_its_attributes(void **state)
{
	static const struct {
		const char *text;
		struct hr_ptdump_entry entry;
	} rows[] = {
		{ PMD_2M,
		  { 0xffff000000000000, 0xffff0000001fffff, 1, HR_PTDUMP_PMD, true, true, false,
		    false } },
		{ PTE_64K_CONT,
		  { 0xffff000000200000, 0xffff00000020ffff, 1, HR_PTDUMP_PTE, true, true, true,
		    false } },
		{ PTE_INVALID,
		  { 0xffff00007ffff000, 0xffff00007fffffff, 1, HR_PTDUMP_PTE, true, false, false,
		    false } },
		{ HOLE_500G,
		  { 0xffff000300000000, 0xffff007fffffffff, 1, HR_PTDUMP_PUD, false, true, false,
		    false } },
		{ HOLE_LAST,
		  { 0xffffffffff800000, UINT64_MAX, 1, HR_PTDUMP_PMD, false, true, false, false } },
		/* Every token, without the blanks of those that are not set. */
		{ "0xffff000000000000-0xffff000002000000 32M PMD F USR ro x SHD AF NG CON BLK UXN "
		  "GP "
		  "DEVICE/nGnRE\n",
		  { 0xffff000000000000, 0xffff000001ffffff, 1, HR_PTDUMP_PMD, true, false, true,
		    true } },
		{ "0xffff008000000000-0xffff800000000000      130560G PGD\n",
		  { 0xffff008000000000, 0xffff7fffffffffff, 1, HR_PTDUMP_PGD, false, true, false,
		    false } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump = parse(rows[i].text);
		const struct hr_ptdump_entry *got = ptdump->entries, *want = &rows[i].entry;

		assert_int_equal(ptdump->count, 1);
		assert_int_equal(got->va, want->va);
		assert_int_equal(got->last, want->last);
		assert_int_equal(got->line, want->line);
		assert_int_equal(got->level, want->level);
		assert_int_equal(got->mapped, want->mapped);
		assert_int_equal(got->valid, want->valid);
		assert_int_equal(got->cont, want->cont);
		assert_int_equal(got->not_global, want->not_global);
	}
}

static void markers_name_the_line_behind_them(void **state)
{
	_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump =
		parse("---[ Linear Mapping start ]---\n" PMD_2M PTE_64K_CONT
		      "---[ Linear Mapping end ]---\n---[ Modules start ]---\n"
		      "---[ vmemmap start ]---\n" PTE_INVALID "---[ vmemmap end ]---\n");

	(void)state;
	assert_int_equal(ptdump->markers[HR_PTDUMP_LINEAR_START], 0);
	assert_int_equal(ptdump->markers[HR_PTDUMP_LINEAR_END], 2);
	assert_int_equal(ptdump->markers[HR_PTDUMP_VMEMMAP_START], 2);
	assert_int_equal(ptdump->markers[HR_PTDUMP_VMEMMAP_END], 3);
}

/* Names of markers have a limited length, which a line and its continuation may exceed together. */
static void long_markers_are_none(void **state)
{
	_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump =
		parse("---[ vmemmap " LONG_NAME "\n" LONG_NAME "\n" PMD_2M "---[ " LONG_NAME
		      " ]---\n" PTE_64K_CONT);

	(void)state;
	assert_int_equal(ptdump->count, 2);
	for (size_t i = 0; i < HR_PTDUMP_MARKERS; i++)
		assert_true(ptdump->markers[i] == SIZE_MAX);
}

static void without_markers_there_are_none(void **state)
{
	_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump = parse(PMD_2M);

	(void)state;
	for (size_t i = 0; i < HR_PTDUMP_MARKERS; i++)
		assert_true(ptdump->markers[i] == SIZE_MAX);
}

static void what_mail_does_to_a_text_does_not_matter(void **state)
{
	static const char *const texts[] = {
		"> ---[ Linear Mapping start ]---\n> " PMD_2M "> " PTE_64K_CONT,
		">> ---[ Linear Mapping start ]---\n> > " PMD_2M ">>" PTE_64K_CONT,
		"\t---[ Linear Mapping start ]---\r\n    " PMD_2M "  " PTE_64K_CONT,
		"Here it is:\n\n---[ Linear Mapping start ]---\n" PMD_2M "[...]\n" PTE_64K_CONT
		"--\nregards\n",
		/* Broken at blanks, with and without the quote mark in the second half. */
		"---[ Linear Mapping\nstart ]---\n"
		"0xffff000000000000-0xffff000000200000           2M PMD       RW NX SHD AF\n"
		"BLK UXN    MEM/NORMAL-TAGGED\n" PTE_64K_CONT,
		"> ---[ Linear Mapping start\n> ]---\n"
		"> 0xffff000000000000-0xffff000000200000\n> 2M PMD RW NX\n"
		"> SHD AF        BLK UXN\n>   MEM/NORMAL-TAGGED\n> " PTE_64K_CONT,
		/* No newline after the last line, a remark after a whole one. */
		"---[ Linear Mapping start ]---\n"
		"0xffff000000000000-0xffff000000200000 2M PMD RW NX SHD AF BLK UXN MEM/NORMAL <--\n"
		"0xffff000000200000-0xffff000000210000 64K PTE RW NX SHD AF CON UXN MEM/NORMAL",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump = parse(texts[i]);

		assert_int_equal(ptdump->count, 2);
		assert_int_equal(ptdump->markers[HR_PTDUMP_LINEAR_START], 0);
		assert_int_equal(ptdump->entries[0].level, HR_PTDUMP_PMD);
		assert_false(ptdump->entries[0].cont);
		assert_int_equal(ptdump->entries[1].last, 0xffff00000020ffff);
		assert_true(ptdump->entries[1].cont);
	}
}

static void prose_does_not_go_on_with_a_hole(void **state)
{
	_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump =
		parse(HOLE_500G "This RW hole is of interest.\n");

	(void)state;
	assert_int_equal(ptdump->count, 1);
	assert_false(ptdump->entries[0].mapped);
}

static void the_text_may_come_in_any_pieces(void **state)
{
	static const char text[] = "---[ Linear Mapping start ]---\n" PMD_2M PTE_64K_CONT HOLE_500G;

	(void)state;
	for (size_t piece = 1; piece < 9; piece++) {
		_cleanup_(hr_cleanup_ptdump_parser) struct hr_ptdump_parser *parser = NULL;
		_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump = NULL;

		assert_success(hr_ptdump_parser_create(&parser));
		for (size_t at = 0; at < sizeof(text) - 1; at += piece) {
			size_t left = sizeof(text) - 1 - at;

			assert_success(hr_ptdump_parser_feed(parser, text + at,
							     left < piece ? left : piece));
		}
		assert_success(hr_ptdump_parser_finish(parser, &ptdump));
		assert_int_equal(ptdump->count, 3);
		assert_int_equal(ptdump->entries[2].line, 4);
	}
}

static void what_contradicts_itself_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *part;
	} rows[] = {
		{ "---[ vmemmap start ]---\n" PMD_2M "---[ vmemmap start ]---\n",
		  "line 3: the marker 'vmemmap start ' comes a second time" },
		{ "", "no line of kernel_page_tables" },
		{ "some prose\n---[ vmemmap start ]---\n", "no line of kernel_page_tables" },
		{ PMD_2M "0xffff000000300000-0xffff000000200000 1M PTE\n", "line 2: it ends at" },
		{ PMD_2M "0xffff000000200000-0xffff000000200000 0K PTE\n", "line 2: it ends at" },
		{ PMD_2M PMD_2M, "line 2: it begins at 0xffff000000000000, before line 1 ends" },
		{ PTE_64K_CONT PMD_2M, "line 2: it begins at" },
		{ "0xffff000000000000-0xffff000000200000 4M PMD\n", "line 1: its size" },
		{ "0xffff000000000000-0xffff000000200000 2X PMD\n", "'2X' is not a size" },
		{ "0xffff000000000000-0xffff000000200000 M PMD\n", "'M' is not a size" },
		{ "0xffff000000000000-0xffff000000200000 2 PMD\n", "'2' is not a size" },
		{ "0xffff000000000000-0xffff000000200000 9999999999999M PMD\n", "is not a size" },
		{ "0xffff000000000000-0xffff000000200000 999999999999E PMD\n", "its size" },
		{ "0xffff000000000000-0xffff000000200000 2M PXD\n", "'PXD' is not a level" },
		{ "0xffff000000000000-0xffff000000200000 2M     RW NX SHD AF UXN MEM/NORMAL\n",
		  "line 1: it has no level" },
		{ "0xffff000000000000-0xffff000000200000 2M\n",
		  "line 1: it ends before its level" },
		{ "0xffff000000000000-0xffff000000200000\n" PTE_64K_CONT,
		  "line 1: it ends before" },
		{ "0xffff000000000000-0xffff000000200000 2M PMD RW NX SHD AF BLK\n" PTE_64K_CONT,
		  "line 1: it has lost its end" },
		{ "0xffff000000000000-0xffff000000200000 2M PMD RW NX SHD AF BLK", "lost its end" },
		{ "0xffff000000000000-0xffff000000200000 2M PMD RW WAT MEM/NORMAL\n",
		  "'WAT' is not an attribute" },
		{ "0xffff000000000000-0xffff000000200000x 2M PMD\n",
		  "does not begin with two addresses" },
		{ "0xffff000000000800-0xffff000000001800 4K PTE\n",
		  "is not a whole number of pages" },
		{ "0x0000000000400000-0x0000000000600000 2M PMD\n",
		  "not an address of the kernel" },
		{ "0x0000000000000000-0xffff000000000000 16776960T PGD RW MEM/NORMAL\n",
		  "not an address of the kernel" },
		{ "0xffff000000000000-0xffff00000020000g 2M PMD\n",
		  "does not begin with two addresses" },
		{ "0xffff0000 00000000-0xffff000000200000 2M PMD\n",
		  "does not begin with two addresses" },
		{ "0xffff000000000000\n", "does not begin with two addresses" },
		{ "0x0ffff000000000000-0xffff000000200000 2M PMD\n",
		  "does not begin with two addresses" },
		{ "0xffef000000000000-0xffef000000200000 2M PMD\n",
		  "not an address of the kernel" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		refuse(rows[i].text, rows[i].part);
}

/* Some kernels begin their walk at 0, with a hole up to the kernel's half. */
static void a_first_hole_may_begin_at_zero(void **state)
{
	_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump =
		parse("0x0000000000000000-0xffff000000000000 16776960T PGD\n" PMD_2M);

	(void)state;
	assert_int_equal(ptdump->count, 2);
	assert_int_equal(ptdump->entries[0].va, 0xfff0000000000000);
	assert_int_equal(ptdump->entries[0].last, 0xfffeffffffffffff);
}

/* Type 0b01 is a block at all levels except the last, where it is reserved. */
static void a_block_at_the_last_level_is_not_valid(void **state)
{
	_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump =
		parse("0xffff000000000000-0xffff000000001000 4K PTE RW NX BLK UXN MEM/NORMAL\n");

	(void)state;
	assert_true(ptdump->entries[0].mapped);
	assert_false(ptdump->entries[0].valid);
}

static void a_byte_that_is_no_text_is_refused(void **state)
{
	struct hr_ptdump *ptdump = NULL;

	(void)state;
	assert_failure(hr_ptdump_parse("x\nab\0c\n", 7, &ptdump), HR_ERROR_INPUT,
		       "line 2: it has a NUL byte");
}

static void a_line_has_a_limit(void **state)
{
	char text[HR_PTDUMP_LINE_MAX + 8];
	struct hr_ptdump *ptdump = NULL;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[0] = '\n';
	text[HR_PTDUMP_LINE_MAX + 1] = '\n';
	assert_failure(hr_ptdump_parse(text, HR_PTDUMP_LINE_MAX + 2, &ptdump), HR_ERROR_INPUT,
		       "it has no line of");
	text[HR_PTDUMP_LINE_MAX + 1] = 'a';
	assert_failure(hr_ptdump_parse(text, HR_PTDUMP_LINE_MAX + 2, &ptdump), HR_ERROR_INPUT,
		       "line 2: it is longer than the limit of 1024 bytes");
}

static void entries_have_a_limit(void **state)
{
	_cleanup_(hr_cleanup_ptdump_parser) struct hr_ptdump_parser *parser = NULL;
	struct hr_error *error = NULL;
	uint64_t va = 0xffff000000000000;
	char line[80];

	(void)state;
	assert_success(hr_ptdump_parser_create(&parser));
	for (size_t i = 0; !error && i < HR_PTDUMP_ENTRIES_MAX + 2; i++, va += 4096) {
		int len = snprintf(line, sizeof(line), "0x%016lx-0x%016lx 4K PTE\n",
				   (unsigned long)va, (unsigned long)va + 4096);

		error = hr_ptdump_parser_feed(parser, line, (size_t)len);
	}
	assert_failure(
		error, HR_ERROR_INPUT,
		"line 1048577: there are more lines with addresses than the limit of 1048576");
}

/* The length is checked before the first byte, so no more is read here. */
static void a_text_has_a_limit(void **state)
{
	static const char *const parts[] = { "line 1: it has a NUL byte",
					     "the text is longer than the limit of 256 MiB" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		_cleanup_(hr_cleanup_ptdump_parser) struct hr_ptdump_parser *parser = NULL;

		assert_success(hr_ptdump_parser_create(&parser));
		assert_failure(hr_ptdump_parser_feed(parser, "", HR_PTDUMP_TEXT_MAX + i),
			       HR_ERROR_INPUT, parts[i]);
	}
}

static void an_address_is_found_by_its_line(void **state)
{
	_cleanup_(hr_cleanup_ptdump) struct hr_ptdump *ptdump =
		parse(PMD_2M PTE_64K_CONT HOLE_500G);

	(void)state;
	assert_int_equal(hr_ptdump_find(ptdump, 0xffff000000000000), 0);
	assert_int_equal(hr_ptdump_find(ptdump, 0xffff0000001fffff), 0);
	assert_int_equal(hr_ptdump_find(ptdump, 0xffff000000200000), 1);
	assert_int_equal(hr_ptdump_find(ptdump, 0xffff000000210000), 2); /* between two lines */
	assert_int_equal(hr_ptdump_find(ptdump, 0xffff008000000000), 3); /* after all lines */
	assert_int_equal(hr_ptdump_find(ptdump, 0), 0);
}

static void text_that_has_ended_does_not_go_on(void **state)
{
	static const char line[] = "0xffff000000000000-0xffff000000200000 2M PMD RW NX SHD AF BLK "
				   "UXN MEM/NORMAL\n";
	struct hr_ptdump_parser *parser = NULL;
	struct hr_ptdump *ptdump = NULL, *again = NULL;

	(void)state;
	assert_success(hr_ptdump_parser_create(&parser));
	assert_success(hr_ptdump_parser_feed(parser, line, sizeof(line) - 1));
	assert_success(hr_ptdump_parser_finish(parser, &ptdump));
	assert_failure(hr_ptdump_parser_feed(parser, line, sizeof(line) - 1), HR_ERROR_USAGE,
		       "has ended");
	assert_failure(hr_ptdump_parser_finish(parser, &again), HR_ERROR_USAGE, "has ended");
	assert_null(again);
	hr_ptdump_parser_destroy(parser);
	hr_ptdump_destroy(ptdump);
}

/* A mapped line that was cut after its level looks like a hole. */
static void a_hole_in_which_the_text_ends_is_refused(void **state)
{
	struct hr_ptdump *ptdump;

	(void)state;
	refuse(PMD_2M "0xffff000300000000-0xffff008000000000 500G PUD",
	       "line 2: the text ends in it, without a line end");
	refuse("0xffff000300000000-0xffff008000000000\n500G PUD ",
	       "line 1: the text ends in it, without a line end");
	ptdump = parse(HOLE_500G "remark");
	assert_int_equal(ptdump->count, 1);
	hr_ptdump_destroy(ptdump);
}

static void nothing_is_mapped_at_the_end_of_the_address_space(void **state)
{
	struct hr_ptdump *ptdump = parse("0xffffffffff800000-0x0000000000000000 8M PMD");

	(void)state;
	assert_int_equal(ptdump->count, 1);
	hr_ptdump_destroy(ptdump);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_a_leaf_or_a_hole_with_its_attributes),
		cmocka_unit_test(markers_name_the_line_behind_them),
		cmocka_unit_test(long_markers_are_none),
		cmocka_unit_test(without_markers_there_are_none),
		cmocka_unit_test(what_mail_does_to_a_text_does_not_matter),
		cmocka_unit_test(prose_does_not_go_on_with_a_hole),
		cmocka_unit_test(the_text_may_come_in_any_pieces),
		cmocka_unit_test(what_contradicts_itself_is_refused_with_its_line),
		cmocka_unit_test(a_first_hole_may_begin_at_zero),
		cmocka_unit_test(a_block_at_the_last_level_is_not_valid),
		cmocka_unit_test(a_byte_that_is_no_text_is_refused),
		cmocka_unit_test(a_line_has_a_limit),
		cmocka_unit_test(entries_have_a_limit),
		cmocka_unit_test(a_text_has_a_limit),
		cmocka_unit_test(an_address_is_found_by_its_line),
		cmocka_unit_test(text_that_has_ended_does_not_go_on),
		cmocka_unit_test(a_hole_in_which_the_text_ends_is_refused),
		cmocka_unit_test(nothing_is_mapped_at_the_end_of_the_address_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
