/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a ptdump text reveals about its kernel: page size, VA widths, where the vmemmap begins. The
 * text states none of this. But lines end at entries of their level, so their addresses show sizes,
 * and the first line of a whole text begins at the start of the kernel's half.
 */
#ifndef HR_PTDUMP_GEOMETRY_H
#define HR_PTDUMP_GEOMETRY_H

#include <hotremove/hotremove.h>

#include "kernel/layout.h"
#include "kernel/vmemmap.h"
#include "ptdump_parse.h"

/*
 * The architecture's level of @entry in tables of @geo. The kernel prints PGD for the root,
 * whatever its level (5.10 to 6.8: by name; 6.12 and later: folded levels are renamed).
 */
int hr_ptdump_level_of(const struct hr_geometry *geo, const struct hr_ptdump_entry *entry);

/*
 * Can @ptdump be the text of tables of @geo? Error HR_ERROR_INPUT names the first line that cannot:
 * an address outside the half, a line that ends inside an entry of its level, or a leaf that Linux
 * never creates.
 */
struct hr_error *hr_ptdump_check(const struct hr_ptdump *ptdump, const struct hr_geometry *geo);

/* Deduced facts, as input for hr_layout_init(). */
struct hr_ptdump_facts {
	struct hr_geometry geo;
	uint64_t vmemmap_start;
	uint64_t vmemmap_end;	   /* exclusive */
	enum hr_vmemmap_form form; /* the form of the vmemmap's place */
	unsigned int section_size_bits;
	uint64_t struct_page_size;
	bool assumed_vmemmap; /* no line shows it; the text has nothing there */
	bool assumed_va_bits; /* 52 configured bits would look the same */
};

/*
 * Deduce the facts about the kernel of @ptdump that @overrides do not give. Error HR_ERROR_INPUT:
 * no arm64 kernel fits, or several do; the message names the option that decides.
 */
struct hr_error *hr_ptdump_deduce(const struct hr_ptdump *ptdump,
				  const struct hr_overrides *overrides,
				  struct hr_ptdump_facts *ret);

#endif
