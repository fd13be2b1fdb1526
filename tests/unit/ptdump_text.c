// SPDX-License-Identifier: GPL-2.0-or-later
#include "ptdump_text.h"

#define ATTRS " RW NX SHD AF BLK UXN MEM/NORMAL\n"

const char ptdump_text[] = "---[ Linear Mapping start ]---\n"
			   "0xffff000000000000-0xffff000040000000 1G PMD" ATTRS
			   "0xffff000040000000-0xffff008000000000 511G PUD\n"
			   "0xffff008000000000-0xffff800000000000 130560G PGD\n"
			   "---[ Linear Mapping end ]---\n"
			   "0xffff800000000000-0xfffffd8000000000 128512G PGD\n"
			   "0xfffffd8000000000-0xfffffdffc0000000 511G PUD\n"
			   "---[ vmemmap start ]---\n"
			   "0xfffffdffc0000000-0xfffffdffc1000000 16M PMD" ATTRS
			   "0xfffffdffc1000000-0xfffffe0000000000 1008M PMD\n"
			   "0xfffffe0000000000-0xffffff8000000000 1536G PGD\n"
			   "---[ vmemmap end ]---\n"
			   "0xffffff8000000000-0xffffffffc0000000 511G PUD\n"
			   "0xffffffffc0000000-0x0000000000000000 1G PMD\n";
