/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a ptdump text says of its kernel: page size, VA widths, where the vmemmap begins. The text
 * has none of it in words. Lines are cut at entries of their level, so that their addresses tell
 * sizes; the first line of a whole text begins where the kernel's half does.
 */
#ifndef HR_PTDUMP_GEOMETRY_H
#define HR_PTDUMP_GEOMETRY_H

#include "kernel/layout.h"
#include "kernel/vmemmap.h"
#include "ptdump_parse.h"

/*
 * The architecture's level of @entry in tables of @geo. The kernel prints PGD for the root,
 * whatever its level (5.10 to 6.8: by name; 6.12 and later: levels that are folded are renamed).
 */
int hr_ptdump_level_of(const struct hr_geometry *geo, const struct hr_ptdump_entry *entry);

/*
 * Can @ptdump be the text of tables of @geo? Error HR_ERROR_INPUT names the first line that cannot:
 * an address outside of the half, a line that ends inside an entry of its level, a leaf that Linux
 * never makes.
 */
struct hr_error *hr_ptdump_check(const struct hr_ptdump *ptdump, const struct hr_geometry *geo);

/* What was deduced, to be given to hr_layout_init(). */
struct hr_ptdump_facts {
	struct hr_geometry geo;
	uint64_t vmemmap_start;
	uint64_t vmemmap_end;	   /* exclusive */
	enum hr_vmemmap_form form; /* that the vmemmap's place has */
	unsigned int section_size_bits;
	uint64_t struct_page_size;
	bool assumed_vmemmap; /* no line tells; the text has nothing there */
	bool assumed_va_bits; /* 52 configured bits would read the same */
};

/*
 * Deduce the kernel of @ptdump, as far as @overrides do not say it. Error HR_ERROR_INPUT: no arm64
 * kernel fits, or several do; the message names the option that decides.
 */
struct hr_error *hr_ptdump_deduce(const struct hr_ptdump *ptdump,
				  const struct hr_overrides *overrides,
				  struct hr_ptdump_facts *ret);

#endif
