// SPDX-License-Identifier: GPL-2.0-or-later
#include "layout_note.h"

#include <stdlib.h>
#include <string.h>

#include "redact/moved_note.h"

/* What becomes of @text if the linear map moves by 1 GiB and the image by 2 MiB. */
static void assert_note(const char *text, const char *expected)
{
	struct fake_note note;
	struct hr_moves moves;
	struct hr_layout layout;
	char *moved = NULL;
	size_t len;

	fake_note_init(&note);
	layout = good_layout(&note);
	moves = hr_moves_of(&layout);
	hr_moves_set_linear(&moves, GIB(1));
	moves.areas[HR_AREA_IMAGE].by = MIB(2);
	assert_success(hr_moved_note(&moves, text, strlen(text), &moved, &len));
	assert_string_equal(moved, expected);
	assert_int_equal(len, strlen(expected));
	free(moved);
}

static void addresses_move(void **state)
{
	(void)state;
	assert_note("NUMBER(PHYS_OFFSET)=0x80000000\n", "NUMBER(PHYS_OFFSET)=0x40000000\n");
	assert_note("NUMBER(PHYS_OFFSET)=0x0\n", "NUMBER(PHYS_OFFSET)=0xffffffffc0000000\n");
	assert_note("NUMBER(kimage_voffset)=0xffff800000000000\n",
		    "NUMBER(kimage_voffset)=0xffff800000200000\n");
	assert_note("KERNELOFFSET=10200000\n", "KERNELOFFSET=10400000\n");
	assert_note("SYMBOL(_stext)=ffff800080010000\n", "SYMBOL(_stext)=ffff800080210000\n");
	assert_note("SYMBOL(mem_section)=ffff00005fbe0000\n",
		    "SYMBOL(mem_section)=ffff00009fbe0000\n");
	assert_note("SYMBOL(vmemmap)=fffffbffff000000\n", "SYMBOL(vmemmap)=fffffc0000000000\n");
}

static void what_describes_structures_stays(void **state)
{
	static const char text[] = "OSRELEASE=6.12.0\nPAGESIZE=4096\nOFFSET(page.flags)=0\n"
				   "SIZE(page)=64\nLENGTH(mem_section)=16384\n"
				   "NUMBER(VA_BITS)=48\nNUMBER(TCR_EL1_T1SZ)=0x10\n"
				   "NUMBER(VMEMMAP_START)=0xfffffc0000000000\n";

	(void)state;
	assert_note(text, text);
}

static void what_is_not_known_is_left_out(void **state)
{
	(void)state;
	assert_note("BUILD-ID=0123\nCRASHTIME=1\nSYMBOL(other)=ffff800080010000\n"
		    "NUMBER(other)=1\nSYMBOL(kallsyms_names)=ffff800080010000\nword\n=\n",
		    "");
	assert_note("OSRELEASEX=1\nSIZE(page)=0xffff800080010000\nSIZE(page)=x\n", "");
	assert_note("SYMBOL(_stext)=1000\nNUMBER(PHYS_OFFSET)=\nOSRELEASE=\x1b[1m\n", "");
}

static void last_line_may_lack_its_end(void **state)
{
	(void)state;
	assert_note("PAGESIZE=4096", "PAGESIZE=4096\n");
	assert_note("", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_move),
		cmocka_unit_test(what_describes_structures_stays),
		cmocka_unit_test(what_is_not_known_is_left_out),
		cmocka_unit_test(last_line_may_lack_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
