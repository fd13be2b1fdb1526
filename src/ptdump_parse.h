/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser for the text of /sys/kernel/debug/kernel_page_tables, 5.10 to 7.3, as a kernel prints it
 * or as it arrives in a mail: quoted, wrapped, indented, with lines left out.
 *
 * The text has a line for each stretch of neighbours of one level with equal attributes, mapped or
 * not, wherever they map to: virtual addresses with an exclusive end, a size, the level,
 * attributes. Lines in between name the regions. Addresses without a line are unknown, because a
 * kernel prints a line for every address from the base of its half of the address space on.
 */
#ifndef HR_PTDUMP_PARSE_H
#define HR_PTDUMP_PARSE_H

#include <hotremove/hotremove.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Our own limits: bytes of a line and of the text, and lines with addresses. */
enum {
	HR_PTDUMP_LINE_MAX = 1024,
	HR_PTDUMP_TEXT_MAX = 256 << 20,
	HR_PTDUMP_ENTRIES_MAX = 1 << 20,
};

/* The level column. What a name means depends on the geometry: the root is always PGD. */
enum hr_ptdump_level {
	HR_PTDUMP_PGD,
	HR_PTDUMP_P4D,
	HR_PTDUMP_PUD,
	HR_PTDUMP_PMD,
	HR_PTDUMP_PTE,
};

/* One line with addresses. */
struct hr_ptdump_entry {
	uint64_t va;   /* first byte */
	uint64_t last; /* last byte, inclusive */
	uint32_t line; /* line number, from 1 */
	enum hr_ptdump_level level;
	bool mapped; /* it has attributes: a leaf, valid or not */
	bool valid;  /* it has no F attribute, and no BLK at the last level */
	bool cont;   /* it has the CON attribute */
	/* It has the NG attribute, which marks what 7.0 and later have made invalid. */
	bool not_global;
};

enum hr_ptdump_marker {
	HR_PTDUMP_LINEAR_START,
	HR_PTDUMP_LINEAR_END,
	HR_PTDUMP_VMEMMAP_START,
	HR_PTDUMP_VMEMMAP_END,
	HR_PTDUMP_FIXMAP_START,
	HR_PTDUMP_MARKERS,
};

struct hr_ptdump {
	struct hr_ptdump_entry *entries; /* in ascending VA order, without overlaps */
	size_t count;			 /* at least 1 */
	/* The index of the entry after a marker, which may be @count; SIZE_MAX: no marker. */
	size_t markers[HR_PTDUMP_MARKERS];
};

static inline void hr_cleanup_ptdump_parser(struct hr_ptdump_parser **parser)
{
	hr_ptdump_parser_destroy(*parser);
}

static inline void hr_cleanup_ptdump(struct hr_ptdump **ptdump)
{
	hr_ptdump_destroy(*ptdump);
}

const char *hr_ptdump_level_name(enum hr_ptdump_level level);

/*
 * The index of the entry around @va, or if there is none, of the first one after it; @ptdump->count
 * if there is none.
 */
size_t hr_ptdump_find(const struct hr_ptdump *ptdump, uint64_t va);

#endif
