/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One stage 1 translation table descriptor, decoded by the rules of the architecture. */
#ifndef HR_DESCRIPTOR_H
#define HR_DESCRIPTOR_H

#include <hotremove/hotremove.h>

#include "arch/geometry.h"

#define HR_DESC_VALID	   (UINT64_C(1) << 0)
#define HR_DESC_TABLE	   (UINT64_C(1) << 1)
#define HR_DESC_READ_ONLY  (UINT64_C(1) << 7)  /* AP[2] */
#define HR_DESC_NOT_GLOBAL (UINT64_C(1) << 11) /* nG */
#define HR_DESC_DBM	   (UINT64_C(1) << 51)
#define HR_DESC_CONT	   (UINT64_C(1) << 52)

/*
 * Stands for an unknown entry, in memory that is synthesized from an incomplete description. No
 * kernel writes it: it is not valid and has bits that software must leave 0.
 */
#define HR_DESC_UNKNOWN UINT64_C(0xfffffffffffffffe)

enum hr_entry_kind {
	HR_ENTRY_EMPTY,	  /* all zero: "none" in the kernel */
	HR_ENTRY_UNKNOWN, /* HR_DESC_UNKNOWN */
	HR_ENTRY_TABLE,	  /* points to a table of the next level */
	HR_ENTRY_LEAF,	  /* maps memory, or would if its valid bit were set */
};

struct hr_entry {
	enum hr_entry_kind kind;
	bool valid;  /* leaf: the hardware uses it */
	bool cont;   /* leaf: bit 52; meaningless in a table descriptor */
	uint64_t pa; /* output address in bytes, aligned to the entry's size (a table: to a page) */
};

/* From the bit that stands for HR_PA_PREDICTED in a descriptor to that bit itself. */
#define HR_DESC_PREDICTED_SHIFT 4

/* The output address of @desc, aligned down to a page. */
static inline uint64_t hr_desc_output_address(const struct hr_geometry *geo, uint64_t desc)
{
	const struct hr_address_format *format = &geo->address;

	return (desc & format->in_place) | (desc & format->moved) << format->shift |
	       (desc & format->predicted) << HR_DESC_PREDICTED_SHIFT;
}

/* The descriptor bits that hold the page-aligned output address @pa, as far as the format can. */
static inline uint64_t hr_desc_of_output_address(const struct hr_geometry *geo, uint64_t pa)
{
	const struct hr_address_format *format = &geo->address;

	return (pa & format->in_place) | (pa >> format->shift & format->moved) |
	       (pa >> HR_DESC_PREDICTED_SHIFT & format->predicted);
}

/* AttrIndx of the leaf @desc: its memory type, an index into MAIR_EL1. */
static inline unsigned int hr_desc_memory_type(uint64_t desc)
{
	return desc >> 2 & 7;
}

/* Bytes from the in-place part of @desc's output address to the point where that part wraps. */
static inline uint64_t hr_desc_room_in_place(const struct hr_geometry *geo, uint64_t desc)
{
	return geo->address.in_place + hr_page_size(geo) - (desc & geo->address.in_place);
}

/*
 * A non-zero descriptor without its valid bit is a leaf that the kernel has made invalid
 * (set_direct_map_invalid(), debug_pagealloc; 7.0 and later also set bit 11). It is still one entry
 * of its level's size. At level 3 the type 0b01 is reserved and treated as invalid.
 */
static inline struct hr_entry hr_desc_decode(const struct hr_geometry *geo, int level,
					     uint64_t desc)
{
	bool valid = desc & HR_DESC_VALID;
	bool type1 = desc & HR_DESC_TABLE;
	struct hr_entry entry = { .pa = hr_desc_output_address(geo, desc) };

	if (!desc)
		return entry;
	if (desc == HR_DESC_UNKNOWN) {
		entry.kind = HR_ENTRY_UNKNOWN;
		return entry;
	}
	if (valid && type1 && level != HR_LEVEL_PTE) {
		entry.kind = HR_ENTRY_TABLE;
		return entry;
	}
	entry.kind = HR_ENTRY_LEAF;
	entry.valid = valid && type1 == (level == HR_LEVEL_PTE);
	entry.cont = desc & HR_DESC_CONT;
	entry.pa &= ~(hr_level_size(geo, level) - 1);
	return entry;
}

/* Does Linux create leaves of this kind in its kernel map? CONT only on PMDs and PTEs (mmu.c). */
static inline bool hr_leaf_is_expected(const struct hr_geometry *geo, int level, bool cont)
{
	return level >= HR_LEVEL_PMD || (level >= geo->leaf_level && !cont);
}

#endif
